"""What clients were told, compared with what is there."""

import json
from collections import Counter
from dataclasses import dataclass, field

from tests.running import Client, Server
from tests.stories.shoppers import Row, Shopper


@dataclass(kw_only=True)
class Account:
    """Told and found. Lost, half-made and duplicated are empty, or it failed."""

    acknowledged: int = 0
    found: int = 0
    lost: list[str] = field(default_factory=list)
    half_made: list[str] = field(default_factory=list)
    duplicated: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"acknowledged {self.acknowledged}, found {self.found}, lost {len(self.lost)}, "
            f"half-made {len(self.half_made)}, duplicated {len(self.duplicated)}"
        )

    @property
    def is_clean(self) -> bool:
        """Whether nothing is lost, half made or there twice."""
        wrong = [*self.lost, *self.half_made, *self.duplicated]
        return not wrong and self.found == self.acknowledged

    def compare_lines(self, shopper: Shopper) -> None:
        """Compare the cart lines a client was told of with those it sees."""
        self._compare("cart_id", shopper.journal.lines, shopper, "/cart/list")

    def compare_orders(self, shopper: Shopper) -> None:
        """Compare the orders a client was told of with those it sees."""
        self._compare("order_id", shopper.journal.orders, shopper, "/order/list")

    def _compare(self, name: str, told: dict[str, Row], shopper: Shopper, path: str) -> None:
        """Compare what was told with what is shown now; deleted rows must not be shown."""
        shown = list(_all_pages(shopper.client, path))
        there = {row[name]: row for row in shown}
        self.acknowledged += len(told)
        for row_id, row in told.items():
            expected = None if row_id in shopper.journal.deleted else _lasting(row)
            actual = _lasting(there[row_id]) if row_id in there else None
            if expected == actual:
                self.found += 1
            else:
                self.lost.append(f"{row_id}: told {expected}, found {actual}")
        unknown = [row_id for row_id in there if row_id not in told]
        twice = [id_ for id_, times in Counter(row[name] for row in shown).items() if times > 1]
        self.duplicated += unknown + twice


def _all_pages(client: Client, path: str) -> list[Row]:
    items: list[Row] = []
    while True:
        page = 1 + len(items) // 100
        data = client.data(path, {"page": page, "perPage": 100, "sort": "created"})
        items += data["items"]
        if page >= data["totalPages"]:
            return items


def _lasting(row: Row) -> Row:
    """What of a row an order does not change."""
    return {key: value for key, value in row.items() if key != "updated"}


def half_made(server: Server) -> list[str]:
    """Every order or line of the database that another one contradicts. Amounts are in fen."""
    wrong = []
    lines = {row["cart_id"]: row for row in server.rows("SELECT * FROM tbl_cart")}
    named: Counter[str] = Counter()
    for order in server.rows("SELECT * FROM tbl_order"):
        snap = json.loads(order["order_snap"])
        fen = [round(item["subtotal"] * 100) for item in snap["items"]]
        if not order["order_amount"] == sum(fen) == round(snap["total"] * 100):
            wrong.append(f"{order['order_id']}: the amount is not the sum of its items")
        cart_ids = order["order_source_id"].split(",")
        named.update(cart_ids)
        taken = [lines[cart_id] for cart_id in cart_ids if cart_id in lines]
        if [line["cart_status"] for line in taken] != ["ordered"] * len(cart_ids):
            wrong.append(f"{order['order_id']}: a line of it is missing or still active")
        quantities = [line["cart_product_quantity"] for line in taken]
        if quantities != [item["quantity"] for item in snap["items"]]:
            wrong.append(f"{order['order_id']}: its snapshot has other quantities than its lines")
        if {line["cart_owner"] for line in taken} != {order["order_owner"]}:
            wrong.append(f"{order['order_id']}: a line of it is somebody else's")
    for cart_id, line in lines.items():
        if named[cart_id] != (1 if line["cart_status"] == "ordered" else 0):
            wrong.append(f"{cart_id}: {line['cart_status']}, and {named[cart_id]} orders name it")
    return wrong
