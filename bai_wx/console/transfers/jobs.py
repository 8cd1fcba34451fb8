"""The import that runs in this process: in a thread of its own, whether or not somebody looks at its page.

A thread that waits is a daemon: the process ends when it is told to. What was not written then is written when
the same file is sent again.
"""

import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from bai_wx.console.acting import Acting
from bai_wx.console.transfers import imports, work
from bai_wx.console.transfers.imports import Import, NotThere, State
from bai_wx.console.transfers.uploads import Part, Upload, Uploads
from bai_wx.database.connection import FAILURES, connection_without_deadline
from bai_wx.errors import ApiError
from bai_wx.files.store import FileStore
from bai_wx.transfer.loading.report import Options
from bai_wx.transfer.sheets.layout import Layout

log = logging.getLogger("bai_wx.server")

TICK_S: Final = 1.0
"""How often the database is told that an import goes on."""
MOST_KEPT: Final = 16
"""Imports whose files are known; uploads are bounded too."""
BROKE: Final = ("服务器出错，没有完成", "Something broke; the import did not end.")


@dataclass
class Progress:
    """How far an import is. `total` is 0 while nobody knows it."""

    phase: str = ""
    done: int = 0
    total: int = 0
    began: float = field(default_factory=time.monotonic)

    def __call__(self, phase: str, done: int, total: int = 0) -> None:
        """Note so many rows of a phase."""
        if phase != self.phase:
            self.phase, self.began = phase, time.monotonic()
        self.done, self.total = done, total

    @property
    def said(self) -> dict[str, Any]:
        """What the page is told: rows, and seconds that are left (None while nobody knows)."""
        spent = time.monotonic() - self.began
        is_known = self.total and self.done and spent > 1
        left = round(spent / self.done * max(self.total - self.done, 0)) if is_known else None
        return {"phase": self.phase, "done": self.done, "total": self.total, "left_s": left}


@dataclass
class Job:
    """What is known here of one import: its files, what was asked, and how far it is."""

    import_id: str
    upload: Upload
    layout: Layout
    options: Options
    progress: Progress = field(default_factory=Progress)
    refused: Path | None = None
    """The file of the refused rows."""


class Jobs:
    """The imports of this process. One runs at a time, here and beside."""

    def __init__(self, uploads: Uploads, files: FileStore) -> None:
        self._uploads, self._files = uploads, files
        self._jobs: dict[str, Job] = {}

    def check(self, upload: Upload, layout: Layout, options: Options, acting: Acting) -> str:
        """Begin to find out what a file would do. Returns: the import's id.

        Raises: `AnotherRuns`, `Forbidden`.
        """
        name = upload.names[Part.TABLE]
        import_id = imports.begin(layout.collection, name, upload.sha256, acting)
        job = Job(import_id, upload, layout, replace(options, dry_run=True))
        self._keep(job)
        self._start(job, acting)
        return import_id

    def write(self, import_id: str, acting: Acting, *, skip_bad: bool) -> None:
        """Begin to write what was checked. Raises: `AnotherRuns`, `NotThere`, `Forbidden`."""
        job = self._jobs.get(import_id)
        if job is None or self._uploads.find(job.upload.id, job.upload.owner) is None:
            raise NotThere(import_id)
        imports.begin_writing(import_id, acting)
        job.options = replace(job.options, dry_run=False, skip_bad=skip_bad)
        job.progress = Progress()
        self._start(job, acting)

    def progress(self, found: Import) -> Mapping[str, Any]:
        """How far an import is, as far as this process or the database knows."""
        job = self._jobs.get(found.id)
        return job.progress.said if job is not None else found.progress

    def can_write(self, import_id: str) -> bool:
        """Whether the files of an import are still here."""
        job = self._jobs.get(import_id)
        return job is not None and self._uploads.find(job.upload.id, job.upload.owner) is not None

    def refused_rows(self, import_id: str) -> Path | None:
        """The file of the rows that were refused, where this process has it."""
        job = self._jobs.get(import_id)
        path = job.refused if job is not None else None
        return path if path is not None and path.exists() else None

    def _keep(self, job: Job) -> None:
        while len(self._jobs) >= MOST_KEPT:
            del self._jobs[next(iter(self._jobs))]
        self._jobs[job.import_id] = job

    def _start(self, job: Job, acting: Acting) -> None:
        arguments = (job, acting)
        threading.Thread(None, self._run, "console-import", arguments, daemon=True).start()

    def _run(self, job: Job, acting: Acting) -> None:
        ended = threading.Event()
        ticker = threading.Thread(target=_speak, args=(job, ended), daemon=True)
        ticker.start()
        try:
            outcome = _outcome(job, acting, self._files)
        finally:
            ended.set()
            ticker.join()
        job.refused = outcome.refused
        with connection_without_deadline:
            imports.end(job.import_id, outcome.state, outcome.counts, outcome.report)


def _outcome(job: Job, acting: Acting, files: FileStore) -> work.Outcome:
    try:
        with connection_without_deadline:
            return work.run(job.upload, job.layout, job.options, acting, files, job.progress)
    except (ApiError, *FAILURES) as problem:
        log.warning("the import %s broke off: %s", job.import_id, ascii(repr(problem)))
    except Exception:  # the edge of a thread: nobody else would hear of it
        log.exception("the import %s failed", job.import_id)
    return work.Outcome(State.FAILED, {}, {"problem": BROKE})


def _speak(job: Job, ended: threading.Event) -> None:
    """Tell the database that the import goes on, until it has ended."""
    while not ended.wait(TICK_S):
        try:
            with connection_without_deadline:
                imports.speak_for(job.import_id, job.progress.said)
        except FAILURES:
            continue  # it was busy; the next second comes
