"""What stands left or right of an operator: a column, a value of the request, or nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from peewee import Node

from bai_wx.dialect.filter.scan import Literal

Convert = Callable[[Literal], Literal]


class Kind(Enum):
    """What a side's SQL is, for a database that must know before it runs.

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
    index on it can be used. `is_strict`: values inside JSON, where null is not the empty text.
    `is_nullable`: may be NULL, as everything of a row that was joined. `is_joined`: not of the
    list's own row. `pattern`: what it stands for right of a `~`, if that is not looking for its text.
    `owned`: the bare column of a private field, which only its owner's value may equal.
    `several`: set where the row looked at is one of several. `is_bare`: a column as it is, whose
    kind a value beside it takes on.
    """

    node: Node
    fen: Any = None
    is_strict: bool = False
    is_nullable: bool = False
    is_joined: bool = False
    pattern: "Column | None" = None
    several: "Several | None" = None
    kind: Kind = Kind.TEXT
    is_bare: bool = False
    owned: Any = None


@dataclass(frozen=True)
class Several:
    """All the values a path leads to: the joins that find them, and the value in a joined row."""

    clauses: tuple[Node, ...]
    column: Column


@dataclass(frozen=True)
class Nothing:
    """The constant `null`, or the empty text."""

    node: Node
    is_null: bool


@dataclass(frozen=True)
class Given:
    """A value that comes with each request. `bound` makes the parameter, converting the value."""

    bound: Callable[[Convert], Node]
    is_text: bool

    @property
    def node(self) -> Node:
        """The value as it was written."""
        return self.bound(_as_it_is)


Side = Column | Nothing | Given


def _as_it_is(value: Literal) -> Literal:
    return value
