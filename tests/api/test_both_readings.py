"""Answers of cart and order hooks, read in both places: in `data`, and at the top level.

Covers: bai_wx/contract/beside.py
"""

from typing import Any

import pytest

from tests.api import shop
from tests.api.buying import add, buy, item
from tests.running import Client

ENVELOPE = {"statusCode", "errMsg", "data"}


def beside(answer: dict[str, Any]) -> dict[str, Any]:
    """What stands at the top level of an answer but is none of the envelope."""
    return {name: value for name, value in answer.items() if name not in ENVELOPE}


@pytest.mark.parametrize("verb", ["create", "detail", "update"])
def test_a_lines_own_keys_stand_beside_data(buyer: Client, verb: str) -> None:
    name = {"cart_id": add(buyer, shop.DIME)["cart_id"]}
    body = {
        "create": {"cart_product_id": shop.ODD["id"], "cart_product_quantity": 1},
        "detail": name,
        "update": {**name, "cart_product_quantity": 3},
    }
    answer = buyer.hook(f"/cart/{verb}", body[verb]).json()
    assert answer["statusCode"] == 200
    assert answer["errMsg"]
    assert beside(answer) == answer["data"]
    assert answer["product"] == answer["data"]["product"]


@pytest.mark.parametrize("verb", ["create", "detail", "update"])
def test_an_orders_own_keys_stand_beside_data(buyer: Client, verb: str) -> None:
    name = {"order_id": buy(buyer, item(shop.DIME))["order_id"]}
    body = {
        "create": {"order_source": "product", "items": [item(shop.ODD)]},
        "detail": name,
        "update": {**name, "order_remark": "改"},
    }
    answer = buyer.hook(f"/order/{verb}", body[verb]).json()
    assert beside(answer) == answer["data"]
    assert answer["order_snap"]["items"]


def test_the_keys_of_a_delete_stand_beside_data(buyer: Client) -> None:
    line, order = add(buyer, shop.DIME), buy(buyer, item(shop.DIME))
    answer = buyer.hook("/cart/delete", {"cart_id": line["cart_id"]}).json()
    assert beside(answer) == answer["data"] == {"cart_id": line["cart_id"], "is_delete": 1}
    answer = buyer.hook("/order/delete", {"order_id": order["order_id"]}).json()
    assert beside(answer) == answer["data"] == {"order_id": order["order_id"], "is_delete": 1}


@pytest.mark.parametrize("family", ["cart", "order"])
def test_of_a_list_only_items_stand_beside_data(buyer: Client, family: str) -> None:
    add(buyer, shop.DIME), buy(buyer, item(shop.DIME))
    answer = buyer.hook(f"/{family}/list", {}).json()
    assert beside(answer) == {"items": answer["data"]["items"]}
    assert len(answer["items"]) == 1
    assert set(answer["data"]) == {"page", "perPage", "totalItems", "totalPages", "items"}


def test_an_empty_list_has_its_items_in_both_places(buyer: Client) -> None:
    answer = buyer.hook("/cart/list", {}).json()
    assert answer["items"] == answer["data"]["items"] == []


def test_a_refusal_has_nothing_beside(buyer: Client) -> None:
    assert set(buyer.hook("/cart/detail", {"cart_id": "CART-NONE"}).json()) == ENVELOPE


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/cart/create", {"cart_product_id": shop.DIME["id"], "cart_product_quantity": 2}),
        ("/order/create", {"order_source": "product", "items": [item(shop.DIME)]}),
    ],
    ids=["cart", "order"],
)
def test_a_repeated_request_gets_the_same_bytes(buyer: Client, path: str, body: Any) -> None:
    """The answer that the key has stored holds both places."""
    first, again = (
        buyer.hook(path, body, headers={"Idempotency-Key": "both-readings"}) for _ in range(2)
    )
    assert again.content == first.content
    assert beside(again.json()) == again.json()["data"]
