"""Whether this worker can serve: what `/pb/api/ready` answers.

A report takes a second at most, whatever the database does, and is kept for a second: however many ask,
there is one query a second. It has a connection of its own, because waiting for a turn is no failure.
"""

import shutil
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from peewee import Database, PeeweeException

from bai_wx.database.connection import FAILURES
from bai_wx.database.damage import Guard, is_damage
from bai_wx.errors import ServiceUnavailable
from bai_wx.process import schema

LIMIT_S: Final = 1.0  # that a check may take
KEPT_S: Final = 1.0  # that its outcome counts
LEAST_FREE_BYTES: Final = 64 * 1024 * 1024
LEAST_FREE_PART: Final = 0.01  # of a small disk, which may never have as many bytes free

DATABASE, MIGRATIONS, DISK, DRAIN = "database", "migrations", "disk", "drain"
OK, NEWER = "ok", "newer"

MESSAGE = "API is not ready."
UNREACHABLE = ("database_unreachable", "The database does not answer.")
DAMAGED = ("database_damaged", "The database file is damaged or was replaced.")
PENDING = ("migrations_pending", "Migrations are pending.")
UNKNOWN = ("migrations_unknown", "The database could not be asked.")
LOW = ("disk_low", "The disk is nearly full.")
UNREADABLE = ("disk_unreadable", "The free space of the disk is not known.")
DRAINING = ("draining", "The server is stopping.")


class Usage(Protocol):
    """What is told of a disk, in bytes."""

    @property
    def total(self) -> int:
        """Its size."""

    @property
    def free(self) -> int:
        """What may still be written."""


class Drain:
    """Whether this worker was told to stop. A signal's handler sets it, so it takes no lock."""

    is_on = False


@dataclass(frozen=True)
class Findings:
    """How the checks went, but for `drain`, which is known at any time."""

    told: dict[str, str] = field(default_factory=dict)
    failed: dict[str, tuple[str, str]] = field(default_factory=dict)
    ended: float = 0.0
    """By `time.monotonic()`."""


SILENT: Final = Findings(failed={DATABASE: UNREACHABLE, MIGRATIONS: UNKNOWN})


class Readiness:
    """Checks what this worker needs: its database, as migrated, and room on the disk."""

    def __init__(
        self,
        database: Database,
        folders: Sequence[Path],
        *,
        drain: Drain,
        guard: Guard | None = None,
        usage_of: Callable[[Path], Usage] = shutil.disk_usage,
    ) -> None:
        """`database` is nobody else's; `guard` watches its file, `folders` are written to."""
        self._database, self._guard = database, guard
        self._folders, self._usage_of = folders, usage_of
        self._drain = drain
        self._thread = ThreadPoolExecutor(1, "bai-wx-ready")
        self._lock = threading.Lock()
        self._check: Future[Findings] | None = None
        self._began = 0.0

    def report(self) -> dict[str, str]:
        """Say how each check went: `ok`, or `newer` of migrations that a later version has applied.

        Raises: `ServiceUnavailable`, which names the checks that have failed.
        """
        found = self._latest()
        failed = {**found.failed, **({DRAIN: DRAINING} if self._drain.is_on else {})}
        if failed:
            raise _not_ready(failed)
        return {**found.told, DRAIN: OK}

    def _latest(self) -> Findings:
        """What the last check found, or the next one where that is too long ago."""
        with self._lock:
            check = self._check
            if check is None or (check.done() and _is_over(check)):
                self._began = time.monotonic()
                check = self._check = self._thread.submit(self._look)
            left = self._began + LIMIT_S - time.monotonic()
        # One that hangs is waited for once, and then goes on alone.
        wait([check], timeout=max(0.0, left))
        return check.result() if check.done() else SILENT

    def _look(self) -> Findings:
        """Run the checks. Whatever happens is a finding."""
        database, disk = self._look_at_database(), self._look_at_disk()
        told, failed = database.told | disk.told, database.failed | disk.failed
        return Findings(told, failed, time.monotonic())

    def _look_at_database(self) -> Findings:
        """Ask for the migrations that were applied: who answers that can be asked for more."""
        try:
            if self._guard is not None:
                self._guard.refuse_writes()
            standing = schema.standing(self._database)
        except ServiceUnavailable:
            return Findings(failed={DATABASE: DAMAGED, MIGRATIONS: UNKNOWN})
        except (PeeweeException, *FAILURES) as exc:
            with suppress(PeeweeException, *FAILURES):
                self._database.disconnect()  # type: ignore[attr-defined]  # both of ours have it
            if self._guard is not None and is_damage(exc):
                self._guard.note(str(exc))
                return Findings(failed={DATABASE: DAMAGED, MIGRATIONS: UNKNOWN})
            return SILENT
        if standing.pending:
            return Findings({DATABASE: OK}, {MIGRATIONS: PENDING})
        return Findings({DATABASE: OK, MIGRATIONS: NEWER if standing.newer else OK})

    def _look_at_disk(self) -> Findings:
        try:
            is_low = any(_is_low(self._usage_of(folder)) for folder in self._folders)
        except OSError:
            return Findings(failed={DISK: UNREADABLE})
        return Findings(failed={DISK: LOW}) if is_low else Findings({DISK: OK})


def _not_ready(failed: Mapping[str, tuple[str, str]]) -> ServiceUnavailable:
    problem = ServiceUnavailable(", ".join(code for code, _ in failed.values()))
    problem.message = MESSAGE  # type: ignore[misc]  # this one says another sentence
    problem.problems = {
        check: {"code": code, "message": said} for check, (code, said) in failed.items()
    }
    return problem


def _is_over(check: Future[Findings]) -> bool:
    return check.exception() is not None or time.monotonic() - check.result().ended >= KEPT_S


def _is_low(usage: Usage) -> bool:
    return usage.free < min(LEAST_FREE_BYTES, usage.total * LEAST_FREE_PART)
