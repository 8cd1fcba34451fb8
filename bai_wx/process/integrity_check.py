"""Checks the embedded database's file for damage, in a process of its own.

A small file is read in milliseconds, and a start waits for it. A large one is read to its end while the
server serves.
"""

import logging
import mmap
import os
import select
import sqlite3
from contextlib import suppress
from pathlib import Path

from bai_wx.database.damage import SHARED_STATE, Guard, find
from bai_wx.process.inherited import share_memory
from bai_wx.process.settings import SettingsError
from bai_wx.transfer.parent_death import die_with

log = logging.getLogger("bai_wx.server")

START_WAIT_S = 0.5  # that a start waits
LOWEST_PRIORITY = 19


class IntegrityCheck:
    """One check of the file."""

    def __init__(self, file: Path) -> None:
        """Begin."""
        self.memory = share_memory("damage", SHARED_STATE.size)
        """What `Guard` shares; damage that is found later is noted there."""
        self._file = file
        self._pipe, writing = os.pipe()
        parent = os.getpid()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                die_with(parent)
                os.close(self._pipe)
                self._look_through(writing)
            finally:
                os._exit(0)
        os.close(writing)

    def wait(self, seconds: float = START_WAIT_S) -> list[int]:
        """Wait for the outcome. Returns: the process that goes on, where it takes longer.

        Raises: `SettingsError` when the file is damaged.
        """
        try:
            if not select.select([self._pipe], [], [], seconds)[0]:
                with suppress(OSError):  # a sandbox may forbid it
                    os.setpriority(os.PRIO_PROCESS, self.pid, LOWEST_PRIORITY)
                return [self.pid]
            found = os.read(self._pipe, 4096).decode()
        finally:
            os.close(self._pipe)
        os.waitpid(self.pid, 0)
        if found:
            raise SettingsError(
                f"BAI_WX_DATABASE {self._file} is damaged: {found}; restore a backup"
            )
        return []

    def _look_through(self, writing: int) -> None:
        """In the child: tell the start, or, when that is over, the workers and the log."""
        status = self._file.stat()
        try:
            found = find(str(self._file))
        except sqlite3.Error as exc:
            log.warning("the database could not be looked through: %s", exc)
            return
        if not found:
            return
        try:
            os.write(writing, found.encode())
        except BrokenPipeError:
            guard = Guard(
                str(self._file), [status.st_dev, status.st_ino], mmap.mmap(self.memory, 0)
            )
            guard.note(found)
