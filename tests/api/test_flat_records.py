"""Cart and orders as today's clients send them: whole records, groups, flat orders, lists without pages.

Covers: models/order_requests.py
"""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.answers import code
from tests.api import shop
from tests.api.buying import add, buy, from_cart, item, native, record_of
from tests.paths import CART_RECORDS, ORDER_RECORDS
from tests.running import Client

MADE_NUMBER = r"20\d{22}"
IGNORED = (None, 7, "x", ["x"], {"x": 1})
"""Values that no key of a record holds."""


# --- the cart ---


def test_a_line_may_be_sent_back_as_it_was_answered(buyer: Client) -> None:
    """An update with nothing to change is 200, and `updated` stays."""
    line = add(buyer, shop.DIME, cart_remark="急", cart_number="客厅")
    assert buyer.data("/cart/update", line) == line


def test_an_ordered_line_may_be_sent_back_too(buyer: Client) -> None:
    line = add(buyer, shop.DIME)
    buyer.data("/order/create", from_cart(line))
    line = buyer.data("/cart/detail", {"cart_id": line["cart_id"]})
    assert line["cart_status"] == "ordered"
    assert buyer.data("/cart/update", line) == line


@pytest.mark.parametrize("value", IGNORED)
def test_keys_of_a_line_that_are_the_servers_are_ignored(buyer: Client, value: Any) -> None:
    """On create and on update, whatever they hold."""
    known = {"cart_id", "cart_product_id", "cart_product_quantity", "cart_number", "cart_remark"}
    line = add(buyer, shop.DIME, 2)
    forged = dict.fromkeys(line.keys() - known - {"is_delete"}, value)
    body = {"cart_product_id": shop.ODD["id"], "cart_product_quantity": 1, "cart_id": value}
    other = buyer.data("/cart/create", {**body, **forged})
    assert not {name for name in forged if other[name] == value != line[name]}
    body = {"cart_id": line["cart_id"], "cart_product_id": value, **forged}
    assert buyer.data("/cart/update", body) == line


def test_a_line_of_a_group(buyer: Client) -> None:
    """The group is the client's, made where it sends none, and filterable."""
    lines = [add(buyer, product, cart_number="客厅") for product in (shop.DIME, shop.ODD)]
    assert [line["cart_number"] for line in lines] == ["客厅", "客厅"]
    made = add(buyer, shop.FREE, cart_number="")
    assert re.fullmatch(MADE_NUMBER, made["cart_number"])
    found = buyer.data("/cart/list", {"cart_number": "客厅", "keyword": "", "sort": "created"})
    assert [line["cart_id"] for line in found["items"]] == [line["cart_id"] for line in lines]


def test_a_line_changes_its_group(buyer: Client) -> None:
    """Adding its product again takes the group sent last; an empty one is none."""
    line = add(buyer, shop.DIME, cart_number="客厅")
    assert add(buyer, shop.DIME, cart_number="卧室")["cart_number"] == "卧室"
    assert add(buyer, shop.DIME, cart_number=None)["cart_number"] == "卧室"
    for sent, kept in (("书房", "书房"), ("", "书房"), (None, "书房")):
        body = {"cart_id": line["cart_id"], "cart_number": sent}
        assert buyer.data("/cart/update", body)["cart_number"] == kept


def test_a_record_of_a_group(buyer: Client) -> None:
    """Natively too: set on create and update, made where it is empty, kept where an update empties it."""
    body = record_of(buyer, shop.DIME, cart_number="客厅")
    record = buyer.request("POST", CART_RECORDS, json=body).json()
    assert record["cart_number"] == "客厅"
    path = f"{CART_RECORDS}/{record['id']}"
    for sent, kept in (("卧室", "卧室"), ("", "卧室"), (None, "卧室")):
        changed = buyer.request("PATCH", path, json={"cart_number": sent}).json()
        assert changed["cart_number"] == kept
    for sent in ({}, {"cart_number": ""}, {"cart_number": None}):
        body = record_of(buyer, shop.ODD, **sent)
        made = buyer.request("POST", CART_RECORDS, json=body).json()
        assert re.fullmatch(MADE_NUMBER, made["cart_number"])
        buyer.request("DELETE", f"{CART_RECORDS}/{made['id']}")


