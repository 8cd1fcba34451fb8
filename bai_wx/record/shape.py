"""The JSON of a row, described once: SQLite writes it in SQL, Python writes it elsewhere.

Python makes some twenty values of each row that the driver hands it, only to write them again; SQLite's
`printf` does both in one go. Both ways are made of one description, so that they cannot differ.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any, Final

import orjson
from peewee import SQL, Case, ColumnBase, Node, NodeList, fn

from bai_wx.record.fields import RecordField
from bai_wx.record.money import yuan_of

Json = dict[str, Any]
Row = tuple[Any, ...]

_SAFE_KINDS: Final = frozenset({"date", "select", "relation"})
"""Kinds whose texts hold nothing that JSON escapes: they are checked before they are stored."""


@dataclass(frozen=True)
class Value:
    """A JSON value made of columns.

    `python` writes the expression that makes it of the names of their values; `calls` are the functions
    in it. `sql` is what `printf` puts in the place of `directive`. Where `key` is NULL there is no such
    value.
    """

    columns: tuple[Any, ...]
    python: Callable[[Sequence[str]], str]
    sql: tuple[Node, ...]
    directive: str = "%s"
    calls: Mapping[str, Any] = field(default_factory=dict)
    key: ColumnBase | None = None


class Shape:
    """A JSON object: its members in their order, and what each is made of."""

    def __init__(self, members: Mapping[str, Value]) -> None:
        self._members = members
        self._whole = _object(members)
        self.columns = self._whole.columns
        """What to select for `encode` and `encode_open`."""
        self.encode = self._encoder(orjson.Fragment)
        self.encode_open = self._encoder(orjson.loads)
        """The same with JSON columns parsed, for those who look into them; the other passes them on."""

    @property
    def written(self) -> Node:
        """The object's text as a column of SQLite."""
        written = _printf(self._whole)
        for name, member in self._members.items():
            if member.key is not None:
                # Its own printf would be a text to be copied into another.
                without = _printf(_object({**self._members, name: _NULL}))
                written = Case(None, ((member.key.is_null(), without),), written)
        return written

    def _encoder(self, json: Callable[[str], Any]) -> Callable[[Iterable[Row]], list[Json]]:
        """Write a function that makes rows objects, and compile it.

        `[{"created": v0, "id": v1, …} for (v0, v1, …) in rows]` takes a third of what filling dicts
        takes. The text holds nothing but the names of our own fields.
        """
        names = [f"v{place}" for place in range(len(self.columns))]
        made = self._whole.python(names)
        text = f"lambda rows: [{made} for ({', '.join(names)},) in rows]"
        calls = {**self._whole.calls, "json": json, "yuan_of": yuan_of}
        encode: Callable[[Iterable[Row]], list[Json]] = eval(text, calls)
        return encode


def value(column: Any) -> Value:
    """What a column holds, as its kind of field is shown."""
    kind = column.kind if isinstance(column, RecordField) else ""
    if kind == "money":
        # Fifteen digits hold every amount up to `MAX_FEN`; %g writes no zeros after them.
        yuan = NodeList((column, SQL("/ 100.0")))
        return Value((column,), "yuan_of({0[0]})".format, (yuan,), "%.15g")
    if kind in ("json", "relations"):
        text = Case(None, ((column == SQL("''"), SQL("'null'")),), column)
        return Value((column,), "json({0[0]} or 'null')".format, (text,))
    if kind == "number":
        return Value((column,), "{0[0]}".format, (column,))
    if kind in _SAFE_KINDS or column.name == "id":
        return Value((column,), "{0[0]}".format, (column,), '"%s"')
    return Value((column,), "{0[0]}".format, (fn.json_quote(column),))


def private(shown: Node) -> Value:
    """What `shown` lets this caller know of a private column."""
    return Value((shown,), "{0[0]}".format, (fn.json_quote(shown),))


def constant(said: str | bool) -> Value:
    """The same text or truth in every row; it needs no escape."""
    written = f'"{said}"' if isinstance(said, str) else str(said).lower()
    return Value((), lambda _: repr(said), (), written)


_NULL: Final = Value((), lambda _: "None", (), "null")


def optional(key: ColumnBase, members: Mapping[str, Value]) -> Value:
    """An object of joined columns; null where the first of them, `key`, found no row to join.

    An object has one such member at the most.
    """
    whole = _object(members)

    def python(names: Sequence[str]) -> str:
        return f"None if {names[0]} is None else {whole.python(names)}"

    return replace(whole, python=python, key=key)


def _object(members: Mapping[str, Value]) -> Value:
    """The members as one value; its directive is the whole text with a directive for each."""

    def python(names: Sequence[str]) -> str:
        left = iter(names)
        parts = (
            f"{name!r}: {each.python([next(left) for _ in each.columns])}"
            for name, each in members.items()
        )
        return f"{{{', '.join(parts)}}}"

    directive = ",".join(f'"{name}":{each.directive}' for name, each in members.items())
    calls = {name: call for each in members.values() for name, call in each.calls.items()}
    return Value(
        tuple(chain.from_iterable(each.columns for each in members.values())),
        python,
        tuple(chain.from_iterable(each.sql for each in members.values())),
        f"{{{directive}}}",
        calls,
    )


def _printf(whole: Value) -> Node:
    # A literal: as a bound value it would be handed over with every call.
    return fn.PRINTF(SQL(f"'{whole.directive}'"), *whole.sql)
