"""The SQL of a name in a filter or a sort: a field's column, what is inside its JSON, its modifiers."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from bai_wx.database.statement import Param
from bai_wx.dialect.filter import database_sql
from bai_wx.dialect.filter.operands import Column, SqlType
from bai_wx.errors import BadQuery
from bai_wx.record.fields import Bool, Int, Json, Money, Private, RecordField, Relations, Shown

_JSON_KEY = re.compile(r"[A-Za-z0-9_:]+", re.ASCII)
_JSON_INDEX = re.compile(r"[0-9]{1,9}", re.ASCII)


def whole(rows: Any, field: RecordField, is_joined: bool) -> Column:
    """The column of a whole field in these rows, the model or an alias of it."""
    compared = next((made for kind, made in COMPARED.items() if isinstance(field, kind)), _bare)
    return compared(rows, field, is_joined)


def _bare(rows: Any, field: RecordField, is_joined: bool) -> Column:
    column = getattr(rows, field.name)
    return Column(column, is_nullable=is_joined, is_joined=is_joined, is_bare=True)


def _number(rows: Any, field: RecordField, is_joined: bool) -> Column:
    return replace(_bare(rows, field, is_joined), sql_type=SqlType.NUMBER)


def _amount(rows: Any, field: RecordField, is_joined: bool) -> Column:
    bare = _number(rows, field, is_joined)
    return replace(bare, node=database_sql.chosen().yuan(bare.node), fen=bare.node)


def _shown(rows: Any, field: Shown, is_joined: bool) -> Column:
    shown = field.shown(rows, Param("openid"), Param("now"))
    return replace(_bare(rows, field, is_joined), node=database_sql.chosen().as_text(shown))


def _private(rows: Any, field: Private, is_joined: bool) -> Column:
    owned = None if is_joined else getattr(rows, field.name)
    return replace(_shown(rows, field, is_joined), owned=owned)


def _json(rows: Any, field: RecordField, is_joined: bool) -> Column:
    return inside(rows, field, [], is_joined)


def inside(rows: Any, field: RecordField, path: Sequence[str], is_joined: bool) -> Column:
    """The value at a path inside a JSON field. Raises: `BadQuery` for a key that cannot be one."""
    json = getattr(rows, field.name)
    found = database_sql.chosen().inside(json, [_json_step(key) for key in path])
    return Column(
        found, is_strict=True, is_nullable=True, is_joined=is_joined, sql_type=SqlType.JSON
    )


def modified(field: RecordField, column: Column, modifier: str) -> Column:
    """The column with its modifier, if any. Raises: `BadQuery` for one that is unknown."""
    if modifier not in _MODIFIERS:
        raise BadQuery(f"unknown modifier {modifier!r}; there are {', '.join(_MODIFIERS)}")
    return _MODIFIERS[modifier](field, column)


def _json_step(key: str) -> str | int:
    if not _JSON_KEY.fullmatch(key):
        raise BadQuery(f"{key!r} is no key in JSON")
    return int(key) if _JSON_INDEX.fullmatch(key) else key


def _as_it_is(field: RecordField, column: Column) -> Column:
    return column


def _lower(field: RecordField, column: Column) -> Column:
    lower = database_sql.chosen().lower(column)
    return replace(column, node=lower, fen=None, sql_type=SqlType.TEXT, is_bare=False, owned=None)


def _length(field: RecordField, column: Column) -> Column:
    if not field.is_countable:
        return column
    write = database_sql.chosen()
    count = write.count if isinstance(field, Relations) else write.is_set
    number = count(column.node)
    return replace(column, node=number, is_nullable=False, sql_type=SqlType.NUMBER, is_bare=False)


def _each(field: RecordField, column: Column) -> Column:
    # The items of a single value are that value; an item has no type of its own in SQLite.
    return database_sql.chosen().without_affinity(column) if field.is_countable else column


COMPARED: Final[Mapping[type[RecordField], Callable[[Any, Any, bool], Column]]] = {
    Private: _private,
    Shown: _shown,
    Int: _number,
    Bool: _number,
    Money: _amount,
    Json: _json,
}
"""By kind of field, the first that fits: what a filter compares and a list is sorted by. Other kinds: the text
in the column."""

_MODIFIERS: Final[Mapping[str, Callable[[RecordField, Column], Column]]] = {
    "": _as_it_is,
    "lower": _lower,
    "length": _length,
    "each": _each,
    "isset": _as_it_is,  # this and the next look at requests, which only rules can
    "changed": _as_it_is,
}
"""By modifier: what it makes of a column. It changes nothing of a kind of field it does not fit."""
