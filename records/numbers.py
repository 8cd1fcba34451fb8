"""Numbers as PocketBase (Go) reads them from loose values and writes them as text."""

import math
import re
from decimal import Decimal

_NUMERIC = re.compile(
    r"[+-]?(?:[0-9]+(?:_[0-9]+)*(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?", re.ASCII
)
_NOT_FINITE = re.compile(r"nan|[+-]?inf(?:inity)?", re.ASCII | re.IGNORECASE)
_LARGEST_INTEGER = 2**63 - 1  # what an integer column holds


def text_of(number: float) -> str:
    """Write a number without exponent and without `.0`: 1e21 is `1000000000000000000000`."""
    if not math.isfinite(number):
        return {math.inf: "+Inf", -math.inf: "-Inf"}.get(number, "NaN")
    return format(Decimal(repr(number)), "f").removesuffix(".0")


def number_of(value: object) -> int | float:
    """Read a number from any JSON value; what is none counts as 0, as in PocketBase.

    Whole numbers come as `int` where an integer column can hold them.
    """
    if isinstance(value, (bool, int, float)):
        return _whole(value)
    if not isinstance(value, str):
        return 0
    if _NUMERIC.fullmatch(value):
        number = float(value.replace("_", ""))
        return _whole(number) if math.isfinite(number) else 0
    return float(value) if _NOT_FINITE.fullmatch(value) else 0


def is_numeric(text: str) -> bool:
    """Whether a text is a number to a numeric column of the database."""
    return "_" not in text and _NUMERIC.fullmatch(text) is not None


def inferred(raw: str) -> str | bool | int | float:
    """Read a form's text: `true`, `false` and numbers in their shortest form, the rest is text."""
    if raw in ("true", "false"):
        return raw == "true"
    if raw[:1] not in tuple("-0123456789") or not _NUMERIC.fullmatch(raw):
        return raw
    number = number_of(raw)
    return number if text_of(number) == raw else raw


def _whole(number: float) -> int | float:
    if isinstance(number, float) and number.is_integer() and abs(number) < _LARGEST_INTEGER:
        return int(number)
    return int(number) if isinstance(number, bool) else number
