"""A demo shop with an operator of each role, and a row of every collection."""

import hashlib
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bai_wx.console.roles import Role
from tests.console.visitor import SESSION, Visitor
from tests.running import Client, Server

LONG_AGO = "2020-01-01 00:00:00.000Z"
PHONE = "13800138000"
PRODUCT = "tbl_product_list"


@dataclass
class Console:
    """The console of a running shop."""

    server: Server
    passwords: dict[Role, str]
    customer: Client
    """A user of the mini program who has an order and a line in the cart."""
    _visitors: dict[Role, Visitor] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """The server's address."""
        return self.server.url

    def nobody(self, **cookies: str) -> Visitor:
        """Somebody without a session, who has seen the login page."""
        visitor = Visitor(self.url, **cookies)
        assert visitor.get("/console/login").status_code == 200
        return visitor

    def enter(self, role: Role) -> Visitor:
        """Log an operator of this role in, in a browser of its own."""
        visitor = Visitor(self.url)
        answer = visitor.log_in(role, self.passwords[role])
        assert answer.status_code == 303, answer.text
        visitor.get("/console/")
        return visitor

    def of(self, role: Role) -> Visitor:
        """An operator of this role who has logged in once, for all tests that leave it so."""
        if role not in self._visitors:
            self._visitors[role] = self.enter(role)
        return self._visitors[role]

    def hire(self, name: str, role: Role) -> str:
        """Make another operator on the command line. Returns: its password."""
        return make_operator(self.server, name, role)

    def expire(self, visitor: Visitor) -> Visitor:
        """Let the session of a visitor be idle for longer than it may."""
        digest = hashlib.sha256(visitor.cookies[SESSION].encode()).hexdigest()
        sql = "UPDATE console_sessions SET seen = ? WHERE digest = ?"
        assert self.server.write(sql, LONG_AGO, digest) == 1
        return visitor

    def first(self, collection: str) -> str:
        """The record id of the oldest row of a collection."""
        sql = f"SELECT id FROM {collection} WHERE is_delete = 0 ORDER BY seq LIMIT 1"
        return str(self.server.rows(sql)[0]["id"])

    def rows(self, collection: str) -> list[dict[str, object]]:
        """All rows of a table as they stand in the database."""
        return self.server.rows(f"SELECT * FROM {collection} ORDER BY seq")


@contextmanager
def opened(home: Path) -> Iterator[Console]:
    """Start a demo shop, make its operators on the command line, and let a customer buy."""
    with Server(home) as server:
        with ThreadPoolExecutor(len(Role)) as pool:
            passwords = dict(
                zip(
                    Role,
                    pool.map(lambda role: make_operator(server, role, role), Role),
                    strict=True,
                )
            )
        yield Console(server, passwords, _customer(server))
        assert "Traceback" not in server.log
        assert "against the contract" not in server.log


def make_operator(server: Server, name: str, role: Role) -> str:
    """Make an operator on the command line. Returns: its password."""
    arguments = ("operator", "create", name, "--role", role, "--make-password", "--json")
    return str(json.loads(server.command(*arguments).stdout)["password"])


def _customer(server: Server) -> Client:
    customer = Client(server.url).login("console-customer")
    customer.data("/wechat/profile", {"users_name": "王小明"})
    product = server.rows(f"SELECT prod_list_id FROM {PRODUCT} ORDER BY seq LIMIT 1")[0]
    goods = {"cart_product_id": product["prod_list_id"], "cart_product_quantity": 2}
    ordered, _ = (customer.data("/cart/create", goods), customer.data("/cart/create", goods))
    customer.data("/order/create", {"order_source": "cart", "cart_ids": [ordered["cart_id"]]})
    customer.data("/cart/create", goods)
    server.change("tbl_auth_users", customer.user_id, users_phone=PHONE)
    return customer
