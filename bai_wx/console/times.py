"""Moments as operators read and write them: Beijing's time, to the minute."""

from datetime import datetime, timedelta, timezone
from typing import Final

from bai_wx.record import clock

BEIJING: Final = timezone(timedelta(hours=8))  # China has no summer time


def shown(moment: str, pattern: str = "%Y-%m-%d %H:%M") -> str:
    """A stored moment as Beijing's time, `""` for an unset one."""
    read = _read(moment)
    return read.astimezone(BEIJING).strftime(pattern) if read else ""


def stored(typed: str) -> str:
    """The moment of a form's `2026-11-27T08:30`. Raises: `ValueError`."""
    local = datetime.fromisoformat(typed).replace(tzinfo=BEIJING)
    return clock.text_of(local.timestamp())


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
