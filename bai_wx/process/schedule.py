"""What `serve` does by itself from time to time: one worker of a server starts the process that does it.

That process sees whether its work is due, which another replica may have done, and tells how long to wait until
the next look. Between two looks there is none, so a schedule costs no memory.
"""

import fcntl
import json
import logging
import os
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from bai_wx.process.inherited import Inherited
from bai_wx.process.programs import program

log = logging.getLogger("bai_wx.server")

BACKUP_LOCK: Final = "backup_lock"
RETENTION_LOCK: Final = "retention_lock"
FOLLOWER_S: Final = 10.0
"""Until a worker looks again whether the one that keeps the schedule has gone."""
RETRY_S: Final = 60.0
MAX_RETRY_S: Final = 3600.0


@dataclass(frozen=True, slots=True)
class Job:
    """What is done, by `main` of which module of this room, and the lock of the worker that has it done."""

    name: str
    module: str
    lock: str
    start_s: float
    """After a start, which nothing is to slow down."""
    longest_wait_s: float
    """Until the next look, whatever the process said: a clock that is set is noticed this soon."""


BACKUP: Final = Job("backup", "backup_process", BACKUP_LOCK, 2.0, 3600.0)
RETENTION: Final = Job("retention", "retention_process", RETENTION_LOCK, 60.0, 24 * 3600.0)


class Schedule:
    """The schedule of a job as a worker keeps it, if it is the one that does."""

    def __init__(self, inherited: Inherited, job: Job, every_s: float) -> None:
        self._job = job
        self._lock = inherited.descriptors[job.lock]
        self._every_s = every_s
        self.next_look = time.monotonic() + job.start_s
        """When it is time, by `time.monotonic()`."""
        self._child: subprocess.Popen[bytes] | None = None
        self._failures = 0

    def look(self) -> None:
        """Start the process where it is time, or hear what it said. Called every second; it never waits."""
        if self._child is not None:
            self._hear(self._child)
        elif time.monotonic() >= self.next_look:
            if self._leads():
                self._start()
            else:
                self._wait(FOLLOWER_S)

    def _leads(self) -> bool:
        """Whether this worker keeps the schedule: it does until it ends."""
        try:
            fcntl.lockf(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def _start(self) -> None:
        command = [*program(self._job.module, "main"), str(os.getpid())]
        try:
            self._child = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
            )
        except OSError as exc:
            log.error("no %s: its process could not be started: %s", self._job.name, exc.strerror)
            self._retry()

    def _hear(self, child: subprocess.Popen[bytes]) -> None:
        if child.poll() is None:
            return
        self._child = None
        assert child.stdout is not None
        with child.stdout as said:
            answer = said.read()
        if child.returncode:
            self._retry()
            return
        self._failures = 0
        wait_s = RETRY_S
        with suppress(ValueError, KeyError, TypeError):
            wait_s = float(json.loads(answer)["wait_s"])
        self._wait(min(wait_s, self._job.longest_wait_s))

    def _retry(self) -> None:
        """Look again soon, and later the more often it has failed."""
        self._failures += 1
        self._wait(min(RETRY_S * 2 ** min(self._failures - 1, 10), MAX_RETRY_S, self._every_s))

    def _wait(self, seconds: float) -> None:
        self.next_look = time.monotonic() + seconds
