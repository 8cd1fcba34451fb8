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
    encode_open: Callable[[Row], Json]
    """The same with JSON columns parsed, for those who look into them; the other passes them on."""

    @property
    def columns(self) -> tuple[RecordField, ...]:
        """What to select."""
        return tuple(self.fields.values())


@cache
def of(model: type[Record]) -> Layout:
    """The layout of a model, made once."""
    shown = {name: field for name, field in model.record_fields().items() if not field.hidden}
    fields = dict(sorted(shown.items()))
    return Layout(fields, _encoder(model, fields, _PASSED_ON), _encoder(model, fields, _OPENED))


ValueOf = Mapping[str, Callable[[Any], Any]]
"""By kind of field: the JSON value of what the column holds, where that is another."""


def _passed_on(text: str) -> orjson.Fragment:
    return orjson.Fragment(text or "null")


def _opened(text: str) -> Any:
    return orjson.loads(text or "null")


_PASSED_ON: Final[ValueOf] = {"money": yuan_of, "json": _passed_on, "relations": _passed_on}
_OPENED: Final[ValueOf] = {"money": yuan_of, "json": _opened, "relations": _opened}


def _encoder(
    model: type[Record], fields: Mapping[str, RecordField], value_of: ValueOf
) -> Callable[[Row], Json]:
    """Write a function that makes a row a record, `lambda row: {"created": row[0], …}`, and compile it.

    A list spends most of its time here, and a dict display is twice as fast as filling a dict. The
    text holds nothing but the names of our own fields.
    """
    parts = {
        "collectionId": repr(model.collection_id()),
        "collectionName": repr(model.collection()),
    }
    for position, (name, field) in enumerate(fields.items()):
        value = f"row[{position}]"
        parts[name] = f"{field.kind}({value})" if field.kind in value_of else value
    display = ", ".join(f"{name!r}: {parts[name]}" for name in sorted(parts))
    encode: Callable[[Row], Json] = eval(f"lambda row: {{{display}}}", dict(value_of))
    return encode
