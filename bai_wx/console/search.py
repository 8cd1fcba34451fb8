"""One search over what operators are asked about: a number of an order, the end of a phone, a product."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from peewee import Expression

from bai_wx.console import rows
from bai_wx.record.base import Record
from models.orders import Order
from models.products import Product
from models.users import User

RowT = TypeVar("RowT", bound=Record)

MOST: Final = 10
"""So many of each kind are shown; a list shows the others."""
MIN_DIGITS: Final = 3
"""A phone's end or a part of a number has at least so many."""
SHOWN_DIGITS: Final = 4
"""So many of a phone's last digits its mask leaves to be seen."""
MAX_TEXT: Final = 100  # characters


@dataclass(frozen=True)
class Found:
    """The rows that a text finds, the newest first."""

    orders: Sequence[Order] = ()
    customers: Sequence[User] = ()
    products: Sequence[Product] = ()

    @property
    def number(self) -> int:
        """How many rows are shown."""
        return len(self.orders) + len(self.customers) + len(self.products)


def search(text: str) -> Found:
    """Find orders by their number, customers by name and end of the phone, products by name, model and code."""
    text = text.strip()[:MAX_TEXT]
    if not text:
        return Found()
    return Found(_orders(text), _customers(text), _products(text))


def _orders(text: str) -> list[Order]:
    if len(text) < MIN_DIGITS:
        return []
    # An index is looked through, not the long rows.
    numbered = Order.alias()
    near = numbered.select(numbered.seq).where(numbered.order_number.contains(text))
    named = (Order.seq << near) | (Order.order_id == text)
    return _newest(Order, named)


def _customers(text: str) -> list[User]:
    named = User.users_name.contains(text) | (User.users_id == text)
    digits = text.removeprefix("+")
    if digits.isdecimal() and MIN_DIGITS <= len(digits) <= SHOWN_DIGITS:
        named |= User.users_phone.endswith(text)
    elif digits.isdecimal():
        # Nothing between: else the masked digits could be found out one by one.
        named |= User.users_phone == text
    return _newest(User, named)


def _products(text: str) -> list[Product]:
    columns = ("prod_list_name", "prod_list_modelnumber", "prod_list_barcode", "prod_list_id")
    return _newest(Product, rows.holding(Product, columns, text))


def _newest(model: type[RowT], condition: Expression) -> list[RowT]:
    found: Any = rows.matching(model, condition).order_by(model.seq.desc()).limit(MOST)
    return list(found)
