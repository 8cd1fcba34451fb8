"""What a name in a filter or a sort means as SQL."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from peewee import SQL, Case, Cast, Field, Node, Value, fn

from errors import BadQuery
from models.fields import RecordField

_JSON_KEY = re.compile(r"[A-Za-z0-9_:]+", re.ASCII)
_JSON_INDEX = re.compile(r"[0-9]{1,9}", re.ASCII)


@dataclass(frozen=True)
class Column:
    """A field's value as SQL.

    `fen` is the bare column of an amount: compared with a literal it needs no arithmetic, so an
    index on it can be used. `is_strict`: values inside JSON, where null is not the empty text.
    `is_nullable`: may be NULL, as everything of a row that was joined. `is_joined`: not of the
    list's own row. `pattern`: what it stands for right of a `~`, if that is not looking for its text.
    `several`: set where the row looked at is one of several.
    """

    node: Node
    fen: Field | None = None
    is_strict: bool = False
    is_nullable: bool = False
    is_joined: bool = False
    pattern: Node | None = None
    several: "Several | None" = None


@dataclass(frozen=True)
class Several:
    """All the values a path leads to: the joins that find them, and the value in a joined row."""

    clauses: tuple[Node, ...]
    column: Column


def whole(rows: Any, field: RecordField, is_joined: bool) -> Column:
    """A field's value in these rows, the model or an alias of it."""
    column = getattr(rows, field.name)
    if field.kind == "json":
        return inside(rows, field, [], is_joined)
    if field.kind == "money":
        return Column(_yuan(column), column, is_nullable=is_joined, is_joined=is_joined)
    return Column(column, is_nullable=is_joined, is_joined=is_joined)


def inside(rows: Any, field: RecordField, path: Sequence[str], is_joined: bool) -> Column:
    """What is at a path inside a JSON field. Raises: `BadQuery` for a key that cannot be one."""
    json = getattr(rows, field.name)
    json_path = Value(_json_path(path), converter=False)
    found = fn.json_extract(_valid(json, "null"), json_path)
    return Column(found, is_strict=True, is_nullable=True, is_joined=is_joined)


def modified(field: RecordField, column: Column, modifier: str) -> Column:
    """The value with its modifier, if any. Raises: `BadQuery` for one that is unknown."""
    if modifier not in _MODIFIERS:
        raise BadQuery(f"unknown modifier {modifier!r}; there are {', '.join(_MODIFIERS)}")
    return _MODIFIERS[modifier](field, column)


def items_of(ids: Any) -> Node:
    """The ids of a relation to many, as a table of rows with a `value`."""
    return fn.json_each(_valid(ids, "[]"))


def _yuan(fen: Any) -> Node:
    """Yuan as PocketBase would hold them: 2000 fen are 20, 1990 are 19.9.

    The cast changes no value; it makes the comparison with a text a numeric one.
    """
    is_whole = fen / 100 * 100 == fen  # whole numbers divide to whole numbers
    return Cast(Case(None, ((is_whole, fen / 100),), fen / SQL("100.0")), "NUMERIC")


def _valid(json: Any, otherwise: str) -> Node:
    # Next to `field = 'x'` SQLite puts 'x' in the field's place, and would fail on it.
    return Case(None, ((fn.json_valid(json), json),), otherwise)


def _json_path(keys: Sequence[str]) -> str:
    return "$" + "".join(map(_json_step, keys))


def _json_step(key: str) -> str:
    if not _JSON_KEY.fullmatch(key):
        raise BadQuery(f"{key!r} is no key in JSON")
    return f"[{key}]" if _JSON_INDEX.fullmatch(key) else f".{key}"


def _as_it_is(field: RecordField, column: Column) -> Column:
    return column


def _lower(field: RecordField, column: Column) -> Column:
    return replace(column, node=fn.LOWER(column.node), fen=None)


def _length(field: RecordField, column: Column) -> Column:
    count = _LENGTHS.get(field.kind)
    return replace(column, node=count(column.node), is_nullable=False) if count else column


def _each(field: RecordField, column: Column) -> Column:
    if field.kind not in _LENGTHS:
        return column
    # The items of a single value are that value; an item has no type of its own in SQLite.
    return replace(column, node=fn.COALESCE(column.node, SQL("NULL")))


_LENGTHS: Final[Mapping[str, Callable[[Any], Node]]] = {
    "relations": lambda ids: fn.json_array_length(_valid(ids, "[]")),
    **dict.fromkeys(
        ("relation", "select", "file"), lambda single: fn.COALESCE(single, SQL("''")) != SQL("''")
    ),
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
