"""The functions a filter can call. Each takes its arguments' tokens and what they mean as SQL.

Source: PocketBase, tools/search/token_functions.go.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from bai_wx.dialect.filter import database_sql
from bai_wx.dialect.filter.operators import as_pattern
from bai_wx.dialect.filter.parse import Argument, Empty, Literal
from bai_wx.dialect.filter.sides import Column, Given, Kind, Side
from bai_wx.errors import BadQuery

MAX_ARGUMENTS: Final = 10

Arguments = Sequence[Argument]
Sides = Sequence[Side]


def call(name: str, arguments: Arguments, sides: Sides) -> Column:
    """What a call means as SQL. Raises: `BadQuery` for an unknown function or wrong arguments."""
    if name not in FUNCTIONS:
        raise BadQuery(f"unknown function {name}(); there are {', '.join(FUNCTIONS)}")
    return FUNCTIONS[name](arguments, sides)


def _geo_distance(arguments: Arguments, sides: Sides) -> Column:
    """`geoDistance(lonA, latA, lonB, latB)`: kilometres between two points, null when any is null."""
    if len(arguments) != 4 or any(map(_is_text, arguments)):
        raise BadQuery("geoDistance takes four fields or numbers: lonA, latA, lonB, latB")
    write = database_sql.chosen()
    is_given = any(isinstance(side, Given) for side in sides)
    found = Column(write.distance(sides), is_strict=True, is_nullable=True, kind=Kind.NUMBER)
    if not is_given:
        return found
    return replace(found, pattern=replace(found, node=write.distance(_patterns(sides))))


def _strftime(arguments: Arguments, sides: Sides) -> Column:
    """`strftime(format, time, modifier, …)`: SQLite's; a time it cannot read gives the empty text."""
    if not 1 <= len(arguments) <= MAX_ARGUMENTS:
        raise BadQuery(f"strftime takes 1 to {MAX_ARGUMENTS} arguments")
    if not all(map(_is_text, (arguments[0], *arguments[2:]))):
        raise BadQuery("strftime's format and modifiers must be texts")
    formatted = _formatted(sides)
    time = sides[1] if len(sides) > 1 else None
    if not isinstance(time, Column):
        return formatted
    several = time.several and replace(
        time.several, column=_formatted([sides[0], time.several.column, *sides[2:]])
    )
    return replace(formatted, several=several, is_joined=time.is_joined)


def _formatted(sides: Sides) -> Column:
    write = database_sql.chosen()
    pattern = Column(write.strftime(_patterns(sides)))
    return Column(write.strftime(sides), is_nullable=True, pattern=pattern)


def _patterns(sides: Sides) -> list[Side]:
    """The arguments of a call right of a `~`: as in PocketBase, its values become patterns each."""
    return [as_pattern(side) for side in sides]


def _is_text(argument: Argument) -> bool:
    return isinstance(argument, Empty) or (isinstance(argument, Literal) and argument.is_text)


FUNCTIONS: Final[Mapping[str, Callable[[Arguments, Sides], Column]]] = {
    "geoDistance": _geo_distance,
    "strftime": _strftime,
}
