"""The SQL of a comparison, by the operator's family.

A list's own columns are never NULL (see `bai_wx.record.fields`); those of joined rows and values inside
JSON can be, and the constant `null` is. `null` and the empty text are one, except towards JSON.
"""

from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Final

from peewee import OP, SQL, Node, NodeList

from bai_wx.database.statement import Param
from bai_wx.dialect.filter import database_sql
from bai_wx.dialect.filter.operands import Column, Convert, EmptyValue, Operand, Parameter, SqlType
from bai_wx.dialect.filter.operators import Family, Operator
from bai_wx.dialect.filter.patterns import SQL_SPACES
from bai_wx.dialect.filter.scan import LiteralValue
from bai_wx.record.go_values import is_numeric

MAX_PATTERN: Final = 12_000
"""Characters of a column that serve as a pattern; SQLite refuses patterns above 50,000 bytes."""

_EMPTY: Final = EmptyValue(SQL("''"), is_null=False)


def compare(operator: Operator, left: Operand, right: Operand) -> Node:
    """The condition that `left operator right` holds."""
    return _BY_FAMILY[operator.family](operator, left, right)


def _in_fen(left: Operand, right: Operand) -> tuple[Operand, Operand]:
    """Compare an amount in fen: the parameter beside it is converted, not the column."""
    if isinstance(left, Column) and left.fen is not None and isinstance(right, Parameter):
        return _fen(left), replace(right, bound=partial(_bound_in_fen, right))
    if isinstance(right, Column) and right.fen is not None and isinstance(left, Parameter):
        return replace(left, bound=partial(_bound_in_fen, left)), _fen(right)
    return left, right


def _fen(column: Column) -> Column:
    return replace(column, node=column.fen)


def _bound_in_fen(operand: Parameter, convert: Convert) -> Node:
    return operand.bound(lambda value: convert(fen_of(value)))


def fen_of(value: LiteralValue) -> LiteralValue:
    """Turn a literal compared with an amount from yuan into fen, exactly. A text that is no number stays."""
    text = value.strip(SQL_SPACES) if isinstance(value, str) else str(value)
    if not is_numeric(text):
        return value
    if not 1e-300 < abs(float(text)) < 2**56:  # beyond, exactness is lost, and Decimal fails
        return float(text) * 100
    fen = Decimal(text) * 100
    whole = int(fen)
    return whole if whole == fen else float(fen)


def _owned(left: Operand, right: Operand) -> Node | None:
    """The condition that a private column equals a parameter: found by its index, among own rows alone."""
    for operand, other in ((left, right), (right, left)):
        if (
            isinstance(operand, Column)
            and operand.owned is not None
            and isinstance(other, Parameter)
        ):
            bare = replace(operand, node=operand.owned)
            found = database_sql.chosen().compare(OP.EQ, bare, other)
            return NodeList((found, SQL("AND"), operand.owned == Param("openid")), parens=True)
    return None


def _equal(operator: Operator, left: Operand, right: Operand) -> Node:
    write = database_sql.chosen()
    if any(isinstance(operand, Column) and operand.is_strict for operand in (left, right)):
        return write.compare(operator.sql_in_json, left, right)
    if isinstance(left, Column) and isinstance(right, Column):
        # Not a bare comparison of columns: that would make a number of a text.
        return write.compare(operator.sql, write.or_empty(left), write.or_empty(right))
    owned = None if operator.is_negated else _owned(left, right)
    if owned is not None:
        return owned
    a, b = _in_fen(left, right)
    compared = write.compare(operator.sql, _folded(a), _folded(b))
    for operand, other in ((left, right), (right, left)):
        if isinstance(operand, Column) and operand.is_nullable and isinstance(other, EmptyValue):
            return _with_null(compared, write.sortable(operand), is_equal=not operator.is_negated)
    return compared


def _with_null(compared: Node, node: Node, *, is_equal: bool) -> Node:
    """Extend a comparison with the empty text: NULL counts as empty."""
    if is_equal:
        return NodeList((compared, SQL("OR"), node, SQL("IS NULL")), parens=True)
    return NodeList((compared, SQL("AND"), node, SQL("IS NOT NULL")), parens=True)


def _folded(operand: Operand) -> Operand:
    return _EMPTY if isinstance(operand, EmptyValue) else operand


def _ordered(operator: Operator, left: Operand, right: Operand) -> Node:
    return database_sql.chosen().compare(operator.sql, *_in_fen(left, right))


def _like(operator: Operator, left: Operand, right: Operand) -> Node:
    found = database_sql.chosen().like(left, pattern(right))
    return NodeList((SQL("NOT"), found)) if operator.is_negated else found


_BY_FAMILY: Final = {Family.EQUALITY: _equal, Family.RANGE: _ordered, Family.LIKE: _like}


def pattern(operand: Operand) -> Node:
    """The pattern that an operand stands for right of a `~`."""
    write = database_sql.chosen()
    if isinstance(operand, Parameter):
        return write.parameter_pattern(operand)
    if isinstance(operand, EmptyValue):
        return operand.node if operand.is_null else SQL(write.everything)
    if operand.pattern is not None:
        return write.made_pattern(operand.pattern)
    return write.containing(operand, MAX_PATTERN)


def as_pattern(operand: Operand) -> Operand:
    """The pattern as an operand, for an argument of a call right of a `~`. Columns stay as they are."""
    if isinstance(operand, Column) or (isinstance(operand, EmptyValue) and operand.is_null):
        return operand
    return Column(pattern(operand), sql_type=SqlType.TEXT)
