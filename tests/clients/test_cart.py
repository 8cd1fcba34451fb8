"""The cart, read in the old and in the new places."""

from typing import Any

import pytest

from tests.clients import world
from tests.clients.visitors import Visitor
from tests.running import Server

CARTS = "tbl_cart"
SERVERS_OWN = {
    "pb_id": "aaaaaaaaaaaaaaa",
    "created": "2020-01-01 00:00:00.000Z",
    "updated": "2020-01-01 00:00:00.000Z",
    "cart_create": "2020-01-01 00:00:00.000Z",
    "cart_owner": "somebody-else",
    "cart_at_price": 0.01,
    "cart_status": "ordered",
    "is_delete": 0,
    "product": None,
    "product_name": "x",
    "product_modelnumber": "x",
    "product_basic_price": 1,
}
"""Every key of an answer that is the server's, with another value than the server's."""


def add(visitor: Visitor, row: world.Row = world.SWITCH, count: int = 2, **more: Any) -> world.Row:
    """Put a product into the cart."""
    body = {"cart_product_id": row["id"], "cart_product_quantity": count, **more}
    return visitor.record("/cart/create", body)


def numbers(visitor: Visitor, **query: Any) -> list[str]:
    """The `cart_id`s of a hook's list."""
    return sorted(line["cart_id"] for line in visitor.items("/cart/list", query))


def test_answers_are_bare_and_in_the_envelope(visitor: Visitor) -> None:
    """X's own keys stand beside it; of a list only its items do."""
    line = add(visitor)
    paths = {"/cart/detail": {}, "/cart/update": {"cart_remark": "快"}, "/cart/delete": {}}
    for path, more in paths.items():
        body = visitor.asked(path, {"cart_id": line["cart_id"], **more})
        beside = {key: body[key] for key in body if key not in ("statusCode", "errMsg", "data")}
        assert beside == body["data"]
        assert beside["cart_id"] == line["cart_id"]
    body = visitor.asked("/cart/list", {})
    assert body["items"] == body["data"]["items"]
    assert set(body) == {"statusCode", "errMsg", "data", "items"}


def test_a_line_has_its_product_flat_and_as_an_object(visitor: Visitor) -> None:
    line = add(visitor)
    assert visitor.read_product(line) == ("测试灯具 switch", "WX-SWITCH", 199.5)
    assert line["is_delete"] == 0


def test_a_line_whose_product_is_gone_has_empty_texts(server: Server, visitor: Visitor) -> None:
    line = add(visitor, world.FADING)
    server.change("tbl_product_list", world.FADING["id"], is_delete=1)
    try:
        found = visitor.record("/cart/detail", {"cart_id": line["cart_id"]})
        assert visitor.read_product(found) == ("", "", 0)
        assert found["product"] is None
    finally:
        server.change("tbl_product_list", world.FADING["id"], is_delete=0)


def test_a_list_without_a_page_has_every_row(visitor: Visitor) -> None:
    """No body, an empty one, and empty values are one and the same."""
    lines = [add(visitor), add(visitor, world.LAMP)]
    empty = {"keyword": "", "cart_status": None, "cart_number": "", "page": "", "perPage": None}
    for data in ({}, empty):
        body = visitor.asked("/cart/list", data)
        found = sorted(each["cart_id"] for each in visitor.read_items(body))
        assert found == sorted(line["cart_id"] for line in lines)
        assert body["data"]["perPage"] == 500
    body = visitor.asked("/cart/list")
    assert len(visitor.read_items(body)) == 2


def test_a_list_with_a_page_has_a_page(visitor: Visitor) -> None:
    """With either of the two keys as before."""
    add(visitor)
    add(visitor, world.LAMP)
    body = visitor.asked("/cart/list", {"perPage": 1})
    assert (body["data"]["page"], body["data"]["totalItems"]) == (1, 2)
    assert len(visitor.read_items(body)) == 1
    assert visitor.asked("/cart/list", {"page": 1})["data"]["perPage"] == 20


def test_a_list_is_filtered_by_status_and_exact_group(visitor: Visitor) -> None:
    kept = add(visitor, cart_number="客厅")
    add(visitor, world.LAMP, cart_number="客厅二")
    assert numbers(visitor, cart_number="客厅", cart_status="active") == [kept["cart_id"]]
    assert numbers(visitor, cart_status="ordered") == []


