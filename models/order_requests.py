"""What a client sends to be ordered, in each of its forms, and the goods that it means.

| `order_source` | the first of these that is sent |
| --- | --- |
| `cart` | `cart_ids`, `order_source_id` as ids of lines, the lines of `order_snap` |
| `product` | `items`, the products of `order_snap`, `order_source_id` as ids of products, one piece each |
| another or none | what is found: lines of the cart where the ids are such, else products |

A line of `order_snap` is named by its `cart_id`, or it is the active line of the product with the same
quantity. Clients of the earlier backend send `order_snap` as JSON text, as a list or as `{"items": [...]}`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, Final, NamedTuple, NotRequired, Self, TypedDict

import orjson

from bai_wx.errors import BadQuery, ValidationFailed
from bai_wx.record.base import Caller
from bai_wx.record.json_text import parse_json
from models.cart import MAX_QUANTITY
from models.order_lines import Line, active_lines, active_lines_of, lines_named
from models.order_snapshots import MAX_ITEMS, Goods, OrderItem, goods_of, is_quantity
from models.products import Product

PRODUCT_KEYS: Final = ("prod_list_id", "cart_product_id")
QUANTITY_KEYS: Final = ("quantity", "cart_product_quantity")
_JOINT: Final = re.compile(r"[,|]")


class Source(StrEnum):
    """How an order was placed: from the cart, or directly from products."""

    CART = "cart"
    PRODUCT = "product"


WAYS: Final = {
    Source.CART: ("cart_ids", "order_source_id", "order_snap"),
    Source.PRODUCT: ("items", "order_source_id", "order_snap"),
}
"""By `order_source`: the fields of the body that can say what is ordered."""


class OrderCreateBody(TypedDict):
    """What counts of `OrderCreateRequest`; the other keys of a record are ignored."""

    order_source: NotRequired[str | None]
    cart_ids: NotRequired[list[str]]
    items: NotRequired[list[OrderItem]]
    order_source_id: NotRequired[str | None]
    order_snap: NotRequired[Any]
    order_number: NotRequired[str | None]
    order_amount: NotRequired[float | str | None]
    order_remark: NotRequired[str]


class SnapshotItem(NamedTuple):
    """An item of a client's `order_snap`: ids, `""` where it has none, and the quantity as it was sent."""

    cart_id: str
    product_id: str
    quantity: Any


@dataclass(frozen=True)
class Ordered:
    """The goods of an order. `field` is the one of the body that told them, `names` are the ids sent.

    `lines` are those of the cart that the order takes.
    """

    source: Source
    field: str
    names: Sequence[str]
    goods: Sequence[Goods]
    lines: Sequence[Line] = ()


@dataclass(frozen=True)
class OrderRequest:
    """What a body says of the goods. `source` is `""` for what is found.

    What a body says beside the way that counts is not looked at.
    """

    source: str
    cart_ids: Sequence[str] | None
    items: Sequence[OrderItem] | None
    source_id: str
    snap: Any

    @classmethod
    def read(cls, body: OrderCreateBody) -> Self:
        """Read the body. Raises: `ValidationFailed` for two lists, or the one of another source."""
        source = body.get("order_source")
        request = cls(
            source if source in tuple(Source) else "",
            body.get("cart_ids"),
            body.get("items"),
            body.get("order_source_id") or "",
            body.get("order_snap"),
        )
        request._refuse_both_lists()
        return request

    @cached_property
    def source_ids(self) -> list[str]:
        """The ids in `order_source_id`. Raises: `ValidationFailed`."""
        return _ids_in(self.source_id)

    @cached_property
    def snapshot(self) -> list[SnapshotItem]:
        """The items of `order_snap`. Raises: `ValidationFailed`."""
        return _snapshot(self.snap)

    def _refuse_both_lists(self) -> None:
        """Each source has a list of its own, and takes no other."""
        if not self.source and self.cart_ids is not None and self.items is not None:
            raise ValidationFailed(dict.fromkeys(("cart_ids", "items"), "不能同时提交"))
        if self.source == Source.CART and self.items is not None:
            raise ValidationFailed({"items": "不符合要求"})
        if self.source == Source.PRODUCT and self.cart_ids is not None:
            raise ValidationFailed({"cart_ids": "不符合要求"})

    def ordered(self, caller: Caller) -> Ordered:
        """The goods that this means, in the transaction that orders them. Lines of the cart are locked.

        Raises: `NotFound`, `CartAlreadyOrdered`, `ProductUnavailable`, `ValidationFailed`.
        """
        match self.source:
            case Source.CART:
                found = self._lines(caller)
            case Source.PRODUCT:
                found = self._products()
            case _:
                found = self._what_is_found(caller)
        if found is None:
            raise self._nothing()
        return found

    def _lines(self, caller: Caller) -> Ordered | None:
        if self.cart_ids is not None:
            return _lines_of(caller, self.cart_ids, "cart_ids")
        if self.source_ids:
            return _lines_of(caller, self.source_ids, "order_source_id")
        return _lines_of_snapshot(caller, self.snapshot) if self.snapshot else None

    def _products(self) -> Ordered | None:
        if self.items is not None:
            return _products_of(self.items, "items")
        if self.snapshot:
            return _products_of(list(map(_as_item, self.snapshot)), "order_snap")
        if self.source_ids:
            return _products_of(_one_each(self.source_ids), "order_source_id")
        return None

    def _what_is_found(self, caller: Caller) -> Ordered | None:
        if self.items is not None:
            return self._products()
        if self.cart_ids is not None or lines_named(caller, self.source_ids):
            return self._lines(caller)
        if any(item.cart_id for item in self.snapshot):
            return _lines_of_snapshot(caller, self.snapshot)
        return self._products()

    def _nothing(self) -> ValidationFailed:
        """The error that names every way to say what is ordered."""
        sources = [Source(self.source)] if self.source else list(Source)
        ways = dict.fromkeys(way for source in sources for way in WAYS[source])
        text = f"请提交 {'、'.join(ways)} 其中之一"
        return ValidationFailed({"": "没有要订购的商品", **dict.fromkeys(ways, text)})


