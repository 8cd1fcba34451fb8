"""PostgreSQL, for shops that outgrow one machine: a pool of connections in each worker.

A connection that was lost outside a transaction is replaced, and a read that met the loss is run once
more. A write is never run again: it may have been done. Its client sends it again with the same
`Idempotency-Key`.
"""

import math
import re
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, ClassVar, Final, TypeVar
from weakref import WeakSet

import psycopg
from peewee import (
    DataError,
    IntegrityError,
    InterfaceError,
    InternalError,
    Model,
    OperationalError,
)
from peewee import __exception_wrapper__ as peewees_exceptions  # type: ignore[attr-defined]  # private
from playhouse.pool import MaxConnectionsExceeded, _PooledPostgresqlDatabase
from playhouse.postgres_ext import Psycopg3Database
from psycopg.conninfo import conninfo_to_dict
from psycopg.errors import QueryCanceled, ReadOnlySqlTransaction
from psycopg.pq import TransactionStatus

from bai_wx.database import waiting
from bai_wx.database.nul import holds_nul, without_nul
from bai_wx.database.on_loop import (
    LOCK_TIMEOUT_S,
    LONGEST_STATEMENT_S,
    TIMEOUT_GRACE_S,
    OnLoop,
)
from bai_wx.database.pipeline_pool import SILENT
from bai_wx.database.sqlite import INTERRUPTED
from bai_wx.errors import Unstorable
from bai_wx.metrics import COMMITS

CONNECT_TIMEOUT_S: Final = 3  # for each host of the address
RECONNECT_PAUSE_S: Final = 1  # after a failed attempt, during which no thread tries to connect
POOL_TIMEOUT_S: Final = 5  # that a request waits for a connection
IDLE_IN_TRANSACTION_S: Final = 30  # a worker that hangs must not hold its locks for ever

CONNECTING: Final = {
    "connect_timeout": CONNECT_TIMEOUT_S,
    "target_session_attrs": "read-write",  # of several hosts, the one that is the primary now
    "application_name": "bai-wx",
    "client_encoding": "UTF8",  # whatever the address or PGCLIENTENCODING says
    # A machine that is gone says nothing: without these a thread would wait for it for hours.
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,  # ms
}
BEGIN: Final = (
    f"BEGIN; SET LOCAL statement_timeout = '{LONGEST_STATEMENT_S}s';"
    f" SET LOCAL lock_timeout = '{LOCK_TIMEOUT_S}s'"
)
# A COMMIT that is stopped while it waits for the standby is reported as done.
COMMIT: Final = "SET LOCAL statement_timeout = 0; COMMIT"
PLANNING: Final = "SET join_collapse_limit = 1; SET jit = off"
"""The joins of a filter run in the order they are written, outwards from the list's row."""
MIN_SERVER_VERSION: Final = 18_00_00  # it brought `casefold`
ENCODING: Final = "UTF8"  # others cannot hold every text that a client may send
LOST: Final = (OperationalError, InterfaceError)
_REFUSED_KEY: Final = re.compile(r"\((?P<columns>[^()]*)\)=\(")
"""In the detail of an error, whatever its language: `Key (id, order_owner)=(…) already exists.`"""

Result = TypeVar("Result")


class _RequestDeadline(threading.local):
    """Until when the request of this thread may begin a read, by `time.monotonic()`."""

    request = math.inf


class _Connecting(Psycopg3Database):  # type: ignore[misc]  # playhouse is not typed
    """Opens connections, sets them up and refuses servers that do not fit."""

    _limit_s: float | None = None
    _next_attempt_at = -math.inf

    def _connect(self) -> psycopg.Connection[Any]:
        # Threads connect one after the other. When a server is down, only the first waits for it.
        if time.monotonic() < self._next_attempt_at:
            raise OperationalError("the database could not be reached a moment ago")
        try:
            connection: psycopg.Connection[Any] = super()._connect()
        except psycopg.OperationalError as exc:
            self._next_attempt_at = time.monotonic() + RECONNECT_PAUSE_S
            # The driver's message takes several lines. It names hosts and users, never a password.
            raise OperationalError(f"BAI_WX_DATABASE: {' '.join(str(exc).split())}") from exc
        if connection.info.server_version < MIN_SERVER_VERSION:
            connection.close()
            raise OperationalError("this PostgreSQL is too old; it must be 18 or newer")
        encoding = connection.info.parameter_status("server_encoding")
        if encoding != ENCODING:
            connection.close()
            raise OperationalError(
                f"BAI_WX_DATABASE: its encoding is {encoding}; create it with ENCODING 'UTF8'"
            )
        connection.execute(PLANNING)
        if self._limit_s is not None:
            connection.execute(
                f"SET statement_timeout = {int(self._limit_s * 1000)};"
                f" SET idle_in_transaction_session_timeout = '{IDLE_IN_TRANSACTION_S}s'"
            )
        return connection


