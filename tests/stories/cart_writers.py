"""Clients of one owner that write its cart and orders by both families, and sum what they were answered.

Pieces are conserved: a line that changes its product, is ordered or deleted keeps how many it holds, so
all lines of an owner hold what was added less what was taken away. A line of one's own, which nobody else
writes but for its remark, is set absolutely as well: there the last answer says how many.
"""

import random
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import requests

from tests.paths import CART_RECORDS, ORDER_RECORDS
from tests.running import Client

SHARED = 3  # products whose lines every client of an owner writes
ALLOWED = frozenset({200, 204, 400, 404, 409})

Line = dict[str, Any]


def product(number: int) -> str:
    """The record id of one of the catalogue's products."""
    return f"soakproduct{number:04d}"


def price_fen(number: int) -> int:
    """What it costs; sums of floats of such prices are seldom exact."""
    return 486616 if number == 0 else 1007 * (number + 1)


@dataclass
class Sums:
    """What one client was answered."""

    writes: int = 0
    in_lines: int = 0
    """Pieces it added to shared lines, less those it took away."""
    in_orders: int = 0
    """Pieces of products it ordered directly."""
    own: list[tuple[str, int]] = field(default_factory=list)
    """Its own lines, by `cart_id`, with the quantity each was left with."""
    statuses: Counter[int] = field(default_factory=Counter)
    strange: list[str] = field(default_factory=list)


