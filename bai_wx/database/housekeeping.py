"""Housekeeping after bursts of SQLite writes: copies the WAL and stops mapping the file meanwhile."""

import asyncio
import logging
import sqlite3
from concurrent.futures import Executor

from bai_wx.database.connection import FAILURES, checkpoint, map_file, note_damage

log = logging.getLogger("bai_wx.server")

CHECKPOINT_EVERY = 800
"""Writes between two checkpoints. SQLite's own would run inside a COMMIT, on the event loop."""
BURST, BURST_S = 100, 0.125
"""So many writes within this many seconds are a burst."""
QUIET_S = 2  # after a burst the file is mapped again


class Housekeeping:
    """Counts the writes of one worker, on its event loop, and starts what they make necessary."""

    def __init__(self, executor: Executor) -> None:
        """`executor` runs the checkpoints."""
        self._executor = executor
        self._unchecked = 0  # writes since the last checkpoint
        self._is_checking = False
        self._in_burst = 0
        self._burst_began = 0.0  # on the loop's clock
        self._mapping: asyncio.TimerHandle | None = None

    def note(self, writes: int) -> None:
        """Count so many more writes."""
        loop = asyncio.get_running_loop()
        self._unchecked += writes
        if self._unchecked >= CHECKPOINT_EVERY and not self._is_checking:
            self._unchecked, self._is_checking = 0, True
            loop.run_in_executor(self._executor, _checkpoint).add_done_callback(self._checked)
        self._in_burst += writes
        if self._in_burst >= BURST:
            now, began = loop.time(), self._burst_began
            self._in_burst, self._burst_began = 0, now
            if now < began + BURST_S:
                self._unmap(loop)

    def _checked(self, _: object) -> None:
        self._is_checking = False

    def _unmap(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._mapping is None:
            map_file(is_on=False)
        else:
            self._mapping.cancel()
        self._mapping = loop.call_later(QUIET_S, self._map)

    def _map(self) -> None:
        self._mapping = None
        map_file(is_on=True)


def _checkpoint() -> None:
    try:
        checkpoint()
    except (*FAILURES, sqlite3.DatabaseError, OSError) as problem:  # the next one does it
        if not note_damage(problem):
            log.warning("no checkpoint: %s", ascii(str(problem)))
