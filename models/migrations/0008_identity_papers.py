"""Attachments: a mark on identity papers, and indexes by which all but invalid rows are listed.

A step back keeps the mark in the state, which the code before shows to nobody unless it is `valid`: so
no identity paper becomes public by it, and the step forward finds the mark again.
"""

from typing import Any

TABLE = "tbl_attachments"
MARK = "attachments_is_identity"
KEPT = "identity:"
"""What a state begins with where a step back found the mark."""
BEFORE = {
    "tbl_attachments_attachments_status_is_delete_seq": (
        "attachments_status",
        "is_delete",
        "seq",
    ),
    "tbl_attachments_attachments_status_is_delete_newest": (
        "attachments_status",
        "is_delete",
        "created DESC",
        "seq",
    ),
}
SHOWN = ("attachments_is_identity", "attachments_owner", "attachments_status")
"""With these in an index, COUNT(*) need not read the rows."""
AFTER = {
    "tbl_attachments_is_delete_seq_shown": ("is_delete", "seq", *SHOWN),
    "tbl_attachments_is_delete_newest": ("is_delete", "created DESC", "seq"),
}


def up(migrator: Any, db: Any) -> None:
    """Add the column, set it where a step back kept it, and replace the indexes."""
    _drop(db, BEFORE)
    # SQLite locks no rows, and has one kind of integer.
    whole = "BIGINT" if db.for_update else "INTEGER"
    # With a default, so that the code before may go on inserting rows.
    db.execute_sql(f"ALTER TABLE {TABLE} ADD COLUMN {MARK} {whole} NOT NULL DEFAULT 0")
    db.execute_sql(
        f"UPDATE {TABLE} SET {MARK} = 1,"
        f" attachments_status = substr(attachments_status, {len(KEPT) + 1})"
        f" WHERE substr(attachments_status, 1, {len(KEPT)}) = '{KEPT}'"
    )
    _create(db, AFTER, " WHERE attachments_status != 'invalid'")


def down(migrator: Any, db: Any) -> None:
    """Keep the mark in the state, drop the column, and create the indexes of before."""
    _drop(db, AFTER)
    db.execute_sql(
        f"UPDATE {TABLE} SET attachments_status = '{KEPT}' || attachments_status WHERE {MARK} = 1"
    )
    db.execute_sql(f"ALTER TABLE {TABLE} DROP COLUMN {MARK}")
    _create(db, BEFORE, "")


def _drop(db: Any, indexes: dict[str, tuple[str, ...]]) -> None:
    for name in indexes:
        db.execute_sql(f"DROP INDEX {name}")


def _create(db: Any, indexes: dict[str, tuple[str, ...]], condition: str) -> None:
    for name, columns in indexes.items():
        db.execute_sql(f"CREATE INDEX {name} ON {TABLE} ({', '.join(columns)}){condition}")
