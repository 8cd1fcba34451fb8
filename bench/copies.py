"""A shop of several times the size: copies of the dataset's rows, their numbers shifted.

Each copy has users, products, categories, carts and orders of its own, so that whoever is asked has as
many rows as before, in tables so many times as long.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

from bench import dataset

NUMBERS = {
    "users": dataset.USERS,
    "products": dataset.PRODUCTS,
    "lines": dataset.USERS * dataset.CART_LINES_EACH,
    "orders": dataset.BUYERS * dataset.ORDERS_EACH,
    "categories": dataset.CATEGORIES,
}
"""By how much a number in the next copy is greater."""

Shifted = dict[str, tuple[str, str]]
"""Of a column: how a value is written, and the name of its number."""

SHIFTED: dict[str, tuple[str, Shifted]] = {
    "tbl_auth_users": (
        "users",
        {
            "id": ("u%014d", "users"),
            "openid": ("oBENCH%022d", "users"),
            "users_id": ("U-%06d", "users"),
            "token_key": ("k%049d", "users"),
            "tokenKey": ("k%049d", "users"),  # PocketBase's name for it
        },
    ),
    "tbl_product_list": (
        "products",
        {
            "id": ("p%014d", "products"),
            "prod_list_id": ("P-%06d", "products"),
            "prod_list_category": ("类目%d", "categories"),
        },
    ),
    "tbl_cart": (
        "lines",
        {
            "id": ("c%014d", "lines"),
            "cart_id": ("CART-%08d", "lines"),
            "cart_number": ("20260101%08d", "lines"),
            "cart_owner": ("oBENCH%022d", "users"),
            "cart_product_id": ("p%014d", "products"),
        },
    ),
    "tbl_order": (
        "orders",
        {
            "id": ("o%014d", "orders"),
            "order_id": ("O-%08d", "orders"),
            "order_number": ("20260101%08d", "orders"),
            "order_owner": ("oBENCH%022d", "users"),
        },
    ),
}
"""What differs in a copy, by table: whose number its rows are, and its columns."""


def multiply(file: Path, times: int) -> None:
    """Make the freshly filled SQLite database, ours or PocketBase's, hold so many times the rows."""
    with closing(sqlite3.connect(file)) as database:
        for copy in range(1, times):
            with database:
                for table in SHIFTED:
                    database.execute(_insert(database, table, copy))


def _insert(database: sqlite3.Connection, table: str, copy: int) -> str:
    rows, shifted = SHIFTED[table]
    names = [row[1] for row in database.execute(f"PRAGMA table_info({table})") if row[1] != "seq"]
    values = [_value(name, shifted, copy) for name in names]
    return (
        f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(values)}"
        f" FROM {table} WHERE rowid <= {NUMBERS[rows]} ORDER BY rowid"
    )


def _value(name: str, shifted: Shifted, copy: int) -> str:
    if name not in shifted:
        return f'"{name}"'
    written, of = shifted[name]
    head = written.partition("%")[0]
    return f"printf('{written}', substr({name}, {len(head) + 1}) + {copy * NUMBERS[of]})"