def test_a_group_is_no_longer_than_64_characters(buyer: Client) -> None:
    body = record_of(buyer, shop.DIME, cart_number="长" * 65)
    refused = buyer.request("POST", CART_RECORDS, json=body).json()
    assert refused["data"]["cart_number"]["code"] == "validation_max_text_constraint"
    assert add(buyer, shop.DIME, cart_number="长" * 64)["cart_number"] == "长" * 64


# --- lists ---


@pytest.mark.parametrize("body", [None, {}, {"page": "", "perPage": None, "keyword": None}])
@pytest.mark.parametrize("family", ["cart", "order"])
def test_a_list_without_a_page_is_whole(buyer: Client, family: str, body: Any) -> None:
    add(buyer, shop.DIME), buy(buyer, item(shop.DIME))
    page = buyer.data(f"/{family}/list", body)
    assert (page["page"], page["perPage"], page["totalItems"]) == (1, 500, 1)


@pytest.mark.parametrize(("body", "per_page"), [({"page": 1}, 20), ({"perPage": 3}, 3)])
@pytest.mark.parametrize("family", ["cart", "order"])
def test_a_list_with_a_page_is_as_before(
    buyer: Client, family: str, body: Any, per_page: int
) -> None:
    page = buyer.data(f"/{family}/list", body)
    assert (page["page"], page["perPage"]) == (1, per_page)


def test_orders_are_found_by_number_state_and_id(buyer: Client) -> None:
    order = buy(buyer, item(shop.DIME), order_number="采购-1")
    buy(buyer, item(shop.ODD))
    for ask in (
        {"order_number": "采购-1"},
        {"order_number": "采购-1", "order_status": "pending"},
        {"keyword": order["order_id"].lower()},
        {"keyword": "采购"},
    ):
        found = buyer.data("/order/list", ask)["items"]
        assert [each["order_id"] for each in found] == [order["order_id"]], ask
    assert buyer.data("/order/list", {"order_number": "采购"})["items"] == []
    assert buyer.data("/order/list", {"order_status": "", "order_number": None})["totalItems"] == 2


# --- orders ---

