"""The lines of a cart that an order takes: found, locked, and marked as ordered."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple

from peewee import Expression

from bai_wx.database.connection import locked
from bai_wx.database.statement import Param, Statement
from bai_wx.errors import CartAlreadyOrdered, NotFound
from bai_wx.record import clock
from bai_wx.record.base import Caller
from models import cart
from models.cart import CartLine


class Line(NamedTuple):
    """The columns of a cart line that placing an order needs."""

    seq: int
    cart_id: str
    cart_product_id: str
    cart_product_quantity: int
    cart_status: str


def active_lines(caller: Caller, cart_ids: Sequence[str]) -> list[Line]:
    """Read and lock the caller's lines in this order.

    Raises: `NotFound`, `CartAlreadyOrdered`.
    """
    found = lines_named(caller, cart_ids)
    if not all(cart_id in found for cart_id in cart_ids):
        raise NotFound
    if ordered := [line.cart_id for line in found.values() if line.cart_status != cart.ACTIVE]:
        raise CartAlreadyOrdered(", ".join(ordered))
    return [found[cart_id] for cart_id in cart_ids]


def lines_named(caller: Caller, cart_ids: Sequence[str]) -> dict[str, Line]:
    """Read and lock the caller's lines of these ids, ordered ones too. Returns: those there are, by id."""
    return {line.cart_id: line for line in _read(_by_id, caller, cart_ids)}


def active_lines_of(caller: Caller, product_ids: Sequence[str]) -> dict[str, Line]:
    """Read and lock the caller's active lines of these products. Returns: those there are, by product."""
    return {line.cart_product_id: line for line in _read(_by_product, caller, product_ids)}


def _read(
    statement: Callable[[int], Statement], caller: Caller, wanted: Sequence[str]
) -> list[Line]:
    if not wanted:
        return []
    values = {f"name{place}": name for place, name in enumerate(wanted)}
    bound = {"openid": caller.openid, "now": clock.now(), **values}
    return [Line(*row) for row in statement(len(wanted)).rows(bound)]


def mark_ordered(caller: Caller, lines: Sequence[Line]) -> None:
    """Mark lines of the caller's as ordered that this transaction has read and locked.

    Raises: `CartAlreadyOrdered` where one of them is ordered, or comes twice.
    """
    are_active = all(line.cart_status == cart.ACTIVE for line in lines)
    if not are_active or len({line.seq for line in lines}) < len(lines):
        raise CartAlreadyOrdered
    values = {f"seq{place}": line.seq for place, line in enumerate(lines)}
    bound = {"openid": caller.openid, "updated": clock.now(), **values}
    _marking(len(lines)).write_unseen(bound)


@cache
def _by_id(number: int) -> Statement:
    """Reads and locks the caller's lines of the ids `name0`, `name1` …, `number` of them."""
    visible = CartLine.visible(CartLine, Param("openid"), Param("now"))
    return _reading(visible & (CartLine.cart_id << _names(number)))


@cache
def _by_product(number: int) -> Statement:
    """Reads and locks the caller's active lines of the products `name0`, `name1` …, `number` of them."""
    return _reading(cart.active() & (CartLine.cart_product_id << _names(number)))


def _reading(condition: Expression) -> Statement:
    columns: list[Any] = [getattr(CartLine, name) for name in Line._fields]
    return Statement(locked(CartLine.select(*columns).where(condition)))


def _names(number: int) -> list[Param]:
    return [Param(f"name{place}") for place in range(number)]


@cache
def _marking(number: int) -> Statement:
    """Marks the lines `seq0`, `seq1` …, `number` of them, as ordered where they are still active."""
    seqs = [Param(f"seq{place}") for place in range(number)]
    row = {CartLine.cart_status: cart.ORDERED, CartLine.updated: Param("updated")}
    return Statement(
        CartLine.update(row).where(
            CartLine.cart_owner == Param("openid"),
            CartLine.seq << seqs,
            CartLine.cart_status == cart.ACTIVE,
            CartLine.undeleted(CartLine),
        )
    )
