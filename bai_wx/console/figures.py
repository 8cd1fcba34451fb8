"""Figures of the dashboard, counted by the database in the rows that the lists show: undeleted ones.

A day is Beijing's. Turnover is the amount of the orders placed in a time, cancelled ones left out, in fen.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from peewee import SQL, Case, Expression, Field, fn

from bai_wx.console import times
from bai_wx.console.best_sold import Sold, best_sold
from bai_wx.console.placed import Span, placed_within
from bai_wx.record.base import Record
from models.orders import Order, Status
from models.products import Product
from models.users import User

DAYS: Final = 14
"""So many days, the present one included, are looked at."""
FEW: Final = 8
"""So many orders and products does the dashboard name."""


class Day(NamedTuple):
    """What came in one of Beijing's days. `date` is `2026-11-27`, `turnover` is fen."""

    date: str
    orders: int
    turnover: int
    users: int


class Waiting(NamedTuple):
    """An order that waits for confirmation. `amount` is fen, `placed` a stored moment."""

    id: str
    number: str
    placed: str
    amount: int
    customer: str


@dataclass(frozen=True)
class Figures:
    """What the dashboard shows."""

    days: Sequence[Day]
    """The oldest first; the last is today."""
    states: Mapping[str, int]
    """How many orders are in each state."""
    waiting: Sequence[Waiting]
    """Those that wait longest."""
    products: Mapping[str, int]
    """How many products have each status."""
    users: int

    @property
    def today(self) -> Day:
        return self.days[-1]

    @property
    def yesterday(self) -> Day:
        return self.days[-2]


def read(today: str) -> Figures:
    """Count everything. `today` is Beijing's day, such as `2026-11-27`."""
    return Figures(
        days=_days(today),
        states=_counts(Order, Order.order_status),
        waiting=_waiting(),
        products=_counts(Product, Product.prod_list_status),
        users=User.count(),
    )


def sold(today: str) -> list[Sold]:
    """The products of which most was ordered. In a busy shop this takes longest."""
    return best_sold(_span(today, DAYS), FEW)


def _days(today: str) -> list[Day]:
    span = _span(today, DAYS)
    is_kept = Order.order_status != Status.CANCELLED.value
    turnover = fn.SUM(Case(None, [(is_kept, Order.order_amount)], 0))
    found = _by_hour(Order.order_create, placed_within(span), [fn.COUNT(SQL("*")), turnover])
    placed, taken = (_by_day((row[0], row[which]) for row in found) for which in (1, 2))
    came = (User.created >= span[0]) & (User.created < span[1]) & User.undeleted(User)
    registered = _by_day(_by_hour(User.created, came, [fn.COUNT(SQL("*"))]))
    first = date.fromisoformat(today) - timedelta(days=DAYS - 1)
    names = [(first + timedelta(days=each)).isoformat() for each in range(DAYS)]
    return [Day(name, placed[name], taken[name], registered[name]) for name in names]


def _by_hour(
    column: "Field[Any]", condition: Expression, sums: Sequence[Any]
) -> list[tuple[Any, ...]]:
    """Sums of the rows of each hour. Beijing's midnight is a whole hour of the stored moments' UTC."""
    hour = fn.SUBSTR(column, 1, len("2026-11-27 08"))
    found: Any = column.model.select(hour, *sums).where(condition).group_by(SQL("1")).tuples()
    return list(found)


def _by_day(hours: Iterable[tuple[Any, ...]]) -> Counter[str]:
    days: Counter[str] = Counter()
    for hour, number in hours:
        days[times.shown(f"{hour}:00:00.000Z", "%Y-%m-%d")] += int(number)
    return days


def _span(today: str, days: int) -> Span:
    """So many of Beijing's days, of which the last is `today`."""
    first = date.fromisoformat(today) - timedelta(days=days - 1)
    return times.day_bounds(first.isoformat())[0], times.day_bounds(today)[1]


def _counts(model: type[Record], column: "Field[Any]") -> dict[str, int]:
    query = model.select(column, fn.COUNT(SQL("*"))).where(model.undeleted(model)).group_by(column)
    found: Any = query.tuples()
    return dict(found)


def _waiting() -> list[Waiting]:
    waits = Order.undeleted(Order) & (Order.order_status == Status.PENDING.value)
    oldest = Order.select().where(waits).order_by(Order.order_create, Order.seq).limit(FEW)
    orders = list(oldest)
    owners = [order.order_owner for order in orders]
    users = User.select(User.openid, User.users_name).where(User.openid << owners)
    names = {user.openid: user.users_name for user in users}
    return [
        Waiting(
            order.id,
            order.order_number,
            order.order_create,
            order.order_amount,
            names.get(order.order_owner, ""),
        )
        for order in orders
    ]
