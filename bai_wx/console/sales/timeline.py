"""What happened to an order, from what is stored: the order, the audit log, the notes.

The log knows what operators did. What customers did, and what was done before there was a log, follows from
states that the log does not explain.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from bai_wx.console import audit, notes
from models.orders import TRANSITIONS, Actor, Order, Status


class Kind(StrEnum):
    """What an event is."""

    PLACED = "placed"
    MOVED = "moved"
    NOTE = "note"
    DELETED = "deleted"
    RESTORED = "restored"


class By(StrEnum):
    """Who did it, where it was no operator of the log."""

    CUSTOMER = "customer"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. `by` is an operator's name or one of `By`, `status` the state after a move.

    `text` is the reason of a move, or the note. `at` is `""` where nobody knows.
    """

    at: str
    kind: Kind
    by: str
    status: str = ""
    text: str = ""


def of_order(order: Order) -> list[Event]:
    """The events of an order, the newest first."""
    noted = (Event(each.at, Kind.NOTE, each.by, text=each.text) for each in notes.of(order))
    placed = Event(order.order_create or order.created, Kind.PLACED, By.CUSTOMER)
    later = sorted([*_logged(order), *noted], key=lambda event: event.at)
    return [placed, *later][::-1]


def _logged(order: Order) -> Iterator[Event]:
    """What the log tells, and the moves that it does not tell of."""
    status = str(Status.PENDING)
    for entry in reversed(audit.history_of(order.collection(), order.id)):
        if "order_status" in entry.after:
            if entry.before["order_status"] != status:
                yield _untold(status, entry.before["order_status"], entry.before.get("updated", ""))
            status = entry.after["order_status"]
            yield Event(entry.created, Kind.MOVED, entry.operator_name, status, entry.reason)
        elif entry.action == audit.Action.DELETE:
            yield Event(entry.created, Kind.DELETED, entry.operator_name)
        elif entry.action == audit.Action.RESTORE:
            yield Event(entry.created, Kind.RESTORED, entry.operator_name)
    if order.order_status != status:
        yield _untold(status, order.order_status, order.updated)


def _untold(before: str, now: str, at: str) -> Event:
    is_owners = now in TRANSITIONS[Actor.OWNER].get(before, ())
    return Event(at, Kind.MOVED, By.CUSTOMER if is_owners else By.UNKNOWN, now)
