"""SQLite: one file, one writer, a connection for each thread."""

import math
import os
import re
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from typing import Any, ClassVar, TypeVar

from peewee import IntegrityError, Model, OperationalError, PeeweeException, SqliteDatabase
from peewee import __exception_wrapper__ as peewees_exceptions  # type: ignore[attr-defined]  # private

from bai_wx.database.damage import Guard, open_existing
from bai_wx.errors import ServiceUnavailable
from bai_wx.metrics import COMMITS, COMMITTED_ROWS

Result = TypeVar("Result")

NORMAL = "normal"
"""WAL: a killed process loses nothing that was committed, a power cut what the disk has not got yet."""
PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": NORMAL,
    "foreign_keys": 1,
    "cache_size": -500,  # KiB for a connection, and each thread has one
    "temp_store": "memory",
    # Removed text is overwritten: what was erased, or encrypted by a migration, must not stay in free pages.
    "secure_delete": 1,  # as Debian's SQLite has it anyway
    # 64 MiB: `housekeeping` has the log copied by a thread (`checkpoint`), and long before that.
    "wal_autocheckpoint": 16_000,
}
MAIN_THREAD_PRAGMAS = {  # the thread of the event loop does nearly all the work
    "cache_size": -16_000,
    # The most SQLite maps: a large shop's pages are read where they are, and the system takes them
    # back as it needs them.
    "mmap_size": 2_147_418_112,
}
BUSY_TIMEOUT_S = 5
LONG_LOG_PAGES = 2_000  # 8 MiB: a log of this length is begun anew
RESTART_WAIT_MS = 20  # nobody can write meanwhile
EMPTYING_TRIES, EMPTYING_PAUSE_S = 20, 0.1
STEPS_BETWEEN_CHECKS = (
    1_000  # of SQLite's machine: some hundred rows, each of which may cost milliseconds
)
INTERRUPTED = "interrupted"
"""What SQLite says of a statement that was stopped."""
NOT_TEXT = "JSON cannot hold BLOB values"
"""What SQLite says of bytes where a record has text."""
_LOCKED = "database is locked"
_NOT_UNIQUE = re.compile(r"UNIQUE constraint failed: (?P<columns>.+)")


class Busy(Exception):
    """Another connection holds the write lock."""


class _Deadlines(threading.local):
    """Until when this thread's statement may run, and until when its request may read.

    Both by `time.monotonic()`; a `request` of 0 means that none is being answered.
    """

    statement = math.inf
    request = 0.0


class _Counted(threading.local):
    """How many rows this thread's connection had written when it committed last."""

    rows = 0


