"""Rows that imported rows name: by record id, by business id, and in texts that join business ids.

Columns hold record ids, so business ids are looked up among the rows that are there by then.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import Any

from bai_wx.database.statement import Statement
from bai_wx.record import ids, joined
from bai_wx.record.base import Record
from bai_wx.record.collections import COLLECTIONS, relations
from bai_wx.record.fields import Joined, RecordField

Row = dict[str, Any]
"""A row by the names of its fields, as the columns hold them but for business ids in relations."""

Note = Callable[[str, str], None]
"""Notes what is wrong with a row: its field, and the problem."""


def business_ids(field: RecordField, held: Any) -> list[str]:
    """The ids in a relation that are no record ids."""
    return [each for each in field.record_ids(held) if not ids.is_record_id(each)]


def without_business_ids(field: RecordField, held: Any) -> Any:
    """A relation's content with its record ids alone."""
    return field.holding([each for each in field.record_ids(held) if ids.is_record_id(each)])


def existing_ids(model: type[Record], record_ids: Iterable[str]) -> set[str]:
    """Which of these record ids rows have, deleted ones included."""
    wanted, found = iter(record_ids), set[str]()
    while some := list(islice(wanted, joined.LOOKUP)):
        rows = Statement(model.select(model.id).where(model.id << some)).rows({})
        found.update(record_id for (record_id,) in rows)
    return found


class References:
    """The rows of other collections that a chunk of one collection's rows names."""

    def __init__(self, model: type[Record], rows: Iterable[Row], unresolved: Counter[str]) -> None:
        """`unresolved` counts, by `collection.field`, ids in joined texts that lead to no row."""
        self._model, self._unresolved = model, unresolved
        self._relations = tuple(relations(model))
        self._joined = joined.pairs(model)
        by_business, by_record = self._named(list(rows))
        self._record_ids = {
            target: joined.record_ids_of(COLLECTIONS[target], names)
            for target, names in by_business.items()
        }
        self._business_ids = {
            target: joined.business_ids(COLLECTIONS[target], names)
            for target, names in by_record.items()
        }

    def _named(self, rows: list[Row]) -> tuple[Mapping[str, set[str]], Mapping[str, set[str]]]:
        """The business ids and the record ids to look up, by target."""
        by_business: dict[str, set[str]] = {each.target: set() for each in self._relations}
        by_record: dict[str, set[str]] = {each.target: set() for _, each in self._joined}
        for row in rows:
            for each in self._relations:
                by_business[each.target].update(business_ids(each, row[each.name]))
            for text, each in self._joined:
                by_business[each.target].update(joined.parts(row[text.name]))
                by_record[each.target].update(each.record_ids(row[each.name]))
        return by_business, by_record

    def settle(self, row: Row, note: Note) -> None:
        """Put record ids in the place of business ids, and write the joined texts."""
        for each in self._relations:
            if business_ids(each, row[each.name]):
                row[each.name] = each.holding(self._resolved(each, row[each.name], note))
        for text, each in self._joined:
            self._join(row, text, each)

    def _resolved(self, each: RecordField, held: Any, note: Note) -> list[str]:
        known, found = self._record_ids[each.target], []
        for name in each.record_ids(held):
            if name not in known and not ids.is_record_id(name):
                note(each.name, f"points at {name}, which {each.target} does not have")
            found.append(known.get(name, name))
        return list(dict.fromkeys(found))

    def _join(self, row: Row, text: Joined, each: RecordField) -> None:
        said, known = joined.parts(row[text.name]), self._record_ids[each.target]
        lost = sum(part not in known for part in said)
        if lost:
            self._unresolved[f"{self._model.collection()}.{text.name}"] += lost
        listed = each.record_ids(row[each.name])
        if said and not listed:
            found = dict.fromkeys(known[part] for part in said if part in known)
            row[each.name] = each.holding(list(found))
            return
        names = self._business_ids[each.target] | {record: name for name, record in known.items()}
        named = [names[record_id] for record_id in listed if record_id in names]
        row[text.name] = joined.rewritten(row[text.name], named, known)
