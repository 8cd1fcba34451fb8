"""A shop of few products, and what its cases put into a cart."""

import itertools
from typing import Any

import requests

from tests.running import Client, Server

PRODUCTS = 8
names = (f"faults-{number}" for number in itertools.count())


def product(number: int) -> str:
    """The record id of one of the catalogue's products."""
    return f"faultproduct{number:03d}"


def price(number: int) -> float:
    """What it costs."""
    return 4866.16 if number == 0 else round(10.1 * number, 2)


def row(number: int) -> dict[str, Any]:
    """One of the catalogue's products, as an import has it."""
    return {
        "id": product(number),
        "prod_list_id": f"P-FAULT-{number:03d}",
        "prod_list_name": f"开关 {number}",
        "prod_list_basic_price": price(number),
        "prod_list_status": "on_sale",
    }


def add(client: Client, number: int, quantity: int = 1) -> requests.Response:
    """Put a product into the cart by hook."""
    return client.hook(
        "/cart/create", {"cart_product_id": product(number), "cart_product_quantity": quantity}
    )


def lines(shop: Server, client: Client) -> list[dict[str, Any]]:
    """The client's lines as they are kept."""
    return shop.rows(
        "SELECT * FROM tbl_cart WHERE cart_owner = ? AND is_delete = 0 ORDER BY seq", client.openid
    )
