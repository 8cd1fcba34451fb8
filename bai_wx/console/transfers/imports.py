"""The imports of the console: who brought which file, how far it is, and what came of it.

An import belongs to the process that runs it. That process says every second that it still does (`seen`); an
import that nobody has spoken for in a while was interrupted: the process was stopped.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import orjson
from peewee import AutoField, IntegerField, Model, TextField

from bai_wx.console import audit
from bai_wx.console.acting import Acting
from bai_wx.console.audit import Action
from bai_wx.console.roles import Permission
from bai_wx.database.connection import database, lock_name, locked
from bai_wx.errors import Forbidden
from bai_wx.record import clock, ids

SILENT_S: Final = 30
"""After so many seconds without a word an import counts as interrupted."""
ONE_AT_A_TIME: Final = "console-imports"
"""The name that is locked while it is decided whether another import runs."""
COUNTS: Final = ("read", "created", "changed", "unchanged", "refused")


class State(StrEnum):
    """How far an import is."""

    CHECKING = "checking"
    """The file is read and compared; nothing is written."""
    CHECKED = "checked"
    """What it would do is known. An operator decides."""
    WRITING = "writing"
    DONE = "done"
    FAILED = "failed"
    """The file as a whole was refused, or something broke; `report` says what."""
    INTERRUPTED = "interrupted"
    """The server was stopped meanwhile. The same file can be sent again."""


RUNNING: Final = frozenset({State.CHECKING, State.WRITING})


class ImportRow(Model):
    """One import. Counts are rows of the file; `report` and `progress` are JSON objects."""

    seq = AutoField()
    id = TextField(unique=True)
    created = TextField()
    ended = TextField()
    seen = TextField()
    operator_id = TextField()
    operator_name = TextField()
    collection = TextField()
    file_name = TextField()
    sha256 = TextField()
    state = TextField()
    rows_read = IntegerField()
    rows_created = IntegerField()
    rows_changed = IntegerField()
    rows_unchanged = IntegerField()
    rows_refused = IntegerField()
    progress = TextField()
    report = TextField()

    class Meta:
        database = database
        legacy_table_names = False
        table_name = "console_imports"


@dataclass(frozen=True, slots=True)
class Import:
    """An import as pages show it."""

    id: str
    created: str
    ended: str
    operator_id: str
    operator_name: str
    collection: str
    file_name: str
    sha256: str
    state: State
    counts: Mapping[str, int]
    progress: Mapping[str, Any]
    report: Mapping[str, Any]

    @property
    def is_running(self) -> bool:
        """Whether somebody works on it."""
        return self.state in RUNNING


class AnotherRuns(Exception):
    """Another import runs, and one runs at a time. `running` is it."""

    def __init__(self, running: Import) -> None:
        super().__init__(f"the import {running.id} runs")
        self.running = running


class NotThere(Exception):
    """There is no such import, or it is not in the state that was asked of."""


def begin(collection: str, file_name: str, sha256: str, acting: Acting) -> str:
    """Begin to check a file. Returns: the import's id. Raises: `AnotherRuns`, `Forbidden`."""
    _require(acting)
    now, made = clock.now(), ids.record_id()
    with database.atomic():
        _refuse_beside_another()
        ImportRow.insert(
            id=made,
            created=now,
            ended="",
            seen=now,
            operator_id=acting.operator_id,
            operator_name=acting.name,
            collection=collection,
            file_name=file_name,
            sha256=sha256,
            state=State.CHECKING,
            progress="{}",
            report="{}",
            **{f"rows_{name}": 0 for name in COUNTS},
        ).execute()
    return made


def begin_writing(import_id: str, acting: Acting) -> Import:
    """Go on to write what was checked. The audit log keeps who, and which file.

    Raises: `AnotherRuns`, `NotThere` where it was not checked or is written already, `Forbidden`.
    """
    _require(acting)
    with database.atomic():
        _refuse_beside_another()
        row = locked(ImportRow.select().where(ImportRow.id == import_id)).first()
        if row is None or row.state != State.CHECKED:
            raise NotThere(import_id)
        found = _import(row)
        _update(import_id, state=State.WRITING, seen=clock.now(), progress="{}")
        said = {"name": found.file_name, "sha256": found.sha256, **found.counts}
        audit.note(acting, Action.IMPORT, found.collection, import_id, {}, said)
    return found


def speak_for(import_id: str, progress: Mapping[str, Any]) -> None:
    """Say that the import goes on, and how far it is."""
    _update(import_id, seen=clock.now(), progress=_json(progress))


def end(import_id: str, state: State, counts: Mapping[str, int], report: Mapping[str, Any]) -> None:
    """Keep what came of a check or of writing."""
    numbers = {f"rows_{name}": counts.get(name, 0) for name in COUNTS}
    now = clock.now()
    _update(import_id, state=state, ended=now, seen=now, report=_json(report), **numbers)


def find(import_id: str) -> Import | None:
    """The import of this id."""
    row = ImportRow.select().where(ImportRow.id == import_id).first()
    return None if row is None else _import(row)


def listed(start: int, number: int) -> list[Import]:
    """Imports, the newest first."""
    found = ImportRow.select().order_by(ImportRow.seq.desc()).offset(start).limit(number)
    return [_import(row) for row in found]


def count() -> int:
    """How many imports there are."""
    return int(ImportRow.select().count())


def running() -> Import | None:
    """The import that somebody works on."""
    found = ImportRow.select().where(ImportRow.state << [*RUNNING], ImportRow.seen >= _silent())
    row = found.order_by(ImportRow.seq.desc()).first()
    return None if row is None else _import(row)


def _require(acting: Acting) -> None:
    if not acting.may(Permission.EDIT):
        raise Forbidden(f"{acting.role} imports nothing")


def _refuse_beside_another() -> None:
    lock_name(ONE_AT_A_TIME)
    other = running()
    if other is not None:
        raise AnotherRuns(other)


def _update(import_id: str, **values: Any) -> None:
    ImportRow.update(**values).where(ImportRow.id == import_id).execute()


def _silent() -> str:
    """The moment before which an import that runs should have spoken."""
    return clock.text_of(time.time() - SILENT_S)


def _import(row: ImportRow) -> Import:
    state = State(row.state)
    if state in RUNNING and row.seen < _silent():
        state = State.INTERRUPTED
    return Import(
        id=row.id,
        created=row.created,
        ended=row.ended,
        operator_id=row.operator_id,
        operator_name=row.operator_name,
        collection=row.collection,
        file_name=row.file_name,
        sha256=row.sha256,
        state=state,
        counts={name: getattr(row, f"rows_{name}") for name in COUNTS},
        progress=orjson.loads(row.progress),
        report=orjson.loads(row.report),
    )


def _json(values: Mapping[str, Any]) -> str:
    return orjson.dumps(values).decode()
