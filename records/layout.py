"""A model as clients see it: which fields, in which order, and a row of them as JSON."""

from collections.abc import Callable, Iterable, Mapping
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
    encode: Callable[[Iterable[Row]], list[Json]]
    """Turn rows of the fields' columns, in their order, into the records' JSON values."""
    encode_open: Callable[[Iterable[Row]], list[Json]]
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


ValueOf = Mapping[str, str]
"""By kind of field: how the JSON value is made of what the column holds, where that is another."""

_CALLED: Final[Mapping[str, Any]] = {
    "yuan_of": yuan_of,
    "Fragment": orjson.Fragment,
    "loads": orjson.loads,
}
_PASSED_ON: Final[ValueOf] = {
    "money": "yuan_of({})",
    "json": "Fragment({} or 'null')",
    "relations": "Fragment({} or 'null')",
}
_OPENED: Final[ValueOf] = {
    "money": "yuan_of({})",
    "json": "loads({} or 'null')",
    "relations": "loads({} or 'null')",
}


def _encoder(
    model: type[Record], fields: Mapping[str, RecordField], value_of: ValueOf
) -> Callable[[Iterable[Row]], list[Json]]:
    """Write a function that makes rows records, and compile it.

    A list spends much of its time here. `[{"created": v0, "id": v1, …} for (v0, v1, …) in rows]` takes
    a third of what filling dicts takes. The text holds nothing but the names of our own fields.
    """
    parts = {
        "collectionId": repr(model.collection_id()),
        "collectionName": repr(model.collection()),
    }
    names = [f"v{position}" for position in range(len(fields))]
    for value, (name, field) in zip(names, fields.items(), strict=True):
        parts[name] = value_of.get(field.kind, "{}").format(value)
    display = ", ".join(f"{name!r}: {parts[name]}" for name in sorted(parts))
    text = f"lambda rows: [{{{display}}} for ({', '.join(names)},) in rows]"
    encode: Callable[[Iterable[Row]], list[Json]] = eval(text, dict(_CALLED))
    return encode
