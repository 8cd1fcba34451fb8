"""Which orders were placed in a time, found without looking at all of them."""

from datetime import datetime, timedelta
from typing import Any

from peewee import Expression

from bai_wx.record import clock
from models.orders import Order

Span = tuple[str, str]
"""A stored moment, and the first one after the time that begins with it."""
SLACK = timedelta(days=1)


def placed_within(span: Span) -> Expression:
    """The condition that an order is not deleted and was placed in this time.

    The moment of placing is in no index, that of the row is: no row is older than its order, an import's are
    younger. So an index finds the rows, and only they are looked at.
    """
    begin = datetime.fromisoformat(span[0]) - SLACK
    recent: Any = Order.alias()
    rows = recent.select(recent.seq).where(
        recent.undeleted(recent), recent.created >= clock.text_of(begin.timestamp())
    )
    placed: Expression = (
        (Order.seq << rows) & (Order.order_create >= span[0]) & (Order.order_create < span[1])
    )
    return placed