class Writer:
    """One client; `number` names the product of its own."""

    def __init__(self, client: Client, number: int, seed: str) -> None:
        self.client, self.sums = client, Sums()
        self._own_product = product(SHARED + number)
        self._own: Line | None = None
        self._chance = random.Random(seed)
        self._acts: list[Callable[[], None]] = [
            *[self._create, self._create_natively, self._change_by, self._change_by] * 2,
            *[self._write_own] * 3,
            self._exchange,
            self._delete,
            self._remark,
            self._order_cart,
            self._order_cart,
            self._order_product,
            self._write_order,
        ]

    def run(self, stop: threading.Event) -> None:
        """Write until told to stop."""
        while not stop.is_set():
            self._chance.choice(self._acts)()
        if self._own:
            self.sums.own.append((self._own["cart_id"], self._own["cart_product_quantity"]))

    def _send(self, method: str, path: str, body: Any = None) -> requests.Response:
        answer = self.client.request(method, path, json=body)
        self.sums.writes += 1
        self.sums.statuses[answer.status_code] += 1
        if answer.status_code not in ALLOWED:
            self.sums.strange.append(f"{method} {path} {body}: {answer.status_code} {answer.text}")
        return answer

    def _hook(self, path: str, body: Any) -> requests.Response:
        return self._send("POST", path, body)

    def _some(self) -> int:
        return self._chance.randint(1, 3)

    def _any_shared(self) -> str:
        return product(self._chance.randrange(SHARED))

    def _line(self, **sent: Any) -> Line:
        """A line to be created by hook or natively."""
        return {
            "cart_product_quantity": self._some(),
            "cart_product_id": self._any_shared(),
            **sent,
        }

    def _create(self) -> None:
        body = self._line()
        if self._hook("/cart/create", body).ok:
            self.sums.in_lines += body["cart_product_quantity"]

    def _create_natively(self) -> None:
        body = self._line(cart_owner=self.client.openid)
        if self._hook(CART_RECORDS, body).ok:
            self.sums.in_lines += body["cart_product_quantity"]

    def _found(self, most: int = 1, condition: str = "cart_status='active'") -> list[Line]:
        """Active lines of shared products, as they were a moment ago."""
        query = {"filter": condition, "perPage": "20", "skipTotal": "1"}
        items = self.client.get(CART_RECORDS, params=query).json()["items"]
        shared = {product(number) for number in range(SHARED)}
        mine = [line for line in items if line["cart_product_id"] in shared]
        return self._chance.sample(mine, min(most, len(mine)))

    def _change_by(self) -> None:
        sign = self._chance.choice("++-")
        for line in self._found():
            pieces = self._some()
            body = {f"cart_product_quantity{sign}": pieces}
            if self._send("PATCH", f"{CART_RECORDS}/{line['id']}", body).ok:
                self.sums.in_lines += pieces if sign == "+" else -pieces

    def _exchange(self) -> None:
        for line in self._found():
            body = {"cart_product_id": self._any_shared()}
            self._send("PATCH", f"{CART_RECORDS}/{line['id']}", body)

    def _delete(self) -> None:
        for line in self._found():
            match self._chance.randrange(3):
                case 0:
                    self._send("DELETE", f"{CART_RECORDS}/{line['id']}")
                case 1:
                    self._send("PATCH", f"{CART_RECORDS}/{line['id']}", {"is_delete": 1})
                case _:
                    self._hook("/cart/delete", {"cart_id": line["cart_id"]})

    def _remark(self) -> None:
        """Of any line, another client's own among them: its quantity must stay."""
        query = {"filter": "cart_status='active'", "perPage": "50"}
        items = self.client.get(CART_RECORDS, params=query).json()["items"]
        if items:
            line = self._chance.choice(items)
            remark = f"备注 {self._chance.random()}"
            self._hook("/cart/update", {"cart_id": line["cart_id"], "cart_remark": remark})

    def _write_own(self) -> None:
        if self._own is None:
            sent = self._line(cart_product_id=self._own_product)
            self._own = self._hook("/cart/create", sent).json()["data"]
            self._own["id"] = self._own["pb_id"]
            return
        line, pieces = self._own, self._chance.randint(1, 60)
        path = f"{CART_RECORDS}/{line['id']}"
        match self._chance.randrange(6):
            case 0:
                body: Line = {"cart_id": line["cart_id"], "cart_product_quantity": pieces}
                left, answer = pieces, self._hook("/cart/update", body)
            case 1:
                left, answer = pieces, self._send("PATCH", path, {"cart_product_quantity": pieces})
            case 2:
                body = {"cart_product_id": self._own_product, "cart_product_quantity": pieces}
                left = line["cart_product_quantity"] + pieces
                answer = self._hook("/cart/create", body)
            case 3:
                left = line["cart_product_quantity"] - pieces
                answer = self._send("PATCH", path, {"cart_product_quantity-": pieces})
            case 4:
                left = line["cart_product_quantity"] + pieces
                answer = self._send("PATCH", path, {"cart_product_quantity+": pieces})
            case _:
                left, answer = line["cart_product_quantity"], self._send("DELETE", path)
                self.sums.own.append((line["cart_id"], left))
                self._own = None
        if answer.ok:
            line["cart_product_quantity"] = left

    def _order_cart(self) -> None:
        found = self._found(2)
        if not found:
            return
        body: Line = {"order_source": "cart", "cart_ids": [line["cart_id"] for line in found]}
        kind = self._chance.randrange(3)
        if kind == 1:
            costs = (line["cart_at_price"] * line["cart_product_quantity"] for line in found)
            body["order_amount"] = sum(costs)
        elif kind == 2:
            body["order_amount"] = 0.03
        answer = self._hook("/order/create", body)
        if kind == 2 and answer.ok:
            self.sums.strange.append(f"an order at another amount: {answer.text}")

    def _order_product(self) -> None:
        number, pieces = self._chance.randrange(SHARED), self._some()
        items = [{"prod_list_id": product(number), "quantity": pieces}]
        if self._chance.random() < 0.5:
            answer = self._hook("/order/create", {"order_source": "product", "items": items})
        else:
            body = {
                "order_owner": self.client.openid,
                "order_source": "product",
                "order_snap": {"items": items},
                "order_amount": sum([price_fen(number) / 100] * pieces),
            }
            answer = self._hook(ORDER_RECORDS, body)
        if answer.ok:
            self.sums.in_orders += pieces
        else:
            self.sums.strange.append(f"a product could not be ordered: {answer.text}")

    def _write_order(self) -> None:
        query = {"sort": "-created", "perPage": "8", "skipTotal": "1"}
        orders = self.client.get(ORDER_RECORDS, params=query).json()["items"]
        if not orders:
            return
        order = self._chance.choice(orders)
        path, named = f"{ORDER_RECORDS}/{order['id']}", {"order_id": order["order_id"]}
        match self._chance.randrange(6):
            case 0:
                self._hook("/order/update", {**named, "order_status": "cancelled"})
            case 1:
                self._hook("/order/update", {**named, "order_remark": "改"})
            case 2:
                self._send("PATCH", path, {"order_status": "cancelled"})
            case 3:
                self._send("PATCH", path, {"order_remark": "再改"})
            case 4:
                self._send("DELETE", path)
            case _:
                self._hook("/order/delete", named)
