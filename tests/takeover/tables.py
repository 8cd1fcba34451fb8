"""Writing into PocketBase's own tables, past its API."""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

from tests.takeover.mangled import Raw


def columns(connection: sqlite3.Connection, table: str) -> list[str]:
    """The columns of a table."""
    return [
        name for (name,) in connection.execute("SELECT name FROM pragma_table_info(?)", [table])
    ]


def insert(connection: sqlite3.Connection, table: str, rows: Iterable[Mapping[str, Any]]) -> int:
    """Insert rows as they are. Keys that are no column are left out. Returns: how many rows."""
    known, count = set(columns(connection, table)), 0
    for row in rows:
        given = {name: value for name, value in row.items() if name in known}
        marks = ["CAST(? AS TEXT)" if isinstance(v, Raw) else "?" for v in given.values()]
        sql = f"INSERT INTO {table} ({', '.join(given)}) VALUES ({', '.join(marks)})"
        connection.execute(sql, [held(value) for value in given.values()])
        count += 1
    return count


def held(value: Any) -> Any:
    """A value as a column of PocketBase holds it."""
    if isinstance(value, Raw):
        return value.text
    if isinstance(value, (list, dict)):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return int(value) if isinstance(value, bool) else value


def spread_moments(connection: sqlite3.Connection, table: str) -> None:
    """Give rows the moments of a year in the order of their creation, a minute apart: the API makes today's."""
    if "created" not in columns(connection, table):
        return
    moment = "strftime('%Y-%m-%d %H:%M:%fZ', '2024-02-01', '+' || {} || ' minutes')"
    created, updated = moment.format("rowid"), moment.format("(rowid + 5)")
    connection.execute(f"UPDATE {table} SET created = {created}, updated = {updated}")
