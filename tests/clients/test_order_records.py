"""An order's number, its expected amount, what may be sent back of it, and its lists."""

from typing import Any

import pytest

from tests.clients import world
from tests.clients.conftest import Enter
from tests.clients.test_orders import CREATE, SWITCH
from tests.clients.visitors import Visitor

ITEMS = [{"prod_list_id": SWITCH["prod_list_id"], "quantity": 2}]
PLAIN = {"order_source": "product", "items": ITEMS}


def buy(visitor: Visitor, **more: Any) -> world.Row:
    """Order two switches."""
    return visitor.record(CREATE, {**PLAIN, **more})


def test_answers_are_bare_and_in_the_envelope(visitor: Visitor) -> None:
    body = visitor.asked(CREATE, PLAIN)
    order_id = {"order_id": body["order_id"]}
    bodies = [body, visitor.asked("/order/detail", order_id)]
    bodies.append(visitor.asked("/order/update", {**order_id, "order_remark": "快"}))
    for each in bodies:
        beside = {key: each[key] for key in each if key not in ("statusCode", "errMsg", "data")}
        assert beside == each["data"]
        assert beside["is_delete"] == 0
    found = visitor.asked("/order/list")
    assert found["items"] == found["data"]["items"]
    deleted = visitor.record("/order/delete", order_id)
    assert (deleted["order_id"], deleted["is_delete"]) == (body["order_id"], 1)


def test_a_number_is_the_clients_or_made(visitor: Visitor) -> None:
    assert buy(visitor, order_number="我的-1")["order_number"] == "我的-1"
    made = {buy(visitor, order_number=empty)["order_number"] for empty in ("", None)}
    assert len(made) == 2
    assert "" not in made


def test_a_number_is_unique_among_its_owners_orders(enter: Enter) -> None:
    """Deleted ones too; another user may have the same."""
    owner, other = enter("owner"), enter("other")
    first = buy(owner, order_number="N-1")
    owner.record("/order/delete", {"order_id": first["order_id"]})
    status, _, fields = owner.refused(CREATE, {**PLAIN, "order_number": "N-1"})
    assert (status, list(fields)) == (400, ["order_number"])
    assert buy(other, order_number="N-1")["order_number"] == "N-1"


def test_a_number_may_be_sent_on_the_native_path(visitor: Visitor) -> None:
    sent = {
        "order_owner": visitor.openid,
        "order_source": "product",
        "order_number": "N-2",
        "order_snap": {"items": ITEMS},
    }
    assert visitor.create("tbl_order", **sent)["order_number"] == "N-2"
    again = visitor.post("/collections/tbl_order/records", sent)
    assert again.status == 400
    assert again.data["data"]["order_number"]["code"] == "validation_not_unique"


@pytest.mark.parametrize(
    "amount", [399, 399.0, 399.001, "399.00", 0, "0", "", None], ids=lambda amount: repr(amount)
)
def test_an_expected_amount_fits(visitor: Visitor, amount: Any) -> None:
    """After rounding to the fen, as a text too; empty, `null` and 0 are as if not sent."""
    assert buy(visitor, order_amount=amount)["order_amount"] == 399


def test_an_expected_amount_that_differs_is_told(visitor: Visitor) -> None:
    answer = visitor.post(CREATE, {**PLAIN, "order_amount": 398.99})
    assert answer.status == answer.data["statusCode"] == 409
    assert answer.data["data"] == {
        "code": "amount_changed",
        "fields": {"order_amount": "金额已变为 399.00 元"},
        "order_amount": 399,
    }
    assert visitor.items("/order/list", {}) == []


def test_a_status_sent_on_create_is_ignored(visitor: Visitor) -> None:
    assert buy(visitor, order_status="completed")["order_status"] == "pending"


def test_a_whole_record_is_sent_back_on_update(visitor: Visitor) -> None:
    """The status it has is no move; source, number and amount are the server's."""
    order = buy(visitor)
    kept = {key: order[key] for key in order if key not in ("statusCode", "errMsg", "data")}
    sent = {
        **kept,
        "order_remark": "请开发票",
        "order_source": "cart",
        "order_source_id": "X",
        "order_number": "X",
        "order_amount": 1,
        "order_owner": "somebody-else",
    }
    found = visitor.record("/order/update", sent)
    changed = {key for key in kept if found[key] != order[key]}
    assert changed == {"order_remark", "updated"}


def test_an_update_with_nothing_to_change_is_200_unchanged(visitor: Visitor) -> None:
    order = buy(visitor)
    for more in ({}, {"order_status": "pending"}):
        found = visitor.record("/order/update", {"order_id": order["order_id"], **more})
        assert found["updated"] == order["updated"]


def test_an_order_is_deleted_by_its_own_path_alone(visitor: Visitor) -> None:
    order = buy(visitor)
    body = {"order_id": order["order_id"], "is_delete": 1}
    assert list(visitor.refused("/order/update", body)[2]) == ["is_delete"]
    assert list(visitor.refused(CREATE, {**PLAIN, "is_delete": 1})[2]) == ["is_delete"]


@pytest.mark.parametrize("key", ["order_id", "order_number", "product's name"])
def test_a_keyword_looks_in(visitor: Visitor, key: str) -> None:
    order = buy(visitor, order_number="找得到-7")
    word = "测试灯具 switch" if key == "product's name" else order[key]
    found = visitor.items("/order/list", {"keyword": word})
    assert [each["order_id"] for each in found] == [order["order_id"]]
    assert visitor.items("/order/list", {"keyword": "找不到-7"}) == []


def test_a_list_is_filtered_by_status_and_exact_number(visitor: Visitor) -> None:
    """Empty values are as if left out; without a page every row is there."""
    order = buy(visitor, order_number="甲-1")
    buy(visitor, order_number="甲-12")
    found = visitor.items("/order/list", {"order_number": "甲-1", "order_status": "pending"})
    assert [each["order_id"] for each in found] == [order["order_id"]]
    empty = {"keyword": None, "order_status": "", "order_number": "", "page": None, "perPage": ""}
    body = visitor.asked("/order/list", empty)
    assert len(visitor.read_items(body)) == 2
    assert body["data"]["perPage"] == 500
