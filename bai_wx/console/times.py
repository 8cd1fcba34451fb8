"""Moments as operators read and write them: Beijing's time, to the minute."""

from datetime import datetime, timedelta, timezone
from typing import Final

from bai_wx.record import clock

HALF_MS: Final = 0.0005  # seconds; `text_of` cuts, and a float may lie just below its millisecond
BEIJING: Final = timezone(timedelta(hours=8))  # China has no summer time


def shown(moment: str, pattern: str = "%Y-%m-%d %H:%M") -> str:
    """A stored moment as Beijing's time, `""` for an unset one."""
    read = _read(moment)
    return read.astimezone(BEIJING).strftime(pattern) if read else ""


def stored(typed: str) -> str:
    """The moment of a form's `2026-11-27T08:30`. Raises: `ValueError`."""
    local = datetime.fromisoformat(typed).replace(tzinfo=BEIJING)
    return clock.text_of(local.timestamp() + HALF_MS)


def typed(moment: str) -> str:
    """What a form shows of a stored moment: to the minute, finer only where the moment is.

    So a form that is saved unchanged changes no moment.
    """
    read = _read(moment)
    if read is None:
        return ""
    finest = "milliseconds" if read.microsecond else "seconds" if read.second else "minutes"
    return read.astimezone(BEIJING).replace(tzinfo=None).isoformat(timespec=finest)


def day_bounds(day: str) -> tuple[str, str]:
    """The first moment of one of Beijing's days (`2026-11-27`), and of the next. Raises: `ValueError`."""
    start = datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=BEIJING)
    return clock.text_of(start.timestamp()), clock.text_of((start + timedelta(days=1)).timestamp())


def today() -> str:
    """Beijing's day now, as `2026-11-27`."""
    return shown(clock.now(), "%Y-%m-%d")


def _read(moment: str) -> datetime | None:
    try:
        return datetime.fromisoformat(moment.replace(" ", "T"))
    except ValueError:
        return None
