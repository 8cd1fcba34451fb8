"""Indexes on the relations to one row: filters, sorts and expands that go back along them search."""

from typing import Any

from peewee import Database

RELATIONS = (
    ("tbl_product_list", "prod_list_icon"),
    ("tbl_cart", "cart_product_id"),
)


def up(migrator: Any, db: Database) -> None:
    """Create them."""
    migrator.migrate(*(migrator.add_index(table, (column,)) for table, column in RELATIONS))


def down(migrator: Any, db: Database) -> None:
    """Drop them."""
    names = ((table, f"{table}_{column}") for table, column in RELATIONS)
    migrator.migrate(*(migrator.drop_index(table, name) for table, name in names))
