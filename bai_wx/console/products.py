"""What an operator does with several products at once, or with one beside its form."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from peewee import fn

from bai_wx.console import writing
from bai_wx.console.acting import Acting
from bai_wx.database.connection import database, lock_name
from bai_wx.errors import NotFound
from bai_wx.record import row_values
from bai_wx.record.fields import Text
from models.products import MAX_NAME, OFF_SALE, Product

SORT: Final = "prod_list_sort"
STEP: Final = 10
"""The distance of places that are given anew, so that later ones fit between."""
MOST_MOVED: Final = 500  # products that one move may number anew
MOST_WORDS: Final = 200  # of a field that are offered
SUGGESTED: Final = (
    "prod_list_category",
    "prod_list_plantype",
    "prod_list_series",
    "prod_list_comm_type",
)
"""The fields whose present values a form offers."""
_ORDER_LOCK: Final = "console product order"


class TooManyMoved(Exception):
    """More products than `MOST_MOVED` have the same place, so a move would change them all."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A product that was not changed, and why, in Chinese and English."""

    name: str
    why: tuple[str, str]


def put(product_ids: Iterable[str], status: str, acting: Acting) -> tuple[int, list[Refusal]]:
    """Put products on sale or take them off, each in a transaction of its own.

    Returns: how many have this status now, and those that could not. Products that are gone are passed over.
    """
    done, refused = 0, []
    for product_id in product_ids:
        try:
            writing.change(Product, product_id, {"prod_list_status": status}, None, acting)
        except writing.Invalid as problem:
            name = Product.get(Product.id == product_id).prod_list_name
            refused.append(Refusal(name, next(iter(problem.problems.values()))))
        except NotFound:
            continue
        else:
            done += 1
    return done, refused


def copy(product_id: str, acting: Acting) -> Product:
    """Make a product like another: off sale, in the last place, without its barcode. Raises: `NotFound`."""
    with database.atomic():
        source = (
            Product.select().where(Product.id == product_id, Product.undeleted(Product)).first()
        )
        if source is None:
            raise NotFound
        settable = Product.set_by_operator()
        values: dict[str, Any] = {
            name: value for name, value in row_values.shown(source).items() if name in settable
        }
        ending = "（副本）"
        values |= {
            "prod_list_name": source.prod_list_name[: MAX_NAME - len(ending)] + ending,
            "prod_list_status": OFF_SALE,
            "prod_list_barcode": "",
            SORT: next_place(),
        }
        return writing.create(Product, values, acting)


def next_place() -> int:
    """The place after all products."""
    last = Product.select(fn.MAX(Product.prod_list_sort)).where(Product.undeleted(Product)).scalar()
    return int(last or 0) + STEP


def move(product_id: str, after: str, before: str, acting: Acting) -> dict[str, int]:
    """Move a product between two that lie beside each other, all named by record id.

    `after` is the one before it then, `before` the one behind it; one of them may be `""`.
    Returns: the new places of the products that were numbered anew. Raises: `NotFound`, `TooManyMoved`.
    """
    with database.atomic():
        lock_name(_ORDER_LOCK)
        in_order = Product.select(Product.id, Product.prod_list_sort).where(
            Product.undeleted(Product), Product.id != product_id
        )
        rows = list(in_order.order_by(Product.prod_list_sort, Product.seq))
        ids = [row.id for row in rows]
        if after in ids:
            place = ids.index(after) + 1
        elif before in ids:
            place = ids.index(before)
        else:
            raise NotFound
        own, others = places([row.prod_list_sort for row in rows], place)
        if len(others) > MOST_MOVED:
            raise TooManyMoved
        moved = {product_id: own, **{ids[at]: sort for at, sort in others.items()}}
        for each, sort in moved.items():
            writing.change(Product, each, {SORT: sort}, None, acting)
    return moved


def places(sorts: Sequence[int], place: int) -> tuple[int, Mapping[int, int]]:
    """Number a row that is inserted at `place` into rows of these numbers, which ascend.

    Returns: its number, and the new numbers of the rows behind it that must make room, by their place.
    Rows of equal numbers keep them equal: their order of insertion tells them apart.
    """
    if not sorts:
        return STEP, {}
    if place == 0:
        return sorts[0] - STEP, {}
    if place == len(sorts):
        return sorts[-1] + STEP, {}
    before, behind = sorts[place - 1], sorts[place]
    if behind - before > 1:
        return (before + behind) // 2, {}
    own = before + 1
    others: dict[int, int] = {}
    lowest, last = own + 1, None
    for at in range(place, len(sorts)):
        if last is not None and sorts[at] != last:
            lowest += 1
        if sorts[at] >= lowest:
            break
        others[at], last = lowest, sorts[at]
    return own, others


def words() -> dict[str, list[str]]:
    """The values that products have now, by field, the most frequent first."""
    return {name: _values(name) for name in SUGGESTED}


def _values(name: str) -> list[str]:
    field = getattr(Product, name)
    assert isinstance(field, Text)
    query = (
        Product.select(field)
        .where(Product.undeleted(Product), field != "")
        .group_by(field)
        .order_by(fn.COUNT(field).desc(), field)
        .limit(MOST_WORDS)
    )
    return [getattr(row, name) for row in query]
