"""Reading rows for the console: any undeleted row of a collection, whoever owns it."""

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import and_, or_
from typing import Any, Final, TypeVar

from peewee import Expression, Model, ModelSelect, Value

from bai_wx.database.connection import holds
from bai_wx.record.base import Record
from bai_wx.record.collections import COLLECTIONS, relations

RecordT = TypeVar("RecordT", bound=Record)

MOST_SKIPPED: Final = 2**62
"""The databases know no larger offset; an address may ask for any."""
RELATED: Final = "related"
"""The attribute of a row that holds the rows its relations point at, by the field's name."""


def page(
    model: type[RecordT],
    condition: Expression | None,
    order: Sequence[tuple[str, str]],
    start: int,
    number: int,
) -> list[RecordT]:
    """Rows in this order, newest first where it leaves them equal, with the rows they point at.

    `number` is how many, all of them where it is negative.
    """
    columns = [getattr(getattr(model, name), direction)() for name, direction in order]
    query = matching(model, condition).order_by(*columns, model.seq.desc())
    return part(model, query, start, number)


def part(
    model: type[RecordT], query: "ModelSelect[RecordT]", start: int, number: int
) -> list[RecordT]:
    """So many rows of a query from one on, all where `number` is negative, and those they point at."""
    rest = query.offset(min(start, MOST_SKIPPED))
    if number < 0:
        found = list(rest)
    else:
        # Sorting whole rows takes three times as long as sorting their numbers.
        numbers: Any = rest.limit(number).select(model.seq).tuples()
        wanted = [seq for (seq,) in numbers]
        by_number = {row.seq: row for row in model.select().where(model.seq << wanted)}
        found = [by_number[seq] for seq in wanted if seq in by_number]
    attach_related(model, found)
    return found


def count(model: type[Record], condition: Expression | None) -> int:
    """How many rows there are."""
    return int(matching(model, condition).count())


def by_ids(model: type[RecordT], record_ids: Sequence[str]) -> list[RecordT]:
    """The rows of these record ids that are there, in the order of the ids."""
    found = {row.id: row for row in matching(model, model.id << list(record_ids))}
    rows = [found[each] for each in record_ids if each in found]
    attach_related(model, rows)
    return rows


def by_id(model: type[RecordT], record_id: str) -> RecordT | None:
    """The row of this record id."""
    return next(iter(by_ids(model, [record_id])), None)


def matching(model: type[RecordT], condition: Expression | None) -> "ModelSelect[RecordT]":
    """Select the undeleted rows that meet a condition."""
    undeleted = model.select().where(model.undeleted(model))
    return undeleted if condition is None else undeleted.where(condition)


def holding(model: type[Model], names: Iterable[str], text: str) -> Expression:
    """The condition that one of these columns contains a text, whatever the case."""
    columns = [getattr(model, name) for name in names]
    if all(each.isascii() or each.lower() == each.upper() for each in text):
        # LIKE folds A to Z, and nothing else is to be folded; it calls no function of ours for each row.
        like: Expression = reduce(or_, (column.contains(text) for column in columns))
        return like
    keyword = Value(text.casefold(), converter=False)
    return reduce(or_, (holds(column, keyword) for column in columns))


def all_of(*conditions: Expression | None) -> Expression | None:
    """The condition that all of these hold; one that is None asks for nothing."""
    asked = [each for each in conditions if each is not None]
    return reduce(and_, asked) if asked else None


def attach_related(model: type[Record], rows: Sequence[Record]) -> None:
    """Read the rows that these rows point at, deleted ones too, one query a relation."""
    for row in rows:
        setattr(row, RELATED, {})
    for field in relations(model):
        listed = {row.id: field.record_ids(getattr(row, field.name)) for row in rows}
        wanted = {each for ids in listed.values() for each in ids}
        target = COLLECTIONS.get(field.target)
        if target is None or not wanted:
            continue
        found: dict[str, Any] = {
            each.id: each for each in target.select().where(target.id << list(wanted))
        }
        for row in rows:
            near = [found[each] for each in listed[row.id] if each in found]
            getattr(row, RELATED)[field.name] = near