class TimedSqlite(SqliteDatabase):
    """SQLite with a time limit on reads outside transactions. A read past it fails with `INTERRUPTED`.

    The reads of one request have `limit_s` together. Outside requests each statement has `limit_s`.
    """

    primary_number: ClassVar[int] = 0
    """A file is always the same."""

    SNAPSHOT: ClassVar[str] = "DEFERRED"
    """The kind of transaction that sees the database as of one moment, while others write."""

    def __init__(
        self,
        path: str,
        *,
        limit_s: float | None = None,
        guard: Guard | None = None,
        synchronous: str = NORMAL,
    ) -> None:
        """With a guard the file must exist, and is written to only while it is whole and in its place.

        `synchronous`: `full` waits for the disk with each commit, so a power cut takes nothing.
        """
        self._limit_s = limit_s
        self.guard = guard
        self._deadlines = _Deadlines()
        self._counted = _Counted()
        self._descriptor: int | None = None
        self._is_saved = False
        # Every write transaction takes the write lock first: no upgrade from a read can fail half-way.
        pragmas = {**PRAGMAS, "synchronous": synchronous}
        super().__init__(path, pragmas=pragmas, timeout=BUSY_TIMEOUT_S, lock_type="IMMEDIATE")
        self.register_function(fold, "bai_fold", 1)

    def started(self) -> None:
        """Note that a request begins in this thread."""
        if self._limit_s is not None:
            self._deadlines.request = time.monotonic() + self._limit_s

    def finished(self) -> None:
        """Note that this thread's request is answered."""
        self._deadlines.request = 0.0

    def disconnect(self) -> None:
        """Close this thread's connection."""
        self.close()

    def execute_sql(self, sql: str, params: Any = None) -> Any:
        """Run a statement. Inside a transaction it has no deadline."""
        self._set_deadline(is_read=not self.in_transaction())
        return super().execute_sql(sql, params)  # type: ignore[no-untyped-call]  # no types in the stub

    def run(self, sql: str, values: Any) -> sqlite3.Cursor:
        """Run a prepared statement on the driver itself: Peewee's own way takes longer than SQLite."""
        connection = self._own_connection()
        if self._limit_s is not None:
            self._set_deadline(is_read=not connection.in_transaction)
        return connection.execute(sql, values)

    def ask(self, sql: str, values: Any) -> Callable[[], sqlite3.Cursor]:
        """Run a prepared statement when what is returned is called."""
        return partial(self.run, sql, values)

    ask_joining = ask
    """SQLite has no round trips that a read could share."""

    run_unseen = run
    """SQLite waits for nothing: a write that nobody looks at is one as any other."""

    def insert_rows(self, model: type[Model], names: Sequence[str], rows: Iterable[Any]) -> None:
        """Insert many rows of these columns at once."""
        columns, places = ", ".join(f'"{name}"' for name in names), ", ".join("?" * len(names))
        sql = f'INSERT INTO "{model._meta.table_name}" ({columns}) VALUES ({places})'  # noqa: S608  # the names are the models', the values are bound
        connection = self._without_deadline()
        with peewees_exceptions:
            connection.executemany(sql, rows)

    def violated(self, model: type[Model], error: IntegrityError) -> list[str]:
        """Name the columns of the unique index that refused a row of this model."""
        found = _NOT_UNIQUE.search(str(error))
        columns = found["columns"].split(", ") if found else ()
        return [column.rpartition(".")[2] for column in columns]

    def _set_deadline(self, *, is_read: bool) -> None:
        deadlines = self._deadlines
        if not is_read or self._limit_s is None:
            deadlines.statement = math.inf
        else:
            deadlines.statement = deadlines.request or time.monotonic() + self._limit_s

    def _connect(self) -> Any:
        try:
            if self.guard is not None:
                return self._connect_to_existing(self.guard)
            return super()._connect()  # type: ignore[misc]  # Peewee's stubs leave it out
        except sqlite3.Error as exc:
            # SQLite's message does not name the file.
            raise type(exc)(f"BAI_WX_DATABASE {self.database}: {exc}") from exc

    def _connect_to_existing(self, guard: Guard) -> sqlite3.Connection:
        """Open the file that was checked. A new file would be empty, and orders in it would be lost."""
        if not guard.is_in_place():
            raise sqlite3.OperationalError("it is not the file that was opened at the start")
        connection = open_existing(self.database, timeout=BUSY_TIMEOUT_S)
        try:
            self._add_conn_hooks(connection)
        except Exception:
            connection.close()
            raise
        guard.follow_log()
        return connection

    def _close(self, conn: sqlite3.Connection) -> None:
        if self.guard is not None:
            self.guard.leave_log()
        super()._close(conn)  # type: ignore[misc]  # Peewee's stubs leave it out

    def begin(self, lock_type: str | None = None) -> None:
        """Begin a transaction. It has no deadline.

        SQLite counts the steps of a statement over all its runs. With the deadline of an earlier read
        still set, one BEGIN in some hundred would be interrupted after it took the write lock, and the
        lock would never be released.
        Raises: `ServiceUnavailable` where the guard refuses writes.
        """
        if self.guard is not None:
            self._refuse_writes(self.guard)
        self._without_deadline()
        super().begin(lock_type)

    def _refuse_writes(self, guard: Guard) -> None:
        try:
            guard.refuse_writes()
        except ServiceUnavailable:
            self.save()
            raise

    def save(self) -> None:
        """Checkpoint once, before the guard's refusal: a restart may no longer find the log."""
        if self._is_saved or self.is_closed():  # a new connection might open another log
            return
        self._is_saved = True
        with suppress(sqlite3.Error, PeeweeException):  # the file may be damaged
            _checkpoint(self._without_deadline(), "PASSIVE")

    def together(self, works: Iterable[Callable[[], Result]]) -> list[Result]:
        """Do all these works in one transaction, with one COMMIT. Returns: what each returned.

        A work that writes more than once opens a savepoint, and is undone to it where it fails.
        Raises: `Busy` at once where another connection writes; `OperationalError` where the transaction
        is lost, with nothing of any work stored.
        """
        connection = self._without_deadline()
        done = []
        with ExitStack() as stack:
            with _busy_at_once(connection):
                stack.enter_context(self.transaction())
            for work in works:
                done.append(work())
                if not connection.in_transaction:
                    # A full disk rolls back everything; the next work would commit by itself.
                    raise OperationalError("the transaction is lost")
        return done

    def checkpoint(self) -> None:
        """Copy what was committed from the log into the file. A long log is then begun anew.

        It takes some ten milliseconds of disk. Reads go on meanwhile; writes wait for a part of it.
        """
        connection = self._without_deadline()
        if _checkpoint(connection, "PASSIVE") < LONG_LOG_PAGES:
            return
        # RESTART keeps writers waiting, so little should be left for it: the file is synced first, and
        # what was written meanwhile is copied by another PASSIVE.
        self._sync()
        _checkpoint(connection, "PASSIVE")
        with _busy_timeout(connection, RESTART_WAIT_MS):  # after a long read: next time will do
            _checkpoint(connection, "RESTART")

    def empty_log(self) -> bool:
        """Copy the log into the file and cut it off: what was removed still stands in its older pages.

        Returns: whether it was cut off. A long read of another connection needs it; then it stays.
        """
        connection = self._without_deadline()
        for _ in range(EMPTYING_TRIES):
            _checkpoint(connection, "PASSIVE")
            with _busy_timeout(connection, RESTART_WAIT_MS):
                if _checkpoint(connection, "TRUNCATE") == 0:
                    return True
            time.sleep(EMPTYING_PAUSE_S)
        return False

    def _sync(self) -> None:
        if self._descriptor is None:
            # Never closed: closing it would release all locks that this process has on the file.
            self._descriptor = os.open(self.database, os.O_RDONLY)
        sync = getattr(os, "fdatasync", os.fsync)  # macOS has only fsync
        sync(self._descriptor)

    def map_file(self, *, is_on: bool) -> None:
        """Let this thread's connection read the file by mmap, or page by page.

        A mapped file is read faster. But SQLite maps it anew after each commit of another connection, and
        every page then faults again, so the mapping is off while a burst of writes lasts.
        """
        size = MAIN_THREAD_PRAGMAS["mmap_size"] if is_on else 0
        self._without_deadline().execute(f"PRAGMA mmap_size={size}").fetchone()

    def _without_deadline(self) -> sqlite3.Connection:
        """This thread's connection, with no deadline for its next statement."""
        self._deadlines.statement = math.inf
        return self._own_connection()

    def _own_connection(self) -> sqlite3.Connection:
        """This thread's connection, opened where there is none."""
        connection: sqlite3.Connection = self.connection()  # type: ignore[no-untyped-call]  # Peewee's stub has no types
        return connection

    def commit(self) -> None:
        """Commit, and count the rows that were written."""
        super().commit()
        written = self._own_connection().total_changes
        COMMITS.inc()
        COMMITTED_ROWS.inc(written - self._counted.rows)
        self._counted.rows = written

    def rollback(self) -> Any:
        """Roll back, unless SQLite has done so itself after a full disk: that error is to be told."""
        if self._own_connection().in_transaction:
            return super().rollback()
        return None

    def savepoint(self) -> Any:
        """A transaction inside another. Peewee's draws a name for each, which takes longer."""
        return _savepoint(self._own_connection())

    def _add_conn_hooks(self, conn: Any) -> None:
        super()._add_conn_hooks(conn)  # type: ignore[misc]  # Peewee's stubs leave it out
        if threading.current_thread() is threading.main_thread():
            for name, value in MAIN_THREAD_PRAGMAS.items():
                conn.execute(f"PRAGMA {name}={value}")
        if self._limit_s is not None:
            conn.set_progress_handler(self._is_past_deadline, STEPS_BETWEEN_CHECKS)

    def _is_past_deadline(self) -> bool:
        return time.monotonic() > self._deadlines.statement


