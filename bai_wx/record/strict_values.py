"""Values of an import, read strictly: one that does not fit its field is refused, never bent."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import orjson

from bai_wx.record import clock, money
from bai_wx.record.go_values import MAX_EXACT_INTEGER

MAX_NAME_BYTES = 255  # bytes; what a file system takes
_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?")
_TRUTHS = {"true": True, "1": True, "false": False, "0": False}
_NOT_IN_A_NAME = re.compile(r"[/\\\x00-\x1f\x7f]")


class Unfit(ValueError):
    """A value does not fit its field. The message says what would."""


def text(value: Any) -> str:
    """A text as it is. Raises: `Unfit`, as all of these do."""
    if not isinstance(value, str):
        raise Unfit("must be a text")
    return value


def address(given: str) -> str:
    """An http or https address, or the empty text."""
    if given and urlsplit(given).scheme not in ("http", "https"):
        raise Unfit("must be an http or https address")
    return given


def whole(value: Any, low: int | None, high: int | None) -> int:
    """A whole number from `low` to `high`, where they are given; 0 is always allowed."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value % 1:
        raise Unfit("must be a whole number")
    number = int(value)
    if abs(number) > MAX_EXACT_INTEGER:
        raise Unfit(f"must be between -{MAX_EXACT_INTEGER} and {MAX_EXACT_INTEGER}")
    is_below = low is not None and number < low
    is_above = high is not None and number > high
    if number and (is_below or is_above):
        raise Unfit(f"must be {_range(low, high)}")
    return number


def _range(low: int | None, high: int | None) -> str:
    if low is not None and high is not None:
        return f"{low} to {high}"
    return f"{low} or more" if high is None else f"{high} or less"


def truth(value: Any) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise Unfit("must be true or false")
    return value


def fen(value: Any) -> int:
    """An amount of yuan, in fen."""
    found = None if isinstance(value, (bool, str)) else money.fen_of(value)
    if found is None or not 0 <= found <= money.MAX_FEN or Decimal(str(value)) * 100 != found:
        raise Unfit(f"must be yuan, 0 to {money.yuan_of(money.MAX_FEN)}, at most two decimals")
    return found


def moment(value: Any) -> str:
    """A date in ISO 8601, as `clock` writes it; without a zone it is UTC."""
    given = text(value)
    if not given or re.fullmatch(clock.TIMESTAMP, given):
        return given
    try:
        found = datetime.fromisoformat(given)
        aware = found if found.tzinfo else found.replace(tzinfo=UTC)
        return clock.text_of(aware.timestamp())
    except (ValueError, OverflowError) as exc:
        raise Unfit("must be a date such as 2026-11-23 08:15:30.123Z") from exc


def json(value: Any) -> str:
    """Any JSON value, as compact text."""
    try:
        return orjson.dumps(value).decode()
    except orjson.JSONEncodeError as exc:
        raise Unfit(f"cannot be kept: {exc}") from exc


def reference(value: Any, target: str) -> str:
    """The record id or the business id of a row of `target`, or the empty text."""
    if not isinstance(value, str):
        raise Unfit(f"must be the id of a row of {target}")
    return value


def references(value: Any, target: str) -> str:
    """A list of record ids or business ids of `target`, as JSON text."""
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        raise Unfit(f"must be a list of ids of rows of {target}")
    return orjson.dumps(value).decode()


def file_name(value: Any) -> str:
    """The plain name of a stored file."""
    name = text(value)
    if name in (".", "..") or _NOT_IN_A_NAME.search(name) or len(name.encode()) > MAX_NAME_BYTES:
        raise Unfit(f"must be the plain name of a stored file, at most {MAX_NAME_BYTES} bytes")
    return name


def number_in(cell: str) -> int | float:
    """The number in the cell of a table."""
    if not _NUMBER.fullmatch(cell):
        raise Unfit("must be a number")
    return float(cell) if "." in cell else int(cell)


def truth_in(cell: str) -> bool:
    """The truth in the cell of a table: tables write it in capitals or as a number, too."""
    word = cell.lower()
    if word not in _TRUTHS:
        raise Unfit("must be true or false")
    return _TRUTHS[word]


def json_in(cell: str) -> Any:
    """The value of the JSON in the cell of a table."""
    try:
        return orjson.loads(cell)
    except orjson.JSONDecodeError as exc:
        raise Unfit("must be JSON text") from exc
