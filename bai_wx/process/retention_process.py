"""The process that removes what is older than it is kept, once a night, and tells when the next night is.

It runs a minute after a start too: a server that is never up at night must not keep everything.
"""

import logging
import time
from typing import Final

from bai_wx.console import retention
from bai_wx.process.background import alone, scheduled
from bai_wx.process.settings import Settings

log = logging.getLogger("bai_wx.server")

RETAINING: Final = 7_241_019
"""The number of PostgreSQL's advisory lock that one process of all replicas holds."""
LOCK_NAME: Final = "retention.lock"
HOUR: Final = 4
"""Of the server's own time, when a shop has the fewest customers."""


def main(parent: str) -> int:
    """Remove what is older than it is kept. Returns: 1 where that failed; the log says why."""
    return scheduled(parent, _remove, "what is older than it is kept was not removed")


def _remove(settings: Settings) -> float:
    remove_expired(settings)
    return until_night(time.time())


def remove_expired(settings: Settings) -> None:
    """Remove it from the connected database, unless another replica is at it."""
    with alone(settings, RETAINING, LOCK_NAME) as is_alone:
        if not is_alone:
            return
        removed = {table: rows for table, rows in retention.remove_expired().items() if rows}
    if removed:
        told = ", ".join(f"{table} {rows:,}" for table, rows in removed.items())
        log.info("removed what is older than it is kept: %s", told)


def until_night(now: float) -> float:
    """The seconds until the next night's hour, from a Unix time on."""
    there = time.localtime(now)
    passed = (there.tm_hour - HOUR) * 3600 + there.tm_min * 60 + there.tm_sec
    return float(retention.DAY_S - passed % retention.DAY_S)