FORMS: dict[str, Callable[[Any], Any]] = {
    "a JSON text": json.dumps,
    "a list": lambda items: items,
    "items": lambda items: {"items": items},
    "a JSON text of items": lambda items: json.dumps({"items": items}),
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_flat_order(buyer: Client, form: Callable[[Any], Any]) -> None:
    """A whole record: number, expected amount and goods are heard, price and state are the server's."""
    lines = [add(buyer, shop.ODD, 3), add(buyer, shop.DIME, 2)]
    order = buyer.data(
        "/order/create",
        {
            "order_number": "采购-7",
            "order_source": "cart",
            "order_source_id": "|".join(line["cart_id"] for line in lines),
            "order_status": "completed",
            "order_snap": form([line["product"] for line in lines]),
            "order_amount": "60.17",
            "order_remark": "周末送货",
            "order_owner": "somebody",
        },
    )
    assert (order["order_number"], order["order_amount"]) == ("采购-7", 60.17)
    assert (order["order_status"], order["order_owner"]) == ("pending", buyer.openid)
    assert order["order_source_id"] == ",".join(line["cart_id"] for line in lines)
    assert [each["quantity"] for each in order["order_snap"]["items"]] == [3, 2]
    assert buyer.data("/cart/list", {"cart_status": "active"})["items"] == []


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("source", ["cart", "product"])
def test_a_flat_order_by_its_snapshot_alone(
    buyer: Client, form: Callable[[Any], Any], source: str
) -> None:
    """The lines of the same products and quantities, or the products."""
    line = add(buyer, shop.ODD, 3)
    snapshot = form([{"cart_product_id": shop.ODD["id"], "cart_product_quantity": 3}])
    order = buyer.data("/order/create", {"order_source": source, "order_snap": snapshot})
    assert (order["order_source"], order["order_amount"]) == (source, 59.97)
    state = buyer.data("/cart/detail", {"cart_id": line["cart_id"]})["cart_status"]
    assert state == {"cart": "ordered", "product": "active"}[source]


def test_a_line_as_it_was_answered_is_an_item_of_a_snapshot(buyer: Client) -> None:
    """Named by its `cart_id`, whatever else it says."""
    line = add(buyer, shop.ODD, 3)
    order = buyer.data("/order/create", {"order_snap": [line]})
    assert (order["order_source"], order["order_source_id"]) == ("cart", line["cart_id"])


@pytest.mark.parametrize("amount", [None, "", 0, "0", "0.00", 19.99, "19.99", 19.990000000000002])
def test_an_expected_amount_that_agrees_or_is_not_sent(buyer: Client, amount: Any) -> None:
    assert buy(buyer, item(shop.ODD), order_amount=amount)["order_amount"] == 19.99


@pytest.mark.parametrize(
    ("key", "sent", "told"),
    [
        pytest.param("order_amount", True, "类型应为数字或文本", id="a truth"),
        pytest.param("order_amount", [], "类型应为数字或文本", id="a list"),
        pytest.param("order_snap", 5, "类型应为文本或列表或对象", id="a number"),
    ],
)
def test_a_value_of_no_type_that_is_taken(buyer: Client, key: str, sent: Any, told: str) -> None:
    """The types of all alternatives are told, for none is nearer than another."""
    answer = buyer.hook("/order/create", {"order_source_id": shop.ODD["id"], key: sent})
    assert code(answer) == (400, "validation_failed")
    assert answer.json()["data"]["fields"] == {key: told}


@pytest.mark.parametrize("form", ["order_source_id", "order_snap"])
def test_a_toast_is_short_whatever_was_sent_as_a_product(buyer: Client, form: str) -> None:
    """Today's client shows it whole."""
    long = "😀" * 20_000
    text = json.dumps([{"prod_list_id": long, "quantity": 1}])
    goods = {"order_source_id": long, "order_snap": text}
    answer = buyer.hook("/order/create", {form: goods[form]})
    assert code(answer) == (400, "product_unavailable")
    assert answer.json()["errMsg"] == f"商品「{'😀' * 200}…」已下架或不存在"


@pytest.mark.parametrize("amount", [19.98, "19.98", 0.001, 10**9])
def test_an_expected_amount_that_differs(buyer: Client, amount: Any) -> None:
    """The amount of now comes along, in words and as a number. Nothing was ordered."""
    line = add(buyer, shop.ODD)
    answer = buyer.hook("/order/create", from_cart(line, order_amount=amount))
    assert code(answer) == (409, "amount_changed")
    assert answer.json()["data"] == {
        "code": "amount_changed",
        "fields": {"order_amount": "金额已变为 19.99 元"},
        "order_amount": 19.99,
    }
    assert buyer.data("/order/list")["totalItems"] == 0
    assert buyer.data("/cart/list", {"cart_status": "active"})["totalItems"] == 1


@pytest.mark.parametrize("sent", [{}, {"order_number": ""}, {"order_number": None}])
def test_a_number_is_made_where_none_is_sent(buyer: Client, sent: dict[str, Any]) -> None:
    assert re.fullmatch(MADE_NUMBER, buy(buyer, item(shop.DIME), **sent)["order_number"])
    assert re.fullmatch(MADE_NUMBER, native(buyer, item(shop.DIME), **sent).json()["order_number"])


def test_a_number_is_its_owners_once(buyer: Client, guest: Client) -> None:
    """A deleted order keeps it; another owner may have the same."""
    order = buy(buyer, item(shop.DIME), order_number="采购-1")
    buyer.data("/order/delete", {"order_id": order["order_id"]})
    body = {"order_source": "product", "items": [item(shop.DIME)], "order_number": "采购-1"}
    refused = buyer.hook("/order/create", body)
    assert code(refused) == (400, "validation_failed")
    assert refused.json()["data"]["fields"] == {"order_number": "已被使用"}
    assert refused.json()["errMsg"] == "订单号已被使用"
    other = guest.login(f"{buyer.openid[-8:]}-other")
    assert buy(other, item(shop.DIME), order_number="采购-1")["order_number"] == "采购-1"


def test_a_records_number_is_its_owners_once(buyer: Client) -> None:
    """Natively it is the problem of both fields of the index. An update ignores it."""
    first = native(buyer, item(shop.DIME), order_number="采购-1").json()
    assert first["order_number"] == "采购-1"
    refused = native(buyer, item(shop.DIME), order_number="采购-1")
    problems = {name: it["code"] for name, it in refused.json()["data"].items()}
    both = ("order_number", "order_owner")
    assert problems == dict.fromkeys(both, "validation_not_unique")
    path = f"{ORDER_RECORDS}/{first['id']}"
    changed = buyer.request("PATCH", path, json={"order_number": "采购-2"}).json()
    assert changed["order_number"] == "采购-1"


def test_an_order_may_be_sent_back_as_it_was_answered(buyer: Client) -> None:
    """An update with nothing to change is 200, and `updated` stays; `pending` is no move then."""
    order = buy(buyer, item(shop.DIME), order_remark="急")
    assert buyer.data("/order/update", order) == order
    cancelled = {"order_id": order["order_id"], "order_status": "cancelled"}
    order = buyer.data("/order/update", {**order, **cancelled})
    assert order["order_status"] == "cancelled"
    assert buyer.data("/order/update", order) == order


@pytest.mark.parametrize("value", IGNORED)
def test_keys_of_an_order_that_are_the_servers_are_ignored(buyer: Client, value: Any) -> None:
    """On update all but state and remark; on create those that say nothing of the goods."""
    order = buy(buyer, item(shop.DIME))
    known = {"order_id", "order_status", "order_remark", "is_delete"}
    forged = dict.fromkeys(order.keys() - known, value)
    assert buyer.data("/order/update", {"order_id": order["order_id"], **forged}) == order
    made = (
        "order_id",
        "order_status",
        "order_create",
        "order_owner",
        "pb_id",
        "created",
        "updated",
    )
    other = buy(buyer, item(shop.DIME), **dict.fromkeys(made, value))
    assert not {name for name in made if other[name] == value}
    assert (other["order_status"], other["order_owner"]) == ("pending", buyer.openid)


@pytest.mark.parametrize("verb", ["create", "update"])
@pytest.mark.parametrize("family", ["cart", "order"])
def test_a_hook_deletes_by_its_own_path_alone(buyer: Client, family: str, verb: str) -> None:
    """`is_delete` 0 is what every record says; 1 is refused."""
    line, order = add(buyer, shop.DIME), buy(buyer, item(shop.DIME))
    body = {
        "cart create": {"cart_product_id": shop.ODD["id"], "cart_product_quantity": 1},
        "cart update": {"cart_id": line["cart_id"], "cart_remark": "x"},
        "order create": {"order_source": "product", "items": [item(shop.ODD)]},
        "order update": {"order_id": order["order_id"], "order_remark": "x"},
    }[f"{family} {verb}"]
    refused = buyer.hook(f"/{family}/{verb}", {**body, "is_delete": 1})
    assert code(refused) == (400, "validation_failed")
    assert refused.json()["data"]["fields"] == {"is_delete": "取值应为 0"}
    assert buyer.data(f"/{family}/{verb}", {**body, "is_delete": 0})["is_delete"] == 0


def test_nothing_to_order_names_all_ways(buyer: Client) -> None:
    refused = buyer.hook("/order/create", {"order_number": "采购-1", "order_remark": ""}).json()
    assert refused["errMsg"] == "没有要订购的商品"
    ways = {"cart_ids", "items", "order_source_id", "order_snap"}
    assert set(refused["data"]["fields"]) == ways


def test_products_without_a_line_are_named(buyer: Client) -> None:
    add(buyer, shop.ODD, 3)
    snapshot = [{"cart_product_id": shop.ODD["id"], "cart_product_quantity": 2}]
    refused = buyer.hook("/order/create", {"order_source": "cart", "order_snap": snapshot}).json()
    assert shop.ODD["prod_list_name"] in refused["data"]["fields"]["order_snap"]


def test_a_repeated_flat_order_is_one_order(buyer: Client) -> None:
    """The same key answers the same order again, with the client's number."""
    add(buyer, shop.ODD)
    snapshot = json.dumps([{"cart_product_id": shop.ODD["id"], "cart_product_quantity": 1}])
    body = {"order_source": "cart", "order_snap": snapshot, "order_number": "采购-9"}
    key = {"Idempotency-Key": "flat-order"}
    first, again = (buyer.hook("/order/create", body, headers=key) for _ in range(2))
    assert first.status_code == 200
    assert again.content == first.content


@pytest.mark.parametrize("size", [60_000, 499_000])
def test_an_order_may_be_as_long_as_its_snapshot(buyer: Client, size: int) -> None:
    """What clients write into a snapshot beside ids and quantities is long; other hooks take 64 KiB."""
    line = add(buyer, shop.DIME)
    text = json.dumps([{"cart_id": line["cart_id"], "description": "x" * size}])
    assert buyer.data("/order/create", {"order_snap": text})["order_amount"] == 0.1
    long = {"cart_id": line["cart_id"], "product": "x" * 70_000}
    assert code(buyer.hook("/cart/update", long)) == (413, "payload_too_large")
