"""Filter, step three: the tree to a condition on a model. Knows the allowed fields, binds values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from peewee import SQL, Node, NodeList

from models.base import Record
from models.statement import Param
from records import layout
from records.macros import MACROS
from records.operands import column_of
from records.operators import OPERATORS, Given, Nothing, Side
from records.parse import All, Comparison, Empty, Name, Operand
from records.parse import Literal as Slot
from records.parse import Node as Tree
from records.scan import Literal

Values = tuple[Literal, ...]
Read = Callable[[Values, str], Literal]
"""Finds a parameter's value in the scanned values and the present moment."""

CONSTANTS: Final[Mapping[str, int]] = {"true": 1, "false": 0}


@dataclass
class Filter:
    """A condition, and what its parameters are read from."""

    condition: Node
    reads: dict[str, Read] = field(default_factory=dict)

    def bind(self, values: Values, now: str, into: dict[str, Any]) -> None:
        """Add the parameters of one request to the statement's."""
        for name, read in self.reads.items():
            into[name] = read(values, now)


def build(tree: Tree, model: type[Record]) -> Filter:
    """Make the condition. Raises: `BadQuery` for a name the model does not show."""
    builder = _Builder(model)
    return Filter(builder.condition(tree), builder.reads)


class _Builder:
    def __init__(self, model: type[Record]) -> None:
        self._model = model
        self.reads: dict[str, Read] = {}

    def condition(self, tree: Tree) -> Node:
        if isinstance(tree, Comparison):
            left, right = self._side(tree.left), self._side(tree.right)
            return OPERATORS[tree.operator](left, right)
        glue = " AND " if isinstance(tree, All) else " OR "
        # A flat list: SQLite and Peewee both recurse into nested pairs.
        return NodeList([self.condition(term) for term in tree.terms], glue, parens=True)

    def _side(self, operand: Operand) -> Side:
        if isinstance(operand, Slot):
            return self._given(partial(_written, operand.slot))
        if isinstance(operand, Empty):
            return Nothing(SQL("''"), is_null=False)
        return self._named(operand)

    def _named(self, name: Name) -> Side:
        if name.text in MACROS:
            return self._given(partial(_of_moment, MACROS[name.text]))
        constant = name.text.lower()
        if name.text in layout.of(self._model).fields:
            return column_of(self._model, name.text)
        if constant == "null":
            return Nothing(SQL("NULL"), is_null=True)
        if constant in CONSTANTS:
            return self._given(partial(_constant, CONSTANTS[constant]))
        return column_of(self._model, name.text)

    def _given(self, read: Read) -> Given:
        return Given(partial(self._bound, read))

    def _bound(self, read: Read, convert: Callable[[Literal], Literal]) -> Param:
        name = f"filter{len(self.reads)}"
        self.reads[name] = partial(_converted, read, convert)
        return Param(name)


def _written(slot: int, values: Values, now: str) -> Literal:
    return values[slot]


def _of_moment(macro: Callable[[str], Literal], values: Values, now: str) -> Literal:
    return macro(now)


def _constant(value: int, values: Values, now: str) -> Literal:
    return value


def _converted(
    read: Read, convert: Callable[[Literal], Literal], values: Values, now: str
) -> Literal:
    return convert(read(values, now))
