"""What each operator means as SQL. A new one is a new row of `OPERATORS`.

A list's own columns are never NULL (see `bai_wx.record.fields`); those of joined rows and values inside
JSON can be, and the constant `null` is. `null` and the empty text are one, except towards JSON.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Final

from peewee import OP, SQL, Node, NodeList

from bai_wx.database.statement import Param
from bai_wx.dialect.filter import database_sql
from bai_wx.dialect.filter.patterns import SQL_SPACES
from bai_wx.dialect.filter.scan import Literal
from bai_wx.dialect.filter.sides import Column, Convert, Given, Kind, Nothing, Side
from bai_wx.record.go_values import is_numeric

LONGEST_PATTERN: Final = 12_000
"""Characters of a column that serve as a pattern; SQLite refuses patterns above 50,000 bytes."""

_EMPTY: Final = Nothing(SQL("''"), is_null=False)

Operator = Callable[[Side, Side], Node]


def _in_fen(left: Side, right: Side) -> tuple[Side, Side]:
    """An amount stays in fen, the value beside it becomes fen."""
    if isinstance(left, Column) and left.fen is not None and isinstance(right, Given):
        return _fen(left), replace(right, bound=partial(_bound_in_fen, right))
    if isinstance(right, Column) and right.fen is not None and isinstance(left, Given):
        return replace(left, bound=partial(_bound_in_fen, left)), _fen(right)
    return left, right


def _fen(column: Column) -> Column:
    return replace(column, node=column.fen)


def _bound_in_fen(side: Given, convert: Convert) -> Node:
    return side.bound(lambda value: convert(fen_of(value)))


def fen_of(value: Literal) -> Literal:
    """Turn a value compared with an amount from yuan into fen, exactly; no number stays a text."""
    text = value.strip(SQL_SPACES) if isinstance(value, str) else str(value)
    if not is_numeric(text):
        return value
    if not 1e-300 < abs(float(text)) < 2**56:  # beyond, exactness is lost, and Decimal fails
        return float(text) * 100
    fen = Decimal(text) * 100
    whole = int(fen)
    return whole if whole == fen else float(fen)


def _owned(left: Side, right: Side) -> Node | None:
    """A private column that equals a value: by its index, and of the caller's own rows alone."""
    for side, other in ((left, right), (right, left)):
        if isinstance(side, Column) and side.owned is not None and isinstance(other, Given):
            bare = replace(side, node=side.owned)
            found = database_sql.chosen().compare(OP.EQ, bare, other)
            return NodeList((found, SQL("AND"), side.owned == Param("openid")), parens=True)
    return None


def _equal(operator: str, strict_operator: str, left: Side, right: Side) -> Node:
    write = database_sql.chosen()
    if any(isinstance(side, Column) and side.is_strict for side in (left, right)):
        return write.compare(strict_operator, left, right)
    if isinstance(left, Column) and isinstance(right, Column):
        # Not a bare comparison of columns: that would make a number of a text.
        return write.compare(operator, write.or_empty(left), write.or_empty(right))
    owned = _owned(left, right) if operator == OP.EQ else None
    if owned is not None:
        return owned
    a, b = _in_fen(left, right)
    compared = write.compare(operator, _folded(a), _folded(b))
    for side, other in ((left, right), (right, left)):
        if isinstance(side, Column) and side.is_nullable and isinstance(other, Nothing):
            return _or_null(compared, write.known(side), operator)
    return compared


def _or_null(compared: Node, node: Node, operator: str) -> Node:
    """Take NULL for the empty text too."""
    if operator == OP.EQ:
        return NodeList((compared, SQL("OR"), node, SQL("IS NULL")), parens=True)
    return NodeList((compared, SQL("AND"), node, SQL("IS NOT NULL")), parens=True)


def _folded(side: Side) -> Side:
    return _EMPTY if isinstance(side, Nothing) else side


def _ordered(operator: str, left: Side, right: Side) -> Node:
    return database_sql.chosen().compare(operator, *_in_fen(left, right))


def _like(left: Side, right: Side) -> Node:
    return database_sql.chosen().like(left, pattern(right))


def _not_like(left: Side, right: Side) -> Node:
    return NodeList((SQL("NOT"), _like(left, right)))


def pattern(side: Side) -> Node:
    """What a side stands for right of a `~`."""
    write = database_sql.chosen()
    if isinstance(side, Given):
        return write.given_pattern(side)
    if isinstance(side, Nothing):
        return side.node if side.is_null else SQL(write.everything)
    if side.pattern is not None:
        return write.made_pattern(side.pattern)
    return write.containing(side, LONGEST_PATTERN)


def as_pattern(side: Side) -> Side:
    """The same as a side: an argument of a call that is itself right of a `~`. Columns stay."""
    if isinstance(side, Column) or (isinstance(side, Nothing) and side.is_null):
        return side
    return Column(pattern(side), kind=Kind.TEXT)


OPERATORS: Final[Mapping[str, Operator]] = {
    "=": partial(_equal, OP.EQ, OP.IS),
    "!=": partial(_equal, OP.IS_NOT, OP.IS_NOT),
    ">": partial(_ordered, OP.GT),
    ">=": partial(_ordered, OP.GTE),
    "<": partial(_ordered, OP.LT),
    "<=": partial(_ordered, OP.LTE),
    "~": _like,
    "!~": _not_like,
}
