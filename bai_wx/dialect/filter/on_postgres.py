"""PostgreSQL's part of a filter's SQL: types that SQLite finds out while it runs are stated here.

A comparison is plain SQL where both operands are texts or both are numbers, and an index can serve it.
Where the type depends on the row, both become a `bai_value` (models/migrations/0003).
"""

import math
import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

from peewee import OP, SQL, Entity, Expression, Node, NodeList, Value, fn

from bai_wx.dialect.filter.operands import Column, EmptyValue, Operand, Parameter, SqlType
from bai_wx.dialect.filter.patterns import SQL_SPACES, is_whole_pattern, pattern_of
from bai_wx.dialect.filter.scan import LiteralValue
from bai_wx.record.go_values import INT64, is_numeric

_OPERATORS: Final = {OP.IS: "IS NOT DISTINCT FROM", OP.IS_NOT: "IS DISTINCT FROM"}
_MATCHES_NOTHING: Final = secrets.token_hex(32)
"""A pattern of a text that nobody has: PostgreSQL refuses what SQLite takes for one without a match."""


class Postgres:
    """See `bai_wx.dialect.filter.database_sql.Dialect`."""

    true, false = "TRUE", "FALSE"
    everything = "'%%%%'"  # the driver makes one of two

    def compare(self, operator: str, left: Operand, right: Operand) -> Node:
        write = _AS[_common_type(left, right)]
        a, b = (
            _beside_text(operand) if write is _text and _is_text_column(other) else write(operand)
            for operand, other in ((left, right), (right, left))
        )
        return Expression(a, _OPERATORS.get(operator, operator), b)

    def range_beside_lookup(self, range_: Node) -> Node:
        return range_  # PostgreSQL keeps statistics, which tell that the lookup is narrower

    def beside_own(self, visible: Node) -> Node:
        return visible  # the statistics tell

    def or_empty(self, column: Column) -> Column:
        if column.sql_type is SqlType.TEXT:
            return replace(column, node=fn.COALESCE(column.node, SQL("''")), is_bare=False)
        if column.sql_type is SqlType.NUMBER and not column.is_nullable:
            return replace(column, is_bare=False)
        value = fn.COALESCE(_value(column), fn.bai_value(SQL("''::text")))
        return replace(column, node=value, sql_type=SqlType.VALUE, is_bare=False)

    def as_text(self, node: Node) -> Node:
        return node

    def sortable(self, column: Column) -> Node:
        return _value(column) if column.sql_type is SqlType.JSON else column.node

    def like(self, left: Operand, pattern: Node) -> Node:
        return Expression(_text(left), OP.ILIKE, pattern)

    def parameter_pattern(self, operand: Parameter) -> Node:
        return _typed(operand.bound(_safe_pattern_of), "text")

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

    def without_affinity(self, column: Column) -> Column:
        return replace(column, is_bare=False)

    def distance(self, points: Sequence[Operand]) -> Node:
        return fn.bai_distance(*map(_numeric, points))

    def strftime(self, arguments: Sequence[Operand]) -> Node:
        form, *rest = arguments
        time = _value(rest[0]) if rest else fn.bai_value(SQL("'now'::text"))
        shifts = NodeList([_text(operand) for operand in rest[1:]], ", ")
        modifiers = NodeList((SQL("ARRAY["), shifts, SQL("]::text[]")), "")
        return _collated(fn.bai_strftime(_text(form), time, modifiers))

    def nulls(self, is_descending: bool) -> str | None:
        return "LAST" if is_descending else "FIRST"

    def first_by(self, places: Sequence[Node]) -> Sequence[Node]:
        return (SQL("ORDER BY"), NodeList(list(places), ", ")) if places else ()

    def place(self, rows: Any) -> Node:
        return Entity(rows, "place") if isinstance(rows, str) else rows.seq


def _type_of(operand: Operand) -> SqlType:
    if isinstance(operand, Column):
        return operand.sql_type
    is_number = isinstance(operand, Parameter) and not operand.is_text
    return SqlType.NUMBER if is_number else SqlType.TEXT


