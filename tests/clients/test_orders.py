"""Orders as flat records, in each form that names their goods, and read in both places."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.clients import world
from tests.clients.test_cart import add
from tests.clients.visitors import Visitor

SWITCH, LAMP = world.SWITCH, world.LAMP
TOTAL = 663.03
"""Two switches and three lamps."""
CREATE = "/order/create"


def filled(visitor: Visitor) -> list[world.Row]:
    """The lines of a cart with two switches and three lamps."""
    return [add(visitor, SWITCH, 2), add(visitor, LAMP, 3)]


def ordered(visitor: Visitor, **body: Any) -> world.Row:
    """Order by a flat record, as today's client writes it."""
    flat = {
        "order_number": "",
        "order_status": "pending",
        "order_amount": 0,
        "order_remark": "",
    }
    return visitor.record(CREATE, {**flat, **body})


def goods(order: world.Row) -> dict[str, int]:
    """What an order's snapshot holds: quantity by product."""
    return {item["prod_list_id"]: item["quantity"] for item in order["order_snap"]["items"]}


BOTH = {SWITCH["prod_list_id"]: 2, LAMP["prod_list_id"]: 3}


def by_cart_ids(lines: list[world.Row]) -> dict[str, Any]:
    return {"cart_ids": [line["cart_id"] for line in lines]}


def by_commas(lines: list[world.Row]) -> dict[str, Any]:
    return {"order_source_id": ",".join(line["cart_id"] for line in lines)}


def by_bars(lines: list[world.Row]) -> dict[str, Any]:
    return {"order_source_id": "|".join(line["cart_id"] for line in lines)}


def by_lines_in_the_snapshot(lines: list[world.Row]) -> dict[str, Any]:
    return {"order_snap": [{"cart_id": line["cart_id"]} for line in lines]}


def by_products_in_the_snapshot(lines: list[world.Row]) -> dict[str, Any]:
    items = [
        {
            "cart_product_id": line["cart_product_id"],
            "cart_product_quantity": line["cart_product_quantity"],
        }
        for line in lines
    ]
    return {"order_snap": {"items": items}}


@pytest.mark.parametrize(
    "form",
    [by_cart_ids, by_commas, by_bars, by_lines_in_the_snapshot, by_products_in_the_snapshot],
    ids=lambda form: form.__name__.replace("_", " "),
)
def test_lines_of_the_cart_are_ordered(visitor: Visitor, form: Any) -> None:
    """They become `ordered`; amount and snapshot are the server's."""
    lines = filled(visitor)
    order = ordered(visitor, order_source="cart", **form(lines))
    assert goods(order) == BOTH
    assert (order["order_amount"], order["order_snap"]["total"]) == (TOTAL, TOTAL)
    assert order["order_source_id"] == ",".join(line["cart_id"] for line in lines)
    assert (order["order_status"], order["is_delete"]) == ("pending", 0)
    assert {line["cart_status"] for line in visitor.items("/cart/list", {})} == {"ordered"}


SNAPSHOTS = {
    "an array": [{"prod_list_id": SWITCH["prod_list_id"], "quantity": 2}],
    "items": {"items": [{"prod_list_id": SWITCH["prod_list_id"], "cart_product_quantity": 2}]},
    "a JSON text": json.dumps([{"cart_product_id": SWITCH["id"], "quantity": 2}]),
    "a JSON text of items": json.dumps({"items": [{"prod_list_id": SWITCH["id"], "quantity": 2}]}),
}


@pytest.mark.parametrize("snapshot", SNAPSHOTS.values(), ids=SNAPSHOTS)
@pytest.mark.parametrize("source", ["product", None], ids=["product", "without a source"])
def test_products_of_a_snapshot_are_ordered(
    visitor: Visitor, snapshot: Any, source: str | None
) -> None:
    more = {"order_source": source} if source else {}
    order = ordered(visitor, order_snap=snapshot, **more)
    assert goods(order) == {SWITCH["prod_list_id"]: 2}
    assert order["order_amount"] == 399


