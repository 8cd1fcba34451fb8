"""What a name in a filter or a sort means as SQL."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from peewee import SQL, Case, Cast, Field, Node, Value, fn

from errors import BadQuery
from models.base import Record
from models.fields import RecordField
from records import layout

_JSON_KEY = re.compile(r"[A-Za-z0-9_:]+", re.ASCII)
_JSON_INDEX = re.compile(r"[0-9]{1,9}", re.ASCII)


@dataclass(frozen=True)
class Column:
    """A field's value as SQL.

    `fen` is the bare column of an amount: compared with a literal it needs no arithmetic, so an
    index on it can be used. `is_strict`: values inside JSON, where null is not the empty text.
    """

    node: Node
    fen: Field | None = None
    is_strict: bool = False


def column_of(model: type[Record], name: str) -> Column:
    """Find what a name with its modifier means on a model. Raises: `BadQuery`."""
    first, *inside = name.split(".")
    plain_name, colon, modifier = first.partition(":")
    fields = layout.of(model).fields
    field = fields.get(plain_name)
    if field is None or (colon and inside):
        raise BadQuery(f"{name!r} is no field of {model.collection()}: {', '.join(fields)}")
    if inside:
        return _inside(field, inside)
    if modifier not in _MODIFIERS:
        raise BadQuery(f"unknown modifier in {name!r}; there are {', '.join(_MODIFIERS)}")
    return _MODIFIERS[modifier](field, _whole(field))


def _whole(field: Any) -> Column:
    if field.kind == "json":
        return _inside(field, [])
    if field.kind == "money":
        return Column(_yuan(field), field)
    return Column(field)


def _inside(field: Any, path: list[str]) -> Column:
    if field.kind == "json":
        json_path = Value(_json_path(path), converter=False)
        return Column(fn.json_extract(_valid(field, "null"), json_path), is_strict=True)
    if field.kind == "relation" and path == ["id"]:  # which is the relation itself
        return Column(field)
    raise BadQuery(f"{field.name} has no {'.'.join(path)!r}")


def _yuan(fen: Any) -> Node:
    """Yuan as PocketBase would hold them: 2000 fen are 20, 1990 are 19.9.

    The cast changes no value; it makes the comparison with a text a numeric one.
    """
    is_whole = fen / 100 * 100 == fen  # whole numbers divide to whole numbers
    return Cast(Case(None, ((is_whole, fen / 100),), fen / SQL("100.0")), "NUMERIC")


def _valid(json: Any, otherwise: str) -> Node:
    # Next to `field = 'x'` SQLite puts 'x' in the field's place, and would fail on it.
    return Case(None, ((fn.json_valid(json), json),), otherwise)


def _json_path(keys: list[str]) -> str:
    return "$" + "".join(map(_json_step, keys))


def _json_step(key: str) -> str:
    if not _JSON_KEY.fullmatch(key):
        raise BadQuery(f"{key!r} is no key in JSON")
    return f"[{key}]" if _JSON_INDEX.fullmatch(key) else f".{key}"


def _as_it_is(field: RecordField, column: Column) -> Column:
    return column


def _lower(field: RecordField, column: Column) -> Column:
    return column if column.is_strict else Column(fn.LOWER(column.node))


def _length(field: RecordField, column: Column) -> Column:
    count = _LENGTHS.get(field.kind)
    return Column(count(column.node)) if count else column


def _each(field: RecordField, column: Column) -> Column:
    if field.kind in _LENGTHS:
        raise BadQuery(f"{field.name}:each is not understood")
    return column


_LENGTHS: Final[Mapping[str, Callable[[Any], Node]]] = {
    "relations": lambda ids: fn.json_array_length(_valid(ids, "[]")),
    **dict.fromkeys(("relation", "select", "file"), lambda single: single != ""),
}
"""By kind of field that can hold several items: how many there are."""

_MODIFIERS: Final[Mapping[str, Callable[[RecordField, Column], Column]]] = {
    "": _as_it_is,
    "lower": _lower,
    "length": _length,
    "each": _each,
    "isset": _as_it_is,  # this and the next look at requests, which only rules can
    "changed": _as_it_is,
}
"""By modifier: what it makes of a column. On a kind it does not fit it changes nothing."""