class Postgres(_PooledPostgresqlDatabase, _Connecting):  # type: ignore[misc]  # playhouse is not typed
    """A pool of `connections`. A statement outside a transaction is stopped after `limit_s`.

    Commands set no limit: an export or an index may take as long as it needs.
    """

    SNAPSHOT: ClassVar[str] = "REPEATABLE READ"
    """The kind of transaction that sees the database as of one moment."""

    field_types: ClassVar[dict[str, str]] = {
        **Psycopg3Database.field_types,
        # SQLite's integers have 64 bits, and its texts are compared byte by byte.
        "AUTO": "BIGSERIAL",
        "INT": "BIGINT",
        "TEXT": 'TEXT COLLATE "C"',
    }

    def __init__(self, address: str, *, limit_s: float | None, connections: int) -> None:
        self._limit_s = limit_s
        self._deadline = _RequestDeadline()
        self._demoted: WeakSet[psycopg.Connection[Any]] = WeakSet()
        self._on_loop = OnLoop(lambda: _Connecting._connect(self), self._forget_demoted, limit_s)
        super().__init__(
            readable(address), max_connections=connections, timeout=POOL_TIMEOUT_S, **CONNECTING
        )
        self._state = waiting.State()

    def started(self) -> None:
        """Note that a request begins here: its reads may begin until `limit_s` from now."""
        self._until = time.monotonic() + self._limit_s if self._limit_s else math.inf

    def finished(self) -> None:
        """Give this thread's connection back to the pool."""
        self._until = math.inf
        if waiting.current() is not None:
            return
        if not self.is_closed():  # closing waits for whoever connects meanwhile
            self.close()

    @property
    def _until(self) -> float:
        """Until when the request of this thread, or of this greenlet, may begin a read."""
        here = waiting.current()
        return self._deadline.request if here is None else here.until

    @_until.setter
    def _until(self, moment: float) -> None:
        here = waiting.current()
        if here is None:
            self._deadline.request = moment
        else:
            here.until = moment

    def disconnect(self) -> None:
        """Close every connection."""
        self.close()
        self.close_all()
        self._on_loop.close()

    def connect(self, reuse_if_open: bool = False) -> Any:
        """Take a connection from the pool. Raises: `OperationalError` when none gets free in time."""
        try:
            return super().connect(reuse_if_open)
        except MaxConnectionsExceeded as exc:
            raise OperationalError("every connection of the pool is in use") from exc

    def begin(self, isolation_level: str | None = None) -> None:
        """Begin a transaction, on another connection where this one was lost."""
        here = waiting.current()
        if here is not None:
            self._on_loop.begin(here, isolation_level)
            return
        begin = BEGIN if self._limit_s is not None else "BEGIN"
        if isolation_level:
            begin += f"; SET TRANSACTION ISOLATION LEVEL {isolation_level}"
        self._retry_once_if_lost(lambda: self._execute_raw(begin))

    def commit(self) -> None:
        """Commit. Where this raises, the transaction may or may not be committed.

        Raises: `OperationalError` also when the primary has it and the standby may not.
        """
        here = waiting.current()
        if here is not None:
            self._on_loop.commit(here)
            return
        connection = self.connection()
        if connection.info.transaction_status == TransactionStatus.INERROR:
            # PostgreSQL would roll back and report no error.
            raise InternalError("a statement of the transaction has failed")
        warnings: list[str | None] = []

        def note(diagnostic: psycopg.errors.Diagnostic) -> None:
            if diagnostic.severity_nonlocalized == "WARNING":
                warnings.append(diagnostic.message_primary)

        connection.add_notice_handler(note)
        try:
            self._execute_raw(COMMIT if self._limit_s is not None else "COMMIT")
        finally:
            connection.remove_notice_handler(note)
        COMMITS.inc()
        if warnings:
            raise OperationalError(f"the commit was answered with a warning: {warnings}")

    def rollback(self) -> None:
        """Roll back."""
        here = waiting.current()
        if here is None:
            super().rollback()
        else:
            self._on_loop.rollback(here)

    def execute_sql(self, sql: str, params: Any = None, **options: Any) -> Any:
        """Run a statement. A read outside a transaction is run once more after a lost connection.

        Raises: `Unstorable` for a text with a NUL. A read that searches for one finds nothing.
        """
        here = waiting.current()
        if here is not None:
            return self._on_loop.execute(here, sql, params or ())
        in_transaction = self.in_transaction()
        began = time.monotonic()
        if not in_transaction and began > self._until:
            raise OperationalError(INTERRUPTED)
        is_read = sql.startswith("SELECT")
        execute = super().execute_sql
        try:
            if is_read and not in_transaction:
                return self._retry_once_if_lost(lambda: execute(sql, params, **options))
            return execute(sql, params, **options)
        except DataError:
            if not holds_nul(params):
                raise
            if not is_read:
                raise Unstorable from None
            return self.execute_sql(sql, without_nul(params), **options)
        except OperationalError as exc:
            if not in_transaction and isinstance(_cause(exc), QueryCanceled):
                raise OperationalError(
                    SILENT if self._was_unanswered(began) else INTERRUPTED
                ) from exc
            raise
        except InternalError as exc:
            if isinstance(_cause(exc), ReadOnlySqlTransaction):
                self._forget_demoted()
            raise
        finally:
            if self._was_unanswered(began):
                self._until += time.monotonic() - began  # the server's delay, not the request's

    def run(self, sql: str, values: Any) -> Any:
        """Run a prepared statement and return the driver's cursor."""
        return self.execute_sql(sql, values)

    def ask(self, sql: str, values: Any) -> Callable[[], Any]:
        """Run a prepared read whose cursor calling what is returned gives.

        A greenlet's is sent at once, or in its transaction with the next; a thread runs it where it looks.
        """
        here = waiting.current()
        if here is None:
            return partial(self.run, sql, values)
        return self._on_loop.ask(here, sql, values)

    def ask_joining(self, sql: str, values: Any) -> Callable[[], Any]:
        """As `ask`; a greenlet's is sent with the first statements of its next transaction."""
        here = waiting.current()
        if here is None:
            return partial(self.run, sql, values)
        return self._on_loop.ask_joining(here, sql, values)

    def run_unseen(self, sql: str, values: Any) -> None:
        """Write what nobody looks at, in a greenlet's transaction with the next statement or its COMMIT."""
        here = waiting.current()
        if here is None or here.transaction is None:
            self.run(sql, values)
        else:
            self._on_loop.defer(here.transaction, sql, values)

    def insert_rows(self, model: type[Model], names: Sequence[str], rows: Iterable[Any]) -> None:
        """Insert many rows of these columns at once."""
        columns = ", ".join(f'"{name}"' for name in names)
        copy = f'COPY "{model._meta.table_name}" ({columns}) FROM STDIN'
        with peewees_exceptions, self.cursor().copy(copy) as lines:
            for row in rows:
                lines.write_row(row)

    def violated(self, model: type[Model], error: IntegrityError) -> list[str]:
        """Name the columns of the unique index that refused a row of this model."""
        cause = _cause(error)
        if not isinstance(cause, psycopg.errors.UniqueViolation):
            return []
        indexes = [index for index in model._meta.fields_to_index() if index._unique]
        columns = {i._name: [each.column_name for each in i._expressions] for i in indexes}
        if cause.diag.constraint_name in columns:
            return columns[cause.diag.constraint_name]
        # The index of a part of a partitioned table has a name of its own, and perhaps the owner besides.
        refused = _REFUSED_KEY.search(cause.diag.message_detail or "")
        told = set(refused["columns"].split(", ")) if refused else set()
        return max(
            (each for each in columns.values() if told.issuperset(each)), key=len, default=[]
        )

    def pool_use(self) -> tuple[int, int]:
        """How many connections requests use now, and how many are idle."""
        busy, idle = self._on_loop.use
        return len(self._in_use) + busy, len(self._connections) + idle

    def _was_unanswered(self, began: float) -> bool:
        """Whether a statement took longer than a healthy server would let it."""
        allowed_s = (self._limit_s or math.inf) + TIMEOUT_GRACE_S
        return time.monotonic() - began > allowed_s

    def _execute_raw(self, sql: str) -> None:
        """Run statements without values, sent to the server as one."""
        connection = self.connection()
        with peewees_exceptions:
            connection.execute(sql, prepare=False)

    def _retry_once_if_lost(self, work: Callable[[], Result]) -> Result:
        """Do the work, and once more where its connection turns out to be lost."""
        try:
            return work()
        except LOST:
            if not self._is_lost():
                raise
            self.manual_close()
            self.close_idle()  # they were probably lost with it
            return work()

    def _is_lost(self) -> bool:
        """Whether this thread has a connection that is closed."""
        connection = self._state.conn
        return connection is not None and bool(connection.closed)

    def _forget_demoted(self) -> None:
        """Keep connections to a former primary, a standby by now, out of the pool."""
        if waiting.current() is None:
            self._demoted.add(self._state.conn)
        self.close_idle()
        self._on_loop.renew()

    def _can_reuse(self, conn: psycopg.Connection[Any]) -> bool:
        return conn not in self._demoted and super()._can_reuse(conn)

    def _is_closed(self, conn: psycopg.Connection[Any]) -> bool:
        # Peewee asks the server at each checkout. Here the first statement notices a lost connection.
        return conn.closed


def readable(address: str) -> str:
    """Return an address that the driver can parse. Raises: `ValueError`, which never shows it."""
    try:
        conninfo_to_dict(address)
    except psycopg.ProgrammingError:
        # The driver's message quotes what it could not parse, which may be a password.
        raise ValueError(
            "is not understood; write postgresql://user:password@host/name,"
            " with what is no letter or digit of the password as %XX"
        ) from None
    return address


def _cause(error: Exception) -> Any:
    """The psycopg exception inside Peewee's."""
    return getattr(error, "orig", None)
