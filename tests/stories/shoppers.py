"""Clients that fill carts and order them, and write down what they were told."""

import random
import threading
import time
import uuid
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from tests.running import Client
from tests.stories.poster import CUT_OFF, Poster

MOST_LINES = 4  # in one order
PATIENCE_S = 60  # for one request to be acknowledged, across restarts
RETRY_PAUSE_S = 0.1  # a server that starts needs the processor more than its clients do
PASSING = (502, 503, 504)  # the same again, later: the server says so, or a proxy before it

Row = dict[str, Any]


def new_key() -> str:
    """An `Idempotency-Key` of its own, so that repeating a create does not create twice."""
    return str(uuid.uuid4())


@dataclass
class Journal:
    """What one client was told: its rows by business id, as they were last acknowledged."""

    lines: dict[str, Row] = field(default_factory=dict)
    orders: dict[str, Row] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)
    ordered_at: dict[str, float] = field(
        default_factory=dict
    )  # by order id, on the clock of time.monotonic
    repeated: dict[str, tuple[str, Row]] = field(default_factory=dict)
    """Key and body of the orders that were acknowledged only when they were repeated."""
    retries: int = 0
    cut_off: int = 0  # requests the server died over


class Shopper:
    """A client that fills its cart and orders it until told to stop, whatever happens between."""

    def __init__(
        self,
        client: Client,
        products: list[str],
        stop: threading.Event,
        seed: str,
        *,
        most_lines: int = MOST_LINES,
        pause_s: float = RETRY_PAUSE_S,
        keys: bool = True,
    ) -> None:
        self.client, self.journal = client, Journal()
        self._products, self._stop = products, stop
        self._most_lines, self._pause_s, self._keys = most_lines, pause_s, keys
        self._random, self._poster = random.Random(seed), Poster(client)

    def shop(self) -> None:
        """Fill and order until stopped; every request is repeated until it is acknowledged."""
        with closing(self._poster):
            while not self._stop.is_set():
                lines = [self._put(p) for p in self._some_products()]
                self._change_mind(lines)
                if not self._stop.is_set():  # so that some lines stay active
                    self._order([line for line in lines if line not in self.journal.deleted])

    def _some_products(self) -> list[str]:
        return self._random.sample(self._products, self._random.randint(1, self._most_lines))

    def _put(self, product: str) -> str:
        quantity = self._random.randint(1, 20)
        body = {"cart_product_id": product, "cart_product_quantity": quantity}
        before = self._active_quantity(product)
        line = self._until_acknowledged("/cart/create", body, new_key())
        assert line["cart_product_quantity"] == before + quantity, "added exactly once"
        self.journal.lines[line["cart_id"]] = line
        cart_id: str = line["cart_id"]
        return cart_id

    def _active_quantity(self, product: str) -> int:
        return sum(
            line["cart_product_quantity"]
            for cart_id, line in self.journal.lines.items()
            if line["cart_product_id"] == product
            and line["cart_status"] == "active"
            and cart_id not in self.journal.deleted
        )

    def _change_mind(self, lines: list[str]) -> None:
        """Add to one line, or set its quantity, or throw it out, or leave it."""
        cart_id = self._random.choice(lines)
        match self._random.randrange(4):
            case 0:
                self._put(self.journal.lines[cart_id]["cart_product_id"])
            case 1:
                body = {"cart_id": cart_id, "cart_product_quantity": self._random.randint(1, 99)}
                self.journal.lines[cart_id] = self._until_acknowledged("/cart/update", body)
            case 2 if len(lines) > 1:
                self._delete(cart_id)

    def _delete(self, cart_id: str) -> None:
        # A delete whose answer was lost finds nothing to delete when it is repeated.
        self._until_acknowledged("/cart/delete", {"cart_id": cart_id}, also=404)
        self.journal.deleted.add(cart_id)

    def _order(self, cart_ids: list[str]) -> None:
        body, retries = {"order_source": "cart", "cart_ids": cart_ids}, self.journal.retries
        key = new_key()
        order = self._until_acknowledged("/order/create", body, key)
        self.journal.orders[order["order_id"]] = order
        self.journal.ordered_at[order["order_id"]] = time.monotonic()
        if self.journal.retries > retries:
            self.journal.repeated[order["order_id"]] = key, body
        for cart_id in cart_ids:
            self.journal.lines[cart_id]["cart_status"] = "ordered"

    def _until_acknowledged(self, path: str, body: Row, key: str = "", *, also: int = 200) -> Row:
        """Send the same, under the same key, until it is acknowledged."""
        headers = {"Idempotency-Key": key} if key and self._keys else {}
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            answer = None
            try:
                answer = self._poster.post(path, body, headers)
            except CUT_OFF as exc:
                self.journal.cut_off += not isinstance(exc, ConnectionRefusedError)
            if answer is not None and answer.status in (200, also):
                data: Row = answer.json()["data"]
                return data
            assert answer is None or answer.status in PASSING, f"{path} {body}: {answer.body!r}"
            self.journal.retries += 1
            time.sleep(self._pause_s)
        raise TimeoutError(f"{path} was not acknowledged in {PATIENCE_S} s")


def products_of(client: Client) -> list[str]:
    """The ids of the products on sale."""
    listed = client.get("/collections/tbl_product_list/records?perPage=100").json()["items"]
    return [item["id"] for item in listed]
