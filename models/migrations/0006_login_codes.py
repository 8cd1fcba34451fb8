"""Login codes that a replica exchanges, or has just exchanged. One server on SQLite keeps them in memory."""

from typing import Any

from peewee import Database

MADE = (
    # Lost with a crash, which is as well: nothing in it is of use for longer than ten seconds.
    'CREATE UNLOGGED TABLE login_code (digest TEXT COLLATE "C" NOT NULL PRIMARY KEY,'
    ' answer TEXT COLLATE "C" NOT NULL, ends BIGINT NOT NULL)',
    "CREATE INDEX login_code_ends ON login_code (ends)",
)


def up(migrator: Any, db: Database) -> None:
    """Create the table."""
    _run(db, MADE)


def down(migrator: Any, db: Database) -> None:
    """Drop it."""
    _run(db, ("DROP TABLE login_code",))


def _run(db: Any, statements: tuple[str, ...]) -> None:
    if not db.for_update:  # SQLite, which locks no rows
        return
    for statement in statements:
        db.execute_sql(statement)
