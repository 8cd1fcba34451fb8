"""Filter, step three: the tree to a condition on a model. Knows the allowed fields, binds values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Final

from peewee import SQL, Node, NodeList, fn

from bai_wx.database.statement import Param
from bai_wx.dialect import layout
from bai_wx.dialect.filter import database_sql, functions
from bai_wx.dialect.filter.macros import MACROS, MOMENTS
from bai_wx.dialect.filter.operators import OPERATORS
from bai_wx.dialect.filter.parse import All, Argument, Call, Comparison, Empty, Name, Operand
from bai_wx.dialect.filter.parse import Literal as Slot
from bai_wx.dialect.filter.parse import Node as Tree
from bai_wx.dialect.filter.paths import Joins, from_joined
from bai_wx.dialect.filter.scan import Literal
from bai_wx.dialect.filter.sides import Column, Given, Nothing, Side

Values = tuple[Literal, ...]
Read = Callable[[Values, str], Literal]
"""Finds a parameter's value in the scanned values and the present moment."""

CONSTANTS: Final[Mapping[str, int]] = {"true": 1, "false": 0}

RANGES: Final = frozenset({"<", "<=", ">", ">="})

MAX_NESTED: Final = 8
"""Groups, one in another, that are written as they are: SQLite's parser fails at about 25."""


@dataclass
class Filter:
    """A condition, and what its parameters are read from."""

    condition: Node
    reads: dict[str, Read] = field(default_factory=dict)

    def bind(self, values: Values, now: str, into: dict[str, Any]) -> None:
        """Add the parameters of one request to the statement's."""
        for name, read in self.reads.items():
            into[name] = read(values, now)


def build(tree: Tree, joins: Joins) -> Filter:
    """Make the condition, of the rows and what it joins them with.

    Raises: `BadQuery` for a name the model does not show.
    """
    builder = _Builder(joins)
    return Filter(builder.condition(tree), builder.reads)


class _Builder:
    def __init__(self, joins: Joins) -> None:
        self._joins = joins
        self._true, self._false = database_sql.chosen().true, database_sql.chosen().false
        self._fields = layout.of(joins.root.model).fields
        self.reads: dict[str, Read] = {}

    def condition(self, tree: Tree) -> Node:
        if isinstance(tree, Comparison):
            return self._comparison(tree)
        if tree.depth > MAX_NESTED:
            return self._decided(tree)
        glue = " AND " if isinstance(tree, All) else " OR "
        terms = [self.condition(term) for term in tree.terms]
        if isinstance(tree, All) and any(map(self._is_own_equality, tree.terms)):
            write = database_sql.chosen()
            terms = [
                write.wide(node) if _is_range(term) else node
                for node, term in zip(terms, tree.terms, strict=True)
            ]
        # A flat list: SQLite and Peewee both recurse into nested pairs.
        return NodeList(terms, glue, parens=True)

    def _is_own_equality(self, tree: Tree) -> bool:
        return (
            isinstance(tree, Comparison)
            and tree.operator == "="
            and any(
                isinstance(side, Name) and side.text in self._fields
                for side in (tree.left, tree.right)
            )
        )

    def _decided(self, tree: Tree) -> Node:
        """A deep tree as one list of decisions: at each level all but the largest term decide first.

        What is nested still is at most half as large each time, so that no filter is too deep.
        """
        decisions: list[Node] = []
        while not isinstance(tree, Comparison):
            *others, largest = sorted(tree.terms, key=lambda term: term.size)
            for condition in map(self.condition, others):
                if isinstance(tree, All):
                    met = fn.COALESCE(condition, SQL(self._false))
                    decisions.extend((SQL("WHEN NOT"), met, SQL(f"THEN {self._false}")))
                else:
                    decisions.extend((SQL("WHEN"), condition, SQL(f"THEN {self._true}")))
            tree = largest
        return NodeList((SQL("CASE"), *decisions, SQL("ELSE"), self._comparison(tree), SQL("END")))

    def _comparison(self, tree: Comparison) -> Node:
        left, right = self._side(tree.left, "l"), self._side(tree.right, "r")
        compare = OPERATORS[tree.operator]
        clauses = [*_clauses(left), *_clauses(right)]
        if tree.of_any or not clauses:
            return compare(left, right)
        held = compare(left, _written_out(right))
        # Of several values all must match, beside the one that is looked at with its neighbours.
        is_lone = not (_clauses(left) and _clauses(right))
        failed = compare(_each_of(left, is_lone), _each_of(right, is_lone))
        none_fails = (SQL("NOT EXISTS (SELECT 1"), from_joined(clauses), SQL("WHERE NOT"), failed)
        return NodeList((held, SQL("AND"), *none_fails, SQL(")")), parens=True)

    def _side(self, operand: Operand, side: str) -> Side:
        if isinstance(operand, Call):
            sides = [self._argument(argument, side) for argument in operand.arguments]
            return functions.call(operand.function, operand.arguments, sides)
        return self._argument(operand, side)

    def _argument(self, operand: Argument, side: str) -> Side:
        if isinstance(operand, Slot):
            return self._given(partial(_written, operand.slot), operand.is_text)
        if isinstance(operand, Empty):
            return Nothing(SQL("''"), is_null=False)
        return self._named(operand, side)

    def _named(self, name: Name, side: str) -> Side:
        if name.text in MACROS:
            return self._given(partial(_of_moment, MACROS[name.text]), name.text in MOMENTS)
        constant = name.text.lower()
        if name.text in self._fields:
            return self._joins.column(name.text, side)
        if constant == "null":
            return Nothing(SQL("NULL"), is_null=True)
        if constant in CONSTANTS:
            return self._given(partial(_constant, CONSTANTS[constant]), is_text=False)
        return self._joins.column(name.text, side)

    def _given(self, read: Read, is_text: bool) -> Given:
        return Given(partial(self._bound, read), is_text)

    def _bound(self, read: Read, convert: Callable[[Literal], Literal]) -> Param:
        name = f"filter{len(self.reads)}"
        self.reads[name] = partial(_converted, read, convert)
        return Param(name)


def _is_range(tree: Tree) -> bool:
    return isinstance(tree, Comparison) and tree.operator in RANGES


def _clauses(side: Side) -> tuple[Node, ...]:
    return side.several.clauses if isinstance(side, Column) and side.several else ()


def _each_of(side: Side, is_lone: bool) -> Side:
    """The side as it stands among all values. Beside it, JSON loses its strictness, as in PocketBase."""
    if not isinstance(side, Column):
        return side
    if side.several:
        return replace(side.several.column, is_nullable=True, pattern=None)
    return replace(side, is_strict=False) if is_lone else side


def _written_out(side: Side) -> Side:
    """The side as its SQL says: of all of several values PocketBase makes no patterns of a call's."""
    if isinstance(side, Column) and side.pattern is not None and side.several:
        return replace(side, pattern=replace(side, pattern=None))
    return side


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
