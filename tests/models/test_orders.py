"""Orders: what they keep of the goods, who may move them where, and how they are read.

Covers: models/order_snapshots.py, models/order_lines.py
"""

import re
from collections.abc import Callable
from typing import Any

import pytest
from peewee import IntegrityError

from bai_wx.errors import (
    ApiError,
    CartAlreadyOrdered,
    NotFound,
    OrderInProgress,
    OrderStateInvalid,
    ProductUnavailable,
    ValidationFailed,
)
from bai_wx.record.base import Caller
from models.cart import CartLine
from models.order_snapshots import keywords_of
from models.orders import Actor, Order, Status
from models.products import Product
from tests.answers import ORDER_RECORD
from tests.factories import (
    ALICE,
    BOB,
    PAST,
    as_sent,
    make_cart_line,
    make_order,
    make_product,
    order_lines,
    order_products,
)
from tests.models.crowd import at_once

pytestmark = pytest.mark.usefixtures("database")


def test_an_order_from_the_cart_keeps_the_goods_as_they_are_now() -> None:
    """Today's price, not the line's; the lines are ordered, in the order sent."""
    dime = make_product(
        prod_list_basic_price=10, prod_list_name="垫片", prod_list_modelnumber="W-1"
    )
    odd = make_product(prod_list_basic_price=1999)
    first = make_cart_line(cart_product_id=dime.id, cart_product_quantity=3, cart_at_price=1)
    second = make_cart_line(cart_product_id=odd.id, cart_product_quantity=2)
    order = as_sent(order_lines(ALICE, [first.cart_id, second.cart_id], "送货上门"))
    assert set(order) == ORDER_RECORD
    assert order["order_snap"] == {
        "items": [
            {
                "prod_list_id": dime.prod_list_id,
                "prod_list_name": "垫片",
                "prod_list_modelnumber": "W-1",
                "quantity": 3,
                "at_price": 0.1,
                "subtotal": 0.3,
            },
            {
                "prod_list_id": odd.prod_list_id,
                "prod_list_name": odd.prod_list_name,
                "prod_list_modelnumber": "",
                "quantity": 2,
                "at_price": 19.99,
                "subtotal": 39.98,
            },
        ],
        "total": 40.28,
    }
    assert order["order_amount"] == 40.28
    assert order["order_source_id"] == f"{first.cart_id},{second.cart_id}"
    assert (order["order_status"], order["order_remark"]) == ("pending", "送货上门")
    assert order["order_number"][:2] == "20"
    assert {line.cart_status for line in CartLine.select()} == {"ordered"}


def test_an_order_of_products_touches_no_cart() -> None:
    """Each product by either of its ids."""
    first, second = make_product(prod_list_basic_price=10), make_product(prod_list_basic_price=20)
    line = make_cart_line(cart_product_id=first.id)
    items: Any = [
        {"prod_list_id": first.id, "quantity": 1},
        {"prod_list_id": second.prod_list_id, "quantity": 2.0},
    ]
    order = as_sent(order_products(ALICE, items, ""))
    assert order["order_amount"] == 0.5
    assert [item["quantity"] for item in order["order_snap"]["items"]] == [1, 2]
    assert order["order_source_id"] == f"{first.id},{second.prod_list_id}"
    assert CartLine.get_by_id(line.seq).cart_status == "active"


def test_the_source_ids_of_a_long_order_are_cut_at_1000_characters() -> None:
    """The goods are all there."""
    lines = [make_cart_line(cart_product_quantity=1) for _ in range(40)]
    order = as_sent(order_lines(ALICE, [line.cart_id for line in lines], ""))
    assert len(order["order_source_id"]) == 1000
    assert len(order["order_snap"]["items"]) == 40


