"""Native cart lines: what a client may send of one, and which products it may change to.

Covers: models/cart.py
"""

from collections.abc import Callable
from typing import Any

import pytest

from models.cart import CartLine
from models.products import Product
from tests.factories import (
    ALICE,
    BOB,
    fill_cart,
    make_cart_line,
    make_product,
)

pytestmark = pytest.mark.usefixtures("database")


def native_create(product_id: str, **values: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a native create comes to: its values and problems."""
    problems: dict[str, Any] = {}
    row = {"cart_owner": ALICE.openid, "cart_product_id": product_id, **values}
    CartLine.prepare_create(row, ALICE, problems)
    return row, problems


def test_a_native_line_takes_the_products_price() -> None:
    """A client never sets one."""
    values, problems = native_create(make_product(prod_list_basic_price=700).id)
    assert values["cart_at_price"] == 700
    assert problems == {}


@pytest.mark.parametrize(
    ("prepare", "refused"),
    [
        pytest.param(
            lambda product: make_cart_line(cart_product_id=product.id),
            {
                "cart_owner": "validation_not_unique",
                "cart_product_id": "validation_not_unique",
            },
            id="a second active line",
        ),
        pytest.param(
            lambda product: Product.update(prod_list_status="off_sale").execute(),
            {"cart_product_id": "validation_missing_rel_records"},
            id="off sale",
        ),
        pytest.param(
            lambda product: product.mark_deleted(),
            {"cart_product_id": "validation_missing_rel_records"},
            id="deleted",
        ),
        pytest.param(
            lambda product: fill_cart(), {"cart_owner": "validation_cart_full"}, id="a full cart"
        ),
    ],
)
def test_native_lines_that_are_refused(
    prepare: Callable[[Product], object], refused: dict[str, str]
) -> None:
    """In PocketBase's codes."""
    product = make_product()
    prepare(product)
    _, problems = native_create(product.id)
    assert {name: problem["code"] for name, problem in problems.items()} == refused


@pytest.mark.parametrize(
    ("owner", "caller", "allowed"),
    [
        pytest.param(ALICE.openid, ALICE, True, id="oneself"),
        pytest.param(BOB.openid, ALICE, False, id="somebody else"),
        pytest.param("", ALICE, False, id="nobody"),
        pytest.param(ALICE.openid, None, False, id="a guest"),
    ],
)
def test_a_native_create_must_name_the_caller_as_owner(
    owner: str, caller: Any, allowed: bool
) -> None:
    """And an update may name nobody else."""
    assert CartLine.may_create({"cart_owner": owner}, caller) is allowed
    assert make_cart_line().may_update(caller, {"cart_owner": owner}) is allowed
    assert make_cart_line().may_update(ALICE, {})


@pytest.mark.parametrize(
    ("status", "changes", "left", "refused"),
    [
        pytest.param("active", {"cart_remark": "x"}, {"cart_remark": "x"}, {}, id="active"),
        pytest.param(
            "ordered",
            {"cart_remark": "x"},
            {"cart_remark": "x"},
            {"cart_status": "validation_invalid_transition"},
            id="ordered, another value",
        ),
        pytest.param(
            "ordered", {"cart_remark": ""}, {"cart_remark": ""}, {}, id="ordered, the same value"
        ),
    ],
)
def test_native_updates(
    status: str, changes: dict[str, Any], left: dict[str, Any], refused: dict[str, str]
) -> None:
    """An ordered line can be deleted, not changed."""
    line = make_cart_line(cart_status=status)
    problems: dict[str, Any] = {}
    line.prepare_update(changes, ALICE, problems)
    assert changes == left
    assert {name: problem["code"] for name, problem in problems.items()} == refused


def test_another_product_brings_its_price() -> None:
    """The same one does not, though it went off sale."""
    line = make_cart_line()
    changes: dict[str, Any] = {"cart_product_id": make_product(prod_list_basic_price=1).id}
    line.prepare_update(changes, ALICE, {})
    assert changes["cart_at_price"] == 1
    Product.update(prod_list_status="off_sale").execute()
    problems: dict[str, Any] = {}
    same: dict[str, Any] = {"cart_product_id": line.cart_product_id}
    line.prepare_update(same, ALICE, problems)
    assert same == {"cart_product_id": line.cart_product_id}
    assert problems == {}


@pytest.mark.parametrize(
    ("columns", "refused"),
    [
        pytest.param(
            {"prod_list_status": "off_sale"},
            {"cart_product_id": "validation_missing_rel_records"},
            id="off sale",
        ),
        pytest.param(
            {},
            {
                "cart_owner": "validation_not_unique",
                "cart_product_id": "validation_not_unique",
            },
            id="already in the cart",
        ),
    ],
)
def test_products_a_line_cannot_change_to(columns: dict[str, Any], refused: dict[str, str]) -> None:
    """As on create."""
    product = make_product(**columns)
    if not columns:
        make_cart_line(cart_product_id=product.id)
    problems: dict[str, Any] = {}
    make_cart_line().prepare_update({"cart_product_id": product.id}, ALICE, problems)
    assert {name: problem["code"] for name, problem in problems.items()} == refused
