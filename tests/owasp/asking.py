"""Requests to every operation of the contract, and rows of two users."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import orjson

from tests.api.bundle import OPERATIONS, Op
from tests.paths import CART_RECORDS, COMPANIES, ORDER_RECORDS, PRODUCTS
from tests.running import Answer, Client
from tests.sent import JSON

ANYTHING = "zzzzzzzzzzzzzzz"
ALL = list(OPERATIONS.values())


def path_of(op: Op, **named: str) -> str:
    """The operation's path with ids in it."""
    path = op.path
    for name in ("collection", "recordId", "filename"):
        path = path.replace("{" + name + "}", quote(named.get(name, ANYTHING)))
    return path


def ask(
    client: Client,
    op: Op,
    body: Any = None,
    *,
    path: str = "",
    headers: Mapping[str, str | bytes] | None = None,
) -> Answer:
    """Send a request to an operation; a body unless it is a GET or DELETE."""
    raw = b"" if op.method in ("GET", "DELETE") else orjson.dumps({} if body is None else body)
    sent = {**(JSON if raw else {}), **(headers or {})}
    return client.raw(op.method, path or path_of(op), headers=sent, body=raw)


class Rows:
    """A line, an order and a company of one user, by the ids that name them."""

    def __init__(self, owner: Client) -> None:
        listed = owner.get(PRODUCTS, params={"perPage": 2, "sort": "prod_list_name"}).json()[
            "items"
        ]
        self.product, self.other = listed[0]["id"], listed[1]["id"]
        line = owner.data(
            "/cart/create", {"cart_product_id": self.product, "cart_product_quantity": 2}
        )
        items = [{"prod_list_id": listed[0]["prod_list_id"], "quantity": 1}]
        order = owner.data("/order/create", {"order_source": "product", "items": items})
        company = owner.request("POST", COMPANIES, json={"company_name": "某公司"}).json()
        self.records = {
            "tbl_cart": line["pb_id"],
            "tbl_order": order["pb_id"],
            "tbl_company": company["id"],
        }
        self.business = {"cart_id": line["cart_id"], "order_id": order["order_id"]}
        self.paths = {
            "tbl_cart": f"{CART_RECORDS}/{line['pb_id']}",
            "tbl_order": f"{ORDER_RECORDS}/{order['pb_id']}",
            "tbl_company": f"{COMPANIES}/{company['id']}",
        }
