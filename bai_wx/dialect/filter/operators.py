"""The operators of a filter, each one row of `OPERATORS`. Plain data: the parser reads it too.

A row names the family its comparisons belong to. `bai_wx.dialect.filter.comparisons` writes the SQL of a
family, and each database compares two values in its own way (`on_sqlite`, `on_postgres`). `scan` knows of
which characters operators are made.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

ANY: Final = "?"
"""Before an operator: of several values, one that matches is enough."""


class Family(Enum):
    """A family of operators whose SQL is written in one way."""

    EQUALITY = auto()
    RANGE = auto()
    LIKE = auto()


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator. `sql` is SQL's, named as `peewee.OP` does; `sql_in_json` is the one beside a value in
    JSON, where null is not the empty text."""

    family: Family
    sql: str = ""
    sql_in_json: str = ""
    is_negated: bool = False

    @property
    def is_lookup(self) -> bool:
        """Whether the operator looks one value up, which an index finds at once."""
        return self.family is Family.EQUALITY and not self.is_negated


OPERATORS: Final[Mapping[str, Operator]] = {
    "=": Operator(Family.EQUALITY, "=", sql_in_json="IS"),
    "!=": Operator(Family.EQUALITY, "IS NOT", sql_in_json="IS NOT", is_negated=True),
    ">": Operator(Family.RANGE, ">"),
    ">=": Operator(Family.RANGE, ">="),
    "<": Operator(Family.RANGE, "<"),
    "<=": Operator(Family.RANGE, "<="),
    "~": Operator(Family.LIKE),
    "!~": Operator(Family.LIKE, is_negated=True),
}

ANY_OPERATORS: Final = frozenset(ANY + operator for operator in OPERATORS)
