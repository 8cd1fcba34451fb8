"""The order of a list: `sort=-created,name`."""

from typing import Final, NamedTuple

from peewee import Node, Ordering, fn

from bai_wx.dialect.filter import database_sql
from bai_wx.dialect.filter.operands import Column
from bai_wx.dialect.filter.paths import Joins
from bai_wx.dialect.text_cache import cached_by_text
from bai_wx.errors import BadQuery

MAX_KEYS: Final = 8
MAX_KEY_BYTES: Final = 255
RANDOM, ROWID = "@random", "@rowid"


class Key(NamedTuple):
    """One sort key: the name of a field, and the direction."""

    name: str
    is_descending: bool


Keys = tuple[Key, ...]


@cached_by_text(256)
def parse(text: str) -> Keys:
    """Parse a comma list of names, `-` before a name reverses. Raises: `BadQuery`."""
    if not text:
        return ()
    parts = text.split(",")
    if len(parts) > MAX_KEYS:
        raise BadQuery(f"more than {MAX_KEYS} sort keys")
    return tuple(_key(part.strip()) for part in parts)


def _key(text: str) -> Key:
    name = text[1:] if text.startswith(("-", "+")) else text
    if len(name.encode(errors="replace")) > MAX_KEY_BYTES:
        raise BadQuery(f"a sort key of more than {MAX_KEY_BYTES} bytes")
    return Key(name, text.startswith("-"))


def ordering(joins: Joins, keys: Keys, condition: Node | None) -> list[Node]:
    """The ORDER BY of a list; by insertion without keys. Raises: `BadQuery` for unknown names.

    A joined column is sorted by its value in the first joined row that meets the list's condition.
    """
    terms = [joins.column(key.name) if _is_path(key.name) else None for key in keys]
    ordered = [
        _ordered(_term(joins, key.name, column, condition), column, key.is_descending)
        for key, column in zip(keys, terms, strict=True)
    ]
    # Rows that are equal come in the order of insertion, so that pages do not overlap.
    return [*ordered, joins.root.rows.seq.asc()]


def _is_path(name: str) -> bool:
    return name not in (RANDOM, ROWID)


def _term(joins: Joins, name: str, column: Column | None, condition: Node | None) -> Node:
    if column is None:
        return fn.RANDOM() if name == RANDOM else joins.root.rows.seq
    node = database_sql.chosen().sortable(column) if column.fen is None else column.fen
    if not column.is_joined:
        return node
    # Written when all joins are known: another key may have added some.
    return joins.first(node, condition)


def _ordered(node: Node, column: Column | None, is_descending: bool) -> Ordering:
    is_nullable = column is not None and (column.is_nullable or column.is_joined)
    nulls = database_sql.chosen().nulls(is_descending) if is_nullable else None
    return Ordering(node, "DESC" if is_descending else "ASC", nulls=nulls)