@pytest.mark.parametrize(
    ("spoil", "error"),
    [
        pytest.param({"cart_status": "ordered"}, CartAlreadyOrdered, id="already ordered"),
        pytest.param({"is_delete": 1}, NotFound, id="deleted"),
        pytest.param({"cart_owner": BOB.openid}, NotFound, id="somebody else's"),
        pytest.param({"cart_id": "CART-OTHER"}, NotFound, id="missing"),
        pytest.param({"cart_product_id": "gone00000000000"}, ProductUnavailable, id="product gone"),
    ],
)
def test_one_bad_line_refuses_the_order_and_changes_nothing(
    spoil: dict[str, Any], error: type[ApiError]
) -> None:
    """All or none."""
    good, bad = make_cart_line(), make_cart_line()
    cart_ids = [good.cart_id, bad.cart_id]
    CartLine.update(**spoil).where(CartLine.seq == bad.seq).execute()
    with pytest.raises(error):
        order_lines(ALICE, cart_ids, "")
    assert Order.select().count() == 0
    assert CartLine.get_by_id(good.seq).cart_status == "active"


@pytest.mark.parametrize("spoil", [{"prod_list_status": "off_sale"}, {"is_delete": 1}])
def test_a_line_whose_product_cannot_be_bought_refuses_the_order(spoil: dict[str, Any]) -> None:
    """Off sale and deleted alike."""
    line = make_cart_line()
    Product.update(**spoil).execute()
    with pytest.raises(ProductUnavailable):
        order_lines(ALICE, [line.cart_id], "")


def test_one_product_named_twice_is_refused() -> None:
    """Also by its two ids."""
    product = make_product()
    items: Any = [
        {"prod_list_id": product.id, "quantity": 1},
        {"prod_list_id": product.prod_list_id, "quantity": 1},
    ]
    with pytest.raises(ValidationFailed) as refused:
        order_products(ALICE, items, "")
    assert list(refused.value.fields) == ["items"]


@pytest.mark.parametrize(
    ("place", "field"),
    [
        pytest.param(
            lambda line, product: order_lines(ALICE, [line.cart_id], ""),
            "cart_ids",
            id="from the cart",
        ),
        pytest.param(
            lambda line, product: order_products(
                ALICE, [{"prod_list_id": product.id, "quantity": 2}], ""
            ),
            "items",
            id="of products",
        ),
    ],
)
def test_an_amount_past_the_limit_is_refused(place: Callable[..., Any], field: str) -> None:
    """9,999,999.99 yuan is the most an amount holds."""
    product = make_product(prod_list_basic_price=999_999_999)
    line = make_cart_line(cart_product_id=product.id, cart_product_quantity=2)
    with pytest.raises(ValidationFailed) as refused:
        place(line, product)
    assert list(refused.value.fields) == [field]
    assert CartLine.get().cart_status == "active"


def test_ordering_the_same_lines_many_times_at_once_makes_one_order() -> None:
    """The others learn that the lines are ordered."""
    cart_ids = [make_cart_line().cart_id for _ in range(3)]
    answers = at_once(16, lambda: order_lines(ALICE, cart_ids, ""))
    refused = [answer for answer in answers if isinstance(answer, CartAlreadyOrdered)]
    assert (Order.select().count(), len(refused)) == (1, 15)


MOVES = {
    Actor.OWNER: {("pending", "cancelled")},
    Actor.OPERATOR: {
        ("pending", "confirmed"),
        ("confirmed", "completed"),
        ("confirmed", "cancelled"),
    },
}


@pytest.mark.parametrize("actor", Actor)
@pytest.mark.parametrize("source", Status)
@pytest.mark.parametrize("target", [*Status, "", "shipped"])
def test_moves(actor: Actor, source: str, target: str) -> None:
    """Every pair of states, for the owner and for the operator."""
    order = make_order(order_status=str(source))
    assert order.can_move(target, actor) is ((source, target) in MOVES[actor])


