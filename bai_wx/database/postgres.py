"""PostgreSQL, for shops that outgrow one machine: a pool of connections in each worker.

A connection that was lost outside a transaction is replaced, and a read that met the loss is run once
more. A write is never run again: it may have been done. Its client sends it again with the same
`Idempotency-Key`.
"""

import asyncio
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
    NotSupportedError,
    OperationalError,
    ProgrammingError,
)
from peewee import __exception_wrapper__ as peewees_exceptions  # type: ignore[attr-defined]  # private
from playhouse.pool import MaxConnectionsExceeded, _PooledPostgresqlDatabase
from playhouse.postgres_ext import Psycopg3Database
from psycopg.errors import QueryCanceled, ReadOnlySqlTransaction
from psycopg.pq import TransactionStatus

from bai_wx.database import own_writes, waiting
from bai_wx.database.connecting import CONNECTING, Connecting, readable
from bai_wx.database.nul import holds_nul, without_nul
from bai_wx.database.on_loop import (
    LOCK_TIMEOUT_S,
    LONGEST_STATEMENT_S,
    TIMEOUT_GRACE_S,
    OnLoop,
    begin_at,
)
from bai_wx.database.pipeline_pool import SILENT
from bai_wx.database.pipelines import OUTDATED
from bai_wx.database.public_reads import PublicReads, Reads
from bai_wx.database.replicas import standbys_of
from bai_wx.database.sqlite import INTERRUPTED
from bai_wx.database.timelines import Timelines
from bai_wx.errors import Unstorable
from bai_wx.metrics import COMMITS

POOL_TIMEOUT_S: Final = 5  # that a request waits for a connection
LIMITS: Final = (
    f"; SET LOCAL statement_timeout = '{LONGEST_STATEMENT_S}s';"
    f" SET LOCAL lock_timeout = '{LOCK_TIMEOUT_S}s'"
)
# A COMMIT that is stopped while it waits for the standby is reported as done.
COMMIT: Final = "SET LOCAL statement_timeout = 0; COMMIT"
LOST: Final = (OperationalError, InterfaceError)
_REFUSED_KEY: Final = re.compile(r"\((?P<columns>[^()]*)\)=\(")
"""In the detail of an error, whatever its language: `Key (id, order_owner)=(…) already exists.`"""

Result = TypeVar("Result")


class _RequestOfThread(threading.local):
    """What is known of the request that a thread answers. Of one on the event loop its greenlet knows it."""

    until = math.inf
    """When it may begin no further read, by `time.monotonic()`."""
    replica: Any = None
    """Where its public reads go, if not to the primary."""
    own_write: int | None = None
    """The transaction in which its user wrote public rows last, or 0; None where nobody looked."""
    writer = ""
    """The id of the user that writes."""
    has_written_public = False
    """Whether its transaction has written public rows."""


