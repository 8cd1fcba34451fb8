"""PostgreSQL, for those who outgrow one machine: a pool of connections in each worker.

A connection that was lost while nothing was under way is replaced, and a read is then asked once more.
A write never is: it may have been done. Its client sends it again with the same `Idempotency-Key`.
"""

import math
import threading
import time
from collections.abc import Callable, Iterable, Sequence
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
from peewee import __exception_wrapper__ as peewees_exceptions  # type: ignore[attr-defined]
from playhouse.pool import MaxConnectionsExceeded, _PooledPostgresqlDatabase
from playhouse.postgres_ext import Psycopg3Database
from psycopg.conninfo import conninfo_to_dict
from psycopg.errors import QueryCanceled, ReadOnlySqlTransaction
from psycopg.pq import TransactionStatus

from bai_wx.database.sqlite import INTERRUPTED
from bai_wx.errors import Unstorable

CONNECT_TIMEOUT_S: Final = 3  # for each host of the address
AFRAID_S: Final = 1  # after a failure to connect nobody tries again for so long
POOL_TIMEOUT_S: Final = 5  # a request waits so long for a connection
LOCK_TIMEOUT_S: Final = 5  # as long as a writer of SQLite's
LONGEST_STATEMENT_S: Final = 10  # inside a transaction
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
"""A filter's joins go from the list's row outwards, as they are written, and are done within 2 s."""
OLDEST: Final = 18_00_00  # it brought `casefold`
ENCODING: Final = "UTF8"  # another one cannot hold what clients write
PROMPT_S: Final = 0.25  # so soon after its time a server that is well stops a statement
SILENT: Final = "the database was silent for too long"
NOBODYS: Final = "\uffff"
"""Stands for a NUL in what is looked for: no text holds either."""

LOST: Final = (OperationalError, InterfaceError)

Result = TypeVar("Result")


class _Until(threading.local):
    """Until when the request of this thread may read."""

    request = math.inf


class _Dialled(Psycopg3Database):  # type: ignore[misc]  # playhouse is not typed
    """Connections as we want them, each opened once."""

    _limit_s: float | None = None
    _afraid_until = -math.inf

    def _connect(self) -> psycopg.Connection[Any]:
        # Threads connect one after the other: of those who wait only the first may find nobody there.
        if time.monotonic() < self._afraid_until:
            raise OperationalError("the database could not be reached a moment ago")
        try:
            connection: psycopg.Connection[Any] = super()._connect()
        except psycopg.OperationalError as exc:
            self._afraid_until = time.monotonic() + AFRAID_S
            # The driver's words take several lines. They name hosts and users, never a password.
            raise OperationalError(f"BAI_WX_DATABASE: {' '.join(str(exc).split())}") from exc
        if connection.info.server_version < OLDEST:
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


