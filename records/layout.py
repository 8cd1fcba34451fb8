"""A model as clients see it: which fields, in which order, and a row of them as JSON."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import orjson

from models.base import Record
from models.fields import RecordField
from models.money import yuan_of

Row = tuple[Any, ...]
Json = dict[str, Any]


@dataclass(frozen=True)
class Layout:
    """The visible fields of a model by name, alphabetically, and how to read their row."""

    fields: Mapping[str, RecordField]
    encode: Callable[[Row], Json]
    """Turn a row of the fields' columns, in their order, into the record's JSON value."""

    @property
    def columns(self) -> tuple[RecordField, ...]:
        """What to select."""
        return tuple(self.fields.values())


@cache
def of(model: type[Record]) -> Layout:
    """The layout of a model, made once."""
    shown = {name: field for name, field in model.record_fields().items() if not field.hidden}
    fields = dict(sorted(shown.items()))
    return Layout(fields, _encoder(model, fields))


def _json(text: str) -> orjson.Fragment:
    return orjson.Fragment(text or "null")


_VALUE_OF: Final[Mapping[str, Callable[[Any], Any]]] = {
    "money": yuan_of,
    "json": _json,
    "relations": _json,
}
"""By kind of field: the JSON value of what the column holds, where that is another."""


def _encoder(model: type[Record], fields: Mapping[str, RecordField]) -> Callable[[Row], Json]:
    constant = {"collectionId": model.collection_id(), "collectionName": model.collection()}
    template = {name: constant.get(name) for name in sorted({*fields, *constant})}
    names = tuple(fields)
    kinds = [(name, _VALUE_OF.get(field.kind)) for name, field in fields.items()]
    changed = [(name, value_of) for name, value_of in kinds if value_of is not None]

    def encode(row: Row) -> Json:
        record: Json = template.copy()
        record.update(zip(names, row, strict=True))
        for name, value_of in changed:
            record[name] = value_of(record[name])
        return record

    return encode
