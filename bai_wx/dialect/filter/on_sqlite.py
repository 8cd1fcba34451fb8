"""SQLite's part of a filter's SQL. PocketBase uses SQLite too, so most operands need no conversion."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from peewee import OP, SQL, Case, Cast, Entity, Expression, Node, NodeList, Value, fn

from bai_wx.dialect.filter.operands import Column, Operand, Parameter
from bai_wx.dialect.filter.patterns import pattern_of

_ESCAPE_CLAUSE: Final = SQL("ESCAPE '\\'")
EARTH_RADIUS_KM: Final = 6371


class Sqlite:
    """See `bai_wx.dialect.filter.database_sql.Dialect`."""

    true, false = "1", "0"
    everything = "'%%'"

    def compare(self, operator: str, left: Operand, right: Operand) -> Node:
        return Expression(left.node, operator, right.node)

    def range_beside_lookup(self, range_: Node) -> Node:
        # Without statistics SQLite takes a range for narrower than an equality, and would rather walk
        # all that costs less than 900 than look into one category. The hint changes no answer.
        return fn.LIKELY(range_)

    def beside_own(self, visible: Node) -> Node:
        # Without statistics SQLite would rather walk all companies in the order of the list than sort
        # the caller's own. The hint changes no answer.
        return fn.LIKELY(visible)

    def or_empty(self, column: Column) -> Column:
        return replace(column, node=fn.COALESCE(column.node, ""), is_bare=False)

    def as_text(self, node: Node) -> Node:
        # What is decided has no affinity, and a number beside it would equal nothing.
        return Cast(node, "TEXT")

    def sortable(self, column: Column) -> Node:
        return column.node

    def like(self, left: Operand, pattern: Node) -> Node:
        # ILIKE is SQLite's LIKE in Peewee's words: A to Z in either case.
        return Expression(left.node, OP.ILIKE, NodeList((pattern, _ESCAPE_CLAUSE)))

    def parameter_pattern(self, operand: Parameter) -> Node:
        return operand.bound(pattern_of)

    def containing(self, column: Column, most: int) -> Node:
        text = fn.SUBSTR(column.node, 1, most)
        return NodeList((SQL("'%' ||"), text, SQL("|| '%'")), parens=True)

    def made_pattern(self, column: Column) -> Node:
        return column.node

    def yuan(self, fen: Any) -> Node:
        # The cast changes no value; it makes the comparison with a text a numeric one.
        is_whole = fen / 100 * 100 == fen  # whole numbers divide to whole numbers
        return Cast(Case(None, ((is_whole, fen / 100),), fen / SQL("100.0")), "NUMERIC")

    def inside(self, json: Any, path: Sequence[str | int]) -> Node:
        steps = (f".{key}" if isinstance(key, str) else f"[{key}]" for key in path)
        return fn.json_extract(_valid(json, "null"), Value("$" + "".join(steps), converter=False))

    def items(self, ids: Any) -> Node:
        return fn.json_each(_valid(ids, "[]"))

    def holds(self, ids: Any, id_: Node) -> Node:
        items = NodeList((SQL("(SELECT value FROM"), self.items(ids), SQL(")")))
        return NodeList((id_, SQL("IN"), items))

    def named_items(self, ids: Any, name: str) -> Node:
        return NodeList((self.items(ids), SQL("AS"), Entity(name)))

    def item(self, name: str) -> Node:
        return Entity(name, "value")

    def count(self, ids: Any) -> Node:
        return fn.json_array_length(_valid(ids, "[]"))

    def is_set(self, single: Any) -> Node:
        return fn.COALESCE(single, SQL("''")) != SQL("''")

    def lower(self, column: Column) -> Node:
        return fn.LOWER(column.node)

    def without_affinity(self, column: Column) -> Column:
        return replace(column, node=fn.COALESCE(column.node, SQL("NULL")), is_bare=False)

    def distance(self, points: Sequence[Operand]) -> Node:
        lon_a, lat_a, lon_b, lat_b = (operand.node for operand in points)
        # Flat pieces: as nested expressions it takes Peewee three times as long to write.
        return NodeList(
            (
                *(SQL(f"({EARTH_RADIUS_KM} * ACOS(COS(RADIANS("), lat_a, SQL(")) * COS(RADIANS(")),
                *(lat_b, SQL(")) * COS(RADIANS("), lon_b, SQL(") - RADIANS("), lon_a),
                *(SQL(")) + SIN(RADIANS("), lat_a, SQL(")) * SIN(RADIANS("), lat_b, SQL("))))")),
            ),
            "",
        )

    def strftime(self, arguments: Sequence[Operand]) -> Node:
        return fn.STRFTIME(*[operand.node for operand in arguments])

    def nulls(self, is_descending: bool) -> str | None:
        return None

    def first_by(self, places: Sequence[Node]) -> Sequence[Node]:
        return ()

    def place(self, rows: Any) -> Node:
        return SQL("rowid")


def _valid(json: Any, otherwise: str) -> Node:
    # Next to `field = 'x'` SQLite puts 'x' in the field's place, and would fail on it.
    return Case(None, ((fn.json_valid(json), json),), otherwise)


SQLITE: Final = Sqlite()
