"""Orders, by hooks and by native records."""

from typing import Any, NotRequired, TypedDict

from bai_wx import dialect
from bai_wx.record.base import Caller
from bai_wx.record.hook_lists import ListPage
from models.order_requests import OrderCreateBody
from models.orders import Order, OrderChanges


class OrderListBody(TypedDict):
    """`OrderListRequest` of the contract. None and `""` are as if left out."""

    page: NotRequired[int | str | None]
    perPage: NotRequired[int | str | None]  # the contract's spelling
    keyword: NotRequired[str | None]
    order_status: NotRequired[str | None]
    order_number: NotRequired[str | None]
    sort: NotRequired[str | None]


class OrderName(TypedDict):
    """`OrderDetailRequest` and `OrderDeleteRequest`: which order."""

    order_id: str


class OrderUpdateBody(OrderName, OrderChanges):
    """What counts of `OrderUpdateRequest`; the other keys of a record are ignored."""


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
    return Order.place(user, body)


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
