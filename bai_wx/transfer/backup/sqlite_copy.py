"""A copy of a SQLite database that others write to, and the check of a copy.

SQLite's backup API copies page by page inside one read transaction. In WAL mode that holds no writer up, and
the copy is of the moment it began. Without that transaction each commit of another process would make it begin
anew. `VACUUM INTO` does the same, but builds every index again, and may number rows anew by which lists are
ordered.
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final

from bai_wx.database.damage import open_existing
from bai_wx.database.sqlite import fold
from bai_wx.transfer.backup.refused import BackupRefused

PAGES: Final = 4_096
"""Pages of a step, some 16 MiB."""
MAX_MESSAGE_LENGTH: Final = 300
MIGRATIONS: Final = "SELECT name FROM schema_migration ORDER BY name"

Tell = Callable[[str, int], None]


def copy_sqlite(source: Path, target: Path, tell: Tell) -> None:
    """Copy the database into a new file, as of one moment. Raises: `sqlite3.Error`."""
    with closing(open_existing(str(source))) as live, closing(sqlite3.connect(target)) as copy:
        copy.execute("PRAGMA synchronous=off")  # it goes into the archive, which is synced
        live.execute("BEGIN")
        live.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()

        def progress(_: int, left: int, total: int) -> None:
            tell("database pages", total - left)

        live.backup(copy, pages=PAGES, progress=progress)
        live.execute("ROLLBACK")
        copy.execute("PRAGMA journal_mode=delete")  # one file, which needs no other beside it


def check_sqlite(copy: Path) -> tuple[dict[str, int], list[str]]:
    """Read the whole file. Returns: the rows of each table, and the migrations that were applied.

    Raises: `BackupRefused` for a damaged database, or one that is not ours.
    """
    try:
        with closing(open_existing(str(copy))) as database:
            # The indexes of a shop may use it.
            database.create_function("bai_fold", 1, fold, deterministic=True)
            database.execute("PRAGMA trusted_schema=off")  # it may come from anywhere
            (found,) = database.execute("PRAGMA integrity_check(1)").fetchone()
            if found != "ok":
                raise BackupRefused(
                    f"its database is damaged: {' '.join(found.split())[:MAX_MESSAGE_LENGTH]}"
                )
            return _rows(database), _migrations(database)
    except sqlite3.DatabaseError as exc:
        raise BackupRefused(f"its database is damaged: {exc}") from exc


def _rows(database: sqlite3.Connection) -> dict[str, int]:
    names = database.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'"
        " ORDER BY name"
    ).fetchall()
    return {name: _count(database, name) for (name,) in names}


def _count(database: sqlite3.Connection, table: str) -> int:
    quoted = table.replace('"', '""')
    (count,) = database.execute(f'SELECT COUNT(*) FROM "{quoted}"').fetchone()  # noqa: S608  # quoted
    return int(count)


def _migrations(database: sqlite3.Connection) -> list[str]:
    return [name for (name,) in database.execute(MIGRATIONS)]
