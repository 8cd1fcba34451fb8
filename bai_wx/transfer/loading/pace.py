"""Short transactions: so many rows each that nobody else who writes waits for long."""

import time
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Final, TypeVar

from bai_wx.database.connection import is_embedded

ItemT = TypeVar("ItemT")

WANTED_S: Final = 0.04
"""What one transaction should take. On SQLite nobody else writes meanwhile."""
FIRST_ROWS: Final = 50
MOST_ROWS: Final = 2_000
PAUSE_SHARE: Final = 0.5
"""The pause after a transaction on SQLite, as a part of it: without one, the next would take the lock first."""
SHORTEST_PAUSE_S: Final = 0.01


class Pace:
    """How many rows the next transaction has: as many as the last ones have shown to fit."""

    def __init__(self, wait: Callable[[float], None] = time.sleep) -> None:
        self.rows = FIRST_ROWS
        self.longest_s = 0.0
        self._wait = wait

    def portions(self, items: Iterable[ItemT]) -> Iterator[list[ItemT]]:
        """The items, so many at a time as the pace is by then."""
        left = iter(items)
        while portion := list(islice(left, self.rows)):
            yield portion

    def took(self, rows: int, seconds: float) -> None:
        """Note what a transaction of so many rows took, and leave the others time."""
        self.longest_s = max(self.longest_s, seconds)
        fitting = rows * WANTED_S / max(seconds, 0.001)
        # It grows slowly and shrinks at once: a first fast one says little.
        self.rows = max(1, min(int(fitting), self.rows * 2, MOST_ROWS))
        self.rest(seconds)

    def rest(self, seconds: float = WANTED_S) -> None:
        """Leave the others time after a transaction that took so long."""
        if is_embedded():
            self._wait(max(seconds * PAUSE_SHARE, SHORTEST_PAUSE_S))
