"""What each operator means as SQL. A new one is a new row of `OPERATORS`.

A list's own columns are never NULL (see `models.fields`); those of joined rows and values inside
JSON can be, and the constant `null` is. `null` and the empty text are one, except towards JSON.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Final

from peewee import OP, SQL, Expression, Node, NodeList, fn

from records.numbers import is_numeric, text_of
from records.operands import Column
from records.scan import Literal

LONGEST_PATTERN: Final = 12_000
"""Characters of a column that serve as a pattern; SQLite refuses patterns above 50,000 bytes."""

SQL_SPACES: Final = " \t\n\v\f\r"
"""What SQLite passes over around a number in a text."""

_ESCAPE_CLAUSE: Final = SQL("ESCAPE '\\'")


@dataclass(frozen=True)
class Nothing:
    """The constant `null`, or the empty text."""

    node: Node
    is_null: bool


@dataclass(frozen=True)
class Given:
    """A value that comes with each request. `bound` makes the parameter, converting the value."""

    bound: Callable[[Callable[[Literal], Literal]], Node]

    @property
    def node(self) -> Node:
        """The value as it was written."""
        return self.bound(_as_it_is)


Side = Column | Nothing | Given
Operator = Callable[[Side, Side], Node]


def _as_it_is(value: Literal) -> Literal:
    return value


def _sides(left: Side, right: Side) -> tuple[Node, Node]:
    """Both as SQL that can be compared: an amount stays in fen, the value beside it becomes fen."""
    if isinstance(left, Column) and left.fen is not None and isinstance(right, Given):
        return left.fen, right.bound(fen_of)
    if isinstance(right, Column) and right.fen is not None and isinstance(left, Given):
        return left.bound(fen_of), right.fen
    return left.node, right.node


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


def _equal(operator: str, strict_operator: str, left: Side, right: Side) -> Node:
    if any(isinstance(side, Column) and side.is_strict for side in (left, right)):
        return Expression(left.node, strict_operator, right.node)
    if isinstance(left, Column) and isinstance(right, Column):
        # Not a bare comparison of columns: that would make a number of a text.
        return Expression(fn.COALESCE(left.node, ""), operator, fn.COALESCE(right.node, ""))
    a, b = _sides(left, right)
    compared = Expression(_folded(left, a), operator, _folded(right, b))
    for side, other in ((left, right), (right, left)):
        if isinstance(side, Column) and side.is_nullable and isinstance(other, Nothing):
            return _or_null(compared, side.node, operator)
    return compared


def _or_null(compared: Node, node: Node, operator: str) -> Node:
    """Take NULL for the empty text too."""
    if operator == OP.EQ:
        return NodeList((compared, SQL("OR"), node, SQL("IS NULL")), parens=True)
    return NodeList((compared, SQL("AND"), node, SQL("IS NOT NULL")), parens=True)


def _folded(side: Side, node: Node) -> Node:
    return SQL("''") if isinstance(side, Nothing) else node


def _ordered(operator: str, left: Side, right: Side) -> Node:
    a, b = _sides(left, right)
    return Expression(a, operator, b)


def _like(left: Side, right: Side) -> Node:
    # ILIKE is SQLite's LIKE in Peewee's words: A to Z in either case.
    return Expression(left.node, OP.ILIKE, NodeList((pattern(right), _ESCAPE_CLAUSE)))


def _not_like(left: Side, right: Side) -> Node:
    return NodeList((SQL("NOT"), _like(left, right)))


def pattern(side: Side) -> Node:
    """What a side stands for right of a `~`."""
    if isinstance(side, Given):
        return side.bound(pattern_of)
    if isinstance(side, Nothing):
        return side.node if side.is_null else SQL("'%%'")
    if side.pattern is not None:
        return side.pattern
    text = fn.SUBSTR(side.node, 1, LONGEST_PATTERN)
    return NodeList((SQL("'%' ||"), text, SQL("|| '%'")), parens=True)


def pattern_of(value: Literal) -> str:
    r"""The LIKE pattern a value stands for.

    With a `%` of its own it is one already. Else it is looked for anywhere, its `%`, `_` and `\\`
    standing for themselves unless a `\\` before them says so already.
    """
    text = value if isinstance(value, str) else text_of(value)
    if _has_wildcard(text):
        return text
    return f"%{_escaped(text)}%"


def _has_wildcard(text: str) -> bool:
    return any(not escaped and character == "%" for character, escaped in _marked(text))


def _marked(text: str) -> list[tuple[str, bool]]:
    r"""Each character, and whether a `\\` that is not escaped itself stands before it."""
    marked = []
    is_escaped = False
    for character in text:
        marked.append((character, is_escaped))
        is_escaped = character == "\\" and not is_escaped
    return marked


def _escaped(text: str) -> str:
    r"""Put a `\\` before each special character without one, seen from the end.

    Source: PocketBase, tools/search/filter.go, escapeUnescapedChars.
    """
    reversed_out: list[str] = []
    is_special = False
    for character in reversed(text):
        if is_special:
            if character != "\\":
                reversed_out.append("\\")
            is_special = False
        else:
            is_special = character in "\\%_"
        reversed_out.append(character)
    if is_special:
        reversed_out.append("\\")
    return "".join(reversed(reversed_out))


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