class Postgres(_PooledPostgresqlDatabase, Connecting):  # type: ignore[misc]  # playhouse is not typed
    """A pool of `connections`. A statement outside a transaction is stopped after `limit_s`.

    Commands set no limit: an export or an index may take as long as it needs.
    """

    primary_number = 0
    """How many primaries were met before the present one."""

    SNAPSHOT: ClassVar[str] = "REPEATABLE READ"
    """The kind of transaction that sees the database as of one moment."""

    field_types: ClassVar[dict[str, str]] = {
        **Psycopg3Database.field_types,
        # SQLite's integers have 64 bits, and its texts are compared byte by byte.
        "AUTO": "BIGSERIAL",
        "INT": "BIGINT",
        "TEXT": 'TEXT COLLATE "C"',
    }

    def __init__(
        self, address: str, *, limit_s: float | None, connections: int, reads: Reads | None = None
    ) -> None:
        """`reads` are the standbys that public rows are read at, if there are some."""
        self._limit_s = limit_s
        self._of_thread = _RequestOfThread()
        self._reads = self._public_reads(reads) if reads else None
        self._demoted: WeakSet[psycopg.Connection[Any]] = WeakSet()
        self._on_loop = OnLoop(self._open, self._forget_demoted, limit_s, self._reads)
        self._timelines = Timelines(readable(address))
        super().__init__(address, max_connections=connections, timeout=POOL_TIMEOUT_S, **CONNECTING)
        self._state = waiting.State()

    def _open(self) -> "psycopg.Connection[Any]":
        """Open a connection beside the pool."""
        connection: psycopg.Connection[Any] = Connecting._connect(self)
        return connection

    def _public_reads(self, reads: Reads) -> PublicReads:
        limit_s = self._limit_s or LONGEST_STATEMENT_S
        return PublicReads(standbys_of(reads.address, limit_s), reads.tables, self._open, limit_s)

    def read_at_standby(self, *, is_guest: bool) -> None:
        """Read public rows at a standby from here on, if one shows all that the request's user wrote."""
        if self._reads is not None:
            self._reads.choose(waiting.current() or self._of_thread, is_guest=is_guest)

    def note_own_write(self, xact: int) -> None:
        """Note in which transaction the request's user wrote public rows last; 0 where in none."""
        (waiting.current() or self._of_thread).own_write = xact

    def write_as(self, user_id: str) -> None:
        """Note whose request it is that writes."""
        (waiting.current() or self._of_thread).writer = user_id

    def started(self) -> None:
        """Note that a request begins here: its reads may begin until `limit_s` from now."""
        self._until = time.monotonic() + self._limit_s if self._limit_s else math.inf

    def finished(self) -> None:
        """Give this thread's connection back to the pool."""
        self._until = math.inf
        if waiting.current() is not None:
            return
        self._of_thread.replica = self._of_thread.own_write = None
        if not self.is_closed():  # closing waits for whoever connects meanwhile
            self.close()

    @property
    def _until(self) -> float:
        """Until when the request of this thread, or of this greenlet, may begin a read."""
        here = waiting.current()
        return self._of_thread.until if here is None else here.until

    @_until.setter
    def _until(self, moment: float) -> None:
        here = waiting.current()
        if here is None:
            self._of_thread.until = moment
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
        begin = begin_at(isolation_level)
        if self._limit_s is not None:
            begin += LIMITS
        self._of_thread.replica, self._of_thread.has_written_public = None, False
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
        if self._of_thread.has_written_public and self._of_thread.writer:
            with peewees_exceptions:  # Peewee takes the transaction for ended already
                connection.execute(own_writes.NOTE, (self._of_thread.writer,))
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
        if self._of_thread.replica is not None and self._reads is not None:
            found = self._reads.run_in_thread(self._of_thread, sql, params)
            if found is not None:
                return found
        began = time.monotonic()
        if not in_transaction and began > self._until:
            raise OperationalError(INTERRUPTED)
        is_read = sql.startswith("SELECT")
        if in_transaction and self._reads is not None and not is_read:
            self._of_thread.has_written_public |= self._reads.tables.are_written(sql)
        try:
            if is_read and not in_transaction:
                return self._retry_once_if_lost(lambda: self._execute(sql, params, options))
            return self._execute(sql, params, options)
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

    def _execute(self, sql: str, params: Any, options: dict[str, Any]) -> Any:
        """Run a statement, on another connection where the server knows what it was prepared as no more."""
        try:
            return super().execute_sql(sql, params, **options)
        except (NotSupportedError, ProgrammingError) as exc:
            if not isinstance(_cause(exc), OUTDATED):
                raise
            if self.in_transaction():
                raise OperationalError(str(exc)) from exc
            self._close_all_idle()  # the driver keeps their outdated names
            return super().execute_sql(sql, params, **options)

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
            self._on_loop.defer(here, sql, values)

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
            self._close_all_idle()  # they were probably lost with it
            return work()

    def _close_all_idle(self) -> None:
        """Close this thread's connection, and those that nobody uses."""
        self.manual_close()
        self.close_idle()

    def _is_lost(self) -> bool:
        """Whether this thread has a connection that is closed."""
        connection = self._state.conn
        return connection is not None and bool(connection.closed)

    def _forget_demoted(self) -> None:
        """Keep connections to a former primary, a standby by now, out of the pool."""
        if waiting.current() is None:
            self._demoted.add(self._state.conn)
            self.close_idle()
        else:
            # It waits for a thread that connects: the event loop must not.
            asyncio.get_running_loop().run_in_executor(None, self.close_idle)
        self._on_loop.renew()

    def _was_promoted(self) -> None:
        """Close what is open to the primary before, which may still answer, with what it knew."""
        self.primary_number += 1
        self._demoted.update(used.connection for used in list(self._in_use.values()))
        self.close_idle()
        self._on_loop.renew()

    def _can_reuse(self, conn: psycopg.Connection[Any]) -> bool:
        return conn not in self._demoted and super()._can_reuse(conn)

    def _is_closed(self, conn: psycopg.Connection[Any]) -> bool:
        # Peewee asks the server at each checkout. Here the first statement notices a lost connection.
        return conn.closed


def _cause(error: Exception) -> Any:
    """The psycopg exception inside Peewee's."""
    return getattr(error, "orig", None)
