"""PostgreSQL's way: what SQLite finds out while it runs is said before.

A comparison is plain SQL where both sides are texts or both are numbers, which an index can serve.
Where a row decides, both become a `bai_value` (models/migrations/0003).
"""

import math
import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

from peewee import OP, SQL, Entity, Expression, Node, NodeList, Value, fn

from bai_wx.dialect.filter.patterns import SQL_SPACES, is_whole_pattern, pattern_of
from bai_wx.dialect.filter.scan import Literal
from bai_wx.dialect.filter.sides import Column, Given, Kind, Nothing, Side
from bai_wx.record.go_values import INT64, is_numeric

_OPERATORS: Final = {OP.IS: "IS NOT DISTINCT FROM", OP.IS_NOT: "IS DISTINCT FROM"}
_MATCHES_NOTHING: Final = secrets.token_hex(32)
"""A pattern of a text that nobody has: PostgreSQL refuses what SQLite takes for one without a match."""


class Postgres:
    """See `bai_wx.dialect.filter.database_sql.Dialect`."""

    true, false = "TRUE", "FALSE"
    everything = "'%%%%'"  # the driver makes one of two

    def compare(self, operator: str, left: Side, right: Side) -> Node:
        kind = _common(left, right)
        a, b = (
            _beside_text(side) if kind is Kind.TEXT and _is_text_column(other) else _AS[kind](side)
            for side, other in ((left, right), (right, left))
        )
        return Expression(a, _OPERATORS.get(operator, operator), b)

    def wide(self, range_: Node) -> Node:
        return range_  # it keeps statistics

    def or_empty(self, column: Column) -> Column:
        if column.kind is Kind.TEXT:
            return replace(column, node=fn.COALESCE(column.node, SQL("''")), is_bare=False)
        if column.kind is Kind.NUMBER and not column.is_nullable:
            return replace(column, is_bare=False)
        value = fn.COALESCE(_value(column), fn.bai_value(SQL("''::text")))
        return replace(column, node=value, kind=Kind.VALUE, is_bare=False)

    def as_text(self, node: Node) -> Node:
        return node

    def known(self, column: Column) -> Node:
        return _value(column) if column.kind is Kind.JSON else column.node

    def like(self, left: Side, pattern: Node) -> Node:
        return Expression(_text(left), OP.ILIKE, pattern)

    def given_pattern(self, side: Given) -> Node:
        return _typed(side.bound(_safe_pattern_of), "text")

    def containing(self, column: Column, most: int) -> Node:
        text = fn.SUBSTR(_text(column), 1, most)
        return NodeList((SQL("'%%' ||"), text, SQL("|| '%%'")), parens=True)

    def made_pattern(self, column: Column) -> Node:
        return fn.bai_pattern(
            _text(column), _typed(Value(_MATCHES_NOTHING, converter=False), "text")
        )

    def yuan(self, fen: Any) -> Node:
        return fn.trim_scale(NodeList((fen, SQL("/ 100.0"))))

    def inside(self, json: Any, path: Sequence[str | int]) -> Node:
        steps: list[Node] = []
        for key in path:
            typed = _typed(Value(key, converter=False), "text" if isinstance(key, str) else "int")
            steps.extend((SQL("->"), typed))
        return NodeList((fn.bai_json(json), *steps), parens=True)

    def items(self, ids: Any) -> Node:
        return fn.json_array_elements_text(fn.bai_items(ids))

    def holds(self, ids: Any, id_: Node) -> Node:
        # An id is written as it is: reading every list as JSON would take far longer.
        items = NodeList((SQL("(SELECT value FROM"), self.items(ids), SQL(")")))
        is_there = Expression(fn.STRPOS(ids, id_), OP.GT, SQL("0"))
        return NodeList((is_there, SQL("AND"), id_, SQL("IN"), items), parens=True)

    def named_items(self, ids: Any, name: str) -> Node:
        columns = SQL("(value, place)")
        return NodeList((self.items(ids), SQL("WITH ORDINALITY AS"), Entity(name), columns))

    def item(self, name: str) -> Node:
        return _collated(Entity(name, "value"))

    def count(self, ids: Any) -> Node:
        return _typed(fn.json_array_length(fn.bai_items(ids)), "int8")

    def is_set(self, single: Any) -> Node:
        is_set = Expression(fn.COALESCE(single, SQL("''")), OP.NE, SQL("''"))
        return _typed(_typed(is_set, "int"), "int8")

    def lower(self, column: Column) -> Node:
        return fn.LOWER(_text(column))

    def unbared(self, column: Column) -> Column:
        return replace(column, is_bare=False)

    def distance(self, points: Sequence[Side]) -> Node:
        return fn.bai_distance(*map(_numeric, points))

    def strftime(self, arguments: Sequence[Side]) -> Node:
        form, *rest = arguments
        time = _value(rest[0]) if rest else fn.bai_value(SQL("'now'::text"))
        shifts = NodeList([_text(side) for side in rest[1:]], ", ")
        modifiers = NodeList((SQL("ARRAY["), shifts, SQL("]::text[]")), "")
        return _collated(fn.bai_strftime(_text(form), time, modifiers))

    def nulls(self, is_descending: bool) -> str | None:
        return "LAST" if is_descending else "FIRST"

    def first_by(self, places: Sequence[Node]) -> Sequence[Node]:
        return (SQL("ORDER BY"), NodeList(list(places), ", ")) if places else ()

    def place(self, rows: Any) -> Node:
        return Entity(rows, "place") if isinstance(rows, str) else rows.seq


