"""A model as clients see it: which fields, in which order, and a row of them as JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from models.base import Record
from models.fields import RecordField
from models.shape import Json as Json
from models.shape import Row as Row
from models.shape import Shape, constant, value


@dataclass(frozen=True)
class Layout:
    """The visible fields of a model by name, alphabetically, and the record they make."""

    fields: Mapping[str, RecordField]
    record: Shape


@cache
def of(model: type[Record]) -> Layout:
    """The layout of a model, made once."""
    shown = {name: field for name, field in model.record_fields().items() if not field.hidden}
    members = {name: value(field) for name, field in shown.items()}
    members |= {name: constant(said) for name, said in model.CONSTANTS.items()}
    members["collectionId"] = constant(model.collection_id())
    members["collectionName"] = constant(model.collection())
    return Layout(dict(sorted(shown.items())), Shape(dict(sorted(members.items()))))