@pytest.mark.parametrize(
    ("status", "changes", "error"),
    [
        pytest.param("pending", {"order_status": "cancelled"}, None, id="cancel"),
        pytest.param("pending", {"order_remark": "x"}, None, id="remark"),
        pytest.param(
            "pending", {"order_status": "cancelled", "order_remark": "x"}, None, id="both at once"
        ),
        pytest.param("pending", {"order_status": "confirmed"}, OrderStateInvalid, id="confirm"),
        pytest.param("cancelled", {"order_status": "pending"}, OrderStateInvalid, id="back"),
        pytest.param("confirmed", {"order_status": "cancelled"}, OrderStateInvalid, id="too late"),
        pytest.param("confirmed", {"order_remark": "x"}, OrderStateInvalid, id="late remark"),
    ],
)
def test_changes_by_hook(status: str, changes: Any, error: type[ApiError] | None) -> None:
    """An owner cancels while pending, and may write a remark until then."""
    order = make_order(order_status=status, updated=PAST)
    if error is None:
        assert as_sent(Order.change(ALICE, order.order_id, changes)).items() >= changes.items()
        return
    with pytest.raises(error):
        Order.change(ALICE, order.order_id, changes)
    assert Order.get().updated == PAST


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("names", [(), ("order_status",), ("order_status", "order_remark")])
def test_what_is_there_already_is_no_change(status: str, names: tuple[str, ...]) -> None:
    """The order is answered as it is, whatever its state; `updated` stays."""
    order = make_order(order_status=status, order_remark="急", updated=PAST)
    changes: Any = {name: getattr(order, name) for name in names}
    changed = as_sent(Order.change(ALICE, order.order_id, changes))
    assert changed == as_sent(Order.detail(ALICE, order.order_id))
    assert changed["updated"] == PAST


def test_what_the_server_decides_is_ignored_in_a_change() -> None:
    """Also a number, which is the client's in a create."""
    order = make_order(order_number="N-1", updated=PAST)
    sent: Any = {"order_number": "N-2", "order_amount": 1, "order_owner": "x", "order_snap": None}
    changed = as_sent(Order.change(ALICE, order.order_id, sent))
    assert changed == as_sent(Order.detail(ALICE, order.order_id))
    assert (changed["order_number"], changed["updated"]) == ("N-1", PAST)


# --- numbers ---


def ordered(caller: Caller = ALICE, **body: Any) -> dict[str, Any]:
    """Order one piece of a new product."""
    items = [{"prod_list_id": make_product().id, "quantity": 1}]
    order: dict[str, Any] = as_sent(Order.place(caller, {"items": items, **body}))
    return order


def test_a_number_is_the_clients_where_it_sends_one() -> None:
    assert ordered(order_number="采购 7 号")["order_number"] == "采购 7 号"


@pytest.mark.parametrize("sent", [{}, {"order_number": None}, {"order_number": ""}])
def test_a_number_is_made_where_none_is_sent(sent: dict[str, Any]) -> None:
    assert re.fullmatch(r"20\d{22}", ordered(**sent)["order_number"])


@pytest.mark.parametrize("columns", [{}, {"is_delete": 1}, {"order_status": "cancelled"}])
def test_a_number_is_the_only_one_among_its_owners_orders(columns: dict[str, Any]) -> None:
    """A deleted order keeps its own."""
    make_order(order_number="N-1", **columns)
    with pytest.raises(ValidationFailed) as refused:
        ordered(order_number="N-1")
    assert refused.value.fields == {"order_number": "已被使用"}
    assert Order.select().count() == 1


def test_two_owners_may_have_one_number() -> None:
    make_order(BOB, order_number="N-1")
    assert ordered(order_number="N-1")["order_number"] == "N-1"


