"""The page of a list that a query asks for."""

import re
from functools import lru_cache
from typing import Final, NamedTuple

from bai_wx.errors import BadQuery
from bai_wx.record.go_values import INT64, truth_of

DEFAULT_SIZE: Final = 30
MAX_SIZE: Final = 1000
MAX_OFFSET: Final = 2**62  # rows; beyond it a page number no longer fits the database's integers

_INTEGER = re.compile(r"([+-]?)0*([0-9]{1,19})", re.ASCII)


class PageRequest(NamedTuple):
    """Asks for page `number` (from 1) of `size` rows; `is_counted`: with the number of all rows."""

    number: int
    size: int
    is_counted: bool

    @property
    def offset(self) -> int:
        """The number of rows before the page."""
        return min((self.number - 1) * self.size, MAX_OFFSET)


_FIRST: Final = PageRequest(1, DEFAULT_SIZE, True)


def parse(query: dict[str, str]) -> PageRequest:
    """Parse `page`, `perPage` and `skipTotal`. Raises: `BadQuery`."""
    if not query:
        return _FIRST
    return _parse(
        query.get("page") or "1", query.get("perPage") or "0", query.get("skipTotal") or "0"
    )


@lru_cache(256)
def _parse(page: str, per_page: str, skip_total: str) -> PageRequest:
    number, size, is_counted = _integer(page), _integer(per_page), not _truth(skip_total)
    return PageRequest(
        max(number, 1), min(size, MAX_SIZE) if size > 0 else DEFAULT_SIZE, is_counted
    )


def _integer(text: str) -> int:
    found = _INTEGER.fullmatch(text)
    number = int(found[1] + found[2]) if found else 0
    if not found or number not in INT64:
        raise BadQuery(f"{text[:40]!r} is no whole number")
    return number


def _truth(text: str) -> bool:
    truth = truth_of(text)
    if truth is None:
        raise BadQuery(f"{text[:40]!r} is neither true nor false")
    return truth
