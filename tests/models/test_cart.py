"""The cart's rules, through the functions that hooks and native records call.

Covers: models/cart.py, models/cart_changes.py
"""

import re
from collections.abc import Callable
from typing import Any

import pytest
from peewee import IntegrityError

from bai_wx.errors import (
    ApiError,
    CartAlreadyOrdered,
    CartFull,
    NotFound,
    ProductUnavailable,
    ValidationFailed,
)
from bai_wx.record.base import Record
from models.cart import CartLine
from models.cart_changes import CHANGED_BY_HOOK
from models.products import Product
from tests.answers import CART_RECORD
from tests.factories import (
    ALICE,
    BOB,
    PAST,
    as_sent,
    fill_cart,
    make_attachment,
    make_cart_line,
    make_product,
)
from tests.models.crowd import at_once

pytestmark = pytest.mark.usefixtures("database")


def test_a_new_line_is_the_contracts_record() -> None:
    """Price, owner, number and state are the server's."""
    icon = make_attachment()
    product = make_product(prod_list_basic_price=19950, prod_list_icon=icon.id)
    line = CartLine.add(ALICE, product.id, 2, "请配白色面板")
    assert set(line) == CART_RECORD
    assert line["cart_at_price"] == 199.5
    assert line["cart_owner"] == ALICE.openid
    assert line["cart_status"] == "active"
    assert line["created"] == line["updated"]
    assert line["product"] == {
        "prod_list_id": product.prod_list_id,
        "prod_list_name": product.prod_list_name,
        "prod_list_modelnumber": "",
        "prod_list_basic_price": 199.5,
        "prod_list_status": "on_sale",
        "prod_list_icon_url": f"/pb/api/files/tbl_attachments/{icon.id}/icon_0123456789.png",
    }


@pytest.mark.parametrize("name", ["id", "prod_list_id"])
def test_a_product_is_named_by_either_id(name: str) -> None:
    """The line keeps the record id."""
    product = make_product()
    assert CartLine.add(ALICE, getattr(product, name), 1, None)["cart_product_id"] == product.id


@pytest.mark.parametrize(
    ("first", "second", "remark"),
    [
        pytest.param("白", "黑", "黑", id="a remark replaces the old one"),
        pytest.param("白", None, "白", id="no remark leaves it"),
        pytest.param("白", "", "", id="an empty remark empties it"),
    ],
)
def test_adding_again_joins_the_active_line(first: str, second: str | None, remark: str) -> None:
    """Quantities add up, the price is taken anew."""
    product = make_product(prod_list_basic_price=1000)
    before = CartLine.add(ALICE, product.id, 2, first)
    product.prod_list_basic_price = 1100
    product.save()
    after = CartLine.add(ALICE, product.prod_list_id, 3, second)
    assert after["cart_id"] == before["cart_id"]
    assert (after["cart_product_quantity"], after["cart_at_price"]) == (5, 11)
    assert after["cart_remark"] == remark


@pytest.mark.parametrize(
    "old",
    [
        pytest.param({"cart_status": "ordered"}, id="an ordered line"),
        pytest.param({"is_delete": 1}, id="a deleted line"),
    ],
)
def test_adding_beside_a_line_that_is_no_longer_active_makes_a_new_one(old: Any) -> None:
    """An old line stays as it is."""
    product = make_product()
    line = make_cart_line(cart_product_id=product.id, **old)
    assert CartLine.add(ALICE, product.id, 1, None)["cart_id"] != line.cart_id


@pytest.mark.parametrize(
    ("make", "quantity", "error"),
    [
        pytest.param(
            lambda: make_product(prod_list_status="off_sale"), 1, ProductUnavailable, id="off"
        ),
        pytest.param(
            lambda: make_product(is_delete=1), 1, ProductUnavailable, id="deleted product"
        ),
        pytest.param(lambda: Product(id="unknown00000000"), 1, ProductUnavailable, id="unknown"),
        pytest.param(make_product, 10_000, ValidationFailed, id="more than 9,999 at once"),
    ],
)
def test_what_cannot_be_added(
    make: Callable[[], Record], quantity: int, error: type[ApiError]
) -> None:
    """And nothing is written."""
    product = make()
    with pytest.raises(error):
        CartLine.add(ALICE, product.id, quantity, None)
    assert CartLine.select().count() == 0


