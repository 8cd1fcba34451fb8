"""In which transaction users wrote public rows last: their own reads go to no standby that does not show it."""

from typing import Any

from peewee import Database

MADE = (
    # Not unlogged: a new primary must know what its standbys may not show yet.
    "CREATE TABLE own_write (slot BIGINT NOT NULL PRIMARY KEY, xact BIGINT NOT NULL, at BIGINT NOT NULL)",
)


def up(migrator: Any, db: Database) -> None:
    """Create the table."""
    _run(db, MADE)


def down(migrator: Any, db: Database) -> None:
    """Drop it."""
    _run(db, ("DROP TABLE own_write",))


def _run(db: Any, statements: tuple[str, ...]) -> None:
    if not db.for_update:  # SQLite, which has no standby
        return
    for statement in statements:
        db.execute_sql(statement)
