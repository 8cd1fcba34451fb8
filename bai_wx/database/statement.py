"""A query whose SQL text is made once and whose values are bound each time.

Peewee spends far longer on writing SQL than SQLite on running it, so the hot paths keep the
text: build the query with `Param("openid")` where a value comes later, make a `Statement` of it,
run that.
"""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

from peewee import Context, IntegrityError, Model, Node, Value, WrappedNode

from bai_wx.database.connection import run

Values = Mapping[str, Any]
"""What a statement's parameters are filled with, by name."""


class Query(Protocol):
    """What a statement is made of: Peewee's queries, and what is written beside them."""

    def sql(self) -> tuple[str, Any]:
        """The text and its parameters."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in the statement's parameters that a call fills."""

    name: str


class Param(Value):
    """A value that is given by name when the statement runs."""

    def __init__(self, name: str) -> None:
        super().__init__(Slot(name), converter=False, unpack=False)


class Once(WrappedNode):
    """A part of a query that stands in it, or in its sister, more than once: it is written once.

    Wherever it stands its tables must have the same aliases.
    """

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self._written: Context | None = None

    def __sql__(self, ctx: Context) -> Context:
        if self._written is None:
            part = ctx.as_new()
            part.alias_manager, part.state = ctx.alias_manager, ctx.state
            part.sql(self.node)  # type: ignore[no-untyped-call]
            self._written = part
        # A context is written as what is in it.
        return ctx.sql(self._written)  # type: ignore[no-untyped-call, no-any-return]


class Statement:
    """The SQL text and parameters of one query shape.

    The text is written when it first runs: modules make statements while they are imported, before
    anybody has chosen a database, and databases differ in their SQL.
    """

    __slots__ = ("_parameters", "_query", "_sql")

    def __init__(self, query: Query) -> None:
        self._query = query
        self._sql = ""
        self._parameters: tuple[Any, ...] = ()

    def prepare(self, values: Values) -> tuple[str, list[Any]]:
        """The text, and its parameters with the named values in place."""
        if not self._sql:
            text, parameters = self._query.sql()
            self._parameters = tuple(parameters)
            self._sql = text  # last: another thread that sees it finds the parameters in place
        return self._sql, [values[p.name] if type(p) is Slot else p for p in self._parameters]

    def rows(self, values: Values) -> list[tuple[Any, ...]]:
        """Run it with the named values and return every row as a tuple."""
        return run(*self.prepare(values)).fetchall()  # type: ignore[no-any-return]

    def row(self, values: Values) -> tuple[Any, ...] | None:
        """Run it with the named values and return the first row, if any."""
        return run(*self.prepare(values)).fetchone()  # type: ignore[no-any-return]

    def write(self, values: Values) -> Any:
        """Run it, in a transaction, with the named values and return the driver's cursor.

        The values are bound as they are: what the columns hold, nothing that a field would convert.
        Raises: Peewee's `IntegrityError` when a unique index refuses the row.
        """
        try:
            return run(*self.prepare(values))
        except sqlite3.IntegrityError as exc:
            raise IntegrityError(exc, *exc.args) from exc


@cache
def inserting(model: type[Model], *, unless_there: bool = False) -> Statement:
    """Inserts a row of every column but the key, each given by its field's name; returns the key.

    `unless_there` inserts nothing, and returns nothing, where a unique index would refuse the row.
    """
    key: Any = model._meta.primary_key
    fields = [field for field in model._meta.sorted_fields if field is not key]
    insert = model.insert({f: Param(f.name) for f in fields})
    return Statement((insert.on_conflict_ignore() if unless_there else insert).returning(key))


@cache
def updating(model: type[Model], *names: str) -> Statement:
    """Updates these fields of the row of `seq`."""
    key: Any = model._meta.primary_key
    changes = {model._meta.fields[name]: Param(name) for name in names}
    return Statement(model.update(changes).where(key == Param(key.name)))
