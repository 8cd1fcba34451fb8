"""The functions a filter can call. Each takes its parsed arguments and the operands made of them.

Source: PocketBase, tools/search/token_functions.go.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from bai_wx.dialect.filter import database_sql
from bai_wx.dialect.filter.comparisons import as_pattern
from bai_wx.dialect.filter.operands import Column, Operand, Parameter, SqlType
from bai_wx.dialect.filter.parse import Argument, Empty, Literal
from bai_wx.errors import BadQuery

MAX_ARGUMENTS: Final = 10

Arguments = Sequence[Argument]
Operands = Sequence[Operand]


def call(name: str, arguments: Arguments, operands: Operands) -> Column:
    """The column that a call means. Raises: `BadQuery` for an unknown function or wrong arguments."""
    if name not in FUNCTIONS:
        raise BadQuery(f"unknown function {name}(); there are {', '.join(FUNCTIONS)}")
    return FUNCTIONS[name](arguments, operands)


def _geo_distance(arguments: Arguments, operands: Operands) -> Column:
    """`geoDistance(lonA, latA, lonB, latB)`: kilometres between two points, null when any is null."""
    if len(arguments) != 4 or any(map(_is_text, arguments)):
        raise BadQuery("geoDistance takes four fields or numbers: lonA, latA, lonB, latB")
    write = database_sql.chosen()
    is_given = any(isinstance(operand, Parameter) for operand in operands)
    found = Column(
        write.distance(operands), is_strict=True, is_nullable=True, sql_type=SqlType.NUMBER
    )
    if not is_given:
        return found
    return replace(found, pattern=replace(found, node=write.distance(_patterns(operands))))


def _strftime(arguments: Arguments, operands: Operands) -> Column:
    """`strftime(format, time, modifier, …)`: SQLite's; a time it cannot read gives the empty text."""
    if not 1 <= len(arguments) <= MAX_ARGUMENTS:
        raise BadQuery(f"strftime takes 1 to {MAX_ARGUMENTS} arguments")
    if not all(map(_is_text, (arguments[0], *arguments[2:]))):
        raise BadQuery("strftime's format and modifiers must be texts")
    formatted = _formatted(operands)
    time = operands[1] if len(operands) > 1 else None
    if not isinstance(time, Column):
        return formatted
    several = time.related and replace(
        time.related, column=_formatted([operands[0], time.related.column, *operands[2:]])
    )
    return replace(formatted, related=several, is_joined=time.is_joined)


def _formatted(operands: Operands) -> Column:
    write = database_sql.chosen()
    pattern = Column(write.strftime(_patterns(operands)))
    return Column(write.strftime(operands), is_nullable=True, pattern=pattern)


def _patterns(operands: Operands) -> list[Operand]:
    """The arguments of a call right of a `~`: as in PocketBase, each parameter becomes a pattern."""
    return [as_pattern(operand) for operand in operands]


def _is_text(argument: Argument) -> bool:
    return isinstance(argument, Empty) or (isinstance(argument, Literal) and argument.is_text)


FUNCTIONS: Final[Mapping[str, Callable[[Arguments, Operands], Column]]] = {
    "geoDistance": _geo_distance,
    "strftime": _strftime,
}