def test_9999_of_one_product_is_the_most() -> None:
    """The line keeps what it had."""
    product = make_product()
    CartLine.add(ALICE, product.id, 9998, None)
    CartLine.add(ALICE, product.id, 1, None)
    with pytest.raises(ValidationFailed) as refused:
        CartLine.add(ALICE, product.id, 1, None)
    assert list(refused.value.fields) == ["cart_product_quantity"]
    assert CartLine.get().cart_product_quantity == 9999


def test_a_full_cart_takes_no_new_product_but_more_of_an_old_one() -> None:
    """200 active lines; ordered and deleted ones and other people's do not count."""
    product = make_product()
    fill_cart()
    CartLine.update(cart_product_id=product.id).where(CartLine.seq == 1).execute()
    assert CartLine.add(ALICE, product.id, 1, None)["cart_product_quantity"] == 2
    with pytest.raises(CartFull):
        CartLine.add(ALICE, make_product().id, 1, None)
    assert CartLine.add(BOB, make_product().id, 1, None)["cart_owner"] == BOB.openid
    CartLine.update(cart_status="ordered").where(CartLine.seq == 2).execute()
    CartLine.add(ALICE, make_product().id, 1, None)


def test_adding_one_product_many_times_at_once_leaves_one_line_with_the_exact_sum() -> None:
    """Whatever the order they come in."""
    product = make_product()
    at_once(16, lambda: CartLine.add(ALICE, product.id, 3, None))
    assert [line.cart_product_quantity for line in CartLine.select()] == [48]


def test_the_database_itself_keeps_one_active_line() -> None:
    """Also against code that forgets the rule."""
    product = make_product()
    make_cart_line(cart_product_id=product.id)
    make_cart_line(BOB, cart_product_id=product.id)
    with pytest.raises(IntegrityError):
        make_cart_line(cart_product_id=product.id)


def test_a_change_leaves_the_price() -> None:
    """Only what is named changes."""
    line = make_cart_line(cart_at_price=500, cart_remark="白", updated=PAST)
    changed = CartLine.change(ALICE, line.cart_id, {"cart_product_quantity": 7})
    assert changed["cart_product_quantity"] == 7
    assert (changed["cart_at_price"], changed["cart_remark"]) == (5, "白")
    assert changed["updated"] > PAST


@pytest.mark.parametrize(
    ("line", "error"),
    [
        pytest.param(lambda: make_cart_line(BOB), NotFound, id="somebody else's"),
        pytest.param(lambda: make_cart_line(is_delete=1), NotFound, id="deleted"),
        pytest.param(lambda: CartLine(cart_id="CART-NONE"), NotFound, id="missing"),
        pytest.param(
            lambda: make_cart_line(cart_status="ordered"), CartAlreadyOrdered, id="ordered"
        ),
    ],
)
def test_lines_that_cannot_be_changed(line: Callable[[], CartLine], error: type[ApiError]) -> None:
    """Somebody else's line looks like no line."""
    with pytest.raises(error):
        CartLine.change(ALICE, line().cart_id, {"cart_remark": "x"})


@pytest.mark.parametrize("status", ["active", "ordered"])
def test_a_deleted_line_is_gone_from_every_read_and_still_in_the_database(status: str) -> None:
    """Ordered or not."""
    line = make_cart_line(cart_status=status)
    CartLine.remove(ALICE, line.cart_id)
    for read in (CartLine.detail, CartLine.remove):
        with pytest.raises(NotFound):
            read(ALICE, line.cart_id)
    assert as_sent(CartLine.page(ALICE, {}))["totalItems"] == 0
    assert CartLine.get().is_delete == 1


def test_somebody_elses_line_cannot_be_deleted() -> None:
    """It looks like no line."""
    line = make_cart_line(BOB)
    with pytest.raises(NotFound):
        CartLine.remove(ALICE, line.cart_id)


@pytest.mark.parametrize(
    ("columns", "status", "shown"),
    [
        pytest.param({}, "on_sale", True, id="on sale"),
        pytest.param(
            {"prod_list_status": "off_sale"}, "off_sale", True, id="off sale, still shown"
        ),
        pytest.param({"is_delete": 1}, "", False, id="deleted, null"),
    ],
)
def test_the_product_of_a_line(columns: dict[str, Any], status: str, shown: bool) -> None:
    """`product` is shown when off sale, null when deleted."""
    line = make_cart_line(cart_product_id=make_product(**columns).id)
    product = CartLine.detail(ALICE, line.cart_id)["product"]
    assert (product is not None) is shown
    assert not shown or product["prod_list_status"] == status


