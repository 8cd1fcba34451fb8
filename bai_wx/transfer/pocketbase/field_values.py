"""Values of a PocketBase's fields, made to fit fields of ours: what is bent is told, what does not fit refused.

Relations and the words of states are not in here: they need other rows, and a map (`translating`).
"""

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any, Final, NamedTuple

import orjson

from bai_wx.record import clock, money
from bai_wx.record.dates import date_of
from bai_wx.record.fields import Bool, Date, File, Int, Json, Money, RecordField
from bai_wx.record.joined import SEPARATOR
from bai_wx.record.strict_values import Unfit
from bai_wx.transfer.pocketbase.pb_data import Broken

TEXT_AS_NUMBER: Final = "a text read as a number"
TEXT_AS_TRUTH: Final = "a text read as true or false"
TEXT_AS_JSON: Final = "a text read as JSON"
NUMBER_AS_TEXT: Final = "a number written as text"
NUMBER_AS_DATE: Final = "a number read as a moment of Unix"
NUMBER_AS_TRUTH: Final = "a number read as true or false"
TRUTH_AS_NUMBER: Final = "true or false written as 1 or 0"
LIST_AS_TEXT: Final = f"a list joined by {SEPARATOR}"
JSON_AS_TEXT: Final = "JSON written as text"
DATE_REWRITTEN: Final = "a date rewritten in UTC"
ZERO_DATE: Final = "the year 1, read as no date"
ROUNDED: Final = "an amount rounded to the fen"
SINGLE_FILE: Final = "a list of one file"

MS_FROM: Final = (
    1e11  # a moment of Unix above is in milliseconds; in seconds it would be the year 5138
)
MS_UNTIL: Final = 253_402_300_800_000  # the year 10000, in milliseconds
_AMOUNT: Final = re.compile(r"[¥￥]?\s*(-?\d[\d,，]*(?:\.\d+)?(?:[eE][+-]?\d+)?)\s*元?")
_TRUTHS: Final = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
_TIMESTAMP: Final = re.compile(clock.TIMESTAMP)
_ZERO_DATE: Final = "0001-01-01"


class Fitted(NamedTuple):
    """A value as an import has it, and how it was bent: `""` where it was not."""

    value: Any
    how: str = ""


Convert = Callable[[Any], Fitted]


def fitted(field: RecordField, value: Any) -> Fitted:
    """Make a value fit a field. Raises: `Unfit`, which says what the field takes."""
    check_text(value)
    kind: Any = type(
        field
    )  # mypy takes it for one that has no hash: Peewee's fields say they have none
    return _converter(kind)(value)


def check_text(value: Any) -> None:
    """Check that a value holds no bytes in the place of text. Raises: `Unfit`."""
    if isinstance(value, bytes):
        raise Unfit("holds bytes that are no text")
    texts = value if isinstance(value, list) else (value,)
    if not all(_is_utf8(text) for text in texts if isinstance(text, str)):
        raise Unfit("holds a text that is not UTF-8")


@cache
def _converter(kind: type[Any]) -> Convert:
    return next((make for base, make in _BY_KIND.items() if issubclass(kind, base)), _as_text)


def _is_utf8(text: str) -> bool:
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _as_text(value: Any) -> Fitted:
    if value is None:
        return Fitted("")
    if isinstance(value, str):
        return Fitted(str(value))
    if isinstance(value, bool):
        return Fitted("true" if value else "false", NUMBER_AS_TEXT)
    if isinstance(value, (int, float)):
        return Fitted(_number_text(value), NUMBER_AS_TEXT)
    if isinstance(value, list) and all(isinstance(each, (str, int, float)) for each in value):
        return Fitted(barred(value), LIST_AS_TEXT if value else "")
    return Fitted(orjson.dumps(value).decode(), JSON_AS_TEXT)


def barred(parts: list[Any]) -> str:
    """Texts joined by a bar, without empty ones."""
    texts = (each.strip() if isinstance(each, str) else _number_text(each) for each in parts)
    return SEPARATOR.join(text for text in texts if text)


