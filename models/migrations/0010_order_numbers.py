"""Orders: a number is the only one among its owner's orders, no longer among everybody's.

Clients send numbers of their own, and two owners may well choose the same.
"""

from typing import Any

TABLE, NUMBER, OWNER = "tbl_order", "order_number", "order_owner"
MAX_NUMBER = 64  # characters
ID = 15  # characters of a record id


def up(migrator: Any, db: Any) -> None:
    """Exchange the unique index of the number for one of number and owner."""
    migrator.migrate(
        migrator.drop_index(TABLE, f"{TABLE}_{NUMBER}"),
        migrator.add_index(TABLE, (NUMBER, OWNER), unique=True),
    )


def down(migrator: Any, db: Any) -> None:
    """Exchange them back. Of orders with one number the first keeps it, others get their record id behind."""
    db.execute_sql(
        f"UPDATE {TABLE} SET {NUMBER} = substr({NUMBER}, 1, {MAX_NUMBER - ID - 1}) || '-' || id"
        f" WHERE EXISTS (SELECT 1 FROM {TABLE} AS earlier"
        f" WHERE earlier.{NUMBER} = {TABLE}.{NUMBER} AND earlier.seq < {TABLE}.seq)"
    )
    migrator.migrate(
        migrator.drop_index(TABLE, f"{TABLE}_{NUMBER}_{OWNER}"),
        migrator.add_index(TABLE, (NUMBER,), unique=True),
    )
