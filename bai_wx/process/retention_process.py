"""The process that removes what is older than it is kept, once a night, and tells when the next night is.

It runs a minute after a start too: a server that is never up at night must not keep everything.
"""

import json
import logging
import sys
import time
from typing import Final

from bai_wx.console import retention
from bai_wx.database.connection import connect, disconnect
from bai_wx.process.background import alone, give_way
from bai_wx.process.expected_errors import EXPECTED_ERRORS, one_line
from bai_wx.process.log import log_to_stderr
from bai_wx.process.settings import Settings
from bai_wx.transfer.parent_death import die_with

log = logging.getLogger("bai_wx.server")

RETAINING: Final = 7_241_019
"""The number of PostgreSQL's advisory lock that one process of all replicas holds."""
LOCK_NAME: Final = "retention.lock"
HOUR: Final = 4
"""Of the server's own time, when a shop has the fewest customers."""


def main(parent: str) -> int:
    """Remove what is older than it is kept. Returns: 1 where that failed; the log says why."""
    die_with(int(parent))
    give_way()
    settings = Settings.from_environment()
    log_to_stderr(settings.log, is_server=True)
    try:
        settings.check_database_file()
        connect(settings.database)
        try:
            remove_expired(settings)
        finally:
            disconnect()
    except EXPECTED_ERRORS as exc:
        log.error("what is older than it is kept was not removed: %s", one_line(exc))
        return 1
    sys.stdout.write(json.dumps({"wait_s": until_night(time.time())}))
    return 0


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
