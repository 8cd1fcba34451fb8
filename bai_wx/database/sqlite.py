"""The embedded database: one file, one writer, a connection a thread."""

import math
import os
import re
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import Any, ClassVar, TypeVar

from peewee import IntegrityError, Model, OperationalError, PeeweeException, SqliteDatabase
from peewee import __exception_wrapper__ as peewees_exceptions  # type: ignore[attr-defined]

from bai_wx.database.damage import Guard, open_existing
from bai_wx.errors import ServiceUnavailable

Result = TypeVar("Result")

PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": "normal",  # WAL: a killed process loses nothing that was committed
    "foreign_keys": 1,
    "cache_size": -500,  # KiB a connection, and each thread has one
    "temp_store": "memory",
    # 64 MiB: who writes much tidies up by itself, in a thread (`checkpoint`), and long before that.
    "wal_autocheckpoint": 16_000,
}
MAIN = {  # the event loop's thread does nearly all the work
    "cache_size": -16_000,
    # The most SQLite maps: a large shop's pages are read where they are, and the system takes them
    # back as it needs them.
    "mmap_size": 2_147_418_112,
}
BUSY_TIMEOUT_S = 5
LONG_LOG = 2_000  # pages, 8 MiB: then it begins anew
RESTART_MS = 20  # in which nobody can write
STEPS_BETWEEN_LOOKS = (
    1_000  # of SQLite's machine: some hundred rows, each of which may cost milliseconds
)
INTERRUPTED = "interrupted"
"""What SQLite says of a statement that was stopped."""
NOT_TEXT = "JSON cannot hold BLOB values"
"""What SQLite says of bytes where a record has text."""
_LOCKED = "database is locked"
_NOT_UNIQUE = re.compile(r"UNIQUE constraint failed: (?P<columns>.+)")


class Busy(Exception):
    """Somebody else is writing."""


class _Until(threading.local):
    """Until when this thread's statement may run, and the request it is part of."""

    moment = math.inf
    request = 0.0


