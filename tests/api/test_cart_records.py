"""Cart lines as records: made, changed and listed by the records API.

Covers: models/cart.py, handlers/cart.py
"""

import time
from zlib import crc32

from tests.api import shop
from tests.api.buying import add, order, record_of
from tests.paths import CART_RECORDS
from tests.running import Client, Server


def test_native_create_makes_the_same_line(buyer: Client) -> None:
    """The server fills ids, price, state and time; the hook shows the same row."""
    answer = buyer.request(
        "POST", CART_RECORDS, json=record_of(buyer, shop.ODD, 2, cart_remark="急")
    )
    assert answer.status_code == 200, answer.text
    record = answer.json()
    assert record["cart_at_price"] == 19.99
    assert (record["cart_status"], record["is_delete"]) == ("active", 0)
    assert record["cart_id"].startswith("CART-")
    assert record["cart_create"]
    line = buyer.data("/cart/detail", {"cart_id": record["cart_id"]})
    assert (line["pb_id"], line["cart_remark"]) == (record["id"], "急")


def test_native_create_coerces_as_pocketbase(buyer: Client) -> None:
    """`"3"` is 3."""
    record = buyer.request("POST", CART_RECORDS, json=record_of(buyer, shop.DIME, "3")).json()
    assert record["cart_product_quantity"] == 3


def test_native_create_ignores_server_made_and_unknown_keys(buyer: Client) -> None:
    """Price, ids, state, times and `is_delete` of a client mean nothing."""
    forged = {
        "cart_id": "CART-MINE",
        "cart_at_price": 0.01,
        "cart_status": "ordered",
        "cart_create": "2020-01-01 00:00:00.000Z",
        "created": "2020-01-01 00:00:00.000Z",
        "is_delete": 1,
        "colour": "red",
    }
    record = buyer.request("POST", CART_RECORDS, json=record_of(buyer, shop.ODD, **forged)).json()
    assert not {name for name in forged if record.get(name) == forged[name]}
    assert buyer.get(f"{CART_RECORDS}/{record['id']}").status_code == 200


def test_native_create_takes_the_clients_id(buyer: Client) -> None:
    """15 characters of `a-z0-9`."""
    mine = f"mine{crc32(buyer.openid.encode()):011d}"
    assert (
        buyer.request("POST", CART_RECORDS, json=record_of(buyer, shop.DIME, id=mine)).json()["id"]
        == mine
    )


def test_native_update_takes_the_new_products_price(buyer: Client) -> None:
    """`cart_product_id`, quantity and remark may change; all else is ignored with 200."""
    line = add(buyer, shop.DIME)
    path = f"{CART_RECORDS}/{line['pb_id']}"
    body = {
        "cart_product_id": shop.ODD["id"],
        "cart_at_price": 0.01,
        "cart_status": "ordered",
        "x": 1,
    }
    record = buyer.request("PATCH", path, json=body).json()
    assert (record["cart_product_id"], record["cart_at_price"]) == (shop.ODD["id"], 19.99)
    assert record["cart_status"] == "active"
    assert record["cart_id"] == line["cart_id"]


def test_native_empty_update_only_touches_updated(server: Server, buyer: Client) -> None:
    """`PATCH {}` is 200 and bumps `updated`, as in PocketBase."""
    line = add(buyer, shop.DIME)
    before = server.row("tbl_cart", line["pb_id"])
    time.sleep(0.01)
    assert buyer.request("PATCH", f"{CART_RECORDS}/{line['pb_id']}", json={}).status_code == 200
    after = server.row("tbl_cart", line["pb_id"])
    assert {name for name in before if before[name] != after[name]} == {"updated"}


def test_native_update_adds_with_a_modifier(buyer: Client) -> None:
    """`cart_product_quantity+` adds, as in PocketBase."""
    line = add(buyer, shop.DIME, 2)
    body = {"cart_product_quantity+": 3}
    record = buyer.request("PATCH", f"{CART_RECORDS}/{line['pb_id']}", json=body).json()
    assert record["cart_product_quantity"] == 5


def test_native_ordered_line_may_be_sent_its_own_values(buyer: Client) -> None:
    """`validation_invalid_transition` only when a value differs."""
    line = add(buyer, shop.DIME, 2)
    order(buyer, line)
    path = f"{CART_RECORDS}/{line['pb_id']}"
    assert buyer.request("PATCH", path, json={"cart_product_quantity": 2}).status_code == 200
    refused = buyer.request("PATCH", path, json={"cart_product_quantity": 3})
    assert refused.json()["data"]["cart_status"]["code"] == "validation_invalid_transition"
    assert buyer.request("DELETE", path).status_code == 204


def test_native_list_expands_the_product_and_its_icon(buyer: Client) -> None:
    """Expand shows only what the caller may see."""
    add(buyer, shop.DIME)
    query = "?expand=cart_product_id.prod_list_icon"
    (record,) = buyer.get(CART_RECORDS + query).json()["items"]
    product = record["expand"]["cart_product_id"]
    assert product["id"] == shop.DIME["id"]
    assert product["expand"]["prod_list_icon"]["id"] == shop.PICTURE["id"]


def test_hook_list_sees_the_row_a_native_create_made_once(buyer: Client) -> None:
    """Both families show the same rows."""
    record = buyer.request("POST", CART_RECORDS, json=record_of(buyer, shop.DIME)).json()
    (line,) = buyer.data("/cart/list")["items"]
    (native,) = buyer.get(CART_RECORDS).json()["items"]
    assert line["pb_id"] == native["id"] == record["id"]