class Postgres(_PooledPostgresqlDatabase, _Dialled):  # type: ignore[misc]
    """A pool of `connections`; a statement outside a transaction is stopped after `limit_s`.

    Without a limit (commands) nothing is: an export or an index takes as long as it takes.
    """

    SNAPSHOT: ClassVar[str] = "REPEATABLE READ"
    """The transaction that sees one moment."""

    field_types: ClassVar[dict[str, str]] = {
        **Psycopg3Database.field_types,
        # SQLite's integers have 64 bits, and its texts are compared byte by byte.
        "AUTO": "BIGSERIAL",
        "INT": "BIGINT",
        "TEXT": 'TEXT COLLATE "C"',
    }

    def __init__(self, address: str, *, limit_s: float | None, connections: int) -> None:
        self._limit_s = limit_s
        self._until = _Until()
        self._unfit: WeakSet[psycopg.Connection[Any]] = WeakSet()
        super().__init__(
            readable(address), max_connections=connections, timeout=POOL_TIMEOUT_S, **CONNECTING
        )

    def started(self) -> None:
        """Note that a request begins in this thread: its reads may begin until `limit_s` from now."""
        self._until.request = time.monotonic() + self._limit_s if self._limit_s else math.inf

    def finished(self) -> None:
        """Give this thread's connection back to the pool."""
        self._until.request = math.inf
        if not self.is_closed():  # closing waits for whoever connects meanwhile
            self.close()

    def disconnect(self) -> None:
        """Close every connection of the pool."""
        self.close()
        self.close_all()

    def connect(self, reuse_if_open: bool = False) -> Any:
        """Take a connection from the pool. Raises: `OperationalError` when none gets free in time."""
        try:
            return super().connect(reuse_if_open)
        except MaxConnectionsExceeded as exc:
            raise OperationalError("every connection of the pool is in use") from exc

    def begin(self, isolation_level: str | None = None) -> None:
        """Begin a transaction; nothing is lost by beginning it again on another connection."""
        begin = BEGIN if self._limit_s is not None else "BEGIN"
        if isolation_level:
            begin += f"; SET TRANSACTION ISOLATION LEVEL {isolation_level}"
        self._twice(lambda: self._say(begin))

    def commit(self) -> None:
        """End a transaction; when this raises, nobody knows whether it was done.

        Raises: `OperationalError` also when the primary has it and the standby may not.
        """
        connection = self.connection()
        if connection.info.transaction_status == TransactionStatus.INERROR:
            # PostgreSQL would roll back, and say nothing.
            raise InternalError("a statement of the transaction has failed")
        warnings: list[str | None] = []

        def note(diagnostic: psycopg.errors.Diagnostic) -> None:
            if diagnostic.severity_nonlocalized == "WARNING":
                warnings.append(diagnostic.message_primary)

        connection.add_notice_handler(note)
        try:
            self._say(COMMIT if self._limit_s is not None else "COMMIT")
        finally:
            connection.remove_notice_handler(note)
        if warnings:
            raise OperationalError(f"the commit was answered with a warning: {warnings}")

    def execute_sql(self, sql: str, params: Any = None, **options: Any) -> Any:
        """Run a statement; a read outside a transaction once more after a lost connection.

        Raises: `Unstorable` for a text with a NUL; where it is only looked for, nothing is found.
        """
        in_transaction = self.in_transaction()
        began = time.monotonic()
        if not in_transaction and began > self._until.request:
            raise OperationalError(INTERRUPTED)
        is_read = sql.startswith("SELECT")
        ask = super().execute_sql
        try:
            if is_read and not in_transaction:
                return self._twice(lambda: ask(sql, params, **options))
            return ask(sql, params, **options)
        except DataError:
            if not _holds_nul(params):
                raise
            if not is_read:
                raise Unstorable from None
            return self.execute_sql(sql, [_without_nul(value) for value in params], **options)
        except OperationalError as exc:
            if not in_transaction and isinstance(_cause(exc), QueryCanceled):
                raise OperationalError(SILENT if self._is_silent(began) else INTERRUPTED) from exc
            raise
        except InternalError as exc:
            if isinstance(_cause(exc), ReadOnlySqlTransaction):
                self._forget_demoted()
            raise
        finally:
            if self._is_silent(began):
                self._until.request += time.monotonic() - began  # which was not the request's fault

    def run(self, sql: str, values: Any) -> Any:
        """Run a prepared read on the driver itself and return its cursor."""
        return self.execute_sql(sql, values)

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
        name = cause.diag.constraint_name if isinstance(cause, psycopg.Error) else None
        indexes = {index._name: index for index in model._meta.fields_to_index()}
        return (
            [column.column_name for column in indexes[name]._expressions] if name in indexes else []
        )

    def _is_silent(self, began: float) -> bool:
        """Whether a statement took longer than a server that is well would let it."""
        allowed_s = (self._limit_s or math.inf) + PROMPT_S
        return time.monotonic() - began > allowed_s

    def _say(self, sql: str) -> None:
        """Run statements that carry no value, in one go."""
        connection = self.connection()
        with peewees_exceptions:
            connection.execute(sql, prepare=False)

    def _twice(self, work: Callable[[], Result]) -> Result:
        try:
            return work()
        except LOST:
            if not self._is_lost():
                raise
            self.manual_close()
            self.close_idle()  # they were lost at the same moment
            return work()

    def _is_lost(self) -> bool:
        """Whether this thread's connection, if it has one, no longer leads anywhere."""
        connection = self._state.conn
        return connection is not None and bool(connection.closed)

    def _forget_demoted(self) -> None:
        """Let no connection to a primary that is a standby now come back to the pool."""
        self._unfit.add(self._state.conn)
        self.close_idle()

    def _can_reuse(self, conn: psycopg.Connection[Any]) -> bool:
        return conn not in self._unfit and super()._can_reuse(conn)

    def _is_closed(self, conn: psycopg.Connection[Any]) -> bool:
        # Peewee asks the server at each checkout. A lost connection is noticed by the first statement.
        return conn.closed


def readable(address: str) -> str:
    """Let an address through that the driver can read. Raises: `ValueError`, which never shows it."""
    try:
        conninfo_to_dict(address)
    except psycopg.ProgrammingError:
        # The driver's words hold what it could not read, which may be a password.
        raise ValueError(
            "is not understood; write postgresql://user:password@host/name,"
            " with what is no letter or digit of the password as %XX"
        ) from None
    return address


def _cause(error: Exception) -> Any:
    """What psycopg said, inside Peewee's exception."""
    return getattr(error, "orig", None)


def _holds_nul(values: Any) -> bool:
    return any(isinstance(value, str) and "\0" in value for value in values or ())


def _without_nul(value: Any) -> Any:
    return value.replace("\0", NOBODYS) if isinstance(value, str) else value
