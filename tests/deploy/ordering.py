"""Clients that order while something is done to their shop, and what it knows of them afterwards."""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event
from typing import Any

from tests.running import Client, Server
from tests.stories.accounts import half_made
from tests.stories.shoppers import Shopper, products_of

SHOPPERS = 16
FEWEST = 32  # orders before something is done
PATIENCE_S = 60
ORDERS = "SELECT * FROM tbl_order"
LINES = "SELECT * FROM tbl_cart WHERE cart_status = 'ordered'"

Rows = dict[str, dict[str, Any]]


@contextmanager
def orders_coming_in(server: Server, seed: str, clients: int = SHOPPERS) -> Iterator[list[Shopper]]:
    """Some orders are there, and more are being made meanwhile."""
    stop, products = Event(), products_of(Client(server.url))
    shoppers = [
        Shopper(Client(server.url).login(f"shopper-{n}"), products, stop, f"{seed}-{n}")
        for n in range(clients)
    ]
    with ThreadPoolExecutor(clients) as pool:
        shopping = [pool.submit(shopper.shop) for shopper in shoppers]
        try:
            await_orders(shoppers, FEWEST)
            assert not any(done.done() for done in shopping), shopping
            yield shoppers
        finally:
            stop.set()
        for done in shopping:
            done.result(PATIENCE_S)


def await_orders(shoppers: Sequence[Shopper], count: int) -> None:
    """Wait until so many orders were acknowledged."""
    until = time.monotonic() + PATIENCE_S
    while sum(len(each.journal.orders) for each in shoppers) < count:
        assert time.monotonic() < until, "no orders come in"
        time.sleep(0.02)


class Known:
    """Every order that its client knew of at this moment, and its lines, as the database has them."""

    def __init__(self, server: Server, shoppers: Sequence[Shopper]) -> None:
        acknowledged = {order_id for each in shoppers for order_id in dict(each.journal.orders)}
        orders = {row["order_id"]: row for row in server.rows(ORDERS)}
        self.orders = {order_id: orders[order_id] for order_id in acknowledged}
        cart_ids = {
            cart_id for row in self.orders.values() for cart_id in row["order_source_id"].split(",")
        }
        self.lines = {
            row["cart_id"]: row for row in server.rows(LINES) if row["cart_id"] in cart_ids
        }

    def compare(self, copy: Server) -> int:
        """See that a copy has each of them, row by row, and nothing half. Returns: how many orders it has."""
        orders = {row["order_id"]: row for row in copy.rows(ORDERS)}
        lines = {row["cart_id"]: row for row in copy.rows(LINES)}
        assert {key: orders.get(key) for key in self.orders} == self.orders
        assert {key: lines.get(key) for key in self.lines} == self.lines
        assert half_made(copy) == []
        return len(orders)
