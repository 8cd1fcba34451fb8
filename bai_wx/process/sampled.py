"""Metrics that are looked up when somebody asks: memory, disk, files, versions, the supervisor's count."""

import os
import platform
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Final

from bai_wx import metrics
from bai_wx.metrics import Labels, Sample
from bai_wx.process.backup_moment import BackupMoment
from bai_wx.process.inherited import Inherited
from bai_wx.process.settings import Settings
from bai_wx.process.supervisor import BEAT, COUNTS, DIED, HUNG

Lines = Iterator[tuple[Labels, float]]


@dataclass(frozen=True)
class Surroundings:
    """What the samples are taken of."""

    settings: Settings
    inherited: Inherited
    contract: str
    """The contract's version."""


@dataclass(frozen=True)
class Sampled:
    """A metric whose lines are looked up."""

    name: str
    kind: str
    help: str
    look_up: Callable[[Surroundings], Lines]

    def of(self, surroundings: Surroundings) -> "_Taken":
        """The same with what it is looked up in."""
        return _Taken(self.name, self.kind, self.help, self, surroundings)


@dataclass(frozen=True)
class _Taken:
    name: str
    kind: str
    help: str
    _sampled: Sampled
    _surroundings: Surroundings

    def samples(self) -> Iterator[Sample]:
        for labels, value in self._sampled.look_up(self._surroundings):
            yield "", labels, value


def _workers(_: Surroundings) -> Lines:
    yield {}, len(metrics.workers())


def _hung(at: Surroundings) -> Lines:
    with at.inherited.memory(COUNTS) as counts:
        yield {}, BEAT.unpack_from(counts, HUNG)[0]


def _died(at: Surroundings) -> Lines:
    with at.inherited.memory(COUNTS) as counts:
        yield {}, BEAT.unpack_from(counts, DIED)[0]


def _last_backup(at: Surroundings) -> Lines:
    moment = _moment_in(at.settings.backup_to).now() if at.settings.backup_to else None
    if moment is not None:
        yield {}, moment


_moment_in = cache(BackupMoment)
"""One for all scrapes of a worker: it remembers when it asked."""


def _resident(at: Surroundings) -> Lines:
    processes = {f"worker-{worker.number}": worker.pid for worker in metrics.workers()}
    processes["supervisor"] = at.inherited.parent
    for process in metrics.beside():
        processes["console"] = process.pid
    for name, pid in processes.items():
        with suppress(OSError, IndexError, ValueError):  # it has just ended
            pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
            yield {"process": name}, pages * os.sysconf("SC_PAGESIZE")


def _file_size(suffix: str) -> Callable[[Surroundings], Lines]:
    def look_up(at: Surroundings) -> Lines:
        file = at.settings.database_file
        if file is not None:
            try:
                yield {}, Path(f"{file}{suffix}").stat().st_size
            except FileNotFoundError:  # a log that nobody has begun
                yield {}, 0

    return look_up


def _disk_free(at: Surroundings) -> Lines:
    file, files = at.settings.database_file, Path(at.settings.files)
    places = {"home": at.settings.home, "database": file.parent if file else None}
    for name, place in {**places, "files": files if files.is_dir() else None}.items():
        with suppress(OSError):
            if place is not None:
                found = os.statvfs(place)
                yield {"place": name}, found.f_bavail * found.f_frsize


def _build(at: Surroundings) -> Lines:
    kind = "sqlite" if at.settings.database_file else "postgresql"
    labels = {"version": version("bai-wx"), "contract": at.contract, "database": kind}
    yield {**labels, "python": platform.python_version(), "platform": sys.platform}, 1


def _started(_: Surroundings) -> Lines:
    yield {}, metrics.started()


SAMPLED: Final = (
    Sampled("bai_wx_workers", "gauge", "Workers that run.", _workers),
    Sampled(
        "bai_wx_workers_hung_total",
        "counter",
        "Workers that were killed because they did not move for 15 seconds.",
        _hung,
    ),
    Sampled(
        "bai_wx_workers_died_total",
        "counter",
        "Workers that ended without being told to, those that hung among them.",
        _died,
    ),
    Sampled(
        "bai_wx_last_backup_timestamp_seconds",
        "gauge",
        "When the last good backup in BAI_WX_BACKUP_TO was, in Unix time.",
        _last_backup,
    ),
    Sampled(
        "bai_wx_resident_memory_bytes",
        "gauge",
        "Memory of each process that is resident. What workers share counts in each.",
        _resident,
    ),
    Sampled("bai_wx_database_bytes", "gauge", "Size of SQLite's file.", _file_size("")),
    Sampled("bai_wx_wal_bytes", "gauge", "Size of SQLite's write-ahead log.", _file_size("-wal")),
    Sampled(
        "bai_wx_disk_free_bytes",
        "gauge",
        "Room on the disk of the home, of SQLite's file and of the uploaded files.",
        _disk_free,
    ),
    Sampled("bai_wx_build_info", "gauge", "What runs: always 1.", _build),
    Sampled(
        "bai_wx_start_time_seconds", "gauge", "When the server started, in Unix time.", _started
    ),
)
"""All of them. A new one is a row here and in `docs/operations.md`."""
