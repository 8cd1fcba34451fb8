"""The statements of a request in a plain loop: what SQLite alone can do here, no HTTP and no JSON.

The SQL is written by hand, with the columns and indexes the schema has. Each request begins with its
user's row, as a token's check does, and each write is a transaction of its own.

    python -m bench.loops DATABASE WORKLOAD SECONDS SEED

prints requests a second.
"""

import random
import sqlite3
import sys
import time
from collections.abc import Callable
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Final

from bai_wx.database.sqlite import BUSY_TIMEOUT_S, PRAGMAS
from bench import dataset
from bench.workloads import MIX

BATCH = 10  # requests between looks at the clock

STANDING = (
    "SELECT openid, token_key, users_status FROM tbl_auth_users WHERE id = ? AND is_delete = 0"
)
CART_VIEW = "SELECT * FROM tbl_cart WHERE id = ? AND is_delete = 0 AND cart_owner = ?"
OWN_ORDERS = "FROM tbl_order WHERE order_owner = ? AND is_delete = 0"
PENDING = f"{OWN_ORDERS} AND order_status = 'pending' AND order_amount >= 100"
NEWEST_30 = "ORDER BY created DESC, seq LIMIT 30"
ON_SALE = "FROM tbl_product_list WHERE prod_list_status = 'on_sale' AND is_delete = 0"
PRODUCTS = f"{ON_SALE} AND prod_list_category = ? AND prod_list_basic_price < ?"
OWN_LINES = (
    "FROM tbl_cart c WHERE c.cart_owner = ? AND c.is_delete = 0 AND c.cart_status = 'active'"
)
CART_LIST = (
    "SELECT c.*, p.prod_list_id, p.prod_list_name, p.prod_list_modelnumber, p.prod_list_basic_price,"
    " p.prod_list_status, a.id, a.attachments_link FROM tbl_cart c"
    " LEFT JOIN tbl_product_list p ON p.id = c.cart_product_id AND p.is_delete = 0"
    " LEFT JOIN tbl_attachments a ON a.id = p.prod_list_icon AND a.is_delete = 0"
    " WHERE c.cart_owner = ? AND c.is_delete = 0 AND c.cart_status = 'active'"
    " ORDER BY c.created DESC, c.seq LIMIT 10"
)
MADE = {
    "tbl_cart": {
        **dict.fromkeys(("id", "cart_id", "cart_number", "cart_owner"), ":name"),
        "cart_product_id": ":product",
    },
    "tbl_order": {
        **dict.fromkeys(("id", "order_id", "order_number"), ":name"),
        "order_owner": ":owner",
    },
}
"""What differs in a row that is inserted; its other values are the first row's."""