def _kind(side: Side) -> Kind:
    if isinstance(side, Column):
        return side.kind
    return Kind.NUMBER if isinstance(side, Given) and not side.is_text else Kind.TEXT


def _common(left: Side, right: Side) -> Kind:
    """As what SQLite compares them: a bare column's kind, the number's before the text's."""
    bare = {side.kind for side in (left, right) if isinstance(side, Column) and side.is_bare}
    for kind in (Kind.NUMBER, Kind.TEXT):
        if kind in bare:
            return kind
    kinds = {_kind(left), _kind(right)}
    return kinds.pop() if len(kinds) == 1 and kinds <= {Kind.NUMBER, Kind.TEXT} else Kind.VALUE


def _number(side: Side) -> Node:
    """Beside a number: of a text that is none, what comes after all numbers."""
    if isinstance(side, Given):
        return side.bound(_number_of)
    if isinstance(side, Nothing):
        return SQL("NULL" if side.is_null else "float8 'Infinity'")
    return side.node if side.kind is Kind.NUMBER else fn.bai_beside_number(side.node)


def _text(side: Side) -> Node:
    if isinstance(side, Given):
        return _collated(_typed(side.bound(_text_of), "text"))
    if isinstance(side, Nothing):
        return _collated(SQL("NULL::text" if side.is_null else "''"))
    return side.node if side.kind is Kind.TEXT else _collated(fn.bai_text(side.node))


def _is_text_column(side: Side) -> bool:
    return isinstance(side, Column) and side.is_bare and side.kind is Kind.TEXT


def _beside_text(side: Side) -> Node:
    """Beside a column of texts, which says what a parameter is and how it is compared."""
    if isinstance(side, Given):
        return side.bound(_text_of)
    return side.node if isinstance(side, Nothing) else _text(side)


def _value(side: Side) -> Node:
    if isinstance(side, Nothing):
        return SQL("NULL::bai_value") if side.is_null else fn.bai_value(SQL("''::text"))
    if isinstance(side, Given):
        number = _typed(side.bound(_number_of), "float8")
        return fn.bai_value(_text(side) if side.is_text else number)
    return side.node if side.kind is Kind.VALUE else fn.bai_value(side.node)


_AS: Final[dict[Kind, Callable[[Side], Node]]] = {
    Kind.TEXT: _text,
    Kind.NUMBER: _number,
    Kind.VALUE: _value,
}


def _numeric(side: Side) -> Node:
    """For arithmetic: of what is no number, NULL."""
    if _kind(side) is Kind.NUMBER:
        return _typed(_number(side), "float8")
    return fn.bai_numeric(side.node if isinstance(side, Column) else _text(side))


def _typed(node: Node, type_: str) -> Node:
    return NodeList((node, SQL(f"::{type_}")), "")


def _collated(node: Node) -> Node:
    return NodeList((node, SQL('COLLATE "C"')), parens=True)


def _number_of(value: Literal) -> Literal:
    """A value beside a number. Whole ones are whole, so that an index on the column serves."""
    text = value.strip(SQL_SPACES) if isinstance(value, str) else value
    if isinstance(text, str) and not is_numeric(text):
        return math.inf
    number = float(text)
    if isinstance(value, int) or not number.is_integer() or int(number) not in INT64:
        return value if isinstance(value, int) else number
    return int(number)


def _text_of(value: Literal) -> str:
    """A value as SQLite makes a text of it: a float has 15 digits, and a point."""
    if not isinstance(value, float):
        return str(value)
    digits, e, exponent = f"{value:.15g}".partition("e")
    return (digits if "." in digits or "n" in digits else f"{digits}.0") + e + exponent


def _safe_pattern_of(value: Literal) -> str:
    pattern = pattern_of(value)
    return pattern if is_whole_pattern(pattern) else _MATCHES_NOTHING


POSTGRES: Final = Postgres()
