"""Numbers and truths as PocketBase (Go) parses them from loose values, and writes them as text."""

import math
import re
from decimal import Decimal
from typing import Final

INT64: Final = range(-(2**63), 2**63)
"""The whole numbers that an integer column holds, and that Go reads."""

MAX_EXACT_INTEGER: Final = 2**53 - 1
"""The largest whole number that every JSON reader keeps exactly."""

_DIGITS = "[0-9]++(?:_[0-9]++)*+"
_HEX_DIGITS = "[0-9A-Fa-f]++(?:_[0-9A-Fa-f]++)*+"
_NUMERIC = re.compile(
    rf"[+-]?(?:{_DIGITS}(?:\.(?:{_DIGITS})?)?|\.{_DIGITS})(?:[eE][+-]?{_DIGITS})?", re.ASCII
)
_HEXADECIMAL = re.compile(
    rf"[+-]?0[xX](?:_?{_HEX_DIGITS}(?:\.(?:{_HEX_DIGITS})?)?|\.{_HEX_DIGITS})[pP][+-]?{_DIGITS}",
    re.ASCII,
)
_WHOLE = re.compile(r"[+-]?[0-9][0-9A-Za-z_]*", re.ASCII)
_DECIMAL = re.compile(r"([+-]?[0-9]+)\.[0-9]*", re.ASCII)
_OCTAL = re.compile(r"^([+-]?0)(?=_?[0-7])", re.ASCII)
_TRUTHS = {
    **dict.fromkeys(("1", "t", "T", "true", "TRUE", "True"), True),
    **dict.fromkeys(("0", "f", "F", "false", "FALSE", "False"), False),
}
_NOT_FINITE = re.compile(r"nan|[+-]?inf(?:inity)?", re.ASCII | re.IGNORECASE)
_MAX_LENGTH = 1000
"""Characters of a number. A text of megabytes would take seconds to look at, and is none."""
_EXPONENT_FROM = 6  # digits after the first


def text_of(number: float) -> str:
    """Write a number without exponent and without `.0`: 1e21 is `1000000000000000000000`."""
    if not math.isfinite(number):
        return {math.inf: "+Inf", -math.inf: "-Inf"}.get(number, "NaN")
    return format(Decimal(repr(number)), "f").removesuffix(".0")


def printed(number: float) -> str:
    """Write a number as Go prints it, from a million on with an exponent: `9.99999999e+06`."""
    exact = Decimal(repr(float(number))).normalize()
    if -4 <= exact.adjusted() < _EXPONENT_FROM:
        return text_of(number)
    digits, _, exponent = f"{exact:e}".partition("e")
    return f"{digits}e{int(exponent):+03d}"


def number_of(value: object) -> int | float:
    """Convert any JSON value to a number; what is none counts as 0, as in PocketBase.

    Whole numbers come as `int` where an integer column can hold them.
    """
    if isinstance(value, (bool, int, float)):
        return _whole(value)
    if not isinstance(value, str):
        return 0
    if _NOT_FINITE.fullmatch(value):
        return float(value)
    number = _float_of(value)
    return _whole(number) if math.isfinite(number) else 0


def _float_of(text: str) -> float:
    """Parse a number as Go writes them, `1_000.5e3` or `0x1.8p4`; 0 for what is none or too long."""
    if len(text) > _MAX_LENGTH:
        return 0
    digits = text.replace("_", "")
    if _NUMERIC.fullmatch(text):
        return float(digits)
    if not _HEXADECIMAL.fullmatch(text):
        return 0
    try:
        return float.fromhex(digits)
    except OverflowError:
        return math.inf


def is_numeric(text: str) -> bool:
    """Whether a text is a number to a numeric column of the database."""
    is_short = len(text) <= _MAX_LENGTH
    return is_short and "_" not in text and _NUMERIC.fullmatch(text) is not None


def whole_of(text: str) -> int:
    """Parse a whole number as Go writes them: `12`, `0x1F`, `017`, `1_000`; decimals are cut off.

    Returns: 0 for what is none, or none of 64 bits.
    """
    decimal = _DECIMAL.fullmatch(text)
    text = decimal[1] if decimal else text
    if not _WHOLE.fullmatch(text):
        return 0
    try:
        number = int(_OCTAL.sub(r"\1o", text), 0)
    except ValueError:
        return 0
    return number if abs(number) < INT64.stop else 0


def truth_of(text: str) -> bool | None:
    """Parse a truth as Go does, `true`, `T`, `1` …; None for what is neither true nor false."""
    return _TRUTHS.get(text)


def inferred(raw: str) -> str | bool | int | float:
    """Convert a form's text: `true`, `false` and numbers in their shortest form, the rest is text."""
    if raw in ("true", "false"):
        return raw == "true"
    is_long = len(raw) > _MAX_LENGTH
    if is_long or raw[:1] not in tuple("-0123456789") or not _NUMERIC.fullmatch(raw):
        return raw
    number = number_of(raw)
    return number if text_of(number) == raw else raw


def _whole(number: float) -> int | float:
    if isinstance(number, float) and number.is_integer() and abs(number) < INT64.stop:
        return int(number)
    return int(number) if isinstance(number, bool) else number
