"""Orders: what a list is asked for, and what the page of one shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, NamedTuple, Self

from peewee import Expression, fn

from bai_wx.console import audit, rows, times
from bai_wx.console.sales import customers, goods, timeline
from models.company import Company
from models.orders import TRANSITIONS, Actor, Order, Status
from models.users import User

PERIODS: Final[Mapping[str, tuple[int, int]]] = {
    "today": (0, 0),
    "yesterday": (1, 1),
    "week": (6, 0),
    "month": (29, 0),
}
"""Periods by name: how many days ago they begin and end. A bookmark of one means other days tomorrow."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list of orders is asked for. `since` and `until` are days of Beijing and included."""

    status: str = ""
    period: str = ""
    since: str = ""
    until: str = ""
    customer: str = ""

    @classmethod
    def read(cls, params: Mapping[str, str]) -> Self:
        """Read it from an address. Raises: `ValueError` for a day or a period that is none."""
        asked = cls(*(params.get(name, "").strip() for name in FILTERS))
        if asked.period and asked.period not in PERIODS:
            raise ValueError(asked.period)
        for day in (asked.since, asked.until):
            if day:
                date.fromisoformat(day)
        return asked

    def condition(self, *, of_any_status: bool = False) -> Expression | None:
        """The condition on orders; None where everything is asked for."""
        parts = [*self._on_days()]
        if self.status and not of_any_status:
            parts.append(Order.order_status == self.status)
        if self.customer:
            parts.append(
                (Order.order_owner == self.customer)
                | (Order.order_owner << customers.openids(self.customer))
            )
        return rows.all_of(*parts)

    def _on_days(self) -> list[Expression]:
        since, until = self.since, self.until
        if self.period and not (since or until):
            since, until = (_days_ago(number) for number in PERIODS[self.period])
        parts: list[Expression] = []
        if since:
            parts.append(Order.order_create >= times.day_bounds(since)[0])
        if until:
            parts.append(Order.order_create < times.day_bounds(until)[1])
        return parts


FILTERS: Final = ("status", "period", "since", "until", "customer")
"""The parameters of an address that `Asked` is read from."""


class Tally(NamedTuple):
    """How many orders there are, and what they cost together, in fen."""

    orders: int
    amount: int


def tallies(condition: Expression | None) -> dict[str, Tally]:
    """The undeleted orders that meet a condition, summed by the database for each status."""
    sums = fn.COUNT(Order.seq), fn.SUM(Order.order_amount)
    found = rows.matching(Order, condition).select(Order.order_status, *sums)
    lines: Any = found.group_by(Order.order_status).tuples()
    return {status: Tally(number, int(amount)) for status, number, amount in lines}


def amount_of(found: Mapping[str, Tally], status: str) -> int:
    """What the orders of a status cost together, in fen; of all where it is `""`."""
    return sum(each.amount for name, each in found.items() if status in ("", name))


def moved_because(text: str) -> Expression:
    """The condition that an operator moved the order for a reason that contains a text."""
    told: Expression = Order.id << audit.giving_reason(Order.collection(), audit.Action.MOVE, text)
    return told


def cancel_reasons(found: Sequence[Order]) -> dict[str, str]:
    """Why operators cancelled those of these orders that are cancelled, by record id; in one query."""
    ids = [order.id for order in found if order.order_status == Status.CANCELLED]
    moves = audit.entries_of(Order.collection(), ids, audit.Action.MOVE) if ids else []
    return {
        each.record_id: each.reason
        for each in moves
        if each.after.get("order_status") == Status.CANCELLED
    }


def _days_ago(number: int) -> str:
    return (date.fromisoformat(times.today()) - timedelta(number)).isoformat()


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the page of an order shows.

    `moves` are the states that an operator may move it to. `is_cancelled_later` says that cancelling is none
    of them, and is one after a move of them.
    """

    lines: Sequence[goods.Line]
    customer: User | None
    company: Company | None
    events: Sequence[timeline.Event]
    moves: Sequence[str]
    is_cancelled_later: bool


def sheet(order: Order) -> Sheet:
    """Read what belongs to an order."""
    customer = User.get_or_none(User.openid == order.order_owner)
    company = Company.get_or_none(Company.id == customer.company) if customer else None
    rules = TRANSITIONS[Actor.OPERATOR]
    allowed = rules.get(order.order_status, frozenset())
    later = {state for status in allowed for state in rules.get(status, ())}
    return Sheet(
        goods.lines_of(order.order_snap),
        customer,
        company,
        timeline.of_order(order),
        [status for status in Status if status in allowed],
        Status.CANCELLED in later - allowed,
    )
