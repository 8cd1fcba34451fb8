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
from bai_wx.record.base import Record, Rows
from models.orders import Order, Status
from models.products import Product
from models.users import User

DAYS: Final = 14
"""So many days, the present one included, does a chart show."""
SOLD_DAYS: Final = 30
"""In so many days are the best sold products counted."""
FEW: Final = 8
"""So many orders and products does the dashboard name."""

Span = tuple[str, str]
"""A stored moment, and the first one after the time that begins with it."""


class Day(NamedTuple):
    """What came in one of Beijing's days. `date` is `2026-11-27`, `turnover` is fen."""

    date: str
    orders: int
    turnover: int
    users: int


class Waiting(NamedTuple):
    """An order that waits for confirmation. `amount` is fen, `created` a stored moment."""

    id: str
    number: str
    created: str
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
    sold: Sequence[Sold]
    """The best sold first."""
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
        sold=best_sold(_span(today, SOLD_DAYS), FEW),
        products=_counts(Product, Product.prod_list_status),
        users=User.count(),
    )


def _days(today: str) -> list[Day]:
    span = _span(today, DAYS)
    is_kept = Order.order_status != Status.CANCELLED.value
    turnover = fn.SUM(Case(None, [(is_kept, Order.order_amount)], 0))
    found = _by_hour(Order, Order.seq << _placed(span), [fn.COUNT(SQL("*")), turnover])
    placed, taken = (_by_day((row[0], row[which]) for row in found) for which in (1, 2))
    registered = _by_day(_by_hour(User, _came(User, span), [fn.COUNT(SQL("*"))]))
    first = date.fromisoformat(today) - timedelta(days=DAYS - 1)
    names = [(first + timedelta(days=each)).isoformat() for each in range(DAYS)]
    return [Day(name, placed[name], taken[name], registered[name]) for name in names]


def _placed(span: Span) -> Any:
    # An index answers this; only the orders it finds are looked up among the rows, which are long.
    placed = Order.alias()
    return placed.select(placed.seq).where(_came(placed, span))


def _came(rows: "Rows[Any]", span: Span) -> Expression:
    """The condition that undeleted rows were created in this time."""
    came: Expression = Record.undeleted(rows) & (rows.created >= span[0]) & (rows.created < span[1])
    return came


def _by_hour(
    model: type[Record], condition: Expression, sums: Sequence[Any]
) -> list[tuple[Any, ...]]:
    """Sums of the rows of each hour. Beijing's midnight is a whole hour of the stored moments' UTC."""
    hour = fn.SUBSTR(model.created, 1, len("2026-11-27 08"))
    query = model.select(hour, *sums).where(condition).group_by(SQL("1"))
    found: Any = query.tuples()
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
    oldest = Order.select().where(waits).order_by(Order.created, Order.seq).limit(FEW)
    orders = list(oldest)
    owners = [order.order_owner for order in orders]
    users = User.select(User.openid, User.users_name).where(User.openid << owners)
    names = {user.openid: user.users_name for user in users}
    return [
        Waiting(
            order.id,
            order.order_number,
            order.created,
            order.order_amount,
            names.get(order.order_owner, ""),
        )
        for order in orders
    ]
