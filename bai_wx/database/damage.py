"""Whether SQLite's file is undamaged, and still the one that was opened.

SQLite notices damage only when it reads a damaged page, and goes on writing to others. It does not notice
that the file was deleted or replaced: what is committed after that is lost with the last process.
"""

import logging
import mmap
import os
import sqlite3
import struct
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from urllib.parse import quote

from bai_wx.errors import ServiceUnavailable

log = logging.getLogger("bai_wx.server")

DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
NOT_OUR_SCHEMA = ("no such table", "no such column", "table ", "malformed JSON")
RETRY_AFTER_S = 60  # an operator has to act first
LOG_SUFFIX = "-wal"  # of the write-ahead log's name
LOG_CHECK_INTERVAL_S = 0.05  # what is written in between is saved with the rest
MAX_MESSAGE_LENGTH = 300  # characters

SHARED_STATE = struct.Struct("<QQQ")
"""Shared by the processes of a server: the inodes of a damaged file, of a missing file, and of a file whose
log is missing; 0 for none."""


class Guard:
    """Refuses writes to a file that is damaged, or that is no longer in its place."""

    def __init__(self, path: str, identity: Sequence[int], shared: "mmap.mmap | bytearray") -> None:
        """`identity`: device and inode of the file as it was checked; `shared`: memory of all processes."""
        self._path, self._shared = path, shared
        self._identity = tuple(identity)
        self._inode = self._identity[1]
        self._log: tuple[int, int] | None = None
        self._lock, self._connections = threading.Lock(), 0
        self._next_log_check = 0.0  # from then on, by time.monotonic()

    def follow_log(self) -> None:
        """Note which log this process writes to, for each connection that it has opened.

        SQLite removes the log only with the last connection, so a process with one finds it in its place.
        """
        with self._lock:
            self._connections += 1
            if self._log is None:
                self._log = _identity_of(self._path + LOG_SUFFIX)

    def leave_log(self) -> None:
        """Called before each of these connections is closed: SQLite may remove the log with the last one."""
        with self._lock:
            self._connections -= 1
            if self._connections == 0:
                self._log = None

    def refuse_writes(self) -> None:
        """Called before a transaction. Raises: `ServiceUnavailable` where its writes would be lost."""
        damaged, _, _ = SHARED_STATE.unpack_from(self._shared)
        if damaged == self._inode:
            raise ServiceUnavailable(
                f"no write to {self._path}: damage was found", retry_after_s=RETRY_AFTER_S
            )
        if not self.is_in_place():
            raise ServiceUnavailable(
                f"no write to {self._path}: it is another file", retry_after_s=RETRY_AFTER_S
            )

    def is_in_place(self) -> bool:
        """Whether file and log are those that were opened. The first process that misses them logs it."""
        damaged, missing, without_log = SHARED_STATE.unpack_from(self._shared)
        if without_log == self._inode:  # until a restart: a second log may have been written by now
            return False
        found = _identity_of(self._path)
        if found == self._identity:
            if self._has_log():
                return True
            what, state = "has lost its log", (damaged, missing, self._inode)
        else:
            what = "is gone" if found is None else "was replaced by another file"
            state = (damaged, self._inode, without_log)
        if state != (damaged, missing, without_log):
            SHARED_STATE.pack_into(self._shared, 0, *state)
            log.error(
                "the database %s %s: nothing is written; restart the server", self._path, what
            )
        return False

    def _has_log(self) -> bool:
        now = time.monotonic()
        if self._log is None or now < self._next_log_check:
            return True
        self._next_log_check = now + LOG_CHECK_INTERVAL_S
        found = _identity_of(self._path + LOG_SUFFIX)
        if found == self._log:
            return True
        if found is None or not _is_open(found):
            return False
        self._log = found  # all connections were closed, and new ones opened
        return True

    def note(self, message: str) -> None:
        """Note that the file is damaged. The first process that notes it logs it."""
        damaged, missing, without_log = SHARED_STATE.unpack_from(self._shared)
        if damaged != self._inode:
            SHARED_STATE.pack_into(self._shared, 0, self._inode, missing, without_log)
            log.error(
                "the database %s is damaged (%s): nothing is written; restore a backup",
                self._path,
                message[:MAX_MESSAGE_LENGTH],
            )


def _identity_of(path: str) -> tuple[int, int] | None:
    """Device and inode of a file, None when it is not there."""
    try:
        found = os.stat(path)  # noqa: PTH116  # with every transaction
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _is_open(identity: tuple[int, int]) -> bool:
    """Whether this process has the file open."""
    for name in os.listdir("/dev/fd"):  # noqa: PTH208  # names are enough
        with suppress(OSError, ValueError):
            found = os.fstat(int(name))
            if (found.st_dev, found.st_ino) == identity:
                return True
    return False


def is_damage(problem: BaseException) -> bool:
    """Whether this error of SQLite means that its file is damaged, or is no database."""
    return any(code & 0xFF in DAMAGED for code in _codes(problem))


def is_missing_schema(problem: BaseException) -> bool:
    """Whether a table or column is missing, or holds what our statements cannot read: a defect of ours."""
    return sqlite3.SQLITE_ERROR in _codes(problem) and str(problem).startswith(NOT_OUR_SCHEMA)


def _codes(problem: BaseException | None) -> Iterator[int]:
    """SQLite's codes of an error and of the errors that it was raised from."""
    while problem is not None:
        code = getattr(
            problem, "sqlite_errorcode", None
        )  # not of an error that Python itself raises
        if code is not None:
            yield code
        problem = getattr(problem, "orig", None) or problem.__cause__


def find(path: str) -> str:
    """Read the whole file. Returns: the first damage found, or `""`.

    Raises: `sqlite3.Error` when it cannot be read for another reason.
    """
    try:
        with closing(open_existing(path)) as database:
            (found,) = database.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.DatabaseError as exc:
        if not is_damage(exc):
            raise
        return str(exc)
    return "" if found == "ok" else " ".join(found.split())[:MAX_MESSAGE_LENGTH]


def open_existing(path: str, timeout: float = 5) -> sqlite3.Connection:
    """Open an existing database. The driver begins no transactions by itself.

    Raises: `sqlite3.OperationalError` where there is no file; none is created.
    """
    address = f"file:{quote(path)}?mode=rw"
    return sqlite3.connect(address, uri=True, timeout=timeout, isolation_level=None)
