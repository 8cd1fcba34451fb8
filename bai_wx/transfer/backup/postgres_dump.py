"""A dump of a PostgreSQL database that others write to, and the check of a dump."""

import re
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Final

from bai_wx.database.connection import database, snapshot
from bai_wx.transfer.backup import postgres_programs
from bai_wx.transfer.backup.refused import BackupRefused
from bai_wx.transfer.backup.sqlite_copy import MIGRATIONS, Tell
from bai_wx.transfer.parent_death import dying_with_us

TABLES: Final = (
    "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
    " ORDER BY relname"
)
OBJECTS: Final = (
    "SELECT COUNT(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%%'"
)
COPY: Final = re.compile(rb'COPY "?[a-z0-9_]+"?\."?([a-z0-9_]+)"? \(')
"""How `pg_restore` begins the rows of a table."""
END_OF_ROWS: Final = b"\\.\n"
LONGEST_PIECE: Final = 1 << 20
"""Bytes of a row that are read at once: one may be as long as whoever made the dump liked."""
KEEPS_ALIVE: Final = "SET LOCAL idle_in_transaction_session_timeout = 0"
"""Our transaction has nothing to do while `pg_dump` reads what it sees."""


def server_version() -> int:
    """The major version of the server."""
    return int(_connection().info.server_version) // 10_000


def dump_postgres(
    address: str, target: Path, program: postgres_programs.Program, tell: Tell
) -> tuple[dict[str, int], list[str]]:
    """Dump the connected database, as of one moment. Returns: the rows of each table, and the migrations.

    `address` is its address. Raises: `BackupRefused` where `pg_dump` fails.
    """
    with snapshot():
        database.execute_sql(KEEPS_ALIVE)
        (moment,) = _one("SELECT pg_export_snapshot()")
        rows = {name: _count(name) for (name,) in database.execute_sql(TABLES).fetchall()}
        tell("rows", sum(rows.values()))
        migrations = database.execute_sql(MIGRATIONS).fetchall()
        info = _connection().info  # the host that takes writes, of several
        shown, environment = postgres_programs.connecting(
            address, host=info.host, port=str(info.port)
        )
        postgres_programs.run(
            [program.path, "-Fc", f"--snapshot={moment}", "-f", str(target), "-d", shown],
            environment,
        )
    return rows, [name for (name,) in migrations]


def is_empty() -> bool:
    """Whether the connected database has nothing of anybody's."""
    (objects,) = _one(OBJECTS)
    return int(objects) == 0


def restore_postgres(address: str, dump: Path, program: postgres_programs.Program) -> None:
    """Bring a dump into an empty database: all of it, or nothing. Raises: `BackupRefused`."""
    info = _connection().info
    shown, environment = postgres_programs.connecting(address, host=info.host, port=str(info.port))
    options = ("--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction")
    postgres_programs.run([program.path, *options, "-d", shown, str(dump)], environment)


def count_rows(dump: Path, program: postgres_programs.Program) -> dict[str, int]:
    """Read a dump to its end. Returns: the rows of each table. Raises: `BackupRefused` for a damaged one."""
    command = dying_with_us([program.path, "--data-only", "-f", "-", str(dump)])
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as reading:
        assert reading.stdout is not None
        assert reading.stderr is not None
        said: list[bytes] = []
        errors = threading.Thread(target=lambda: said.append(reading.stderr.read()))  # type: ignore[union-attr]
        errors.start()
        rows = dict(_counted(reading.stdout))
        errors.join()
    if reading.returncode:
        problem = postgres_programs.failure(program.path, reading.returncode, b"".join(said))
        raise BackupRefused(f"its database is damaged: {problem}")
    return rows


def _counted(script: IO[bytes]) -> Iterator[tuple[str, int]]:
    table, count, is_begun = "", 0, True
    while line := script.readline(LONGEST_PIECE):
        if is_begun and line == END_OF_ROWS:
            yield table, count
            table = ""
        elif is_begun and not table and (matched := COPY.match(line)):
            table, count = matched[1].decode(), 0
        elif table and line.endswith(b"\n"):
            count += 1
        is_begun = line.endswith(b"\n")


def _count(table: str) -> int:
    (count,) = _one(f'SELECT COUNT(*) FROM "{table}"')  # noqa: S608  # the database's own name
    return int(count)


def _one(sql: str) -> tuple[Any, ...]:
    row: tuple[Any, ...] = database.execute_sql(sql).fetchone()
    return row


def _connection() -> Any:
    return database.obj.connection()
