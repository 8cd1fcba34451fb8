"""The pages of a list: which one is asked for, and the addresses of the others."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from starlette.requests import Request

MOST_PAGES: Final = 500


@dataclass(frozen=True, slots=True)
class Pages:
    """One page of a list, numbered from 1, and how many there are. Addresses keep the list's filters."""

    number: int
    last: int
    total: int
    previous: str
    next: str


def asked_page(request: Request) -> int:
    """The number of the page that an address asks for; 1 where it asks for none that can be."""
    asked = request.query_params.get("page", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1
    return min(max(number, 1), MOST_PAGES)


def pages(request: Request, total: int, size: int) -> Pages:
    """The page that is asked for among those of `total` rows, `size` rows a page."""
    number, last = asked_page(request), max(1, -(-total // size))
    previous = _address(request, number - 1) if number > 1 else ""
    return Pages(
        number, last, total, previous, _address(request, number + 1) if number < last else ""
    )


def _address(request: Request, number: int) -> str:
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != "page"]
    return f"?{urlencode([*kept, ('page', str(number))])}"
