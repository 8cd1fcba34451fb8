"""Where a row is used: the rows whose relations, texts of ids, or rich texts name it."""

from collections.abc import Iterator
from functools import reduce
from operator import or_
from typing import Any, Final

from peewee import Expression

from bai_wx.record.base import COLLECTIONS, Record
from bai_wx.record.collections import business_id_field, relations
from bai_wx.record.fields import Editor, Relations
from bai_wx.record.record_field import RecordField
from models.attachments import FILES
from models.profiles import PAPERS, PICTURES
from models.users import User

MOST: Final = 50
"""So many rows of a collection are told."""

NAMING: Final[dict[type[Record], tuple[str, ...]]] = {User: (*PICTURES, *PAPERS)}
"""The texts that hold an attachment's business id, by their collection. Relations are known by their kind."""


def uses_of(row: Record) -> list[Record]:
    """The undeleted rows that use a row, at most `MOST` of each collection, the newest first."""
    found: list[Record] = []
    for model in COLLECTIONS.values():
        conditions = list(_conditions(model, row))
        if conditions:
            asked = model.select().where(model.undeleted(model), reduce(or_, conditions))
            found.extend(asked.order_by(model.seq.desc()).limit(MOST))
    return found


def _conditions(model: type[Record], row: Record) -> Iterator[Expression]:
    for field in relations(model):
        if field.target == row.collection():
            yield _holds(getattr(model, field.name), field, row.id)
    if not any(field.is_file for field in row.record_fields().values()):
        return
    business_id = getattr(row, business_id_field(type(row)))
    for name in NAMING.get(model, ()):
        yield getattr(model, name) == business_id
    for name, field in model.record_fields().items():
        if isinstance(field, Editor):
            yield getattr(model, name).contains(f"{FILES}{row.id}/")


def _holds(column: Any, field: RecordField, record_id: str) -> Expression:
    held: Expression = (
        column.contains(f'"{record_id}"') if isinstance(field, Relations) else column == record_id
    )
    return held
