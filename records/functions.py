"""The functions a filter can call. Each takes its arguments' tokens and what they mean as SQL.

Source: PocketBase, tools/search/token_functions.go.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from peewee import Node, fn

from errors import BadQuery
from records.operands import Column
from records.operators import Side
from records.parse import Argument, Empty, Literal

EARTH_RADIUS_KM: Final = 6371
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
    lon_a, lat_a, lon_b, lat_b = (fn.RADIANS(side.node) for side in sides)
    cosine = fn.COS(lat_a) * fn.COS(lat_b) * fn.COS(lon_b - lon_a) + fn.SIN(lat_a) * fn.SIN(lat_b)
    return Column(EARTH_RADIUS_KM * fn.ACOS(cosine), is_strict=True, is_nullable=True)


def _strftime(arguments: Arguments, sides: Sides) -> Column:
    """`strftime(format, time, modifier, …)`: SQLite's; a time it cannot read gives the empty text."""
    if not 1 <= len(arguments) <= MAX_ARGUMENTS:
        raise BadQuery(f"strftime takes 1 to {MAX_ARGUMENTS} arguments")
    if not all(map(_is_text, (arguments[0], *arguments[2:]))):
        raise BadQuery("strftime's format and modifiers must be texts")
    nodes = [side.node for side in sides]
    formatted = Column(fn.STRFTIME(*nodes), is_nullable=True, is_pattern=True)
    time = sides[1] if len(sides) > 1 else None
    if not isinstance(time, Column):
        return formatted
    several = time.several and replace(
        time.several, column=replace(formatted, node=_at(nodes, time.several.column.node))
    )
    return replace(formatted, several=several, is_joined=time.is_joined)


def _at(nodes: Sequence[Node], time: Node) -> Node:
    return fn.STRFTIME(nodes[0], time, *nodes[2:])


def _is_text(argument: Argument) -> bool:
    return isinstance(argument, Empty) or (isinstance(argument, Literal) and argument.is_text)


FUNCTIONS: Final[Mapping[str, Callable[[Arguments, Sides], Column]]] = {
    "geoDistance": _geo_distance,
    "strftime": _strftime,
}
