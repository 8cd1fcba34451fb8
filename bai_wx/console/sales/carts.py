"""Carts, the lines of one customer together, the cart that changed last first."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from peewee import Expression, fn

from bai_wx.console import rows
from bai_wx.console.sales import pictures
from models.cart import ACTIVE, CartLine

PRODUCT = "cart_product_id"
PICTURE = "picture"
"""The attribute of a line that holds the path of its product's picture."""


class Cart(NamedTuple):
    """What a customer has in its cart now: lines, pieces, and their amount in fen."""

    lines: int
    pieces: int
    amount: int


def page(condition: Expression | None, start: int, number: int) -> list[CartLine]:
    """A page of the lines that meet a condition."""
    latest = fn.MAX(CartLine.updated).over(partition_by=[CartLine.cart_owner])
    query = rows.matching(CartLine, condition).order_by(
        latest.desc(), CartLine.cart_owner, CartLine.seq.desc()
    )
    return rows.part(CartLine, query, start, number)


def attach_pictures(lines: Sequence[CartLine]) -> None:
    """Read the pictures of the products of cart lines, in one query."""
    pictured = pictures.of_products(line.cart_product_id for line in lines)
    for line in lines:
        product = pictured.get(line.cart_product_id)
        setattr(line, PICTURE, product.picture if product else "")


def of_owners(openids: Iterable[str]) -> dict[str, Cart]:
    """The carts of these customers; one that is empty is left out."""
    amount = fn.SUM(CartLine.cart_at_price * CartLine.cart_product_quantity)
    pieces = fn.SUM(CartLine.cart_product_quantity)
    in_cart = (CartLine.cart_status == ACTIVE) & CartLine.undeleted(CartLine)
    found: Any = (
        CartLine.select(CartLine.cart_owner, fn.COUNT(CartLine.seq), pieces, amount)
        .where(in_cart, CartLine.cart_owner << list(openids))
        .group_by(CartLine.cart_owner)
        .tuples()
    )
    return {openid: Cart(*map(int, rest)) for openid, *rest in found}
