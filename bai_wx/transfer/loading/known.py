"""The stored rows that a chunk of a table's rows names: their own, and those that their relations point at."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar

from peewee import Field

from bai_wx.database.statement import Statement
from bai_wx.record.base import Record
from bai_wx.record.collections import COLLECTIONS, business_id_field

RecordT = TypeVar("RecordT", bound=Record)

LOOKUP: Final = 500  # names a query
MOST_REMEMBERED: Final = 20_000
"""Names of one collection whose rows are remembered from chunk to chunk."""

_NAMES: Final = ("_name", "_title", "_filename")


class StoredRows(Generic[RecordT]):
    """Stored rows by record id and by business id, deleted ones too."""

    def __init__(
        self, model: type[RecordT], record_ids: Iterable[str], business_ids: Iterable[str]
    ) -> None:
        business = business_id_field(model)
        self.by_id = {row.id: row for row in _rows(model, "id", record_ids)}
        self.by_business_id = {
            getattr(row, business): self.by_id.get(row.id, row)
            for row in _rows(model, business, business_ids)
        }


@dataclass
class _Target:
    """What is known of the undeleted rows of a collection by the names that a table gives them."""

    record_ids: set[str] = field(default_factory=set)
    named: dict[str, list[str]] = field(default_factory=dict)
    """The record ids of the rows of a name; several where the name is not unique, none where it is unknown."""


class Targets:
    """The rows that relations point at, each by its record id, its business id or its name."""

    def __init__(self) -> None:
        self._targets: dict[str, _Target] = {}

    def look_up(self, target: str, names: Iterable[str]) -> None:
        """Look up names in a collection, those that are not known yet."""
        known = self._target(target)
        if len(known.named) > MOST_REMEMBERED:
            known = self._targets[target] = _Target()
        new = [name for name in dict.fromkeys(names) if name not in known.named]
        known.named.update((name, []) for name in new)
        model = COLLECTIONS[target]
        # The last to be looked up wins: a record id, then a business id, then a name.
        for column in (naming_field(model), business_id_field(model), "id"):
            found: dict[str, list[str]] = {}
            for record_id, name in _named(model, column, new):
                found.setdefault(name, []).append(record_id)
            for name, record_ids in found.items():
                known.named[name] = record_ids
                known.record_ids.update(record_ids)

    def find(self, target: str, name: str) -> Sequence[str]:
        """The record ids of the rows of a name that was looked up."""
        return self._target(target).named.get(name, ())

    def add(self, target: str, name: str, record_id: str) -> None:
        """Note a row that is going to be there."""
        known = self._target(target)
        known.named[name] = [record_id]
        known.record_ids.add(record_id)

    def exist(self, target: str, record_ids: Sequence[str]) -> bool:
        """Whether all these record ids, of names that were looked up, lead to undeleted rows."""
        return self._target(target).record_ids.issuperset(record_ids)

    def _target(self, target: str) -> _Target:
        return self._targets.setdefault(target, _Target())


def naming_field(model: type[Record]) -> str:
    """The field that says what a row is called, else its business id."""
    fields = [name for name, each in model.record_fields().items() if not each.hidden]
    return next((name for name in fields if name.endswith(_NAMES)), business_id_field(model))


def _rows(model: type[RecordT], column: str, values: Iterable[str]) -> Iterator[RecordT]:
    for some in _portions(values):
        yield from model.select().where(_column(model, column) << some)


def _named(model: type[Record], column: str, names: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """The record ids of undeleted rows with one of these values in a column, each with the value."""
    held = _column(model, column)
    for some in _portions(names):
        query = model.select(model.id, held).where(held << some, model.undeleted(model))
        yield from Statement(query.order_by(model.seq)).rows({})


def _column(model: type[Record], name: str) -> "Field[Any]":
    column: Field[Any] = getattr(model, name)
    return column


def _portions(values: Iterable[str]) -> Iterator[list[str]]:
    # PostgreSQL can hold no NUL, so no row has one of these names.
    left = [value for value in dict.fromkeys(values) if "\0" not in value]
    return (left[start : start + LOOKUP] for start in range(0, len(left), LOOKUP))