def _checkpoint(connection: sqlite3.Connection, mode: str) -> int:
    """Checkpoint. Returns: how many pages the log has, -1 where another connection checkpoints."""
    _, pages, _ = connection.execute(f"PRAGMA wal_checkpoint({mode})").fetchone()
    return int(pages)


@contextmanager
def _busy_at_once(connection: sqlite3.Connection) -> Iterator[None]:
    """Raise `Busy` where SQLite would wait for another writer."""
    try:
        with _busy_timeout(connection, 0):
            yield
    except OperationalError as exc:
        if _LOCKED not in str(exc):
            raise
        raise Busy from exc


@contextmanager
def _busy_timeout(connection: sqlite3.Connection, milliseconds: int) -> Iterator[None]:
    """Wait no longer than this for the locks of other connections."""
    connection.execute(f"PRAGMA busy_timeout={milliseconds}")
    try:
        yield
    finally:
        connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_S * 1000}")


@contextmanager
def _savepoint(connection: sqlite3.Connection) -> Iterator[None]:
    # All have one name: SQLite then takes the innermost.
    connection.execute("SAVEPOINT inside")
    try:
        yield
    except BaseException:
        if connection.in_transaction:  # a full disk has ended it
            connection.execute("ROLLBACK TO inside")
            connection.execute("RELEASE inside")
        raise
    connection.execute("RELEASE inside")


def fold(text: str | None) -> str:
    """Fold the case of a text, in every alphabet; `bai_fold` in SQL. NULL, as of an outer join, is `""`."""
    return (text or "").casefold()
