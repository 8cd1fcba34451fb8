"""Time has one home: UTC, written `2026-11-23 08:15:30.123Z`, compared as that text."""

import re
import time
from datetime import datetime
from functools import lru_cache

TIMESTAMP = r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}\.\d{3}Z"

DURATION = re.compile(r"([0-9]{1,12})([smhdw])")
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
LONGEST_S = 100 * 365 * SECONDS["d"]


def seconds_of(duration: str) -> int:
    """Read a length of time such as `90d`. Raises: `ValueError` for other texts, and beyond a hundred years."""
    matched = DURATION.fullmatch(duration)
    seconds = int(matched[1]) * SECONDS[matched[2]] if matched else LONGEST_S + 1
    if seconds > LONGEST_S:
        raise ValueError(f"{duration!r} is no duration; write a number and s, m, h, d or w: 90d")
    return seconds


def text_of(unix_s: float) -> str:
    """Write a Unix time, in seconds, the way records hold it: UTC, millisecond digits, a final Z."""
    return _text_of_ms(int(unix_s * 1000))


@lru_cache(maxsize=4)  # under load a millisecond sees several requests
def _text_of_ms(unix_ms: int) -> str:
    whole, milliseconds = divmod(unix_ms, 1000)
    return f"{_second(whole)}.{milliseconds:03d}Z"


@lru_cache(maxsize=4)
def _second(unix_s: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(unix_s))


def after(moment: str) -> str:
    """The present moment, but at least a millisecond after `moment`, which records hold."""
    present = now()
    if present > moment:
        return present
    return _text_of_ms(round(datetime.fromisoformat(moment).timestamp() * 1000) + 1)


def ago(seconds: float) -> str:
    """The moment so many seconds before the present one, or after it where they are negative."""
    return text_of(time.time() - seconds)


def age_s(moment: str) -> float:
    """The seconds since a moment that a record holds, negative for one that is to come."""
    return time.time() - datetime.fromisoformat(moment).timestamp()


def now() -> str:
    """Return the present moment as records hold it."""
    return text_of(time.time())