def _lines_of(caller: Caller, cart_ids: Sequence[str], field: str) -> Ordered:
    return _taken(active_lines(caller, cart_ids), field)


def _lines_of_snapshot(caller: Caller, snapshot: Sequence[SnapshotItem]) -> Ordered:
    """The lines that the items name, or that have their product and quantity."""
    named = [item.cart_id for item in snapshot if item.cart_id]
    _refuse_repeated(named, "order_snap")
    by_id = {line.cart_id: line for line in active_lines(caller, named)}
    matching = iter(_matching(caller, [item for item in snapshot if not item.cart_id]))
    lines = [by_id[item.cart_id] if item.cart_id else next(matching) for item in snapshot]
    _refuse_repeated([line.cart_id for line in lines], "order_snap")
    return _taken(lines, "order_snap")


def _taken(lines: Sequence[Line], field: str) -> Ordered:
    products = Product.on_sale([line.cart_product_id for line in lines])
    goods = [Goods(products[line.cart_product_id], line.cart_product_quantity) for line in lines]
    return Ordered(Source.CART, field, [line.cart_id for line in lines], goods, lines)


def _matching(caller: Caller, snapshot: Sequence[SnapshotItem]) -> list[Line]:
    """The active line of each product, where its quantity is the same.

    Raises: `ValidationFailed`, which names the products without such a line.
    """
    goods = _products_of(list(map(_as_item, snapshot)), "order_snap").goods if snapshot else []
    lines = active_lines_of(caller, [each.product.id for each in goods])
    missing = [
        each.product.prod_list_name
        for each in goods
        if each.product.id not in lines
        or lines[each.product.id].cart_product_quantity != each.quantity
    ]
    if missing:
        raise ValidationFailed({"order_snap": f"购物车中没有数量相同的「{'」「'.join(missing)}」"})
    return [lines[each.product.id] for each in goods]


def _products_of(items: Sequence[OrderItem], field: str) -> Ordered:
    names = [item["prod_list_id"] for item in items]
    products = Product.on_sale(names)
    if len({product.id for product in products.values()}) < len(items):
        raise ValidationFailed({field: "商品不能重复"})
    return Ordered(Source.PRODUCT, field, names, goods_of(items, products))


def _one_each(names: Sequence[str]) -> list[OrderItem]:
    return [{"prod_list_id": name, "quantity": 1} for name in names]


def _as_item(sent: SnapshotItem) -> OrderItem:
    """The product and quantity of an item. Raises: `ValidationFailed` where it lacks one of them."""
    if not sent.product_id:
        raise ValidationFailed({"order_snap": f"商品缺少 {' 或 '.join(PRODUCT_KEYS)}"})
    if not is_quantity(sent.quantity):
        raise ValidationFailed({"order_snap": f"商品数量应为 1 至 {MAX_QUANTITY} 的整数"})
    return {"prod_list_id": sent.product_id, "quantity": sent.quantity}


def _ids_in(text: str) -> list[str]:
    """The ids that `,` or `|` joins. Raises: `ValidationFailed` for too many, or one named twice."""
    found = [each for part in _JOINT.split(text) if (each := part.strip())]
    _refuse_too_many(found, "order_source_id")
    _refuse_repeated(found, "order_source_id")
    return found


def _snapshot(sent: Any) -> list[SnapshotItem]:
    """The items of `order_snap`: JSON text, a list, or `{"items": [...]}`. Raises: `ValidationFailed`."""
    if isinstance(sent, str):
        sent = _parsed(sent)
    items = sent.get("items") if isinstance(sent, dict) else sent
    if items is None:
        return []
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise ValidationFailed({"order_snap": "格式不正确"})
    _refuse_too_many(items, "order_snap")
    return list(map(_snapshot_item, items))


def _parsed(text: str) -> Any:
    try:
        return parse_json(text) if text.strip() else None
    except (orjson.JSONDecodeError, BadQuery) as exc:
        raise ValidationFailed({"order_snap": "不是有效的 JSON"}, str(exc)) from exc


def _snapshot_item(item: dict[str, Any]) -> SnapshotItem:
    cart_id, product_id = _first(item, ("cart_id",)), _first(item, PRODUCT_KEYS)
    if not isinstance(cart_id, str) or not isinstance(product_id, str):
        raise ValidationFailed({"order_snap": "格式不正确"})
    return SnapshotItem(cart_id, product_id, _first(item, QUANTITY_KEYS))


def _first(item: dict[str, Any], names: Sequence[str]) -> Any:
    """The first of these values that is said; `""` where none is."""
    return next((item[name] for name in names if item.get(name) not in (None, "")), "")


def _refuse_too_many(found: Sequence[Any], field: str) -> None:
    if len(found) > MAX_ITEMS:
        raise ValidationFailed({field: f"不能超过 {MAX_ITEMS} 项"})


def _refuse_repeated(names: Sequence[str], field: str) -> None:
    if len(set(names)) < len(names):
        raise ValidationFailed({field: "不能有重复项"})
