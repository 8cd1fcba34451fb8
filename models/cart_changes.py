"""What a hook may change of a line of the cart."""

from typing import Final, NotRequired, TypedDict

from bai_wx.record.base import FieldValues


class CartChanges(TypedDict):
    """The changes of a line that a hook may ask for. A `cart_number` of None or `""` is none."""

    cart_number: NotRequired[str | None]
    cart_product_quantity: NotRequired[int]
    cart_remark: NotRequired[str]


CHANGED_BY_HOOK: Final = ("cart_number", "cart_product_quantity", "cart_remark")
"""The fields of `CartChanges`."""


def as_columns(changes: CartChanges) -> FieldValues:
    """The changes as columns hold them."""
    sent: FieldValues = {name: it for name, it in changes.items() if name in CHANGED_BY_HOOK}
    if "cart_product_quantity" in sent:
        sent["cart_product_quantity"] = int(sent["cart_product_quantity"])  # JSON's 2.0 is one too
    leave_out_empty_number(sent)
    return sent


def leave_out_empty_number(values: FieldValues) -> None:
    """An empty number is none: a new line gets one of its own, a stored line keeps its own."""
    if not values.get("cart_number"):
        values.pop("cart_number", None)
