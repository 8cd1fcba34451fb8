"""Orders as records: made, changed and found by the records API.

Covers: models/orders.py, handlers/order.py
"""

import pytest

from tests.api import shop
from tests.api.buying import add, item, native
from tests.paths import ORDER_RECORDS
from tests.running import Client


def test_native_create_fills_snapshot_and_amount(buyer: Client) -> None:
    """The client says ids and quantities; names, prices and sums are the server's."""
    answer = native(buyer, {**item(shop.ODD, 2), "at_price": 0.01, "prod_list_name": "假名"})
    assert answer.status_code == 200, answer.text
    record = answer.json()
    assert record["order_amount"] == 39.98
    assert record["order_snap"] == {
        "items": [
            {
                "prod_list_id": "P-T-ODD",
                "prod_list_name": "测试品 odd",
                "prod_list_modelnumber": "T-ODD",
                "quantity": 2,
                "at_price": 19.99,
                "subtotal": 39.98,
            }
        ],
        "total": 39.98,
    }
    assert (record["order_status"], record["is_delete"]) == ("pending", 0)
    assert record["order_id"].startswith("O-")


def test_native_amount_that_agrees_is_accepted(buyer: Client) -> None:
    """Also as text, since PocketBase coerces."""
    assert native(buyer, item(shop.DIME, 3), order_amount=0.3).status_code == 200
    assert native(buyer, item(shop.DIME, 3), order_amount="0.30").status_code == 200


@pytest.mark.parametrize(
    "amount",
    [
        pytest.param(0.2, id="less"),
        pytest.param(0.305, id="a third decimal that rounds to more"),
        pytest.param("0.2949", id="a text that rounds to less"),
    ],
)
def test_native_amount_that_differs_is_refused(buyer: Client, amount: object) -> None:
    """A client never sets a price."""
    problem = native(buyer, item(shop.DIME, 3), order_amount=amount).json()["data"]["order_amount"]
    assert problem["code"] == "validation_amount_mismatch"


def test_native_snapshot_may_come_as_json_text(buyer: Client) -> None:
    """A JSON field's text is parsed, as in PocketBase."""
    body = {
        "order_owner": buyer.openid,
        "order_source": "product",
        "order_snap": '{"items": [{"prod_list_id": "P-T-DIME", "quantity": 1}]}',
    }
    assert buyer.request("POST", ORDER_RECORDS, json=body).json()["order_amount"] == 0.1


def test_native_create_marks_no_cart_line(buyer: Client) -> None:
    """It is a plain record; `order_source_id` is the client's text."""
    line = add(buyer, shop.DIME)
    record = native(
        buyer, item(shop.DIME), order_source="cart", order_source_id=line["cart_id"]
    ).json()
    assert record["order_source_id"] == line["cart_id"]
    assert buyer.data("/cart/detail", {"cart_id": line["cart_id"]})["cart_status"] == "active"


def test_native_create_ignores_server_made_and_unknown_keys(buyer: Client) -> None:
    """State, number, ids, times and `is_delete` of a client mean nothing."""
    forged = {
        "order_id": "O-MINE",
        "order_status": "completed",
        "order_create": "2020-01-01 00:00:00.000Z",
        "is_delete": 1,
        "colour": "red",
    }
    record = native(buyer, item(shop.DIME), **forged).json()
    assert not {name for name in forged if record.get(name) == forged[name]}
    assert buyer.get(f"{ORDER_RECORDS}/{record['id']}").status_code == 200


def test_native_update_ignores_what_is_not_a_clients_to_change(buyer: Client) -> None:
    """200, and snapshot, amount and source stay."""
    record = native(buyer, item(shop.DIME)).json()
    body = {"order_snap": None, "order_amount": 0.01, "order_source": "cart", "order_remark": "改"}
    changed = buyer.request("PATCH", f"{ORDER_RECORDS}/{record['id']}", json=body).json()
    assert changed["order_remark"] == "改"
    same = set(record) - {"order_remark", "updated"}
    assert {name: changed[name] for name in same} == {name: record[name] for name in same}


def test_native_cancel(buyer: Client) -> None:
    """`pending` to `cancelled`, once."""
    record = native(buyer, item(shop.DIME)).json()
    path = f"{ORDER_RECORDS}/{record['id']}"
    assert (
        buyer.request("PATCH", path, json={"order_status": "cancelled"}).json()["order_status"]
        == "cancelled"
    )
    refused = buyer.request("PATCH", path, json={"order_status": "pending"})
    assert refused.json()["data"]["order_status"]["code"] == "validation_invalid_transition"


def test_keyword_finds_a_native_order(buyer: Client) -> None:
    """Both families make the same kind of row."""
    native(buyer, item(shop.PERCENT))
    assert buyer.data("/order/list", {"keyword": "纯铜"})["totalItems"] == 1