class Loop:
    """The requests of the workloads as statements on one connection."""

    def __init__(self, database: sqlite3.Connection, seed: int) -> None:
        self._database = database
        self._draw = random.Random(seed)
        self._names = (f"floor{seed}n{n}" for n in count())
        self._inserts = {table: self._insert(table) for table in MADE}

    def cart_view(self) -> None:
        """W1."""
        user, openid = self._user()
        line = dataset.record_id("c", dataset.cart_line_number(user, self._draw.randrange(10)))
        self._all(CART_VIEW, line, openid)

    def orders(self) -> None:
        """W2."""
        _, openid = self._user(dataset.BUYERS)
        self._all(f"SELECT * {OWN_ORDERS} {NEWEST_30}", openid)
        self._all(f"SELECT COUNT(*) {OWN_ORDERS}", openid)

    def pending_orders(self) -> None:
        """W3."""
        _, openid = self._user(dataset.BUYERS)
        self._all(f"SELECT * {PENDING} LIMIT 30", openid)

    def products(self) -> None:
        """W4."""
        wanted = dataset.category(self._draw.randrange(dataset.CATEGORIES)), 95_000
        self._all(f"SELECT * {PRODUCTS} ORDER BY prod_list_sort, seq LIMIT 50", *wanted)
        self._all(f"SELECT COUNT(*) {PRODUCTS}", *wanted)

    def product(self) -> None:
        """The view of a product, part of W9."""
        self._all(f"SELECT * {ON_SALE} AND id = ?", self._product())

    def cart_list(self) -> None:
        """W5."""
        _, openid = self._user()
        self._all(CART_LIST, openid)
        self._all(f"SELECT COUNT(*) {OWN_LINES}", openid)

    def cart_create(self) -> None:
        """W6."""
        _, openid = self._user()
        self._all("BEGIN IMMEDIATE")
        product = self._product()
        self._all(f"SELECT * {ON_SALE} AND id = ?", product)
        self._all(f"SELECT seq {OWN_LINES} AND c.cart_product_id = ?", openid, product)
        self._all(f"SELECT COUNT(*) {OWN_LINES}", openid)
        values = {"name": next(self._names), "product": product}
        self._database.execute(self._inserts["tbl_cart"], values)
        self._all("COMMIT")

    def order_create(self) -> None:
        """W7."""
        _, openid = self._user()
        self._all("BEGIN IMMEDIATE")
        self._all(f"SELECT * {ON_SALE} AND id = ?", self._product())
        values = {"name": next(self._names), "owner": openid}
        self._database.execute(self._inserts["tbl_order"], values)
        self._all("COMMIT")

    def login(self) -> None:
        """W8."""
        openid = dataset.openid(self._draw.randrange(dataset.USERS))
        self._all("SELECT * FROM tbl_auth_users WHERE openid = ?", openid)

    def mix(self) -> None:
        """W9."""
        (kind,) = self._draw.choices(list(MIX), list(MIX.values()))
        {
            "product list": self.products,
            "product view": self.product,
            "cart list": self.cart_list,
            "cart create": self.cart_create,
            "order create": self.order_create,
        }[kind]()

    def _user(self, users: int = dataset.USERS) -> tuple[int, str]:
        user = self._draw.randrange(users)
        self._all(STANDING, dataset.record_id("u", user))
        return user, dataset.openid(user)

    def _product(self) -> str:
        return dataset.record_id("p", self._draw.randrange(dataset.PRODUCTS))

    def _all(self, sql: str, *values: object) -> None:
        self._database.execute(sql, values).fetchall()

    def _insert(self, table: str) -> str:
        columns = [r[1] for r in self._database.execute(f"PRAGMA table_info({table})")]
        columns.remove("seq")
        values = ", ".join(MADE[table].get(column, f'"{column}"') for column in columns)
        return f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table} LIMIT 1"


OF_WORKLOAD: Final[dict[str, Callable[[Loop], None]]] = {
    "W1": Loop.cart_view,
    "W2": Loop.orders,
    "W2p": Loop.orders,
    "W3": Loop.pending_orders,
    "W3p": Loop.pending_orders,
    "W4": Loop.products,
    "W5": Loop.cart_list,
    "W6": Loop.cart_create,
    "W7": Loop.order_create,
    "W8": Loop.login,
    "W9": Loop.mix,
}


def rate(database: Path, workload: str, seconds: float, seed: int) -> float:
    """Requests a second that one process gets through."""
    connection = sqlite3.connect(database, timeout=BUSY_TIMEOUT_S, isolation_level=None)
    with closing(connection):
        for name, value in PRAGMAS.items():
            connection.execute(f"PRAGMA {name} = {value}")
        loop, ask, done = Loop(connection, seed), OF_WORKLOAD[workload], 0
        began = time.monotonic()
        while (spent := time.monotonic() - began) < seconds:
            for _ in range(BATCH):
                ask(loop)
            done += BATCH
    return done / spent


if __name__ == "__main__":
    print(rate(Path(sys.argv[1]), sys.argv[2], float(sys.argv[3]), int(sys.argv[4])))
