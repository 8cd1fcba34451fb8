"""The process that makes a scheduled backup where one is due.

It prints as JSON how many seconds later to look again. One process of all replicas makes the backup: it holds a
lock of the database, or of the home on SQLite.
"""

import logging
import time
from typing import Final

from bai_wx.process import backing_up
from bai_wx.process.background import alone, scheduled
from bai_wx.process.settings import Settings
from bai_wx.record import backups

log = logging.getLogger("bai_wx.server")

BACKING_UP: Final = 7_241_018
"""The number of PostgreSQL's advisory lock that one backup at a time holds."""
LOCK_NAME: Final = "backup.lock"
BUSY_S: Final = 60.0
"""Until the next look where another replica is at it."""


def main(parent: str) -> int:
    """Back up if it is time. Returns: 1 where that failed; the log says why."""
    return scheduled(parent, back_up_if_due, "the scheduled backup failed")


def back_up_if_due(settings: Settings) -> float:
    """Back up the connected database if it is time. Returns: the seconds until the next look.

    Raises: `BackupRefused`, `SettingsError`.
    """
    target = backing_up.target_of(settings.backup_to, settings)
    with alone(settings, BACKING_UP, LOCK_NAME) as is_alone:
        if not is_alone:
            return BUSY_S
        wait_s = _due_in(target.address, settings.backup_every_s)
        if wait_s > 0:
            return wait_s
        shop = backing_up.shop_of(settings)
        made = backing_up.make(shop, target, keep=settings.backup_keep, tell=_quiet)
        log.info("backed up: %s, %d bytes, %d removed", made.name, made.bytes, len(made.removed))
        return settings.backup_every_s


def _due_in(address: str, every_s: float) -> float:
    """The seconds until the next backup. One of the future was made before the clock was set back."""
    last = backups.last_success(address)
    age_s = every_s if last is None else time.time() - last
    return every_s - age_s if 0 <= age_s < every_s else 0.0


def _quiet(what: str, count: int) -> None:
    """Nobody looks at the progress."""
