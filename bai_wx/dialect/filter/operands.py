"""An operand is what stands left or right of an operator: a column, a parameter, or an empty value."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from peewee import Node

from bai_wx.dialect.filter.scan import LiteralValue

Convert = Callable[[LiteralValue], LiteralValue]


class SqlType(Enum):
    """The type of an operand's SQL, for a database that must know it before it runs.

    `JSON`: a part of a JSON text. `VALUE`: a number or a text, as each row has it.
    """

    TEXT = auto()
    NUMBER = auto()
    JSON = auto()
    VALUE = auto()


@dataclass(frozen=True)
class Column:
    """A field's value as SQL.

    `fen` is the bare column of an amount: compared with a literal it needs no arithmetic, so an
    index on it can be used. `is_strict`: a value inside JSON, where null is not the empty text.
    `is_nullable`: may be NULL, as everything of a row that was joined. `is_joined`: not of the
    list's own row. `pattern`: what it stands for right of a `~`, unless its text is looked for.
    `owned`: the bare column of a private field, which only its owner's value may equal.
    `related`: set where the row looked at is one of several. `is_bare`: the column as it is, whose
    type a value beside it takes on.
    """

    node: Node
    fen: Any = None
    is_strict: bool = False
    is_nullable: bool = False
    is_joined: bool = False
    pattern: "Column | None" = None
    related: "RelatedValues | None" = None
    sql_type: SqlType = SqlType.TEXT
    is_bare: bool = False
    owned: Any = None


@dataclass(frozen=True)
class RelatedValues:
    """All the values a path leads to: the joins that find them, and the value in a joined row."""

    clauses: tuple[Node, ...]
    column: Column


@dataclass(frozen=True)
class EmptyValue:
    """The constant `null`, or the empty text."""

    node: Node
    is_null: bool


@dataclass(frozen=True)
class Parameter:
    """A value that comes with each request. `bound` makes its SQL, given a conversion of the value."""

    bound: Callable[[Convert], Node]
    is_text: bool

    @property
    def node(self) -> Node:
        """The value as the client wrote it."""
        return self.bound(_unchanged)


Operand = Column | EmptyValue | Parameter


def _unchanged(value: LiteralValue) -> LiteralValue:
    return value
