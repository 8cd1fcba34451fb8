"""Filters of the contract over one row: `x-visible`, and the `when` of `x-unique` and `x-derived`.

They are PocketBase's filters, read by the parser that reads clients' filters, and may name the fields of the
row, macros such as `@now`, and `@request.auth.openid`, the caller's openid. Here they are evaluated in Python
over a row at hand, which is all that comparing them with a model's SQL needs.
"""

import operator
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from bai_wx.dialect.filter.macros import MACROS
from bai_wx.dialect.filter.parse import (
    All,
    Call,
    Comparison,
    Either,
    Literal,
    Name,
    ParsedOperand,
    Tree,
    parse,
)
from bai_wx.dialect.filter.scan import LiteralValue, scan
from bai_wx.errors import ApiError

CALLER: Final = "@request.auth.openid"
CONSTANTS: Final = {"true": 1, "false": 0, "null": ""}

Row = Mapping[str, Any]
"""Values by field, as filters speak of them: money in yuan."""

_COMPARED: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}


@dataclass(frozen=True)
class Viewer:
    """Who looks at a row, and when. A guest has no openid."""

    openid: str | None
    now: str


@dataclass(frozen=True)
class RowFilter:
    """A filter that was read."""

    tree: Tree
    literals: tuple[LiteralValue, ...]

    @property
    def names(self) -> set[str]:
        """The fields it names."""
        return {name for name in _names(self.tree) if name not in MACROS and name != CALLER}

    def equalities(self) -> Iterator[tuple[str, LiteralValue]]:
        """Each name that is compared with a literal by `=` or `!=`, and the literal."""
        for each in _comparisons(self.tree):
            if each.operator not in ("=", "!="):
                continue
            for name, other in ((each.left, each.right), (each.right, each.left)):
                if isinstance(name, Name) and isinstance(other, Literal):
                    yield name.text, self.literals[other.place]

    def holds(self, row: Row, viewer: Viewer) -> bool:
        """Whether it holds for a row. Raises: `ValueError` where it compares a text with a number."""
        return self._holds(self.tree, row, viewer)

    def _holds(self, tree: Tree, row: Row, viewer: Viewer) -> bool:
        if isinstance(tree, All):
            return all(self._holds(term, row, viewer) for term in tree.terms)
        if isinstance(tree, Either):
            return any(self._holds(term, row, viewer) for term in tree.terms)
        assert isinstance(tree, Comparison)
        left, right = (self._value(each, row, viewer) for each in (tree.left, tree.right))
        if left is None or right is None:
            return tree.operator == "!="  # what a guest's openid is compared with
        if isinstance(left, str) != isinstance(right, str):
            raise ValueError(f"{left!r} {tree.operator} {right!r} compares a text with a number")
        return _COMPARED[tree.operator](left, right)

    def _value(self, parsed: ParsedOperand, row: Row, viewer: Viewer) -> Any:
        match parsed:
            case Literal():
                return self.literals[parsed.place]
            case Name(text) if text in MACROS:
                return MACROS[text](viewer.now)
            case Name(text) if text == CALLER:
                return viewer.openid
            case Name(text):
                return row[text] if text in row else CONSTANTS[text.lower()]
            case _:
                return ""


def read(text: str, fields: Collection[str]) -> RowFilter:
    """Read a filter over a row of these fields.

    Raises: `ValueError` for one that cannot be read, names something else, or asks what a row alone cannot
        tell: a relation's fields, several values (`?=`), a pattern (`~`), a function.
    """
    try:
        scanned = scan(text)
        tree = parse(scanned.tokens)
    except ApiError as exc:
        raise ValueError(f"cannot be read: {exc.args[0] if exc.args else exc}") from exc
    for each in _comparisons(tree):
        if each.operator not in _COMPARED or each.of_any:
            raise ValueError(f"the operator {each.operator} is not understood of one row")
    known = {*fields, *MACROS, CALLER}
    unknown = [name for name in _names(tree) if name not in known]
    if unknown:
        raise ValueError(f"{unknown[0]} is no field of the row")
    return RowFilter(tree, scanned.values)


def _comparisons(tree: Tree) -> Iterator[Comparison]:
    if isinstance(tree, Comparison):
        yield tree
    else:
        for term in tree.terms:
            yield from _comparisons(term)


def _names(tree: Tree) -> Iterator[str]:
    for comparison in _comparisons(tree):
        for operand in (comparison.left, comparison.right):
            if isinstance(operand, Call):
                yield f"{operand.function}()"
            elif isinstance(operand, Name) and operand.text.lower() not in CONSTANTS:
                yield operand.text
