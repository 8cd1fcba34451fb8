"""Orders, by hooks and by native records."""

from typing import Any, NotRequired, TypedDict

from bai_wx import dialect
from bai_wx.errors import ValidationFailed
from bai_wx.record import money
from bai_wx.record.base import Caller
from bai_wx.record.hook_lists import ListPage
from models.order_snapshots import OrderItem
from models.orders import Order, OrderChanges, Source


class OrderListBody(TypedDict):
    """`OrderListRequest` of the contract."""

    page: NotRequired[int]
    perPage: NotRequired[int]  # the contract's spelling
    keyword: NotRequired[str]
    order_status: NotRequired[str]
    sort: NotRequired[str]


class OrderName(TypedDict):
    """`OrderDetailRequest` and `OrderDeleteRequest`: which order."""

    order_id: str


class OrderCreateBody(TypedDict):
    """`OrderCreateRequest` of the contract: `cart_ids` or `items`, as `order_source` says."""

    order_source: str
    cart_ids: NotRequired[list[str]]
    items: NotRequired[list[OrderItem]]
    order_remark: NotRequired[str]
    order_amount: NotRequired[float | str | None]


class OrderUpdateBody(OrderName, OrderChanges):
    """`OrderUpdateRequest` of the contract."""


class OrderDeleted(OrderName):
    """`data` of `OrderDeleteResponse`."""

    is_delete: int


def order_list(body: OrderListBody, user: Caller) -> ListPage:
    """List the caller's orders."""
    return Order.page(user, body)


def order_detail(body: OrderName, user: Caller) -> dict[str, Any]:
    """Show one of the caller's orders."""
    return Order.detail(user, body["order_id"])


def order_create(body: OrderCreateBody, user: Caller) -> dict[str, Any]:
    """Order lines of the cart, or products directly."""
    _check_goods(body)
    remark = body.get("order_remark", "")
    expected = money.expected_fen(body.get("order_amount"))
    if body["order_source"] == Source.CART:
        return Order.place_from_cart(user, body["cart_ids"], remark, expected)
    return Order.place_from_products(user, body["items"], remark, expected)


def _check_goods(body: OrderCreateBody) -> None:
    """Refuse a body without the list its source needs, or with the other one.

    The schema does not say it: clients generated from an `if` or a `oneOf` lose the property types.
    """
    needed, other = "cart_ids", "items"
    if body["order_source"] == Source.PRODUCT:
        needed, other = other, needed
    problems = {needed: "缺少必填项"} if needed not in body else {}
    if other in body:
        problems[other] = "不符合要求"
    if problems:
        raise ValidationFailed(problems)


def order_update(body: OrderUpdateBody, user: Caller) -> dict[str, Any]:
    """Cancel a pending order, or change its remark."""
    return Order.change(user, body["order_id"], body)


def order_delete(body: OrderName, user: Caller) -> OrderDeleted:
    """Delete one of the caller's orders softly."""
    Order.remove(user, body["order_id"])
    return {"order_id": body["order_id"], "is_delete": 1}


def order_record_list(query: dict[str, str], user: Caller | None) -> dict[str, Any]:
    """List the caller's orders as records."""
    return dialect.list_page(Order, query, user)


def order_record_create(
    body: dict[str, Any], query: dict[str, str], user: Caller | None
) -> dict[str, Any]:
    """Create an order of the caller's own."""
    return dialect.create(Order, body, query, user)


def order_record_view(record_id: str, query: dict[str, str], user: Caller | None) -> dict[str, Any]:
    """Show one of the caller's orders as a record."""
    return dialect.view(Order, record_id, query, user)


def order_record_update(
    record_id: str, body: dict[str, Any], query: dict[str, str], user: Caller | None
) -> dict[str, Any]:
    """Change one of the caller's orders."""
    return dialect.update(Order, record_id, body, query, user)


def order_record_delete(record_id: str, user: Caller | None) -> tuple[None, int]:
    """Delete one of the caller's orders softly."""
    dialect.delete(Order, record_id, user)
    return None, 204
