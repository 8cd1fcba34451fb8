"""How the API tests buy: what they send to put into a cart and to order, by hook and as a record."""

from typing import Any

from tests.api import shop
from tests.paths import ORDER_RECORDS
from tests.running import Client


def add(client: Client, product: shop.Row, quantity: int = 1, **more: Any) -> dict[str, Any]:
    """Put so many of a product into the cart by hook."""
    body = {"cart_product_id": product["id"], "cart_product_quantity": quantity, **more}
    return client.data("/cart/create", body)


def order(client: Client, *lines: dict[str, Any]) -> dict[str, Any]:
    """Order lines of the cart by hook."""
    cart_ids = [line["cart_id"] for line in lines]
    return client.data("/order/create", {"order_source": "cart", "cart_ids": cart_ids})


def record_of(client: Client, product: shop.Row, quantity: Any = 1, **more: Any) -> dict[str, Any]:
    """The body of a native create."""
    return {
        "cart_owner": client.openid,
        "cart_product_id": product["id"],
        "cart_product_quantity": quantity,
        **more,
    }


def item(product: shop.Row, quantity: int = 1) -> dict[str, Any]:
    """A product to order."""
    return {"prod_list_id": product["prod_list_id"], "quantity": quantity}


def buy(client: Client, *items: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Order products directly by hook."""
    body = {"order_source": "product", "items": list(items), **more}
    return client.data("/order/create", body)


def from_cart(*lines: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The body of a hook create from lines of the cart."""
    return {"order_source": "cart", "cart_ids": [line["cart_id"] for line in lines], **more}


def native(client: Client, *items: dict[str, Any], **more: Any) -> Any:
    """Create an order record."""
    body = {
        "order_owner": client.openid,
        "order_source": "product",
        "order_snap": {"items": list(items)},
        **more,
    }
    return client.request("POST", ORDER_RECORDS, json=body)
