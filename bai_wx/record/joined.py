"""Texts that are made of a relation whenever the relation is written.

`document_image` is `A-1|A-2`, the business ids of the attachments whose record ids `document_images`
holds. An id that leads to no row stays in the text: whoever brought it may bring the row later.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, Final

from bai_wx.database.statement import Statement
from bai_wx.record.base import FieldValues, Record
from bai_wx.record.collections import COLLECTIONS, business_id_field
from bai_wx.record.fields import Joined, RecordField

SEPARATOR: Final = "|"
LOOKUP: Final = 500  # ids a query


def parts(text: str) -> list[str]:
    """The ids in a joined text."""
    return [part for each in text.split(SEPARATOR) if (part := each.strip())]


def rewritten(text: str, named: Sequence[str], known: Collection[str]) -> str:
    """The text for the business ids in `named`, behind which those of `text` stay that lead to no row.

    `known` are the ids of `text` that lead to a row. Where these are the named ones, `text` stays as it is.
    """
    said = parts(text)
    if [part for part in said if part in known] == list(named):
        return text
    lost = (part for part in said if part not in known)
    return SEPARATOR.join(dict.fromkeys((*named, *lost)))


def fill(model: type[Record], values: FieldValues, stored: Mapping[str, Any]) -> None:
    """Set the texts of the relations among `values`, which are about to be written over `stored`."""
    for text, relation in pairs(model):
        if relation.name in values:
            target = COLLECTIONS[relation.target]
            record_ids = relation.record_ids(values[relation.name])
            names = business_ids(target, record_ids)
            named = [names[each] for each in record_ids if each in names]
            present = stored.get(text.name, text.zero)
            values[text.name] = rewritten(present, named, record_ids_of(target, parts(present)))


def has_text(model: type[Record], relation: RecordField) -> bool:
    """Whether a text of the collection is made of this relation."""
    return any(relation is each for _, each in pairs(model))


@cache
def pairs(model: type[Record]) -> tuple[tuple[Joined, RecordField], ...]:
    """The joined texts of a collection, each with its relation."""
    fields = model.record_fields()
    return tuple((each, fields[each.joins]) for each in fields.values() if isinstance(each, Joined))


def business_ids(target: type[Record], record_ids: Iterable[str]) -> dict[str, str]:
    """The business ids of rows by their record ids, deleted rows included."""
    return _looked_up(target, "id", business_id_field(target), record_ids)


def record_ids_of(target: type[Record], names: Iterable[str]) -> dict[str, str]:
    """The record ids of rows by their business ids, deleted rows included."""
    return _looked_up(target, business_id_field(target), "id", names)


def _looked_up(model: type[Record], by: str, wanted: str, values: Iterable[str]) -> dict[str, str]:
    column, found = getattr(model, by), dict[str, str]()
    left = list(dict.fromkeys(values))
    for start in range(0, len(left), LOOKUP):
        some = left[start : start + LOOKUP]
        rows = model.select(column, getattr(model, wanted)).where(column << some)
        found.update(Statement(rows).rows({}))
    return found
