"""Filter, step three: from the tree to a condition on a model. Knows the allowed fields, binds values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Final

from peewee import SQL, Node, NodeList, fn

from bai_wx.database.statement import Param
from bai_wx.dialect import layout
from bai_wx.dialect.filter import comparisons, database_sql, functions
from bai_wx.dialect.filter.macros import MACROS, MOMENTS
from bai_wx.dialect.filter.operands import Column, Convert, EmptyValue, Operand, Parameter
from bai_wx.dialect.filter.operators import OPERATORS, Family
from bai_wx.dialect.filter.parse import (
    All,
    Argument,
    Call,
    Comparison,
    Empty,
    Literal,
    Name,
    ParsedOperand,
    Tree,
)
from bai_wx.dialect.filter.paths import Joins, from_joined
from bai_wx.dialect.filter.scan import LiteralValue
from bai_wx.record.fields import Private

LiteralValues = tuple[LiteralValue, ...]
Source = Callable[[LiteralValues, str], LiteralValue]
"""Finds a parameter's value in the scanned literals and the present moment."""

CONSTANTS: Final[Mapping[str, int]] = {"true": 1, "false": 0}

MAX_NESTED: Final = 8
"""Depth of nested groups that are written as nested SQL; SQLite's parser fails at about 25."""


@dataclass
class Filter:
    """A condition, and the source of each of its parameters by name."""

    condition: Node
    sources: dict[str, Source] = field(default_factory=dict)
    finds_own: bool = False
    """Whether an index on the rows' owner finds the caller's own, and no others meet the condition."""

    def bind(self, literals: LiteralValues, now: str, into: dict[str, Any]) -> None:
        """Add the parameters of one request to the statement's."""
        for name, source in self.sources.items():
            into[name] = source(literals, now)


def build(tree: Tree, joins: Joins) -> Filter:
    """Make the condition on a list's rows and the rows joined to them.

    Raises: `BadQuery` for a name the model does not show.
    """
    builder = _Builder(joins)
    return Filter(builder.condition(tree), builder.sources, builder.finds_own(tree))


class _Builder:
    def __init__(self, joins: Joins) -> None:
        self._joins = joins
        self._true, self._false = database_sql.chosen().true, database_sql.chosen().false
        self._fields = layout.of(joins.root.model).fields
        self.sources: dict[str, Source] = {}

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
                write.range_beside_lookup(node) if _is_range(term) else node
                for node, term in zip(terms, tree.terms, strict=True)
            ]
        # A flat list: SQLite and Peewee both recurse into nested pairs.
        return NodeList(terms, glue, parens=True)

    def finds_own(self, tree: Tree) -> bool:
        """Whether one term that must hold compares an indexed private field with a value."""
        if isinstance(tree, All):
            return any(map(self.finds_own, tree.terms))
        if not isinstance(tree, Comparison) or not OPERATORS[tree.operator].is_lookup:
            return False
        names = [each.text for each in (tree.left, tree.right) if isinstance(each, Name)]
        found = self._fields.get(names[0]) if len(names) == 1 else None
        return isinstance(found, Private) and bool(found.index)

    def _is_own_equality(self, tree: Tree) -> bool:
        return (
            isinstance(tree, Comparison)
            and OPERATORS[tree.operator].is_lookup
            and any(
                isinstance(operand, Name) and operand.text in self._fields
                for operand in (tree.left, tree.right)
            )
        )

    def _decided(self, tree: Tree) -> Node:
        """Write a deep tree as one flat CASE: at each level all terms but the largest are decided first.

        Each of those is at most half as large as its level, so the nesting that is left stays shallow.
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
        left, right = self._operand(tree.left, "l"), self._operand(tree.right, "r")
        compare = partial(comparisons.compare, OPERATORS[tree.operator])
        clauses = [*_clauses(left), *_clauses(right)]
        if tree.of_any or not clauses:
            return compare(left, right)
        held = compare(left, _without_argument_patterns(right))
        # Of several values all must match, beside the one that is looked at with its neighbours.
        is_lone = not (_clauses(left) and _clauses(right))
        failed = compare(_each_of(left, is_lone), _each_of(right, is_lone))
        none_fails = (SQL("NOT EXISTS (SELECT 1"), from_joined(clauses), SQL("WHERE NOT"), failed)
        return NodeList((held, SQL("AND"), *none_fails, SQL(")")), parens=True)

    def _operand(self, parsed: ParsedOperand, side: str) -> Operand:
        if isinstance(parsed, Call):
            operands = [self._argument(argument, side) for argument in parsed.arguments]
            return functions.call(parsed.function, parsed.arguments, operands)
        return self._argument(parsed, side)

    def _argument(self, parsed: Argument, side: str) -> Operand:
        if isinstance(parsed, Literal):
            return self._parameter(partial(_literal_at, parsed.place), parsed.is_text)
        if isinstance(parsed, Empty):
            return EmptyValue(SQL("''"), is_null=False)
        return self._named(parsed, side)

    def _named(self, name: Name, side: str) -> Operand:
        if name.text in MACROS:
            return self._parameter(partial(_of_moment, MACROS[name.text]), name.text in MOMENTS)
        constant = name.text.lower()
        if name.text in self._fields:
            return self._joins.column(name.text, side)
        if constant == "null":
            return EmptyValue(SQL("NULL"), is_null=True)
        if constant in CONSTANTS:
            return self._parameter(partial(_constant, CONSTANTS[constant]), is_text=False)
        return self._joins.column(name.text, side)

    def _parameter(self, source: Source, is_text: bool) -> Parameter:
        return Parameter(partial(self._bound, source), is_text)

    def _bound(self, source: Source, convert: Convert) -> Param:
        name = f"filter{len(self.sources)}"
        self.sources[name] = partial(_converted, source, convert)
        return Param(name)


def _is_range(tree: Tree) -> bool:
    return isinstance(tree, Comparison) and OPERATORS[tree.operator].family is Family.RANGE


def _clauses(operand: Operand) -> tuple[Node, ...]:
    return operand.related.clauses if isinstance(operand, Column) and operand.related else ()


def _each_of(operand: Operand, is_lone: bool) -> Operand:
    """The operand as each of its values. Beside them JSON is not strict, as in PocketBase."""
    if not isinstance(operand, Column):
        return operand
    if operand.related:
        return replace(operand.related.column, is_nullable=True, pattern=None)
    return replace(operand, is_strict=False) if is_lone else operand


def _without_argument_patterns(operand: Operand) -> Operand:
    """The operand of several values, a call's arguments not made patterns, as in PocketBase."""
    if isinstance(operand, Column) and operand.pattern is not None and operand.related:
        return replace(operand, pattern=replace(operand, pattern=None))
    return operand


def _literal_at(place: int, literals: LiteralValues, now: str) -> LiteralValue:
    return literals[place]


def _of_moment(
    macro: Callable[[str], LiteralValue], literals: LiteralValues, now: str
) -> LiteralValue:
    return macro(now)


def _constant(value: int, literals: LiteralValues, now: str) -> LiteralValue:
    return value


def _converted(source: Source, convert: Convert, literals: LiteralValues, now: str) -> LiteralValue:
    return convert(source(literals, now))
