"""Faults of an order's amount: floats and texts by the fen, the amount a client expects."""

import random
from typing import Any

import pytest
import requests

from tests.faults.catalogue import PRODUCTS, add, lines, price, product
from tests.faults.conftest import Said
from tests.paths import ORDER_RECORDS
from tests.running import Client, Server


def ordered(client: Client, **sent: Any) -> requests.Response:
    """Order seven of the first product as a record."""
    goods = {"items": [{"prod_list_id": product(0), "quantity": 7}]}
    body = {"order_owner": client.openid, "order_source": "product", "order_snap": goods}
    return client.hook(ORDER_RECORDS, {**body, **sent})


@pytest.mark.parametrize(
    ("amount", "status"),
    [
        pytest.param(4866.16 * 7, 200, id="D1-a-product-of-floats"),
        pytest.param(sum([4866.16] * 7), 200, id="D1-a-sum-of-floats"),
        pytest.param(34063.12, 200, id="D1-exact"),
        pytest.param("34063.12", 200, id="D1-text"),
        pytest.param(34063.1249, 200, id="D1-rounds-to-the-same-fen"),
        pytest.param(34063.13, 400, id="D1-a-fen-more"),
        pytest.param(34063.11, 400, id="D1-a-fen-less"),
    ],
)
def test_amounts_are_compared_by_fen(
    shop: Server, buyer: Client, said: Said, amount: Any, status: int
) -> None:
    """As a native order sends them."""
    answer = ordered(buyer, order_amount=amount)
    said(answer.status_code)
    assert answer.status_code == status
    if status == 200:
        assert answer.json()["order_amount"] == 34063.12
    else:
        assert answer.json()["data"]["order_amount"]["code"] == "validation_amount_mismatch"


@pytest.mark.parametrize("lines_", [pytest.param(None, id="D1-many-lines")])
def test_sums_of_many_lines_are_equal(
    shop: Server, buyer: Client, said: Said, lines_: None
) -> None:
    """Forty orders of random lines, each summed by the client in floats."""
    chance = random.Random(7)
    refused = 0
    for _ in range(40):
        numbers = chance.sample(range(PRODUCTS), chance.randint(1, 8))
        items = [{"prod_list_id": product(n), "quantity": chance.randint(1, 9)} for n in numbers]
        total = sum(price(n) * item["quantity"] for n, item in zip(numbers, items, strict=True))
        answer = ordered(buyer, order_snap={"items": items}, order_amount=total)
        refused += answer.status_code != 200
    said(f"{refused} of 40 refused")
    assert refused == 0


def order(client: Client, source: str, amount: Any) -> requests.Response:
    """Order seven of the first product by hook, from the cart or not."""
    body: dict[str, Any] = {"order_source": source}
    if amount is not Ellipsis:
        body["order_amount"] = amount
    if source == "cart":
        body["cart_ids"] = [add(client, 0, 7).json()["data"]["cart_id"]]
    else:
        body["items"] = [{"prod_list_id": product(0), "quantity": 7}]
    return client.hook("/order/create", body)


@pytest.mark.parametrize("source", ["cart", "product"])
@pytest.mark.parametrize(
    "amount",
    [
        pytest.param(34063.12, id="D5-exact"),
        pytest.param(34063.119999999995, id="D5-a-sum-of-floats"),
        pytest.param("34063.12", id="D5-text"),
        pytest.param(..., id="D5-absent"),
        pytest.param(None, id="D5-null"),
        pytest.param("", id="D5-empty"),
        pytest.param(0, id="D5-zero"),
        pytest.param("0", id="D5-zero-as-text"),
    ],
)
def test_an_expected_amount_that_is_right_or_not_sent(
    shop: Server, buyer: Client, said: Said, source: str, amount: Any
) -> None:
    """The order is placed at the server's own sum."""
    answer = order(buyer, source, amount)
    said(answer.status_code)
    assert answer.status_code == 200, answer.text
    assert answer.json()["data"]["order_amount"] == 34063.12


@pytest.mark.parametrize("source", ["cart", "product"])
@pytest.mark.parametrize(
    "amount",
    [
        pytest.param(34063.13, id="D5-a-fen-more"),
        pytest.param("34063.1", id="D5-text-two-fen-less"),
        pytest.param(1, id="D5-another-sum"),
        pytest.param(1e-9, id="D5-less-than-half-a-fen"),
        pytest.param(99_999_999_999, id="D5-more-than-an-order-may-cost"),
    ],
)
def test_an_expected_amount_that_changed(
    shop: Server, buyer: Client, said: Said, source: str, amount: Any
) -> None:
    """Nothing is written, and the answer tells the sum of now."""
    answer = order(buyer, source, amount)
    said(answer.text)
    assert answer.status_code == 409
    assert answer.json() == {
        "statusCode": 409,
        "errMsg": "金额已变为 34063.12 元",
        "data": {
            "code": "amount_changed",
            "fields": {"order_amount": "金额已变为 34063.12 元"},
            "order_amount": 34063.12,
        },
    }
    assert shop.rows("SELECT id FROM tbl_order WHERE order_owner = ?", buyer.openid) == []
    assert {row["cart_status"] for row in lines(shop, buyer)} <= {"active"}


@pytest.mark.parametrize(
    "amount",
    [
        pytest.param("viel", id="D5-no-number"),
        pytest.param(True, id="D5-a-truth"),
        pytest.param([34063.12], id="D5-a-list"),
        pytest.param(-1, id="D5-negative"),
    ],
)
def test_an_expected_amount_that_is_none(
    shop: Server, buyer: Client, said: Said, amount: Any
) -> None:
    """The contract refuses it and names it."""
    answer = order(buyer, "product", amount)
    said(answer.text)
    assert answer.status_code == 400
    assert set(answer.json()["data"]["fields"]) == {"order_amount"}
