"""The snapshot of an order (`order_snap`): products, quantities and prices at the time it was placed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypedDict

import orjson

from bai_wx.errors import AmountChanged, AmountTooLarge, FieldProblem
from bai_wx.record.base import FieldValues
from bai_wx.record.money import MAX_FEN, fen_of, yuan_of
from bai_wx.record.problems import INVALID_VALUE, REQUIRED
from bai_wx.record.shape import JsonObject
from models.cart import MAX_QUANTITY
from models.products import Offer, Product

MAX_ITEMS: Final = 200


class OrderItem(TypedDict):
    """A product to order: its `prod_list_id` (or record id) and how many."""

    prod_list_id: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Goods:
    """A product to be ordered, its quantity, and the price at which it is offered now."""

    product: Offer
    quantity: int

    @property
    def subtotal_fen(self) -> int:
        """Price times quantity."""
        return self.product.prod_list_basic_price * self.quantity

    def snapshot(self) -> JsonObject:
        """The goods as an item of `order_snap`, with amounts in yuan."""
        return {
            "prod_list_id": self.product.prod_list_id,
            "prod_list_name": self.product.prod_list_name,
            "prod_list_modelnumber": self.product.prod_list_modelnumber,
            "quantity": self.quantity,
            "at_price": yuan_of(self.product.prod_list_basic_price),
            "subtotal": yuan_of(self.subtotal_fen),
        }


def snapshot_of(
    goods: Sequence[Goods], field: str, expected_fen: float | None = None
) -> FieldValues:
    """The columns that say what was ordered: `order_snap`, `order_amount`, `order_keywords`.

    Args: `field` is the body's field that holds the goods, for the error. `expected_fen` is the amount
        that the client expects; None where it sent none.
    Raises: `AmountTooLarge` above 9,999,999.99 yuan, `AmountChanged`.
    """
    total_fen = sum(item.subtotal_fen for item in goods)
    if total_fen > MAX_FEN:
        raise AmountTooLarge(field)
    if expected_fen is not None and expected_fen != total_fen:
        raise AmountChanged(yuan_of(total_fen))
    items = [item.snapshot() for item in goods]
    text = orjson.dumps({"items": items, "total": yuan_of(total_fen)}).decode()
    return {
        "order_snap": text,
        "order_amount": total_fen,
        "order_keywords": keywords_of(text),
    }


def amount_of(order_snap: object) -> int | None:
    """The `total` of a parsed snapshot, in fen; None where it has none."""
    total = order_snap.get("total") if isinstance(order_snap, dict) else None
    is_number = isinstance(total, (int, float)) and not isinstance(total, bool)
    return fen_of(total) if is_number else None


def keywords_of(order_snap: str) -> str:
    """The text that `keyword` searches: ids, names and model numbers of a snapshot, one a line."""
    snap = orjson.loads(order_snap or "null")
    items = snap.get("items") if isinstance(snap, dict) else None
    names = ("prod_list_id", "prod_list_name", "prod_list_modelnumber")
    found = (
        item[name]
        for item in (items if isinstance(items, list) else ())
        if isinstance(item, dict)
        for name in names
        if isinstance(item.get(name), str)
    )
    return "\n".join(found)


class SnapshotRefused(ValueError):
    """The `order_snap` of a native create holds no goods that can be ordered."""

    def __init__(self, problem: FieldProblem) -> None:
        super().__init__(problem["code"])
        self.problem = problem


def goods_sent(order_snap: str) -> list[Goods]:
    """The goods in `items[]` of a client's snapshot. Raises: `SnapshotRefused`, `ProductUnavailable`."""
    snap = orjson.loads(order_snap or "null")
    items = snap.get("items") if isinstance(snap, dict) else None
    if not items:
        raise SnapshotRefused(REQUIRED)
    if not isinstance(items, list) or len(items) > MAX_ITEMS or not all(map(_is_item, items)):
        raise SnapshotRefused(INVALID_VALUE)
    return goods_of(items, Product.on_sale([item["prod_list_id"] for item in items]))


def goods_of(items: Sequence[OrderItem], products: Mapping[str, Offer]) -> list[Goods]:
    """The goods of these items; `products` holds each by the id that its item names."""
    # JSON's 2.0 is an integer too, and a sum must not become a float.
    return [Goods(products[item["prod_list_id"]], int(item["quantity"])) for item in items]


def _is_item(item: object) -> bool:
    return (
        isinstance(item, dict)
        and isinstance(item.get("prod_list_id"), str)
        and is_quantity(item.get("quantity"))
    )


def is_quantity(sent: object) -> bool:
    """Whether this is how many of a product can be ordered: a whole number, a text of one is none."""
    if isinstance(sent, bool) or not isinstance(sent, (int, float)):
        return False
    return 1 <= sent <= MAX_QUANTITY and sent == int(sent)