def test_items_are_ordered(visitor: Visitor) -> None:
    items = [{"prod_list_id": LAMP["prod_list_id"], "quantity": 3}]
    order = ordered(visitor, order_source="product", items=items)
    assert (goods(order), order["order_amount"]) == ({LAMP["prod_list_id"]: 3}, 264.03)


def test_products_named_as_source_are_ordered_one_each(visitor: Visitor) -> None:
    source = f"{SWITCH['prod_list_id']}|{LAMP['prod_list_id']}"
    order = ordered(visitor, order_source="product", order_source_id=source)
    assert goods(order) == dict.fromkeys(BOTH, 1)
    assert order["order_source_id"] == source.replace("|", ",")


@pytest.mark.parametrize("source", [{}, {"order_source": "小程序"}], ids=["none", "another"])
def test_without_a_known_source_what_is_found_decides(
    visitor: Visitor, source: dict[str, str]
) -> None:
    """Lines of the cart by their ids; a snapshot of lines; a snapshot of products."""
    lines = filled(visitor)
    first = ordered(visitor, **source, order_source_id=lines[0]["cart_id"])
    assert (first["order_source"], goods(first)) == ("cart", {SWITCH["prod_list_id"]: 2})
    second = ordered(visitor, **source, **by_lines_in_the_snapshot(lines[1:]))
    assert (second["order_source"], goods(second)) == ("cart", {LAMP["prod_list_id"]: 3})
    third = ordered(visitor, **source, order_snap=SNAPSHOTS["an array"])
    assert third["order_source"] == "product"


def test_a_snapshot_that_names_a_line_takes_the_lines_quantity(visitor: Visitor) -> None:
    line = add(visitor, SWITCH, 2)
    snapshot = [{"cart_id": line["cart_id"], "quantity": 9}]
    order = ordered(visitor, order_source="cart", order_snap=snapshot)
    assert goods(order) == {SWITCH["prod_list_id"]: 2}


def test_a_product_of_the_snapshot_without_its_line_is_named(visitor: Visitor) -> None:
    """Nothing is ordered then."""
    line = add(visitor, SWITCH, 2)
    snapshot = [
        {"prod_list_id": SWITCH["prod_list_id"], "quantity": 2},
        {"prod_list_id": LAMP["prod_list_id"], "quantity": 1},
    ]
    body = {"order_source": "cart", "order_snap": snapshot}
    status, _, fields = visitor.refused(CREATE, body)
    assert status == 400
    assert LAMP["prod_list_name"] in fields["order_snap"]
    found = visitor.record("/cart/detail", {"cart_id": line["cart_id"]})
    assert found["cart_status"] == "active"


@pytest.mark.parametrize("source", ["cart", "product"])
def test_an_order_of_nothing_names_all_ways(visitor: Visitor, source: str) -> None:
    status, code, fields = visitor.refused(CREATE, {"order_source": source})
    assert (status, code) == (400, "validation_failed")
    told = json.dumps(fields, ensure_ascii=False)
    ways = {"cart": "cart_ids", "product": "items"}
    for way in (ways[source], "order_source_id", "order_snap"):
        assert way in told


def test_items_beside_cart_ids_are_refused(visitor: Visitor) -> None:
    lines = filled(visitor)
    body = {
        "order_source": "cart",
        "items": [{"prod_list_id": SWITCH["prod_list_id"], "quantity": 1}],
        **by_cart_ids(lines),
    }
    assert visitor.refused(CREATE, body)[0] == 400


def test_a_text_is_no_quantity(visitor: Visitor) -> None:
    snapshot = [{"prod_list_id": SWITCH["prod_list_id"], "quantity": "2"}]
    assert visitor.refused(CREATE, {"order_source": "product", "order_snap": snapshot})[0] == 400
