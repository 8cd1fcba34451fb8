"""Native orders: the server makes snapshot and amount, and refuses what does not agree.

Covers: models/orders.py
"""

from typing import Any

import orjson
import pytest

from models.orders import Order
from tests.factories import ALICE, BOB, make_order, make_product

pytestmark = pytest.mark.usefixtures("database")


def native_create(items: object, **values: Any) -> tuple[dict[str, Any], dict[str, str]]:
    """What a native create comes to: its values and the codes of its problems."""
    problems: dict[str, Any] = {}
    snap = orjson.dumps({"items": items, "total": 1}).decode()
    row = {"order_owner": ALICE.openid, "order_snap": snap, **values}
    Order.prepare_create(row, ALICE, problems)
    return row, {name: problem["code"] for name, problem in problems.items()}


def test_a_native_order_gets_its_snapshot_and_amount_from_the_server() -> None:
    """A price the client sends is not looked at."""
    product = make_product(prod_list_basic_price=1990, prod_list_name="开关")
    items = [{"prod_list_id": product.prod_list_id, "quantity": 2, "at_price": 0.01}]
    values, problems = native_create(items, order_amount=3980)
    assert problems == {}
    assert values["order_amount"] == 3980
    assert orjson.loads(values["order_snap"]) == {
        "items": [
            {
                "prod_list_id": product.prod_list_id,
                "prod_list_name": "开关",
                "prod_list_modelnumber": "",
                "quantity": 2,
                "at_price": 19.9,
                "subtotal": 39.8,
            }
        ],
        "total": 39.8,
    }
    assert "开关" in values["order_keywords"]


@pytest.mark.parametrize("order_snap", ["", "null", "{}", '{"items": []}', "[]", '"text"', "7"])
def test_a_native_order_without_items_is_refused(order_snap: str) -> None:
    """Whatever shape the nothing has."""
    problems: dict[str, Any] = {}
    Order.prepare_create({"order_snap": order_snap}, ALICE, problems)
    assert problems["order_snap"]["code"] == "validation_required"


@pytest.mark.parametrize(
    "item",
    [
        pytest.param({"prod_list_id": "P-NONE", "quantity": 1}, id="unknown product"),
        pytest.param({"prod_list_id": "P-OFF", "quantity": 1}, id="off sale"),
        pytest.param({"prod_list_id": "P-ON", "quantity": 0}, id="none of it"),
        pytest.param({"prod_list_id": "P-ON", "quantity": 10_000}, id="too many"),
        pytest.param({"prod_list_id": "P-ON", "quantity": 1.5}, id="one and a half"),
        pytest.param({"prod_list_id": "P-ON", "quantity": "1"}, id="a text"),
        pytest.param({"prod_list_id": "P-ON", "quantity": True}, id="true"),
        pytest.param({"prod_list_id": "P-ON"}, id="no quantity"),
        pytest.param({"prod_list_id": 7, "quantity": 1}, id="an id of another kind"),
        pytest.param("P-ON", id="no object"),
    ],
)
def test_native_items_that_are_refused(item: object) -> None:
    """One bad item refuses the order."""
    make_product(prod_list_id="P-OFF", prod_list_status="off_sale")
    make_product(prod_list_id="P-ON")
    _, problems = native_create([{"prod_list_id": "P-ON", "quantity": 1}, item])
    assert problems == {"order_snap": "validation_invalid_value"}


@pytest.mark.parametrize(
    ("amount_fen", "refused"),
    [
        pytest.param(1990, {}, id="the sum"),
        pytest.param(1989, {"order_amount": "validation_amount_mismatch"}, id="a fen less"),
        pytest.param(0, {"order_amount": "validation_amount_mismatch"}, id="nothing"),
    ],
)
def test_an_amount_sent_along_must_be_the_sum(amount_fen: int, refused: dict[str, str]) -> None:
    """Or not be sent."""
    items = [{"prod_list_id": make_product(prod_list_basic_price=1990).id, "quantity": 1}]
    assert native_create(items, order_amount=amount_fen)[1] == refused


def test_a_native_order_past_the_limit_is_refused() -> None:
    """Its amount could not be held."""
    product = make_product(prod_list_basic_price=999_999_999)
    _, problems = native_create([{"prod_list_id": product.id, "quantity": 2}])
    assert problems == {"order_snap": "validation_invalid_value"}


@pytest.mark.parametrize(
    ("status", "changes", "refused"),
    [
        pytest.param("pending", {"order_status": "cancelled"}, set(), id="cancel"),
        pytest.param("pending", {"order_remark": "x"}, set(), id="remark"),
        pytest.param("pending", {"order_status": "confirmed"}, {"order_status"}, id="confirm"),
        pytest.param("pending", {"order_status": "shipped"}, {"order_status"}, id="unknown"),
        pytest.param("pending", {"order_status": ""}, {"order_status"}, id="none"),
        pytest.param("confirmed", {"order_status": "confirmed"}, set(), id="the same value"),
        pytest.param("confirmed", {"order_remark": ""}, set(), id="the same remark"),
        pytest.param(
            "confirmed",
            {"order_status": "cancelled", "order_remark": "x"},
            {"order_status", "order_remark"},
            id="both too late",
        ),
    ],
)
def test_native_updates(status: str, changes: dict[str, Any], refused: set[str]) -> None:
    """The same moves as by hook, in PocketBase's words."""
    problems: dict[str, Any] = {}
    make_order(order_status=status).prepare_update(changes, ALICE, problems)
    assert set(problems) == refused
    assert {problem["code"] for problem in problems.values()} <= {"validation_invalid_transition"}


@pytest.mark.parametrize(
    ("owner", "caller", "allowed"),
    [
        pytest.param(ALICE.openid, ALICE, True, id="oneself"),
        pytest.param(BOB.openid, ALICE, False, id="somebody else"),
        pytest.param(ALICE.openid, None, False, id="a guest"),
    ],
)
def test_a_native_order_must_name_the_caller_as_owner(
    owner: str, caller: Any, allowed: bool
) -> None:
    """And an update may name nobody else."""
    assert Order.may_create({"order_owner": owner}, caller) is allowed
    assert make_order().may_update(caller, {"order_owner": owner}) is allowed
