"""Rows as plain JSON values under the contract's names: how they leave by export and come by
import.

Strict both ways, unlike PocketBase's dialect: a value that does not fit its field is refused, never
bent. Money is yuan outside and fen inside, JSON and lists of relations are values outside and text
inside.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import orjson

from bai_wx.record import clock, money
from bai_wx.record.fields import (
    Date,
    File,
    Int,
    Money,
    RecordField,
    Relation,
    Relations,
    Select,
    Text,
    Url,
)

MAX_INT = 2**53 - 1  # what JSON's readers keep exactly
LONGEST_NAME = 255  # bytes; what a file system takes
_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?")
_NOT_IN_A_NAME = re.compile(r"[/\\\x00-\x1f\x7f]")
_RECORD_ID = re.compile(r"[a-z0-9]{15}")


class Unfit(ValueError):
    """A value does not fit its field. The message says what would."""


def column_value(field: RecordField, value: Any) -> Any:
    """Turn a JSON value into what the field's column holds. Raises: `Unfit`."""
    held = _IN[field.kind](field, value)
    if field.required and held == field.zero:
        raise Unfit("is required")
    return held


def cell_value(field: RecordField, cell: str) -> Any:
    """Turn the text of a CSV cell into the JSON value it stands for. Raises: `Unfit`."""
    if field.kind in ("json", "relations"):
        try:
            return orjson.loads(cell)
        except orjson.JSONDecodeError as exc:
            raise Unfit("must be JSON text") from exc
    if field.kind in ("number", "money"):
        return _number_in(cell)
    return cell


def json_value(field: RecordField, held: Any) -> Any:
    """Turn a column's content into the JSON value it stands for."""
    if field.kind == "money":
        return money.yuan_of(held)
    return orjson.Fragment(held) if field.kind in ("json", "relations") else held


def _text(field: Text, value: Any) -> str:
    text = _string(value)
    if len(text) > field.text_max:
        raise Unfit(f"must be no more than {field.text_max} characters")
    if text and field.pattern and not re.fullmatch(field.pattern, text):
        raise Unfit(f"must match {field.pattern}")
    return text


def _url(field: Url, value: Any) -> str:
    text = _text(field, value)
    if text and urlsplit(text).scheme not in ("http", "https"):
        raise Unfit("must be an http or https address")
    return text


def _editor(field: RecordField, value: Any) -> str:
    return _string(value)


def _int(field: Int, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != int(value):
        raise Unfit("must be a whole number")
    number = int(value)
    if abs(number) > MAX_INT:
        raise Unfit(f"must be between -{MAX_INT} and {MAX_INT}")
    low, high = field.minimum, field.maximum
    below = low is not None and number < low
    above = high is not None and number > high
    if number and (below or above):
        raise Unfit(f"must be {_range(low, high)}")
    return number


def _money(field: Money, value: Any) -> int:
    fen = None if isinstance(value, (bool, str)) else money.fen_of(value)
    if fen is None or not 0 <= fen <= money.MAX_FEN or Decimal(str(value)) * 100 != fen:
        raise Unfit(f"must be yuan, 0 to {money.yuan_of(money.MAX_FEN)}, at most two decimals")
    return fen


def _date(field: Date, value: Any) -> str:
    text = _string(value)
    if not text or re.fullmatch(clock.TIMESTAMP, text):
        return text
    try:
        moment = datetime.fromisoformat(text)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return clock.text_of(aware.timestamp())
    except (ValueError, OverflowError) as exc:
        raise Unfit("must be a date such as 2026-11-23 08:15:30.123Z") from exc


def _select(field: Select, value: Any) -> str:
    text = _string(value)
    if text and text not in field.values:
        raise Unfit(f"must be one of {', '.join(field.values)}")
    return text


def _json(field: RecordField, value: Any) -> str:
    try:
        return orjson.dumps(value).decode()
    except orjson.JSONEncodeError as exc:
        raise Unfit(f"cannot be kept: {exc}") from exc


def _relation(field: Relation, value: Any) -> str:
    text = _string(value)
    if text and not _RECORD_ID.fullmatch(text):
        raise Unfit(f"must be the record id of a row of {field.target}")
    return text


def _relations(field: Relations, value: Any) -> str:
    if not isinstance(value, list):
        raise Unfit(f"must be a list of record ids of {field.target}")
    if not all(isinstance(item, str) and _RECORD_ID.fullmatch(item) for item in value):
        raise Unfit(f"must be a list of record ids of {field.target}")
    return orjson.dumps(value).decode()


def _file(field: File, value: Any) -> str:
    name = _string(value)
    if name in (".", "..") or _NOT_IN_A_NAME.search(name) or len(name.encode()) > LONGEST_NAME:
        raise Unfit(f"must be the plain name of a stored file, at most {LONGEST_NAME} bytes")
    return name


_IN: dict[str, Callable[[Any, Any], Any]] = {
    "text": _text,
    "url": _url,
    "editor": _editor,
    "number": _int,
    "money": _money,
    "date": _date,
    "select": _select,
    "json": _json,
    "relation": _relation,
    "relations": _relations,
    "file": _file,
}


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise Unfit("must be a text")
    return value


def _number_in(cell: str) -> int | float:
    if not _NUMBER.fullmatch(cell):
        raise Unfit("must be a number")
    return float(cell) if "." in cell else int(cell)


def _range(low: int | None, high: int | None) -> str:
    if low is not None and high is not None:
        return f"{low} to {high}"
    return f"{low} or more" if high is None else f"{high} or less"
