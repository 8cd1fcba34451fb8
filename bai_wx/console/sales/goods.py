"""The goods of an order, from its snapshot: what was ordered, at the prices of that moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from bai_wx.console.sales import pictures
from bai_wx.console.sales.pictures import Pictured


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an order. Amounts are in yuan, None where the snapshot has none.

    `record_id` is the product's, `""` where the product was purged. `picture` is the product's present one.
    """

    name: str
    model_number: str
    quantity: int | float | None
    price: int | float | None
    subtotal: int | float | None
    record_id: str
    picture: str


def lines_of(order_snap: str) -> list[Line]:
    """The lines of a snapshot. One that was imported may say less, or nothing that is understood."""
    items = _items(order_snap)
    pictured = pictures.of_products(_text(item, "prod_list_id") for item in items)
    return [_line(item, pictured) for item in items]


def summary_of(order_snap: str) -> tuple[str, int]:
    """What a list says of the goods: the first line's name and quantity, and how many lines there are."""
    items = _items(order_snap)
    if not items:
        return "", 0
    quantity = _number(items[0], "quantity")
    first = _text(items[0], "prod_list_name") or _text(items[0], "prod_list_id")
    return (first if quantity is None else f"{first} ×{quantity:g}"), len(items)


def _line(item: Mapping[str, Any], pictured: Mapping[str, Pictured]) -> Line:
    product = pictured.get(_text(item, "prod_list_id"), Pictured("", ""))
    return Line(
        _text(item, "prod_list_name") or _text(item, "prod_list_id"),
        _text(item, "prod_list_modelnumber"),
        _number(item, "quantity"),
        _number(item, "at_price"),
        _number(item, "subtotal"),
        product.record_id,
        product.picture,
    )


def _items(order_snap: str) -> list[Mapping[str, Any]]:
    snap = orjson.loads(order_snap or "null")
    items = snap.get("items") if isinstance(snap, dict) else snap
    return [each for each in items if isinstance(each, dict)] if isinstance(items, list) else []


def _text(item: Mapping[str, Any], name: str) -> str:
    value = item.get(name)
    return value if isinstance(value, str) else ""


def _number(item: Mapping[str, Any], name: str) -> int | float | None:
    value = item.get(name)
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return value if is_number else None
