"""The snapshots of old orders (`order_snap`), rewritten as the contract has them.

Old ones are a list or `{"items": [...]}`, name products by other keys and ids, and say fewer things. What an
item does not say of its product is read from the product as it is now, which the report tells.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from bai_wx.record.money import MAX_FEN, fen_of, yuan_of
from bai_wx.record.strict_values import Unfit
from bai_wx.transfer.pocketbase.field_values import Fitted, shortened
from models.cart import MAX_QUANTITY

NAMES: Final[Mapping[str, Sequence[str]]] = {
    "prod_list_id": ("prod_list_id", "cart_product_id", "product_id", "cart_id"),
    "prod_list_name": ("prod_list_name", "product_name", "name"),
    "prod_list_modelnumber": ("prod_list_modelnumber", "product_modelnumber", "modelnumber"),
    "quantity": ("quantity", "cart_product_quantity"),
    "at_price": (
        "at_price",
        "cart_at_price",
        "prod_list_basic_price",
        "product_basic_price",
        "price",
    ),
    "subtotal": ("subtotal",),
}
"""By the contract's key of an item: the keys of old items. The first that is said counts."""

REWRITTEN: Final = "a snapshot rewritten as the contract has it"
FILLED: Final = "a snapshot whose goods are filled from the products as they are now"
OTHER_SUM: Final = "an amount that is not the sum of its goods, kept as it is"
NO_GOODS: Final = "a snapshot without goods, read as none"


class Known(NamedTuple):
    """A product as the source has it now. The price is in yuan, None where it has none that can be read."""

    prod_list_id: str
    prod_list_name: str
    prod_list_modelnumber: str
    price: float | None


Find = Callable[[str], Known | None]
"""Finds the product of a record id or business id of a product, or of a line of the cart."""


def rewritten(snap: Any, amount: float, find: Find) -> tuple[Fitted, Fitted]:
    """Rewrite a parsed snapshot. Returns: the snapshot, and the order's amount in yuan.

    Args: `amount` is what the order says, 0 where it says nothing; it is kept where it says something.
    Raises: `Unfit` where the goods cannot be told.
    """
    if _is_ours(snap, amount):
        return Fitted(snap), Fitted(amount)
    items = snap.get("items") if isinstance(snap, dict) else snap
    if items in (None, [], ""):
        return Fitted(None, NO_GOODS if snap else ""), Fitted(amount)
    if not isinstance(items, list) or not all(isinstance(each, dict) for each in items):
        raise Unfit(f"must be a list of goods, not {shortened(snap)}")
    read = [_item(each, find) for each in items]
    goods = sum(fen_of(each.value["subtotal"]) or 0 for each in read)
    total = fen_of(amount) or goods
    if total > MAX_FEN:
        raise Unfit(f"has goods for more than {yuan_of(MAX_FEN)} yuan")
    found = {"items": [each.value for each in read], "total": yuan_of(total)}
    how = next((each.how for each in read if each.how), "" if found == snap else REWRITTEN)
    told = FILLED if not amount else OTHER_SUM if total != goods else ""
    return Fitted(found, how), Fitted(yuan_of(total), told)


def _is_ours(snap: Any, amount: float) -> bool:
    """Whether a snapshot is as our server wrote it, total included."""
    if snap is None:
        return True
    if not isinstance(snap, dict) or snap.keys() != {"items", "total"} or snap["total"] != amount:
        return False
    items = snap["items"]
    return isinstance(items, list) and all(
        isinstance(each, dict) and each.keys() == NAMES.keys() for each in items
    )


def _item(said: Mapping[str, Any], find: Find) -> Fitted:
    """An item of the contract. Raises: `Unfit` where it names no product, or no quantity."""
    named = _first(said, "prod_list_id")
    if not isinstance(named, str) or not named:
        raise Unfit("has an item that names no product")
    known = find(named) or Known(named, "", "", None)
    quantity = _quantity(_first(said, "quantity"))
    told, price = _first(said, "at_price"), _price(_first(said, "at_price"))
    if price is None:
        if told not in (None, "") or known.price is None:
            raise Unfit(f"has an item {named} without a price")
        price = fen_of(known.price) or 0
    subtotal = _price(_first(said, "subtotal"))
    name, model = _first(said, "prod_list_name"), _first(said, "prod_list_modelnumber")
    item = {
        "prod_list_id": known.prod_list_id or named,
        "prod_list_name": name if isinstance(name, str) and name else known.prod_list_name,
        "prod_list_modelnumber": (
            model if isinstance(model, str) and model else known.prod_list_modelnumber
        ),
        "quantity": quantity,
        "at_price": yuan_of(price),
        "subtotal": yuan_of(price * quantity if subtotal is None else subtotal),
    }
    is_filled = told in (None, "") or (not name and bool(known.prod_list_name))
    return Fitted(item, FILLED if is_filled else "")


def _first(said: Mapping[str, Any], key: str) -> Any:
    return next((said[name] for name in NAMES[key] if said.get(name) not in (None, "")), None)


def _quantity(said: Any) -> int:
    """A whole number of pieces, which may be a text. Raises: `Unfit`."""
    number = None if isinstance(said, bool) else fen_of(said)
    quantity, rest = divmod(number or 0, 100)
    if rest or not 1 <= quantity <= MAX_QUANTITY:
        raise Unfit(f"has an item whose quantity is {shortened(said)}, not 1 to {MAX_QUANTITY}")
    return quantity


def _price(said: Any) -> int | None:
    """An amount of yuan, which may be a text, in fen; None where there is none."""
    fen = None if said is None or isinstance(said, bool) else fen_of(said)
    return fen if fen is not None and 0 <= fen <= MAX_FEN else None
