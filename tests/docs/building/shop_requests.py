"""Requests of a builder's first page, each against the demo shop; and which section a test is of."""

from collections.abc import Callable
from typing import Any

import requests

from tests.api.pictures import PNG
from tests.paths import ATTACHMENTS
from tests.running import Client

SWITCH, SWITCH_NAMED = "p9x2c5v8b1n4m7q", "P-01KAR3Z8H5D2F7G4J9K6MB1NQC"
SINGLE_SWITCH, SINGLE_SWITCH_NAMED = "p8w1b4u7a9m3k6p", "P-01KAR3ZC2Q6R1T8V4W9X3YZ7AB"
THERMOSTAT, SENSOR, GATEWAY = "p5t7y1r4x6h9g3k", "p2q4v7n1u3d6c9g", "p0n2t5k8s1b4a7d"
ICON = "/pb/api/files/tbl_attachments/a3f8k2m9q7x1c5v/switch_8h2k5m1q9x.png"

Test = Callable[..., None]


def of(*sections: str) -> Callable[[Test], Test]:
    """The sections of docs/builder-notes.md that a test is of; `test_page.py` reads them."""
    assert sections
    return lambda test: test


def put(user: Client, product: str, quantity: int = 1, **more: Any) -> dict[str, Any]:
    """Put a product into the cart. Returns: its line."""
    body = {"cart_product_id": product, "cart_product_quantity": quantity, **more}
    return dict(user.data("/cart/create", body))


def refused(user: Client, path: str, body: dict[str, Any]) -> tuple[int, str]:
    """The status and code of a refusal by a hook."""
    answer = user.hook(path, body)
    return answer.status_code, answer.json()["data"]["code"]


def order(user: Client, **body: Any) -> dict[str, Any]:
    """Order what a body says. Returns: the order."""
    return dict(user.data("/order/create", body))


def of_product(product: str = SWITCH, quantity: int = 1) -> dict[str, Any]:
    """The body that orders a product directly."""
    return {"order_source": "product", "items": [{"prod_list_id": product, "quantity": quantity}]}


def found(user: Client, path: str, query: str) -> list[str]:
    """The ids of the records that a filter finds."""
    answer = user.get(path, params={"filter": query, "fields": "id"})
    assert answer.status_code == 200, answer.text
    return [row["id"] for row in answer.json()["items"]]


def upload(
    user: Client, content: bytes = PNG, field: str = "attachments_link"
) -> requests.Response:
    """Upload a file as `wx.uploadFile` does."""
    return user.request("POST", ATTACHMENTS, files={field: ("a.png", content, "image/png")})
