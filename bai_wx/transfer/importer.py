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

from peewee import IntegrityError

from bai_wx.database.connection import (
    database,
    insert_rows,
    keeps_nul,
    refresh_statistics,
    violated,
)
from bai_wx.database.statement import Statement
from bai_wx.record import clock
from bai_wx.record.base import Record
from bai_wx.record.collections import COLLECTIONS, relations, targets_first
from bai_wx.record.fields import RecordField
from bai_wx.record.ids import is_record_id
from bai_wx.record.shape import Shape, value
from bai_wx.record.strict_values import Unfit
from bai_wx.transfer.references import References, without_business_ids

CHUNK = 1_000  # rows an insert
LOOKUP = 500  # ids a query
MAX_FAULTS = 20

IGNORED_FIELDS = ("collectionId", "collectionName")
"""Members of PocketBase's records that repeat the table's name."""

UNRESOLVED = "ids that lead to no row, and stay in the texts they stand in"

_MISSING: Any = object()

NumberedRow = tuple[int, tuple[Any, ...]]
"""A row ready for the database, and its line."""

Progress = Callable[[str, int], None]

Check = Callable[[str, Mapping[str, Any]], Iterable[tuple[str, str]]]
"""Checks a collection's row as lists answer it. Yields each field that does not fit, and what would."""


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


