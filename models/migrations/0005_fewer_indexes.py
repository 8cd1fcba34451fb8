"""Cart lines: no index by product alone. Every query names the owner too, and searches by that.

Each line that is written would change a page of it, a different one each time.
"""

from typing import Any

from peewee import Database

TABLE, COLUMN = "tbl_cart", "cart_product_id"


def up(migrator: Any, db: Database) -> None:
    """Drop it."""
    migrator.migrate(migrator.drop_index(TABLE, f"{TABLE}_{COLUMN}"))


def down(migrator: Any, db: Database) -> None:
    """Create it again."""
    migrator.migrate(migrator.add_index(TABLE, (COLUMN,)))
