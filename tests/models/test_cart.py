"""The cart's rules, through the functions that hooks and native records call."""

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


@pytest.mark.parametrize(
    ("keyword", "found"),
    [
        pytest.param("开关", {"name", "model"}, id="a product's name"),
        pytest.param("sw-0", {"model"}, id="a model in either case"),
        pytest.param("加急", {"remark"}, id="a remark"),
        pytest.param("NR-7", {"number"}, id="a number"),
        pytest.param("100%", {"remark"}, id="a percent sign is itself"),
        pytest.param("_", set(), id="an underscore is itself"),
        pytest.param("\\", set(), id="a backslash is itself"),
        pytest.param("'; DROP TABLE tbl_cart; --", set(), id="text is never SQL"),
        pytest.param("ÉCLAT", {"remark"}, id="case beyond A to Z"),
        pytest.param("\x00", set(), id="a NUL is itself"),
        pytest.param("", {"name", "model", "remark", "number", "gone"}, id="nothing asked"),
    ],
)
def test_keyword(keyword: str, found: set[str]) -> None:
    """Case-insensitively and literally, in number, remark, product name and model."""
    plug = make_product(prod_list_name="插座")
    gone = make_product(prod_list_name="开关", is_delete=1)
    lines = {
        "name": make_cart_line(cart_product_id=make_product(prod_list_name="三键开关").id),
        "model": make_cart_line(cart_product_id=make_product(prod_list_modelnumber="SW-03").id),
        "remark": make_cart_line(cart_product_id=plug.id, cart_remark="加急 100% éclat"),
        "number": make_cart_line(
            cart_product_id=make_product(prod_list_name="灯").id, cart_number="CN-nr-7"
        ),
        "gone": make_cart_line(cart_product_id=gone.id),
    }
    names = {line.cart_id: name for name, line in lines.items()}
    page = as_sent(CartLine.page(ALICE, {"keyword": keyword}))
    assert {names[item["cart_id"]] for item in page["items"]} == found
    assert page["totalItems"] == len(found)


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        pytest.param("", "cba", id="newest first by default"),
        pytest.param("created", "abc", id="oldest first"),
        pytest.param("cart_product_quantity", "bca", id="a number"),
        pytest.param("-cart_at_price", "bac", id="reversed"),
        pytest.param("cart_at_price,-cart_product_quantity", "cab", id="two keys"),
        pytest.param("-created,created", "cba", id="a second mention changes nothing"),
    ],
)
def test_sort(sort: str, order: str) -> None:
    """By one or several fields; a leading minus reverses."""
    a = make_cart_line(cart_remark="a", cart_product_quantity=9, cart_at_price=5, created=PAST)
    make_cart_line(
        cart_remark="b",
        cart_product_quantity=1,
        cart_at_price=7,
        created="2020-01-02 00:00:00.000Z",
    )
    make_cart_line(cart_remark="c", cart_product_quantity=2, cart_at_price=5)
    CartLine.update(cart_at_price=6).where(CartLine.seq == a.seq).execute()
    page = as_sent(CartLine.page(ALICE, {"sort": sort}))
    assert "".join(item["cart_remark"] for item in page["items"]) == order


@pytest.mark.parametrize(
    "sort", ["token_key", "is_delete", "-", "created,", "cart_remark", "CREATED"]
)
def test_a_sort_the_contract_lacks_is_refused(sort: str) -> None:
    """Named in `fields`."""
    with pytest.raises(ValidationFailed) as refused:
        CartLine.page(ALICE, {"sort": sort})
    assert list(refused.value.fields) == ["sort"]


@pytest.mark.parametrize(
    ("ask", "count", "pages"),
    [
        pytest.param({}, 5, 1, id="the first twenty"),
        pytest.param({"perPage": 2}, 2, 3, id="a first page"),
        pytest.param({"page": 3, "perPage": 2}, 1, 3, id="the last page"),
        pytest.param({"page": 4, "perPage": 2}, 0, 3, id="past the end"),
        pytest.param({"page": 10**30}, 0, 1, id="further than the database counts"),
        pytest.param({"page": 1.0, "perPage": 5.0}, 5, 1, id="JSON's other integers"),
    ],
)
def test_pages(ask: dict[str, Any], count: int, pages: int) -> None:
    """Totals do not depend on the page."""
    for _ in range(5):
        make_cart_line()
    make_cart_line(BOB)
    page = CartLine.page(ALICE, ask)
    assert len(as_sent(page["items"])) == count
    assert (page["totalItems"], page["totalPages"]) == (5, pages)


def test_status_filters() -> None:
    """Only the lines of that state."""
    make_cart_line()
    ordered = make_cart_line(cart_status="ordered")
    page = as_sent(CartLine.page(ALICE, {"cart_status": "ordered"}))
    assert [item["cart_id"] for item in page["items"]] == [ordered.cart_id]


def test_a_record_id_wins_over_a_business_id_of_the_same_text() -> None:
    """An importer may bring a `prod_list_id` that is another product's record id."""
    meant = make_product(prod_list_basic_price=1990)
    make_product(prod_list_id=meant.id, prod_list_basic_price=500)
    line = CartLine.add(ALICE, meant.id, 1, None)
    assert (line["cart_product_id"], line["cart_at_price"]) == (meant.id, 19.9)