def test_a_number_that_is_made_is_no_other_orders_of_its_owner(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The client may have sent it before."""
    make_order(order_number="N-1")
    made = iter(("N-1", "N-2"))
    monkeypatch.setattr("models.orders.readable_number", lambda: next(made))
    assert ordered()["order_number"] == "N-2"


def test_the_database_itself_keeps_numbers_apart() -> None:
    make_order(order_number="N-1")
    with pytest.raises(IntegrityError):
        make_order(order_number="N-1")


# --- lists ---


@pytest.mark.parametrize(
    "order",
    [
        pytest.param(lambda: make_order(BOB), id="somebody else's"),
        pytest.param(lambda: make_order(is_delete=1), id="deleted"),
        pytest.param(lambda: Order(order_id="O-NONE"), id="missing"),
    ],
)
def test_orders_that_look_like_none(order: Callable[[], Order]) -> None:
    """For detail, change and deletion alike."""
    order_id = order().order_id
    for act in (
        lambda: Order.detail(ALICE, order_id),
        lambda: Order.change(ALICE, order_id, {"order_remark": "x"}),
        lambda: Order.remove(ALICE, order_id),
    ):
        with pytest.raises(NotFound):
            act()


def test_the_operator_moves_any_order_but_a_deleted_one() -> None:
    """By the same table."""
    order = make_order(BOB)
    assert Order.move(order.order_id, "confirmed").order_status == "confirmed"
    with pytest.raises(OrderStateInvalid):
        Order.move(order.order_id, "pending")
    Order.move(order.order_id, "completed")
    Order.remove(BOB, order.order_id)
    with pytest.raises(NotFound):
        Order.move(order.order_id, "cancelled")


@pytest.mark.parametrize(
    ("status", "deletable"),
    [
        ("pending", True),
        ("confirmed", False),
        ("completed", True),
        ("cancelled", True),
    ],
)
def test_only_a_confirmed_order_cannot_be_deleted(status: str, deletable: bool) -> None:
    """By hook; native DELETE and PATCH call the same verb."""
    order = make_order(order_status=status)
    if deletable:
        Order.remove(ALICE, order.order_id)
        assert Order.get().is_delete == 1
        return
    with pytest.raises(OrderInProgress):
        Order.remove(ALICE, order.order_id)
    with pytest.raises(OrderInProgress):
        order.mark_deleted()


@pytest.mark.parametrize(
    ("keyword", "found"),
    [
        pytest.param("开关", True, id="a name in the snapshot"),
        pytest.param("sw-1", True, id="a model in either case"),
        pytest.param("p-1", True, id="a product's id"),
        pytest.param("加急", True, id="the remark"),
        pytest.param("2026112316", True, id="the number"),
        pytest.param("prod_list_name", False, id="the snapshot's own words do not count"),
        pytest.param("quantity", False, id="nor do its other keys"),
        pytest.param("%", False, id="a percent sign is itself"),
    ],
)
def test_keyword(keyword: str, found: bool) -> None:
    """Number, remark, and the goods of the snapshot."""
    make_order(order_remark="加急", order_number="202611231615300000000001")
    assert as_sent(Order.page(ALICE, {"keyword": keyword}))["totalItems"] == int(found)


@pytest.mark.parametrize(
    ("snap", "keywords"),
    [
        pytest.param("", "", id="nothing"),
        pytest.param("null", "", id="null"),
        pytest.param("[1]", "", id="no object"),
        pytest.param('{"items": 7}', "", id="no items"),
        pytest.param('{"items": [7, {"prod_list_name": 7}]}', "", id="items of another kind"),
        pytest.param('{"items": [{"prod_list_name": "\\u5f00\\u5173"}]}', "开关", id="escapes"),
        pytest.param(
            '{"items": [{"prod_list_id": "P", "prod_list_name": "N"}]}', "P\nN", id="a line each"
        ),
    ],
)
def test_keywords_of_a_snapshot_of_any_shape(snap: str, keywords: str) -> None:
    """Importers bring what they have."""
    assert keywords_of(snap) == keywords


def test_lists_hold_the_callers_orders_by_state() -> None:
    """Deleted and foreign ones are not counted."""
    make_order(BOB)
    make_order(is_delete=1)
    first, second = make_order(order_status="cancelled"), make_order()
    page = as_sent(Order.page(ALICE, {"sort": "order_status"}))
    assert [item["order_id"] for item in page["items"]] == [first.order_id, second.order_id]
    assert as_sent(Order.page(ALICE, {"order_status": "pending"}))["totalItems"] == 1
