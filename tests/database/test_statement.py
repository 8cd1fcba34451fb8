"""What is written by prepared statements, and answered without being read back."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from bai_wx.record.base import Record
from models.cart import CartLine
from models.orders import Order
from models.products import _offers
from models.users import User
from tests.databases import IS_POSTGRES
from tests.factories import (
    ALICE,
    PAST,
    make_attachment,
    make_cart_line,
    make_order,
    make_product,
    order_lines,
    order_products,
)

pytestmark = pytest.mark.usefixtures("database")


def _product() -> Any:
    icon = make_attachment()
    return make_product(prod_list_icon=icon.id, prod_list_basic_price=19950)


def _again() -> dict[str, Any]:
    line = make_cart_line(cart_product_id=_product().id, cart_remark="白", updated=PAST)
    return CartLine.add(ALICE, line.cart_product_id, 2, None)


def _from_cart() -> dict[str, Any]:
    lines = [make_cart_line(cart_product_id=_product().id, cart_product_quantity=3) for _ in "ab"]
    return order_lines(ALICE, [line.cart_id for line in lines], "加急")


def _from_products() -> dict[str, Any]:
    items: Any = [
        {"prod_list_id": _product().id, "quantity": 2.0},
        {"prod_list_id": _product().prod_list_id, "quantity": 1},
    ]
    return order_products(ALICE, items, "")


def _changed() -> dict[str, Any]:
    changes: Any = {"cart_product_quantity": 7.0}
    return CartLine.change(ALICE, make_cart_line().cart_id, changes)


@pytest.mark.parametrize(
    "write",
    [
        pytest.param(lambda: CartLine.add(ALICE, _product().id, 2, "黑"), id="a new line"),
        pytest.param(lambda: CartLine.add(ALICE, make_product().id, 2.0, None), id="no icon"),
        pytest.param(_again, id="more of an old line"),
        pytest.param(_changed, id="a changed line"),
        pytest.param(_from_cart, id="an order from the cart"),
        pytest.param(_from_products, id="an order of products"),
    ],
)
def test_a_write_answers_what_reading_back_would(write: Callable[[], dict[str, Any]]) -> None:
    """Byte for byte."""
    answer = write()
    if "cart_id" in answer:
        stored = CartLine.detail(ALICE, answer["cart_id"])
    else:
        stored = Order.detail(ALICE, answer["order_id"])
    assert orjson.dumps(answer) == orjson.dumps(stored)


@pytest.mark.parametrize(
    "new",
    [
        pytest.param(lambda: CartLine(cart_owner="o", cart_product_id="p"), id="a line"),
        pytest.param(lambda: Order(order_owner="o", order_source="cart"), id="an order"),
        pytest.param(lambda: User(openid="o"), id="a user"),
    ],
)
def test_every_column_is_inserted_as_peewee_would(new: Callable[[], Record]) -> None:
    """The defaults too."""
    row = new()
    row.insert_row()
    stored = type(row).get(type(row).id == row.id).__data__
    assert stored.pop("seq") > 0
    assert stored == {name: value for name, value in row.__data__.items() if name != "seq"}


def test_a_row_may_change_its_owner() -> None:
    """An operator's collection may let it: the row is found by its key alone then."""
    line = CartLine(cart_owner="before", cart_product_id="p")
    line.insert_row()
    row = CartLine.get(CartLine.id == line.id)
    row.cart_owner, row.cart_remark = "after", "x"
    row.update_row("cart_owner", "cart_remark")
    stored = CartLine.get(CartLine.id == line.id)
    assert (stored.cart_owner, stored.cart_remark) == ("after", "x")


@pytest.mark.skipif(IS_POSTGRES, reason="PostgreSQL scans a table this small")
def test_both_ids_of_a_product_are_searched_by_index(database: Any) -> None:
    """However many are on sale and however many are asked for."""
    asked = {f"name{n}": f"p{n}" for n in range(20)} | {"now": ""}
    sql, parameters = _offers(20).prepare(asked)
    steps = [row[3] for row in database.execute_sql(f"EXPLAIN QUERY PLAN {sql}", parameters)]
    searches = [step for step in steps if "SEARCH" in step or "SCAN" in step]
    by_one = ("(id=?)", "(prod_list_id=?)", "seq=?")
    assert len(searches) == 4  # the names by either id, the products, their icons
    assert all(any(one in step for one in by_one) for step in searches), steps


def test_an_update_writes_the_named_columns_alone() -> None:
    """Of the one row."""
    order, other = make_order(), make_order()
    order.order_remark, order.order_source_id = "新", "not named"
    order.update_row("order_remark")
    stored = Order.get_by_id(order.seq)
    assert (stored.order_remark, stored.order_source_id) == ("新", "")
    assert Order.get_by_id(other.seq).order_remark == ""
