"""The cart, by hooks and by native records."""

from typing import Any, NotRequired, TypedDict

from bai_wx import dialect
from bai_wx.record.base import Caller
from bai_wx.record.hook_lists import ListPage
from models.cart import CartLine
from models.cart_changes import CartChanges


class CartListBody(TypedDict):
    """`CartListRequest` of the contract. None and `""` are as if left out."""

    page: NotRequired[int | str | None]
    perPage: NotRequired[int | str | None]  # the contract's spelling
    keyword: NotRequired[str | None]
    cart_status: NotRequired[str | None]
    cart_number: NotRequired[str | None]
    sort: NotRequired[str | None]


class CartName(TypedDict):
    """`CartDetailRequest` and `CartDeleteRequest`: which line."""

    cart_id: str


class CartCreateBody(TypedDict):
    """What counts of `CartCreateRequest`; the other keys of a record are ignored."""

    cart_product_id: str
    cart_product_quantity: int
    cart_remark: NotRequired[str]
    cart_number: NotRequired[str | None]


class CartUpdateBody(CartName, CartChanges):
    """What counts of `CartUpdateRequest`; the other keys of a record are ignored."""


class CartDeleted(CartName):
    """`data` of `CartDeleteResponse`."""

    is_delete: int


def cart_list(body: CartListBody, user: Caller) -> ListPage:
    """List the caller's lines."""
    return CartLine.page(user, body)


def cart_detail(body: CartName, user: Caller) -> dict[str, Any]:
    """Show one of the caller's lines."""
    return CartLine.detail(user, body["cart_id"])


def cart_create(body: CartCreateBody, user: Caller) -> dict[str, Any]:
    """Put a product into the caller's cart."""
    return CartLine.add(
        user,
        body["cart_product_id"],
        body["cart_product_quantity"],
        body.get("cart_remark"),
        body.get("cart_number"),
    )


def cart_update(body: CartUpdateBody, user: Caller) -> dict[str, Any]:
    """Change group, quantity or remark of one of the caller's lines."""
    return CartLine.change(user, body["cart_id"], body)


def cart_delete(body: CartName, user: Caller) -> CartDeleted:
    """Take a line out of the caller's cart."""
    CartLine.remove(user, body["cart_id"])
    return {"cart_id": body["cart_id"], "is_delete": 1}


def cart_record_list(query: dict[str, str], user: Caller | None) -> dict[str, Any]:
    """List the caller's lines as records."""
    return dialect.list_page(CartLine, query, user)


def cart_record_create(
    body: dict[str, Any], query: dict[str, str], user: Caller | None
) -> dict[str, Any]:
    """Create a line in the caller's cart."""
    return dialect.create(CartLine, body, query, user)


def cart_record_view(record_id: str, query: dict[str, str], user: Caller | None) -> dict[str, Any]:
    """Show one of the caller's lines as a record."""
    return dialect.view(CartLine, record_id, query, user)


def cart_record_update(
    record_id: str, body: dict[str, Any], query: dict[str, str], user: Caller | None
) -> dict[str, Any]:
    """Change one of the caller's lines."""
    return dialect.update(CartLine, record_id, body, query, user)


def cart_record_delete(record_id: str, user: Caller | None) -> tuple[None, int]:
    """Delete one of the caller's lines softly."""
    dialect.delete(CartLine, record_id, user)
    return None, 204
