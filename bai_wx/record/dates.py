"""Moments as clients write them, parsed to the one form that records hold."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

_ISO: Final = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)"
    r"(?:[ T](?P<time>\d\d:\d\d:\d\d)(?:[.,](?P<fraction>\d+))?"
    r" ?(?P<zone>Z|[+-]\d\d:?\d\d)?)?",
    re.ASCII,
)
_RFC_1123: Final = re.compile(
    r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d ([A-Z]{3}|[+-]\d{4})", re.ASCII
)
UNSET: Final = ""


def date_of(value: object) -> str:
    """Parse a date of ISO 8601 or RFC 1123; what is none counts as unset, without an error.

    A date without a zone is UTC; more than milliseconds are cut off.
    """
    if not isinstance(value, str):
        return UNSET
    try:
        moment = _moment(value)
    except (ValueError, OverflowError):
        return UNSET
    if moment is None or moment == datetime.min.replace(tzinfo=UTC):
        return UNSET
    # isoformat() writes the year in four digits everywhere, which strftime does not.
    return moment.isoformat(" ", "milliseconds").removesuffix("+00:00") + "Z"


def _moment(text: str) -> datetime | None:
    if _RFC_1123.fullmatch(text):
        return parsedate_to_datetime(text).astimezone(UTC)
    parts = _ISO.fullmatch(text)
    if parts is None:
        return None
    clock = parts["time"] or "00:00:00"
    naive = datetime.strptime(f"{parts['day']} {clock}", "%Y-%m-%d %H:%M:%S")
    milliseconds = int((parts["fraction"] or "0")[:3].ljust(3, "0"))
    moment = naive.replace(microsecond=milliseconds * 1000, tzinfo=UTC)
    return moment - _offset(parts["zone"] or "Z")


def _offset(zone: str) -> timedelta:
    if zone == "Z":
        return timedelta()
    offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
    return -offset if zone[0] == "-" else offset
