"""In which order a list comes."""

from typing import Final, NamedTuple

from peewee import Node, Ordering, fn

from errors import BadQuery
from models.base import Record
from records.operands import column_of
from records.scan import refuse_superuser_terms

MAX_KEYS: Final = 8
MAX_KEY_BYTES: Final = 255
RANDOM, ROWID = "@random", "@rowid"


class Key(NamedTuple):
    """One thing to sort by."""

    name: str
    is_descending: bool


Keys = tuple[Key, ...]


def read(text: str) -> Keys:
    """Read a comma list of names, `-` before a name reverses. Raises: `BadQuery`, `Forbidden`."""
    if not text:
        return ()
    refuse_superuser_terms(text)
    parts = text.split(",")
    if len(parts) > MAX_KEYS:
        raise BadQuery(f"more than {MAX_KEYS} sort keys")
    return tuple(_key(part.strip()) for part in parts)


def _key(text: str) -> Key:
    if len(text.encode(errors="replace")) > MAX_KEY_BYTES:
        raise BadQuery(f"a sort key of more than {MAX_KEY_BYTES} bytes")
    if text.startswith("-"):
        return Key(text[1:], True)
    return Key(text.removeprefix("+"), False)


def ordering(model: type[Record], keys: Keys) -> list[Node]:
    """The ORDER BY of a list; by insertion without keys. Raises: `BadQuery` for unknown names."""
    terms = [_ordered(_term(model, key.name), key.is_descending) for key in keys]
    # Rows that are equal keep one order, so that pages do not overlap. It runs in the direction of
    # the last key, because an index that ends in `seq` can then be walked either way.
    return [*terms, _ordered(model.seq, bool(keys) and keys[-1].is_descending)]


def _term(model: type[Record], name: str) -> Node:
    if name == RANDOM:
        return fn.RANDOM()
    if name == ROWID:
        return model.seq
    column = column_of(model, name)
    return column.node if column.fen is None else column.fen


def _ordered(node: Node, is_descending: bool) -> Ordering:
    return Ordering(node, "DESC" if is_descending else "ASC")
