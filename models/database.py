"""The database behind the models, chosen once by its address."""

from typing import TypeVar

from peewee import Database, DatabaseProxy, Model, ModelSelect, SqliteDatabase

Row = TypeVar("Row", bound=Model)

database = DatabaseProxy()

SQLITE_PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": "normal",  # WAL: a killed process loses nothing that was committed
    "foreign_keys": 1,
    "cache_size": -16_000,  # KiB a connection, and each thread has one
    "temp_store": "memory",
    "mmap_size": 268_435_456,
}
BUSY_TIMEOUT_S = 10


def connect(url: str) -> Database:
    """Point the models at `sqlite:///path`. Connections open by themselves, one a thread."""
    # sqlite:///a.db is relative and sqlite:////srv/a.db absolute, as in SQLAlchemy.
    scheme, _, path = url.partition(":///")
    if scheme != "sqlite" or not path:
        raise ValueError(
            f"BAI_WX_DATABASE {url!r} is not understood; write sqlite:///path/to/file.db"
        )
    # Every write transaction takes the write lock first: no upgrade from a read can fail half-way.
    chosen = SqliteDatabase(
        path,
        pragmas=SQLITE_PRAGMAS,
        timeout=BUSY_TIMEOUT_S,
        lock_type="IMMEDIATE",
    )
    chosen.register_function(fold, "bai_fold", 1)
    database.initialize(chosen)
    return chosen


def fold(text: str) -> str:
    """Take case out of a text, in every alphabet; `bai_fold` in SQL."""
    return text.casefold()


def locks_rows() -> bool:
    """Whether the database locks single rows. SQLite does not: its writer is alone."""
    return bool(database.for_update)


def locked(query: "ModelSelect[Row]") -> "ModelSelect[Row]":
    """Keep the rows this query finds from other writers until the transaction ends."""
    return query.for_update() if locks_rows() else query
