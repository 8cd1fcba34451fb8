"""A statement on its way through a pipeline, and what becomes of it."""

import math
import re
from collections import deque
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import psycopg

from bai_wx.database.early import Early
from bai_wx.database.rows import Rows
from bai_wx.database.waiting import Waiting

_MARK: Final = re.compile(r"%(.)", re.DOTALL)

Key = tuple[str, tuple[int, ...]]
Asked = tuple[str, Sequence[Any]]
"""A statement with its values."""


class Bound(NamedTuple):
    """A statement as it is sent."""

    sql: str
    values: Any
    types: Any
    formats: Any


class Sent:
    """Statements that are under way for one who waits."""

    __slots__ = (
        "bound",
        "ends_alone",
        "has_limit",
        "is_given_up",
        "is_skipped",
        "may_be_again",
        "patience_from",
        "problem",
        "rows",
        "since",
        "steps",
        "waiting",
    )

    def __init__(self, waiting: Waiting[Any] | Early, bound: list[Bound], since: float) -> None:
        self.waiting, self.bound, self.since = waiting, bound, since
        """`since` is when it was sent, and later when it came to be the first, where others were before it."""
        self.rows: list[Rows] = []
        self.problem: Exception | None = None
        self.patience_from = math.inf
        """When it was asked, if whoever waits may be told that it takes too long."""
        self.is_skipped = self.is_given_up = False
        self.has_limit = True
        """Whether the server is given up where it takes too long."""
        self.may_be_again = False
        """Whether it may be sent once more where the server did nothing of it."""
        self.ends_alone = False
        """Whether it is done when its Sync is: the server commits there what it did outside a transaction."""
        self.steps: deque[Key | None] = deque()
        """What is not answered yet: the key of what is prepared or closed, or None for what is run."""


class LostError(psycopg.OperationalError):
    """The connection ended, or was silent, before the statement was answered."""


class OutdatedError(psycopg.OperationalError):
    """What a statement was prepared as is gone from the server, or no longer what it was. It did nothing."""


class SilentError(psycopg.OperationalError):
    """The statement was given up; to send it again would take as long again."""


def numbered(sql: str) -> bytes:
    """A text with `%s` for each value as libpq has it, with `$1`, `$2` …"""
    places = iter(range(1, 65_536))
    return _MARK.sub(lambda found: f"${next(places)}" if found[1] == "s" else "%", sql).encode()


def key_of(bound: Bound) -> Key:
    """What a statement is prepared under: the same text may come with values of other types."""
    return bound.sql, tuple(bound.types or ())