def _common_type(left: Operand, right: Operand) -> SqlType:
    """The type in which SQLite compares them: a bare column's, a number's before a text's."""
    columns = [operand for operand in (left, right) if isinstance(operand, Column)]
    bare = {column.sql_type for column in columns if column.is_bare}
    for sql_type in (SqlType.NUMBER, SqlType.TEXT):
        if sql_type in bare:
            return sql_type
    types = {_type_of(left), _type_of(right)}
    is_plain = len(types) == 1 and types <= {SqlType.NUMBER, SqlType.TEXT}
    return types.pop() if is_plain else SqlType.VALUE


def _number(operand: Operand) -> Node:
    """The operand beside a number. A text that is no number becomes infinity, which sorts after all."""
    if isinstance(operand, Parameter):
        return operand.bound(_number_of)
    if isinstance(operand, EmptyValue):
        return SQL("NULL" if operand.is_null else "float8 'Infinity'")
    is_number = operand.sql_type is SqlType.NUMBER
    return operand.node if is_number else fn.bai_beside_number(operand.node)


def _text(operand: Operand) -> Node:
    if isinstance(operand, Parameter):
        return _collated(_typed(operand.bound(_text_of), "text"))
    if isinstance(operand, EmptyValue):
        return _collated(SQL("NULL::text" if operand.is_null else "''"))
    is_text = operand.sql_type is SqlType.TEXT
    return operand.node if is_text else _collated(fn.bai_text(operand.node))


def _is_text_column(operand: Operand) -> bool:
    return isinstance(operand, Column) and operand.is_bare and operand.sql_type is SqlType.TEXT


def _beside_text(operand: Operand) -> Node:
    """The operand beside a column of texts, whose type and collation PostgreSQL gives a parameter."""
    if isinstance(operand, Parameter):
        return operand.bound(_text_of)
    return operand.node if isinstance(operand, EmptyValue) else _text(operand)


def _value(operand: Operand) -> Node:
    if isinstance(operand, EmptyValue):
        return SQL("NULL::bai_value") if operand.is_null else fn.bai_value(SQL("''::text"))
    if isinstance(operand, Parameter):
        number = _typed(operand.bound(_number_of), "float8")
        return fn.bai_value(_text(operand) if operand.is_text else number)
    return operand.node if operand.sql_type is SqlType.VALUE else fn.bai_value(operand.node)


_AS: Final[dict[SqlType, Callable[[Operand], Node]]] = {
    SqlType.TEXT: _text,
    SqlType.NUMBER: _number,
    SqlType.VALUE: _value,
}


def _numeric(operand: Operand) -> Node:
    """The operand for arithmetic; NULL for what is no number."""
    if _type_of(operand) is SqlType.NUMBER:
        return _typed(_number(operand), "float8")
    return fn.bai_numeric(operand.node if isinstance(operand, Column) else _text(operand))


def _typed(node: Node, type_: str) -> Node:
    return NodeList((node, SQL(f"::{type_}")), "")


def _collated(node: Node) -> Node:
    return NodeList((node, SQL('COLLATE "C"')), parens=True)


def _number_of(value: LiteralValue) -> LiteralValue:
    """A literal beside a number. A whole number stays an integer, so that an index on the column serves."""
    text = value.strip(SQL_SPACES) if isinstance(value, str) else value
    if isinstance(text, str) and not is_numeric(text):
        return math.inf
    number = float(text)
    if isinstance(value, int) or not number.is_integer() or int(number) not in INT64:
        return value if isinstance(value, int) else number
    return int(number)


def _text_of(value: LiteralValue) -> str:
    """A literal as SQLite makes a text of it: a float has 15 digits, and a point."""
    if not isinstance(value, float):
        return str(value)
    digits, e, exponent = f"{value:.15g}".partition("e")
    return (digits if "." in digits or "n" in digits else f"{digits}.0") + e + exponent


def _safe_pattern_of(value: LiteralValue) -> str:
    pattern = pattern_of(value)
    return pattern if is_whole_pattern(pattern) else _MATCHES_NOTHING


POSTGRES: Final = Postgres()
