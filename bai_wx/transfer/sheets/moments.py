"""Moments as people write them in tables: Beijing's time, unless they name a zone."""

import re
import unicodedata
from datetime import datetime, timedelta, timezone
from typing import Final

from bai_wx.record import clock

BEIJING: Final = timezone(timedelta(hours=8))  # China has no summer time
HALF_MS: Final = 0.0005  # seconds; `text_of` cuts, and a float may lie just below its millisecond

_DAY: Final = r"(\d{4})(?:-|/|\.|年)(\d{1,2})(?:-|/|\.|月)(\d{1,2})日?"
_TIME: Final = r"(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,6}))?)?"
_WRITTEN: Final = re.compile(rf"{_DAY}(?:[ T]*{_TIME})?", re.ASCII)


def stored(text: str) -> str | None:
    """A moment as records hold it, None where the text is none.

    `2026/1/5`, `2026年1月5日 8:30` and `2026-01-05 08:30:15.123` are Beijing's; a zone or Z at the end counts.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if re.fullmatch(clock.TIMESTAMP, plain):
        return plain
    found = _WRITTEN.fullmatch(plain)
    try:
        return of_local(_moment(*found.groups()) if found else datetime.fromisoformat(plain))
    except (ValueError, OverflowError):
        return None


def of_local(moment: datetime) -> str:
    """A moment as records hold it; one without a zone is Beijing's."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=BEIJING)
    return clock.text_of(aware.timestamp() + HALF_MS)


def local(moment: str) -> datetime | None:
    """Beijing's time of a stored moment, without its zone; None where it is none."""
    try:
        read = datetime.fromisoformat(moment.replace(" ", "T"))
        return read.astimezone(BEIJING).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None


def written(moment: datetime) -> str:
    """A moment as it is written in a table: to the minute, finer only where the moment is."""
    finest = "milliseconds" if moment.microsecond else "seconds" if moment.second else "minutes"
    return moment.isoformat(" ", finest)


def _moment(year: str, month: str, day: str, *time: str | None) -> datetime:
    hour, minute, second, fraction = (each or "0" for each in time)
    microsecond = int(fraction.ljust(6, "0"))
    return datetime(
        int(year), int(month), int(day), int(hour), int(minute), int(second), microsecond
    )
