"""Import: rows from outside, all of them or none.

Collections come in any order: relations are looked up at the end, among the imported rows and those
already there, deleted ones included. Fields that a row does not name are filled (ids, moments, states).
"""

import pickle
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import IO, Any

from bai_wx.database.connection import database, refresh_statistics
from bai_wx.record import data_keys
from bai_wx.record.base import FieldValues, Record
from bai_wx.record.collections import COLLECTIONS, relations, targets_first
from bai_wx.record.ids import is_record_id
from bai_wx.transfer import bulk_insert
from bai_wx.transfer.references import References, existing_ids
from bai_wx.transfer.row_reader import Check, RowReader, no_check

CHUNK = 1_000  # rows an insert
MAX_FAULTS = 20

UNRESOLVED = "ids that lead to no row, and stay in the texts they stand in"

NumberedRow = tuple[int, tuple[Any, ...]]
"""A row ready for the database, and its line."""

Progress = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A row of a source: its place there (`line`) and its values, keyed by the contract's names."""

    line: int
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fault:
    """A problem and its place. `line` 0 is the source as a whole."""

    source: str
    line: int
    field: str
    problem: str

    def __str__(self) -> str:
        place = f"{self.source}:{self.line}" if self.line else self.source
        return f"{place}: {self.field} {self.problem}" if self.field else f"{place}: {self.problem}"


class ImportRefused(Exception):
    """The import is refused, and nothing was written. `faults` are the first ones found."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


@dataclass
class Source:
    """The rows of one collection, and the name they go by in faults."""

    name: str
    collection: str
    rows: Iterable[SourceRow]


@dataclass(frozen=True, slots=True)
class Note:
    """What the import changed or let pass, and how often; the key may be one of `IMPORT_NOTES`."""

    key: str
    rows: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What was written: rows by collection, and what is worth telling of them."""

    rows: dict[str, int]
    notes: list[Note]


@dataclass
class _Import:
    """The state of one running import."""

    progress: Progress
    check: Check
    noted: Counter[tuple[str, str]] = field(default_factory=Counter)
    unresolved: Counter[str] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)
    wanted: dict[str, dict[str, Fault]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)


def _no_progress(collection: str, rows: int) -> None:
    """Progress that is not shown."""


def _no_objection(counts: dict[str, int]) -> None:
    """Agreement to any numbers of rows."""


def load(
    sources: Iterable[Source],
    progress: Progress = _no_progress,
    check: Check = no_check,
    agree: Callable[[dict[str, int]], None] = _no_objection,
) -> Imported:
    """Write every row of every source in one transaction.

    `progress` is called after each chunk with the collection and its number of rows so far. `check` is
    called with each row as lists would answer it. `agree` is called with the number of rows by collection
    before anything is written, and may raise. Raises: `ImportRefused`, after which nothing is written.
    """
    work = _Import(progress, check)
    # Rows are read and checked before the transaction: it would keep a shop's orders waiting.
    with tempfile.TemporaryFile() as spool:
        staged = [_stage(source, work, spool) for source in sources]
        if work.faults:
            raise ImportRefused(work.faults[:MAX_FAULTS])
        agree(work.counts)
        _write(staged, work, spool)
    return Imported(work.counts, list(_notes(work)))


def _notes(work: _Import) -> Iterator[Note]:
    for (collection, key), rows in sorted(work.noted.items()):
        sentence = COLLECTIONS[collection].IMPORT_NOTES[key]
        yield Note(key, rows, sentence.format(f"{rows:,}"))
    if work.unresolved:
        fields = ", ".join(f"{name} {count:,}" for name, count in sorted(work.unresolved.items()))
        yield Note("unresolved", work.unresolved.total(), f"{UNRESOLVED}: {fields}")