@pytest.mark.parametrize("key", ["cart_id", "cart_number", "cart_product_id", "product's name"])
def test_a_keyword_looks_in(visitor: Visitor, key: str) -> None:
    """Id, group, product id and product's name."""
    line = add(visitor, cart_number="主卧-7")
    add(visitor, world.LAMP, cart_number="客厅")
    word = visitor.read_product(line)[0] if key == "product's name" else line[key]
    assert numbers(visitor, keyword=word) == [line["cart_id"]]


def test_a_group_is_named_by_the_client(visitor: Visitor) -> None:
    """On create and update, by hook and native; several lines may have one."""
    line = add(visitor, cart_number="客厅")
    other = add(visitor, world.LAMP, cart_number="客厅")
    assert line["cart_number"] == other["cart_number"] == "客厅"
    body = {"cart_id": line["cart_id"], "cart_number": "卧室"}
    assert visitor.record("/cart/update", body)["cart_number"] == "卧室"
    row = visitor.update(CARTS, line["pb_id"], cart_number="书房")
    assert row["cart_number"] == "书房"
    created = visitor.create(
        CARTS,
        cart_owner=visitor.openid,
        cart_product_id=world.FADING["id"],
        cart_product_quantity=1,
        cart_number="书房",
    )
    found = visitor.rows(CARTS, filter='cart_number="书房"')
    assert {each["id"] for each in found} == {line["pb_id"], created["id"]}


def test_a_group_is_made_where_none_is_sent(visitor: Visitor) -> None:
    """And left alone where an update sends an empty one."""
    line = add(visitor, cart_number="")
    assert line["cart_number"]
    for empty in ("", None):
        body = {"cart_id": line["cart_id"], "cart_number": empty, "cart_remark": "快"}
        assert visitor.record("/cart/update", body)["cart_number"] == line["cart_number"]


def test_a_product_added_again_joins_its_line_in_the_group_sent_last(visitor: Visitor) -> None:
    first = add(visitor, count=1, cart_number="客厅")
    again = add(visitor, count=2, cart_number="卧室")
    assert again["cart_id"] == first["cart_id"]
    assert (again["cart_product_quantity"], again["cart_number"]) == (3, "卧室")
    assert add(visitor, count=1)["cart_number"] == "卧室"


def test_keys_of_the_server_are_accepted_and_ignored_on_create(visitor: Visitor) -> None:
    """A client sends back what it was answered."""
    line = add(visitor, cart_id="CART-X", **SERVERS_OWN)
    assert line["cart_id"] != "CART-X"
    assert (line["cart_owner"], line["cart_status"]) == (visitor.openid, "active")
    assert line["cart_at_price"] == 199.5
    assert line["is_delete"] == 0


def test_a_whole_record_is_sent_back_on_update(visitor: Visitor) -> None:
    """What is the server's is ignored, also the product."""
    line = add(visitor)
    changed = {
        **line,
        **SERVERS_OWN,
        "cart_remark": "请早点送",
        "cart_product_id": world.LAMP["id"],
    }
    for key in ("statusCode", "errMsg", "data"):
        changed.pop(key, None)
    found = visitor.record("/cart/update", changed)
    assert found["cart_remark"] == "请早点送"
    same = ("cart_id", "cart_owner", "cart_status", "cart_at_price", "cart_product_id", "pb_id")
    assert {key: found[key] for key in same} == {key: line[key] for key in same}


def test_an_update_with_nothing_to_change_is_200_unchanged(visitor: Visitor) -> None:
    line = add(visitor)
    assert (
        visitor.record("/cart/update", {"cart_id": line["cart_id"]})["updated"] == line["updated"]
    )


def test_a_key_that_no_record_has_is_refused(visitor: Visitor) -> None:
    line = add(visitor)
    body = {"cart_id": line["cart_id"], "cart_colour": "red"}
    status, code, fields = visitor.refused("/cart/update", body)
    assert (status, code, list(fields)) == (400, "validation_failed", ["cart_colour"])


@pytest.mark.parametrize("flag", [1, 2])
def test_deleting_has_its_own_path(visitor: Visitor, flag: int) -> None:
    """A hook's create and update take `is_delete` 0 alone."""
    line = add(visitor)
    for path, body in (
        ("/cart/update", {"cart_id": line["cart_id"], "is_delete": flag}),
        (
            "/cart/create",
            {"cart_product_id": world.LAMP["id"], "cart_product_quantity": 1, "is_delete": flag},
        ),
    ):
        status, _, fields = visitor.refused(path, body)
        assert (status, list(fields)) == (400, ["is_delete"])
    body = visitor.record("/cart/delete", {"cart_id": line["cart_id"]})
    assert body["is_delete"] == 1
    assert numbers(visitor) == []
