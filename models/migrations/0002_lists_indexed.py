"""Indexes for lists with the newest first, and on relations to one row.

Rows that are equal come in the order of insertion, so `created` runs down and `seq` up. Filters,
sorts and expands that go back along a relation search it.
"""

from typing import Any

from peewee import Database

RELATIONS = (
    ("tbl_product_list", "prod_list_icon"),
    ("tbl_cart", "cart_product_id"),
)
NEWEST = (
    ("tbl_attachments", ("attachments_status", "is_delete")),
    ("tbl_cart", ("cart_owner", "is_delete")),
    ("tbl_cart", ("cart_owner", "is_delete", "cart_status")),
    ("tbl_company", ("is_delete",)),
    ("tbl_document", ("document_status", "is_delete")),
    ("tbl_order", ("order_owner", "is_delete")),
    ("tbl_order", ("order_owner", "is_delete", "order_status")),
    ("tbl_product_list", ("prod_list_status", "is_delete")),
)


def up(migrator: Any, db: Database) -> None:
    """Create them, in the place of those that ran one way alone."""
    migrator.migrate(*(migrator.add_index(table, (column,)) for table, column in RELATIONS))
    for table, columns in NEWEST:
        _replace(db, table, _one_way(table, columns), _newest(table, columns), columns, "DESC")


def down(migrator: Any, db: Database) -> None:
    """Drop them, and create those before."""
    for table, columns in NEWEST:
        _replace(db, table, _newest(table, columns), _one_way(table, columns), columns, "ASC")
    names = ((table, f"{table}_{column}") for table, column in RELATIONS)
    migrator.migrate(*(migrator.drop_index(table, name) for table, name in names))


def _replace(
    db: Any, table: str, old: str, new: str, columns: tuple[str, ...], direction: str
) -> None:
    listed = ", ".join(f'"{name}"' for name in columns)
    db.execute_sql(f'DROP INDEX IF EXISTS "{old}"')
    db.execute_sql(f'CREATE INDEX "{new}" ON "{table}" ({listed}, "created" {direction}, "seq")')


def _one_way(table: str, columns: tuple[str, ...]) -> str:
    return "_".join((table, *columns, "created", "seq"))


def _newest(table: str, columns: tuple[str, ...]) -> str:
    return "_".join((table, *columns, "newest"))
