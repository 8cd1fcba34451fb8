"""The layout of a collection: the fields that clients see, in their order, and a row of them as JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from bai_wx.database.statement import Param
from bai_wx.database.statement import Row as Row
from bai_wx.record.base import Record
from bai_wx.record.fields import RecordField, Shown
from bai_wx.record.shape import JsonObject as JsonObject
from bai_wx.record.shape import Shape, Value, computed, constant, value


@dataclass(frozen=True)
class Layout:
    """The visible fields of a model by name, alphabetically, and the record they make."""

    fields: Mapping[str, RecordField]
    record: Shape

    @property
    def is_constant(self) -> bool:
        """Whether a row makes one record for all callers and moments, which may be cached."""
        return not any(isinstance(field, Shown) for field in self.fields.values())


@cache
def of(model: type[Record]) -> Layout:
    """The layout of a model, made once."""
    shown = {name: field for name, field in model.record_fields().items() if not field.hidden}
    members = {name: _member(model, field) for name, field in shown.items()}
    members |= {name: constant(said) for name, said in model.CONSTANTS.items()}
    members["collectionId"] = constant(model.collection_id())
    members["collectionName"] = constant(model.collection())
    return Layout(dict(sorted(shown.items())), Shape(dict(sorted(members.items()))))


def _member(model: type[Record], field: RecordField) -> Value:
    if isinstance(field, Shown):
        return computed(field.shown(model, Param("openid"), Param("now")))
    return value(field)
