"""The SQL that the databases write each in its own way. The rules of filters and sorts are elsewhere.

SQLite looks at the type of each value while the statement runs. PostgreSQL must know it before: there the
types in `bai_wx.dialect.filter.operands` decide how two values are compared. Functions that PostgreSQL
lacks are made by a migration.
"""

from collections.abc import Sequence
from typing import Any, Protocol

from peewee import Node

from bai_wx.database.connection import is_postgres
from bai_wx.dialect.filter.operands import Column, Operand, Parameter


class Dialect(Protocol):
    """What a database's module writes. An operator is named as `peewee.OP` does."""

    true: str
    false: str
    everything: str
    """The pattern `%%`."""

    def compare(self, operator: str, left: Operand, right: Operand) -> Node:
        """A comparison with SQLite's meaning: both operands are converted to the type they have together."""

    def range_beside_lookup(self, range_: Node) -> Node:
        """The condition of a range that stands beside a lookup of one value, which must be made first."""

    def beside_own(self, visible: Node) -> Node:
        """The condition that rows are shown, beside a lookup of the caller's own, which must be made first."""

    def or_empty(self, column: Column) -> Column:
        """The column with the empty text in the place of NULL; it is not bare."""

    def as_text(self, node: Node) -> Node:
        """A CASE between texts, compared as a column of texts is."""

    def sortable(self, column: Column) -> Node:
        """The column for ORDER BY and IS NULL: NULL where it has no value."""

    def like(self, left: Operand, pattern: Node) -> Node:
        r"""LIKE, A to Z in either case, `\\` before what stands for itself."""

    def parameter_pattern(self, operand: Parameter) -> Node:
        """The pattern a parameter stands for right of a `~`."""

    def containing(self, column: Column, most: int) -> Node:
        """The pattern that finds the column's text, its first `most` characters, anywhere."""

    def made_pattern(self, column: Column) -> Node:
        """A pattern computed while the statement runs."""

    def yuan(self, fen: Any) -> Node:
        """Yuan as PocketBase would hold them: 2000 fen are 20, 1990 are 19.9."""

    def inside(self, json: Any, path: Sequence[str | int]) -> Node:
        """The value at a path of keys and places inside a text of JSON."""

    def items(self, ids: Any) -> Node:
        """The ids of a relation to many, as a table of rows with a `value`."""

    def holds(self, ids: Any, id_: Node) -> Node:
        """The condition that a relation to many has this id."""

    def named_items(self, ids: Any, name: str) -> Node:
        """The same table of ids under a name."""

    def item(self, name: str) -> Node:
        """The id in a row of the items of this name."""

    def count(self, ids: Any) -> Node:
        """The number of ids in a relation to many."""

    def is_set(self, single: Any) -> Node:
        """The number of items in a single value: 1, or 0 for an empty one."""

    def lower(self, column: Column) -> Node:
        """The value's text, A to Z in lower case."""

    def without_affinity(self, column: Column) -> Column:
        """The same value without a type affinity: nothing beside it is converted."""

    def distance(self, points: Sequence[Operand]) -> Node:
        """Kilometres between two points: lonA, latA, lonB, latB."""

    def strftime(self, arguments: Sequence[Operand]) -> Node:
        """SQLite's `strftime`: a format, a time and modifiers."""

    def nulls(self, is_descending: bool) -> str | None:
        """The place of NULL an ORDER BY must state (`FIRST`, `LAST`) for NULL to be less than all values."""

    def first_by(self, places: Sequence[Node]) -> Sequence[Node]:
        """The ORDER BY of a subquery whose rows come in the order of insertion."""

    def place(self, rows: Any) -> Node:
        """The column by which joined rows, or items of this name, are in that order."""


def chosen() -> Dialect:
    """The dialect of the database the models point at."""
    if is_postgres():
        from bai_wx.dialect.filter.on_postgres import POSTGRES

        return POSTGRES
    from bai_wx.dialect.filter.on_sqlite import SQLITE

    return SQLITE