class TimedSqlite(SqliteDatabase):
    """SQLite that stops what is read outside a transaction with `INTERRUPTED`: all that one request
    reads after `limit_s` together, elsewhere each statement.
    """

    SNAPSHOT: ClassVar[str] = "DEFERRED"
    """The transaction that sees one moment, and keeps nobody from writing."""

    def __init__(
        self, path: str, *, limit_s: float | None = None, guard: Guard | None = None
    ) -> None:
        """With a guard the file must be there, and is written to while it is whole and in its place."""
        self._limit_s = limit_s
        self.guard = guard
        self._until = _Until()
        self._descriptor: int | None = None
        self._is_saved = False
        # Every write transaction takes the write lock first: no upgrade from a read can fail half-way.
        super().__init__(path, pragmas=PRAGMAS, timeout=BUSY_TIMEOUT_S, lock_type="IMMEDIATE")
        self.register_function(fold, "bai_fold", 1)

    def started(self) -> None:
        """Note that a request begins in this thread."""
        if self._limit_s is not None:
            self._until.request = time.monotonic() + self._limit_s

    def finished(self) -> None:
        """Note that it is answered."""
        self._until.request = 0.0

    def disconnect(self) -> None:
        """Close this thread's connection."""
        self.close()

    def execute_sql(self, *arguments: Any, **options: Any) -> Any:
        """Run a statement; the time of a write is its transaction's business."""
        self._set_moment(is_read=not self.in_transaction())
        return super().execute_sql(*arguments, **options)  # type: ignore[no-untyped-call]

    def run(self, sql: str, values: Any) -> sqlite3.Cursor:
        """Run a prepared read on the driver itself: Peewee's way there takes longer than SQLite."""
        connection: sqlite3.Connection = self.connection()  # type: ignore[no-untyped-call]
        if self._limit_s is not None:
            self._set_moment(is_read=not connection.in_transaction)
        return connection.execute(sql, values)

    def insert_rows(self, model: type[Model], names: Sequence[str], rows: Iterable[Any]) -> None:
        """Insert many rows of these columns at once."""
        columns, places = ", ".join(f'"{name}"' for name in names), ", ".join("?" * len(names))
        sql = f'INSERT INTO "{model._meta.table_name}" ({columns}) VALUES ({places})'
        connection = self._unhurried()
        with peewees_exceptions:
            connection.executemany(sql, rows)

    def violated(self, model: type[Model], error: IntegrityError) -> list[str]:
        """Name the columns of the unique index that refused a row of this model."""
        found = _NOT_UNIQUE.search(str(error))
        columns = found["columns"].split(", ") if found else ()
        return [column.rpartition(".")[2] for column in columns]

    def _set_moment(self, *, is_read: bool) -> None:
        until = self._until
        if not is_read or self._limit_s is None:
            until.moment = math.inf
        else:
            until.moment = until.request or time.monotonic() + self._limit_s

    def _connect(self) -> Any:
        try:
            if self.guard is not None:
                return self._connect_to_existing(self.guard)
            return super()._connect()  # type: ignore[misc]  # Peewee's stubs leave it out
        except sqlite3.Error as exc:
            # SQLite says what it could not do, and not to which file.
            raise type(exc)(f"BAI_WX_DATABASE {self.database}: {exc}") from exc

    def _connect_to_existing(self, guard: Guard) -> sqlite3.Connection:
        """Open the file that was checked: a new one would be empty, and take orders nobody finds."""
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

    def begin(self, lock_type: str | None = None) -> None:
        """Begin a transaction, however long that waits.

        SQLite counts the steps of a statement over all its runs: with the moment of an earlier read
        still set, one BEGIN in some hundred would be interrupted after it took the lock, which nobody
        would give back.
        Raises: `ServiceUnavailable` where nothing may be written any more.
        """
        if self.guard is not None:
            self._refuse(self.guard)
        self._unhurried()
        super().begin(lock_type)

    def _refuse(self, guard: Guard) -> None:
        try:
            guard.refuse_writes()
        except ServiceUnavailable:
            self.save()
            raise

    def save(self) -> None:
        """Bring into the file, once, what stands in a log that nobody else may find any more."""
        if self._is_saved or self.is_closed():  # no connection of this thread's, no log it knows
            return
        self._is_saved = True
        with suppress(sqlite3.Error, PeeweeException):  # damage may be behind it
            _copied(self._unhurried(), "PASSIVE")

    def together(self, works: Iterable[Callable[[], Result]]) -> list[Result]:
        """Do all these works in one transaction: they cost one commit. Returns: what each returned.

        A work that writes more than once has a transaction of its own inside, and undoes what it did
        where it fails.
        Raises: `Busy` at once, and `OperationalError` with nothing of any work kept.
        """
        connection = self._unhurried()
        done = []
        with ExitStack() as stack:
            with _impatient(connection):
                stack.enter_context(self.transaction())
            for work in works:
                done.append(work())
                if not connection.in_transaction:
                    # A full disk takes all of it back, and what came next would commit by itself.
                    raise OperationalError("the transaction is lost")
        return done

    def checkpoint(self) -> None:
        """Copy what was committed from the log into the file; when that is long it begins anew.

        Takes some ten milliseconds of disk. Reads go on all the while, and writes for most of it.
        """
        connection = self._unhurried()
        if _copied(connection, "PASSIVE") < LONG_LOG:
            return
        # The rest keeps writers waiting. So let it be little: what they wrote meanwhile is copied once
        # more, and what was copied is on the disk by then.
        self._sync()
        _copied(connection, "PASSIVE")
        with _patience(connection, RESTART_MS):  # a long read is not waited for: next time will do
            _copied(connection, "RESTART")

    def _sync(self) -> None:
        if self._descriptor is None:
            # Never closed: that would take all locks of this process from SQLite.
            self._descriptor = os.open(self.database, os.O_RDONLY)
        sync = getattr(os, "fdatasync", os.fsync)  # macOS has the latter alone
        sync(self._descriptor)

    def map_file(self, *, is_on: bool) -> None:
        """Let this thread's connection read the file where it is mapped, or page by page.

        Mapped, a large shop is read quicker. But whenever somebody else has committed SQLite maps the
        file anew, and every page of it is to be found again: who writes all the time does without.
        """
        size = MAIN["mmap_size"] if is_on else 0
        self._unhurried().execute(f"PRAGMA mmap_size={size}").fetchone()

    def _unhurried(self) -> sqlite3.Connection:
        """This thread's connection, and no moment by which it must be done."""
        self._until.moment = math.inf
        connection: sqlite3.Connection = self.connection()  # type: ignore[no-untyped-call]
        return connection

    def rollback(self) -> Any:
        """Take a transaction back, unless SQLite has: after a full disk, whose error is to be told."""
        if self.connection().in_transaction:  # type: ignore[no-untyped-call]
            return super().rollback()
        return None

    def savepoint(self, sid: str | None = None) -> Any:
        """A transaction inside another. Peewee's makes up a name for each, which takes its time."""
        return _inner(self.connection())  # type: ignore[no-untyped-call]

    def _add_conn_hooks(self, conn: Any) -> None:
        super()._add_conn_hooks(conn)  # type: ignore[misc]  # Peewee's stubs leave it out
        if threading.current_thread() is threading.main_thread():
            for name, value in MAIN.items():
                conn.execute(f"PRAGMA {name}={value}")
        if self._limit_s is not None:
            conn.set_progress_handler(self._is_late, STEPS_BETWEEN_LOOKS)

    def _is_late(self) -> bool:
        return time.monotonic() > self._until.moment


def _copied(connection: sqlite3.Connection, mode: str) -> int:
    """Checkpoint. Returns: how many pages the log has, -1 where somebody else is at it."""
    _, pages, _ = connection.execute(f"PRAGMA wal_checkpoint({mode})").fetchone()
    return int(pages)


@contextmanager
def _impatient(connection: sqlite3.Connection) -> Iterator[None]:
    """Raise `Busy` where SQLite would wait for another writer."""
    try:
        with _patience(connection, 0):
            yield
    except OperationalError as exc:
        if _LOCKED not in str(exc):
            raise
        raise Busy from exc


@contextmanager
def _patience(connection: sqlite3.Connection, milliseconds: int) -> Iterator[None]:
    """Wait no longer than this for others."""
    connection.execute(f"PRAGMA busy_timeout={milliseconds}")
    try:
        yield
    finally:
        connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_S * 1000}")


@contextmanager
def _inner(connection: sqlite3.Connection) -> Iterator[None]:
    # All have one name: SQLite means the innermost.
    connection.execute("SAVEPOINT inside")
    try:
        yield
    except BaseException:
        if connection.in_transaction:  # a full disk ends all of it
            connection.execute("ROLLBACK TO inside")
            connection.execute("RELEASE inside")
        raise
    connection.execute("RELEASE inside")


def fold(text: str | None) -> str:
    """Make case not matter, in every alphabet; `bai_fold` in SQL. No text, as of an outer join, is `""`."""
    return (text or "").casefold()
