"""How many rows a list has, counted again only after the database has changed.

SQLite counts by walking an index, which takes longer than reading the page itself. It also tells,
for next to nothing, whether anything was committed since, by anybody: so a count is remembered until
then. What a connection sees is its own matter, hence one memory a connection.
"""

import sqlite3
import threading
from typing import Any, Final

from models.database import database
from models.statement import Statement

MAX_REMEMBERED: Final = 256

Version = tuple[int, int]


class _Memory(threading.local):
    """The counts of this thread's connection, as of one version of the database."""

    connection: sqlite3.Connection | None = None
    version: Version = (0, 0)

    def __init__(self) -> None:
        self.totals: dict[tuple[str, tuple[Any, ...]], int] = {}

    def at(self, connection: sqlite3.Connection) -> dict[tuple[str, tuple[Any, ...]], int]:
        """What is remembered and still true."""
        version = _version(connection)
        is_same = connection is self.connection and version == self.version
        if not is_same or len(self.totals) > MAX_REMEMBERED:
            self.connection, self.version, self.totals = connection, version, {}
        return self.totals


_memory = _Memory()


def total(count: Statement, parameters: dict[str, Any]) -> int:
    """The number a COUNT statement finds with these parameters."""
    connection = database.connection()
    # Within a transaction the count may be of rows that are rolled back afterwards.
    if not isinstance(connection, sqlite3.Connection) or connection.in_transaction:
        return _counted(count, parameters)
    text, bound = count.prepare(parameters)
    known = _memory.at(connection)
    key = text, tuple(bound)
    if key not in known:
        known[key] = _counted(count, parameters)
    return known[key]


def _version(connection: sqlite3.Connection) -> Version:
    """Changes with every commit: of other connections the first number, of this one the second."""
    row = connection.execute("PRAGMA data_version").fetchone()
    return row[0], connection.total_changes


def _counted(count: Statement, parameters: dict[str, Any]) -> int:
    row = count.row(parameters)
    return int(row[0]) if row else 0