@pytest.mark.parametrize(
    "columns",
    [
        pytest.param({"attachments_status": "invalid"}, id="invalid"),
        pytest.param({"is_delete": 1}, id="deleted"),
        pytest.param({"attachments_link": ""}, id="without a file"),
    ],
)
def test_an_icon_nobody_may_see_is_no_icon(columns: dict[str, Any]) -> None:
    """Its address is empty."""
    product = make_product(prod_list_icon=make_attachment(**columns).id)
    line = make_cart_line(cart_product_id=product.id)
    shown = CartLine.detail(ALICE, line.cart_id)["product"]
    assert shown["prod_list_icon_url"] == ""


# --- groups ---


@pytest.mark.parametrize("sent", [None, ""])
def test_a_line_without_a_group_gets_a_number(sent: str | None) -> None:
    line = CartLine.add(ALICE, make_product().id, 1, None, sent)
    assert re.fullmatch(r"20\d{22}", line["cart_number"])


def test_many_lines_may_have_one_group() -> None:
    lines = [CartLine.add(ALICE, make_product().id, 1, None, "客厅") for _ in "ab"]
    assert [line["cart_number"] for line in lines] == ["客厅", "客厅"]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        pytest.param("卧室", "卧室", id="the one sent last"),
        pytest.param("", "客厅", id="an empty one is none"),
        pytest.param(None, "客厅", id="none"),
    ],
)
def test_a_product_added_again_takes_the_group(sent: str | None, kept: str) -> None:
    line = make_cart_line(cart_number="客厅", cart_product_quantity=1)
    joined = CartLine.add(ALICE, line.cart_product_id, 1, None, sent)
    assert (joined["cart_number"], joined["cart_product_quantity"]) == (kept, 2)
    assert as_sent(CartLine.detail(ALICE, line.cart_id)) == as_sent(joined)


@pytest.mark.parametrize("sent", ["", None, "客厅"])
def test_a_change_to_no_other_group_is_none(sent: str | None) -> None:
    line = make_cart_line(cart_number="客厅", updated=PAST)
    changed = CartLine.change(ALICE, line.cart_id, {"cart_number": sent})
    assert (changed["cart_number"], changed["updated"]) == ("客厅", PAST)


def test_a_change_of_the_group() -> None:
    line = make_cart_line(cart_number="客厅", updated=PAST)
    changed = CartLine.change(ALICE, line.cart_id, {"cart_number": "卧室"})
    assert changed["cart_number"] == "卧室"
    assert changed["updated"] > PAST


# --- what is no change ---


@pytest.mark.parametrize("status", ["active", "ordered"])
@pytest.mark.parametrize("names", [(), CHANGED_BY_HOOK])
def test_what_is_there_already_is_no_change(status: str, names: tuple[str, ...]) -> None:
    """The line is answered as it is, an ordered one too; `updated` stays."""
    line = make_cart_line(cart_status=status, updated=PAST)
    changes: Any = {name: getattr(line, name) for name in names}
    changed = as_sent(CartLine.change(ALICE, line.cart_id, changes))
    assert changed == as_sent(CartLine.detail(ALICE, line.cart_id))
    assert changed["updated"] == PAST


def test_what_the_server_decides_is_ignored_in_a_change() -> None:
    """Also the product, which a hook does not exchange."""
    line = make_cart_line(cart_at_price=500, updated=PAST)
    sent: Any = {"cart_product_id": make_product().id, "cart_at_price": 1, "cart_status": "ordered"}
    changed = as_sent(CartLine.change(ALICE, line.cart_id, sent))
    assert (changed["cart_product_id"], changed["cart_at_price"]) == (line.cart_product_id, 5)
    assert (changed["cart_status"], changed["updated"]) == ("active", PAST)


def test_a_record_id_wins_over_a_business_id_of_the_same_text() -> None:
    """An importer may bring a `prod_list_id` that is another product's record id."""
    meant = make_product(prod_list_basic_price=1990)
    make_product(prod_list_id=meant.id, prod_list_basic_price=500)
    line = CartLine.add(ALICE, meant.id, 1, None)
    assert (line["cart_product_id"], line["cart_at_price"]) == (meant.id, 19.9)