def _write(staged: "list[_Staged]", work: _Import, spool: IO[bytes]) -> None:
    """Insert the staged rows in one transaction."""
    order = targets_first()
    with database.atomic():
        for key_id in {each.key_id for each in staged} - {""}:
            data_keys.hold(key_id)
        for each in sorted(staged, key=lambda staged: order.index(staged.model)):
            spool.seek(each.start)
            for _ in range(each.chunks):
                rows = pickle.load(spool)  # noqa: S301  # a file without a name, which this process has written
                if len(work.faults) < MAX_FAULTS:
                    _insert(each, _settled(each, rows, work), work)
        if not work.faults:
            _check_relations(work)
        if work.faults:
            raise ImportRefused(work.faults[:MAX_FAULTS])
        for model in COLLECTIONS.values():
            model.settle_import()
        refresh_statistics()


@dataclass(frozen=True, slots=True)
class _Staged:
    """A source whose rows stand in the spool from `start` on, in this number of chunks."""

    model: type[Record]
    source: Source
    columns: tuple[str, ...]
    start: int
    chunks: int
    key_id: str
    """The data key that its values are encrypted with, `""` without such values."""


def _stage(source: Source, work: _Import, spool: IO[bytes]) -> _Staged:
    """Read and check the rows of a source, and append them to the spool, a file that only we can open."""
    model = COLLECTIONS[source.collection]
    reader = RowReader(model, work.check)
    rows, start = iter(source.rows), spool.tell()
    count = chunks = 0
    while chunk := list(islice(rows, CHUNK)):
        read = [(row.line, values) for row in chunk if (values := _read(reader, source, row, work))]
        if len(work.faults) >= MAX_FAULTS:
            break
        pickle.dump(read, spool, pickle.HIGHEST_PROTOCOL)
        chunks += 1
        count += len(chunk)
        work.progress(source.collection, count)
    work.counts[source.collection] = count
    return _Staged(model, source, reader.columns, start, chunks, reader.key_id)


def _read(
    reader: RowReader, source: Source, row: SourceRow, work: _Import
) -> tuple[Any, ...] | None:
    """Read one row; None when it has a fault, which is noted."""
    found = reader.read(row.values)
    for key in found.notes:
        work.noted[source.collection, key] += 1
    for name, problem in found.problems:
        work.faults.append(Fault(source.name, row.line, name, problem))
    if found.problems:
        return None
    _note_relations(source, row, found.values, work)
    return tuple(found.values.values())


def _note_relations(source: Source, row: SourceRow, values: FieldValues, work: _Import) -> None:
    """Note the record ids that a row names, to be looked up when every row is written."""
    for each in relations(COLLECTIONS[source.collection]):
        for record_id in filter(is_record_id, each.record_ids(values[each.name])):
            places = work.wanted.setdefault(each.target, {})
            if record_id not in places:
                problem = f"points at {record_id}, which {each.target} does not have"
                places[record_id] = Fault(source.name, row.line, each.name, problem)


def _settled(staged: _Staged, rows: list[NumberedRow], work: _Import) -> list[NumberedRow]:
    """The rows with record ids in the place of business ids, and with their joined texts."""
    if not any(relations(staged.model)):
        return rows
    named = [(line, dict(zip(staged.columns, values, strict=True))) for line, values in rows]
    found = References(staged.model, [row for _, row in named], work.unresolved)
    for line, row in named:
        note = partial(Fault, staged.source.name, line)
        found.settle(row, lambda *said, note=note: work.faults.append(note(*said)))
    return [(line, tuple(row.values())) for line, row in named]


def _insert(staged: _Staged, rows: list[NumberedRow], work: _Import) -> None:
    refused = bulk_insert.insert(staged.model, staged.columns, [row for _, row in rows])
    for place, columns in refused:
        line, _ = rows[place]
        work.faults.append(Fault(staged.source.name, line, columns, bulk_insert.NOT_UNIQUE))


def _check_relations(work: _Import) -> None:
    for target, places in work.wanted.items():
        there = existing_ids(COLLECTIONS[target], places)
        work.faults.extend(fault for record_id, fault in places.items() if record_id not in there)
