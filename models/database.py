"""The database behind the models, chosen once by its address."""

import sqlite3
from typing import Any, TypeVar

from peewee import (
    Database,
    DatabaseProxy,
    InterfaceError,
    InternalError,
    Model,
    ModelSelect,
    OperationalError,
    PostgresqlDatabase,
)

from models.sqlite import INTERRUPTED, TimedSqlite

Row = TypeVar("Row", bound=Model)

database = DatabaseProxy()

FAILURES = (InterfaceError, InternalError, OperationalError, sqlite3.OperationalError)
"""How the database says that it cannot do something now; reads speak the driver's own language."""

CONNECTIONS = 16
"""How many connections to PostgreSQL a worker has at the most."""


def connect(url: str, *, limit_s: float | None = None, connections: int = CONNECTIONS) -> Database:
    """Point the models at `sqlite:///path` or `postgresql://host/name`. Connections open by themselves.

    SQLite has one connection a thread, PostgreSQL a pool of `connections`. `limit_s` bounds a single
    statement outside a transaction, in seconds. Raises: `ValueError` for another address.
    """
    # sqlite:///a.db is relative and sqlite:////srv/a.db absolute, as in SQLAlchemy.
    scheme, _, path = url.partition("://")
    chosen: Database
    if scheme == "sqlite" and path.startswith("/") and len(path) > 1:
        chosen = TimedSqlite(path[1:], limit_s=limit_s)
    elif scheme in ("postgresql", "postgres") and path:
        from models.postgres import Postgres  # the driver takes its time; SQLite needs none

        chosen = Postgres(f"postgresql://{path}", limit_s=limit_s, connections=connections)
    else:
        raise ValueError(
            f"BAI_WX_DATABASE {url!r} is not understood; write sqlite:///path/to/file.db"
            " or postgresql://user@host/name"
        )
    database.initialize(chosen)
    return chosen


def is_embedded() -> bool:
    """Whether the chosen database is SQLite: reads are short, and there is one writer."""
    return isinstance(database.obj, TimedSqlite)


def is_postgres() -> bool:
    """Whether the chosen database is PostgreSQL."""
    return isinstance(database.obj, PostgresqlDatabase)


def started() -> None:
    """Note that a request begins in this thread: from now on its reads have `limit_s` together."""
    database.obj.started()


def release() -> None:
    """Give this thread's connection back to the pool, where there is one; the request is over."""
    database.obj.finished()


def disconnect() -> None:
    """Close this thread's connection, or the whole pool."""
    database.obj.disconnect()


def was_stopped(problem: Exception) -> bool:
    """Whether this failure is a statement that ran for longer than it may."""
    text = str(problem)
    return text == INTERRUPTED or "due to statement timeout" in text


def run(sql: str, values: Any) -> Any:
    """Run a prepared statement and return the driver's cursor."""
    return database.obj.run(sql, values)


def keeps_nul() -> bool:
    """Whether a text may hold a NUL. PostgreSQL's cannot."""
    return is_embedded()


def locks_rows() -> bool:
    """Whether the database locks single rows. SQLite does not: its writer is alone."""
    return bool(database.for_update)


def locked(query: "ModelSelect[Row]") -> "ModelSelect[Row]":
    """Keep the rows this query finds from other writers until the transaction ends."""
    return query.for_update() if locks_rows() else query