def _no_check(collection: str, row: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """The check of rows that are known to fit."""
    return ()


def _no_objection(counts: dict[str, int]) -> None:
    """Agreement to any numbers of rows."""


def load(
    sources: Iterable[Source],
    progress: Progress = _no_progress,
    check: Check = _no_check,
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
        for each in sorted(staged, key=lambda staged: order.index(staged.model)):
            spool.seek(each.start)
            for _ in range(each.chunks):
                rows = pickle.load(spool)
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


def _stage(source: Source, work: _Import, spool: IO[bytes]) -> _Staged:
    """Read and check the rows of a source, and append them to the spool, a file that only we can open."""
    model = COLLECTIONS[source.collection]
    reader = _RowReader(model, source, work)
    rows, start = iter(source.rows), spool.tell()
    count = chunks = 0
    while chunk := list(islice(rows, CHUNK)):
        read = [(row.line, values) for row in chunk if (values := reader.read(row)) is not None]
        if len(work.faults) >= MAX_FAULTS:
            break
        pickle.dump(read, spool, pickle.HIGHEST_PROTOCOL)
        chunks += 1
        count += len(chunk)
        work.progress(source.collection, count)
    work.counts[source.collection] = count
    return _Staged(model, source, reader.columns, start, chunks)


class _RowReader:
    """Turns rows of one source into tuples of column values, in the order of `names`."""

    def __init__(self, model: type[Record], source: Source, work: _Import) -> None:
        self._fields = model.record_fields()
        self._makers = {name: _maker(model._meta.fields[name].default) for name in self._fields}
        self._made = {name for name in self._fields if callable(model._meta.fields[name].default)}
        self._source, self._work = source, work
        self._model = model
        self._shape = Shape({name: value(each) for name, each in self._fields.items()})
        self.columns = tuple(f.name for f in model._meta.sorted_fields if f.name != "seq")

    def read(self, row: SourceRow) -> tuple[Any, ...] | None:
        """Read one row; None when it has a fault, which is noted."""
        before = len(self._work.faults)
        for name in row.values:
            if name not in self._fields and name not in IGNORED_FIELDS:
                self._fault(row, name, "is not a field of this collection")
        fields = self._fields.items()
        given = {
            name: self._column(row, name)
            for name, each in fields
            if _is_given(row, each, is_made=name in self._made)
        }
        for key in self._model.prepare_import(given):
            self._work.noted[self._source.collection, key] += 1
        values = {name: self._value(row, name, given) for name in self._fields}
        if len(self._work.faults) == before:
            self._compare(row, values)
        if len(self._work.faults) > before:
            return None
        self._model.fill_derived(values)
        return tuple(values[name] for name in self.columns)

    def _column(self, row: SourceRow, name: str) -> Any:
        each = self._fields[name]
        try:
            value = each.from_import(row.values[name])
        except Unfit as exc:
            self._fault(row, name, str(exc))
            return None
        if each.required and value == each.zero:
            self._fault(row, name, "is required")
            return None
        if isinstance(value, str) and "\0" in value and not keeps_nul():
            self._fault(row, name, "holds a NUL, which PostgreSQL cannot keep")
        self._note_relation(row, each, value)
        return value

    def _compare(self, row: SourceRow, values: Mapping[str, Any]) -> None:
        """Note fields off the contract as lists answer it, and what the collection's own check finds."""
        known = {name: _record_ids(each, values[name]) for name, each in self._fields.items()}
        [shown] = self._shape.encode_parsed([tuple(known.values())])
        for name, problem in self._work.check(self._source.collection, shown):
            self._fault(row, name, problem)
        for name, problem in self._model.check_import(values, shown):
            self._fault(row, name, problem)

    def _value(self, row: SourceRow, name: str, given: dict[str, Any]) -> Any:
        """The given value, or the one that is made for a row without it."""
        if name in given:
            return given[name]
        if given.get("created") and self._is_moment_of_creation(name):
            return given["created"]
        if self._fields[name].first:
            return self._fields[name].first
        made = self._makers[name]()
        if self._fields[name].required and made == self._fields[name].zero:
            self._fault(row, name, "is required")
        return made

    def _is_moment_of_creation(self, name: str) -> bool:
        """Whether a row without a moment of its own has that of its `created` there."""
        return self._model._meta.fields[name].default is clock.now

    def _note_relation(self, row: SourceRow, each: RecordField, value: str) -> None:
        for record_id in filter(is_record_id, each.record_ids(value)):
            places = self._work.wanted.setdefault(each.target, {})
            if record_id not in places:
                problem = f"points at {record_id}, which {each.target} does not have"
                places[record_id] = Fault(self._source.name, row.line, each.name, problem)

    def _fault(self, row: SourceRow, name: str, problem: str) -> None:
        self._work.faults.append(Fault(self._source.name, row.line, name, problem))


def _is_given(row: SourceRow, each: RecordField, *, is_made: bool) -> bool:
    """Whether the row has a value for a field.

    A null is a value for JSON alone, and an empty id or moment of the server's asks for a new one.
    """
    value = row.values.get(each.name, _MISSING)
    if value is _MISSING or (value is None and not each.takes_null):
        return False
    return value != "" or not is_made


def _record_ids(each: RecordField, value: Any) -> Any:
    """The value as lists answer it. A relation's business ids are not looked up yet."""
    return without_business_ids(each, value) if each.target else value


def _maker(default: Any) -> Callable[[], Any]:
    return default if callable(default) else lambda: default


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
    if not rows:
        return
    try:
        with database.atomic():
            insert_rows(staged.model, staged.columns, [row for _, row in rows])
    except IntegrityError:
        work.faults.extend(_conflicts(staged.model, staged.source, staged.columns, rows))


def _conflicts(
    model: type[Record], source: Source, names: tuple[str, ...], rows: list[NumberedRow]
) -> Iterator[Fault]:
    """Insert the rows again one by one, to find those that the database refuses."""
    for line, values in rows:
        try:
            with database.atomic():
                insert_rows(model, names, [values])
        except IntegrityError as exc:
            columns = ", ".join(violated(model, exc)) or str(exc)
            yield Fault(source.name, line, columns, "must be unique, and another row has the same")


def _check_relations(work: _Import) -> None:
    for target, places in work.wanted.items():
        ids = iter(places)
        while chunk := list(islice(ids, LOOKUP)):
            model = COLLECTIONS[target]
            known = Statement(model.select(model.id).where(model.id << chunk))
            found = {record_id for (record_id,) in known.rows({})}
            work.faults.extend(places[each] for each in chunk if each not in found)
