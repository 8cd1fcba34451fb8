"""What a process does that works beside the workers."""

import fcntl
import json
import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Final

from bai_wx.database.connection import connect, database, disconnect, is_embedded
from bai_wx.process.expected_errors import EXPECTED_ERRORS, one_line
from bai_wx.process.log import log_to_stderr
from bai_wx.process.settings import Settings
from bai_wx.transfer.parent_death import die_with

log = logging.getLogger("bai_wx.server")

LOWER_PRIORITY: Final = 10


def give_way() -> None:
    """Let the workers go first, whose answers take less than one turn of this process."""
    with suppress(OSError):  # a sandbox may forbid it
        os.nice(LOWER_PRIORITY)
    if sys.platform == "linux":
        # A batch process interrupts nobody when its turn comes. Others know no such thing.
        with suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))


def scheduled(parent: str, work: Callable[[Settings], float], failed: str) -> int:
    """Do the work of a schedule's process on the connected database, until the process `parent` ends.

    The work returns the seconds until the next look, which are printed as JSON.
    Returns: 1 where it failed; the log says `failed`, and why.
    """
    die_with(int(parent))
    give_way()
    settings = Settings.from_environment()
    log_to_stderr(settings.log, is_server=True)
    try:
        settings.check_database_file()
        connect(settings.database)
        try:
            wait_s = work(settings)
        finally:
            disconnect()
    except EXPECTED_ERRORS as exc:
        log.error("%s: %s", failed, one_line(exc))
        return 1
    sys.stdout.write(json.dumps({"wait_s": wait_s}))
    return 0


@contextmanager
def alone(settings: Settings, number: int, name: str) -> Iterator[bool]:
    """Whether this process is the only one of all replicas at its work, until the context ends.

    `number` is that of PostgreSQL's advisory lock, `name` that of a file in the home. A database is connected.
    """
    if not is_embedded():
        take = "SELECT pg_try_advisory_lock(%s)"
        (is_alone,) = database.execute_sql(take, (number,)).fetchone()
        yield bool(is_alone)  # it ends with the connection
        return
    descriptor = os.open(settings.home / name, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield _is_locked(descriptor)
    finally:
        os.close(descriptor)


def _is_locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
