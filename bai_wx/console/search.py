"""One search over what operators are asked about: a number of an order, the end of a phone, a product."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from peewee import Expression

from bai_wx.console import rows
from bai_wx.console.sales import customers
from bai_wx.record.base import Record
from models.orders import Order
from models.products import Product
from models.users import User

RowT = TypeVar("RowT", bound=Record)

MOST: Final = 10
"""So many of each kind are shown; a list shows the others."""
MIN_DIGITS: Final = 3
"""A part of an order's number has at least so many."""
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
    return Found(_orders(text), _newest(User, customers.matching(text)), _products(text))


def _orders(text: str) -> list[Order]:
    if len(text) < MIN_DIGITS:
        return []
    # An index is looked through, not the long rows.
    numbered = Order.alias()
    near = numbered.select(numbered.seq).where(numbered.order_number.contains(text))
    named = (Order.seq << near) | (Order.order_id == text)
    return _newest(Order, named)


def _products(text: str) -> list[Product]:
    columns = ("prod_list_name", "prod_list_modelnumber", "prod_list_barcode", "prod_list_id")
    return _newest(Product, rows.holding(Product, columns, text))


def _newest(model: type[RowT], condition: Expression) -> list[RowT]:
    found: Any = rows.matching(model, condition).order_by(model.seq.desc()).limit(MOST)
    return list(found)