def _number_text(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else repr(value)


def _as_number(value: Any) -> Fitted:
    if value is None or value == "":
        return Fitted(0)
    if isinstance(value, bool):
        return Fitted(int(value), TRUTH_AS_NUMBER)
    how = ""
    if isinstance(value, str):
        value, how = _number_in(value), TEXT_AS_NUMBER
    if not isinstance(value, (int, float)) or not math.isfinite(value):
        raise Unfit("must be a number")
    return Fitted(int(value) if float(value).is_integer() else value, how)


def _number_in(text: str) -> int | float:
    found = _AMOUNT.fullmatch(text.strip())
    if not found:
        raise Unfit(f"must be a number, not {shortened(text)}")
    return float(found[1].replace(",", "").replace("，", ""))


def _as_amount(value: Any) -> Fitted:
    number, how = _as_number(value)
    fen = money.fen_of(number)
    if fen is None or not 0 <= fen <= money.MAX_FEN:
        most = money.yuan_of(money.MAX_FEN)
        raise Unfit(f"must be an amount of yuan from 0 to {most}, not {number}")
    is_rounded = Decimal(str(number)) * 100 != fen
    return Fitted(money.yuan_of(fen), ROUNDED if is_rounded else how)


def _as_truth(value: Any) -> Fitted:
    if value is None or value == "":
        return Fitted(False)
    if isinstance(value, bool):
        return Fitted(value)
    if isinstance(value, (int, float)):
        return Fitted(bool(value), NUMBER_AS_TRUTH)
    if isinstance(value, str) and value.strip().lower() in _TRUTHS:
        return Fitted(_TRUTHS[value.strip().lower()], TEXT_AS_TRUTH)
    raise Unfit(f"must be true or false, not {shortened(value)}")


def _as_date(value: Any) -> Fitted:
    if value in (None, "", 0):
        return Fitted("")
    if isinstance(value, str):
        if _is_moment(value):
            return Fitted(value)
        if value.startswith(_ZERO_DATE):
            return Fitted("", ZERO_DATE)
        found = date_of(value) or _moment(value.strip())
        if found:
            return Fitted(found, "" if found == value else DATE_REWRITTEN)
    elif not isinstance(value, bool) and isinstance(value, (int, float)) and 0 < value < MS_UNTIL:
        return Fitted(clock.text_of(value / 1000 if value >= MS_FROM else value), NUMBER_AS_DATE)
    raise Unfit(f"must be a date, not {shortened(value)}")


def _is_moment(text: str) -> bool:
    """Whether a date is written as ours are, and not that of the year 1."""
    if not _TIMESTAMP.fullmatch(text) or text.startswith(_ZERO_DATE):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _moment(text: str) -> str:
    """A date as people write it, `2024/1/2` or `2024-01-02 03:04`; `""` for what is none."""
    parts = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T](.*))?", text)
    if not parts:
        return ""
    year, month, day, time = parts.groups()
    try:
        found = datetime.fromisoformat(f"{year}-{int(month):02d}-{int(day):02d} {time or '00:00'}")
        aware = found if found.tzinfo else found.replace(tzinfo=UTC)
        return clock.text_of(aware.timestamp())
    except (ValueError, OverflowError):
        return ""


def _as_json(value: Any) -> Fitted:
    if isinstance(value, Broken):
        raise Unfit(f"must be JSON, not {shortened(value)}")
    if not isinstance(value, str):
        return Fitted(value)
    if not value.strip():
        return Fitted(None)
    try:
        found = orjson.loads(value)
    except orjson.JSONDecodeError:
        return Fitted(value)
    return Fitted(found, TEXT_AS_JSON) if isinstance(found, (dict, list)) else Fitted(value)


def _as_file(value: Any) -> Fitted:
    if isinstance(value, list):
        if len(value) > 1:
            raise Unfit(f"holds {len(value)} files, and a row here has one")
        return Fitted(value[0], SINGLE_FILE) if value else Fitted("")
    return _as_text(value)


def shortened(value: object) -> str:
    """A value as a reason shows it."""
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else f"{text[:60]}…"


_BY_KIND: Final[Mapping[type, Convert]] = {
    Money: _as_amount,
    Int: _as_number,
    Bool: _as_truth,
    Date: _as_date,
    Json: _as_json,
    File: _as_file,
}
"""What makes a value fit, by the kind of the field; a text is what is left."""
