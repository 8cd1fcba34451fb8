"""Whether the embedded database's file is whole, and still the one that was opened.

SQLite finds damage when it happens to read it, and goes on writing beside it. A file that was deleted or
replaced it does not notice at all: what is committed then is lost with the last process.
"""

import logging
import mmap
import os
import sqlite3
import struct
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from urllib.parse import quote

from bai_wx.errors import ServiceUnavailable

log = logging.getLogger("bai_wx.server")

DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
NOT_OUR_SCHEMA = ("no such table", "no such column", "table ", "malformed JSON")
RETRY_AFTER_S = 60  # somebody has to see to it
LOG = "-wal"  # is appended to the file's name
LOOK_AT_LOG_S = 0.05  # what is written meanwhile is saved with the rest
LONGEST_WORDS = 300  # characters

NOTED = struct.Struct("<QQQ")
"""What the processes of a server share: inodes of files, of one that is damaged, of one that is missing, and
of one whose log is."""


class Guard:
    """Lets nobody write to a file that is damaged, or that is no longer where it was."""

    def __init__(self, path: str, identity: Sequence[int], noted: "mmap.mmap | bytearray") -> None:
        """`identity` is the device and inode of the file as it was checked, `noted` is shared memory."""
        self._path, self._noted = path, noted
        self._identity = tuple(identity)
        self._inode = self._identity[1]
        self._log: tuple[int, int] | None = None
        self._looks_at_log = 0.0  # from then on, by time.monotonic()

    def follow_log(self) -> None:
        """Note which log this process writes to, once it has a connection.

        SQLite removes the log with the last connection alone: who has one finds it in its place.
        """
        if self._log is None:
            self._log = _identity_of(self._path + LOG)

    def refuse_writes(self) -> None:
        """Let a transaction begin. Raises: `ServiceUnavailable` where it could not be kept."""
        damaged, _, _ = NOTED.unpack_from(self._noted)
        if damaged == self._inode:
            raise ServiceUnavailable(
                f"no write to {self._path}: damage was found", retry_after_s=RETRY_AFTER_S
            )
        if not self.is_in_place():
            raise ServiceUnavailable(
                f"no write to {self._path}: it is another file", retry_after_s=RETRY_AFTER_S
            )

    def is_in_place(self) -> bool:
        """Whether file and log are those that were opened. The first process that sees it says so."""
        damaged, missing, without_log = NOTED.unpack_from(self._noted)
        if without_log == self._inode:  # for good: two logs may have been written meanwhile
            return False
        found = _identity_of(self._path)
        if found == self._identity:
            if self._has_log():
                return True
            what, noted = "has lost its log", (damaged, missing, self._inode)
        else:
            what = "is gone" if found is None else "was replaced by another file"
            noted = (damaged, self._inode, without_log)
        if noted != (damaged, missing, without_log):
            NOTED.pack_into(self._noted, 0, *noted)
            log.error(
                "the database %s %s: nothing is written; restart the server", self._path, what
            )
        return False

    def _has_log(self) -> bool:
        now = time.monotonic()
        if self._log is None or now < self._looks_at_log:
            return True
        self._looks_at_log = now + LOOK_AT_LOG_S
        found = _identity_of(self._path + LOG)
        if found == self._log:
            return True
        if found is None or not _is_open(found):
            return False
        self._log = found  # every connection was closed, and others were opened
        return True

    def note(self, words: str) -> None:
        """Note that the file is damaged. The first process that sees it says so."""
        damaged, missing, without_log = NOTED.unpack_from(self._noted)
        if damaged != self._inode:
            NOTED.pack_into(self._noted, 0, self._inode, missing, without_log)
            log.error(
                "the database %s is damaged (%s): nothing is written; restore a backup",
                self._path,
                words[:LONGEST_WORDS],
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
    for name in os.listdir("/dev/fd"):  # noqa: PTH208
        with suppress(OSError, ValueError):
            found = os.fstat(int(name))
            if (found.st_dev, found.st_ino) == identity:
                return True
    return False


def is_damage(problem: BaseException) -> bool:
    """Whether SQLite says of its file that it is damaged, or no database."""
    return any(code & 0xFF in DAMAGED for code in _codes(problem))


def is_missing_schema(problem: BaseException) -> bool:
    """Whether a table or column is not there, or holds what no statement of ours can read: our defect."""
    return sqlite3.SQLITE_ERROR in _codes(problem) and str(problem).startswith(NOT_OUR_SCHEMA)


def _codes(problem: BaseException | None) -> Iterator[int]:
    """SQLite's own codes of an error, and of those it was raised from."""
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
    return "" if found == "ok" else " ".join(found.split())[:LONGEST_WORDS]


def open_existing(path: str, timeout: float = 5) -> sqlite3.Connection:
    """Open a database that is there, with no transactions but those that are asked for.

    A missing one is not made.
    """
    address = f"file:{quote(path)}?mode=rw"
    return sqlite3.connect(address, uri=True, timeout=timeout, isolation_level=None)
