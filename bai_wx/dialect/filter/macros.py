"""Macros: moments a filter can name. Each is a function of the present, as `bai_wx.record.clock` writes it."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from bai_wx.dialect.filter.scan import LiteralValue

_DAY_STARTS, _DAY_ENDS = " 00:00:00.000Z", " 23:59:59.999Z"


def _moved(now: str, days: int) -> str:
    day = datetime.strptime(now[:10], "%Y-%m-%d") + timedelta(days=days)
    return day.strftime("%Y-%m-%d") + now[10:]


def _month_end(now: str) -> str:
    in_next_month = datetime.strptime(now[:7], "%Y-%m") + timedelta(days=31)
    last_day = in_next_month.replace(day=1) - timedelta(days=1)
    return last_day.strftime("%Y-%m-%d") + _DAY_ENDS


def _weekday(now: str) -> int:
    return datetime.strptime(now[:10], "%Y-%m-%d").isoweekday() % 7  # Sunday is 0


MOMENTS: Final[Mapping[str, Callable[[str], LiteralValue]]] = {
    "@now": lambda now: now,
    "@yesterday": lambda now: _moved(now, -1),
    "@tomorrow": lambda now: _moved(now, 1),
    "@todayStart": lambda now: now[:10] + _DAY_STARTS,
    "@todayEnd": lambda now: now[:10] + _DAY_ENDS,
    "@monthStart": lambda now: now[:7] + "-01" + _DAY_STARTS,
    "@monthEnd": _month_end,
    "@yearStart": lambda now: now[:4] + "-01-01" + _DAY_STARTS,
    "@yearEnd": lambda now: now[:4] + "-12-31" + _DAY_ENDS,
}
"""The macros whose value is a text; the others' is a number."""

MACROS: Final[Mapping[str, Callable[[str], LiteralValue]]] = {
    **MOMENTS,
    "@second": lambda now: int(now[17:19]),
    "@minute": lambda now: int(now[14:16]),
    "@hour": lambda now: int(now[11:13]),
    "@day": lambda now: int(now[8:10]),
    "@month": lambda now: int(now[5:7]),
    "@weekday": _weekday,
    "@year": lambda now: int(now[:4]),
}
