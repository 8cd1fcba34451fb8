"""The database behind the models, chosen once by its address."""

import math
import sqlite3
import threading
import time
from typing import Any, TypeVar

from peewee import (
    Database,
    DatabaseProxy,
    InterfaceError,
    Model,
    ModelSelect,
    OperationalError,
    SqliteDatabase,
)

Row = TypeVar("Row", bound=Model)

database = DatabaseProxy()

SQLITE_PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": "normal",  # WAL: a killed process loses nothing that was committed
    "foreign_keys": 1,
    "cache_size": -16_000,  # KiB a connection, and each thread has one
    "temp_store": "memory",
    "mmap_size": 2_147_418_112,  # the most SQLite maps; the system takes pages back as it needs them
}
BUSY_TIMEOUT_S = 5
STEPS_BETWEEN_LOOKS = (
    1_000  # of SQLite's machine: some hundred rows, each of which may cost milliseconds
)
FAILURES = (InterfaceError, OperationalError, sqlite3.OperationalError)
"""How the database says that it cannot do something now; reads speak the driver's own language."""
INTERRUPTED = "interrupted"
"""What SQLite says of a statement that was stopped."""


class TimedSqlite(SqliteDatabase):
    """SQLite that stops a statement outside a transaction after `limit_s`, with `INTERRUPTED`."""

    def __init__(self, path: str, *, limit_s: float | None = None, **options: Any) -> None:
        self._limit_s = limit_s
        self._until = threading.local()
        super().__init__(path, **options)

    def execute_sql(self, *arguments: Any, **options: Any) -> Any:
        """Run a statement; the time of a write is its transaction's business."""
        if self._limit_s is not None:
            is_read = not self.in_transaction()
            self._until.moment = time.monotonic() + self._limit_s if is_read else math.inf
        return super().execute_sql(*arguments, **options)  # type: ignore[no-untyped-call]

    def run(self, sql: str, values: Any) -> sqlite3.Cursor:
        """Run a prepared read on the driver itself: Peewee's way there takes longer than SQLite."""
        connection: sqlite3.Connection = self.connection()  # type: ignore[no-untyped-call]
        if self._limit_s is not None:
            is_read = not connection.in_transaction
            self._until.moment = time.monotonic() + self._limit_s if is_read else math.inf
        return connection.execute(sql, values)

    def _connect(self) -> Any:
        try:
            return super()._connect()  # type: ignore[misc]  # Peewee's stubs leave it out
        except sqlite3.Error as exc:
            # SQLite says what it could not do, and not to which file.
            raise type(exc)(f"BAI_WX_DATABASE {self.database}: {exc}") from exc

    def begin(self, lock_type: str | None = None) -> None:
        """Begin a transaction, however long that waits.

        SQLite counts the steps of a statement over all its runs: with the moment of an earlier read
        still set, one BEGIN in some hundred would be interrupted after it took the lock, which nobody
        would give back.
        """
        self._until.moment = math.inf
        super().begin(lock_type)

    def _add_conn_hooks(self, conn: Any) -> None:
        super()._add_conn_hooks(conn)  # type: ignore[misc]  # Peewee's stubs leave it out
        if self._limit_s is not None:
            conn.set_progress_handler(self._is_late, STEPS_BETWEEN_LOOKS)

    def _is_late(self) -> bool:
        return time.monotonic() > getattr(self._until, "moment", math.inf)


def connect(url: str, *, limit_s: float | None = None) -> Database:
    """Point the models at `sqlite:///path`. Connections open by themselves, one a thread.

    `limit_s` bounds a single statement outside a transaction, in seconds.
    """
    # sqlite:///a.db is relative and sqlite:////srv/a.db absolute, as in SQLAlchemy.
    scheme, _, path = url.partition(":///")
    if scheme != "sqlite" or not path:
        raise ValueError(
            f"BAI_WX_DATABASE {url!r} is not understood; write sqlite:///path/to/file.db"
        )
    # Every write transaction takes the write lock first: no upgrade from a read can fail half-way.
    chosen = TimedSqlite(
        path,
        limit_s=limit_s,
        pragmas=SQLITE_PRAGMAS,
        timeout=BUSY_TIMEOUT_S,
        lock_type="IMMEDIATE",
    )
    chosen.register_function(fold, "bai_fold", 1)
    database.initialize(chosen)
    return chosen


def fold(text: str | None) -> str:
    """Take case out of a text, in every alphabet; `bai_fold` in SQL. No text, as of an outer join, is `""`."""
    return (text or "").casefold()


def run(sql: str, values: Any) -> Any:
    """Run a prepared statement and return the driver's cursor."""
    chosen = database.obj
    if isinstance(chosen, TimedSqlite):
        return chosen.run(sql, values)
    return database.execute_sql(sql, values)


def locks_rows() -> bool:
    """Whether the database locks single rows. SQLite does not: its writer is alone."""
    return bool(database.for_update)


def locked(query: "ModelSelect[Row]") -> "ModelSelect[Row]":
    """Keep the rows this query finds from other writers until the transaction ends."""
    return query.for_update() if locks_rows() else query
