"""What is wrong with a record's fields, in PocketBase's codes and words, all of it at once."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from bai_wx.database.connection import keeps_nul
from bai_wx.dialect import layout
from bai_wx.errors import FieldProblem
from bai_wx.record import ids
from bai_wx.record.base import Record
from bai_wx.record.collections import COLLECTIONS
from bai_wx.record.fields import RecordField
from bai_wx.record.problems import INVALID_FORMAT, MISSING_RELATION, REQUIRED, Problems

MAX_RELATIONS: Final = 999  # PocketBase's own limit of a relation without a maximum

AllExist = Callable[[str, Sequence[str]], bool]
"""Whether all these record ids lead to rows of a collection, named first, that are not deleted."""


def all_exist(target: str, record_ids: Sequence[str]) -> bool:
    """Ask the database whether all these ids lead to rows of `target` that are not deleted."""
    if len(record_ids) > MAX_RELATIONS or not all(map(ids.is_record_id, record_ids)):
        return False
    model = COLLECTIONS[target]
    found = model.select().where(model.id << record_ids, model.undeleted(model))
    return bool(found.count() == len(record_ids))


def of_new(model: type[Record], values: Mapping[str, Any], exist: AllExist = all_exist) -> Problems:
    """What is wrong with a row to be created, missing fields included."""
    return _missing(model, values) | of_changes(model, values, exist)


def of_changes(
    model: type[Record], values: Mapping[str, Any], exist: AllExist = all_exist
) -> Problems:
    """What is wrong with these values, by field. Relations must lead to rows that are not deleted.

    `exist` answers that of many rows at once for whoever has looked them up.
    """
    fields = layout.of(model).fields
    found = {name: _problem(fields[name], value, exist) for name, value in values.items()}
    return {name: problem for name, problem in found.items() if problem is not None}


def of_id(record_id: str) -> FieldProblem | None:
    """What is wrong with an id a client chose."""
    return Record.id.problem(record_id)


def _missing(model: type[Record], values: Mapping[str, Any]) -> Problems:
    fields = layout.of(model).fields
    needed = (name for name, f in fields.items() if f.required and not f.is_filled_by_us)
    return {name: REQUIRED for name in needed if name not in values}


def _problem(field: RecordField, value: Any, exist: AllExist) -> FieldProblem | None:
    if value == field.zero:
        return REQUIRED if field.required else None
    return field.problem(value) or _missing_rows(field, value, exist) or _unstorable(value)


def _missing_rows(field: RecordField, value: Any, exist: AllExist) -> FieldProblem | None:
    """What is wrong with a relation to rows that are not there."""
    listed = field.record_ids(value)
    return None if not listed or exist(field.target, listed) else MISSING_RELATION


def _unstorable(value: Any) -> FieldProblem | None:
    """What is wrong with a value that PostgreSQL cannot hold. In this alone the databases differ."""
    is_kept = not isinstance(value, str) or "\0" not in value or keeps_nul()
    return None if is_kept else INVALID_FORMAT
