"""A query whose SQL text is made once and whose values are bound each time.

Peewee takes far longer to write SQL than SQLite to run it, so the hot paths keep the text: build the
query with `Param("openid")` in the place of a value, make a `Statement` of it, run that.
"""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

from peewee import Context, IntegrityError, Model, Node, Value, WrappedNode

from bai_wx.database.connection import ask, ask_joining, run, run_unseen

Values = Mapping[str, Any]
"""The values bound to a statement's parameters, by name."""

Row = tuple[Any, ...]
"""A row as the driver returns it: a value for each selected column."""


class Query(Protocol):
    """What a statement is made of: a query of Peewee's, or SQL text put together beside it."""

    def sql(self) -> tuple[str, Any]:
        """The text and its parameters."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A place among a statement's parameters; each run puts the value of this name there."""

    name: str


class Param(Value):
    """Stands in a query for a value that is bound by name when the statement runs."""

    def __init__(self, name: str) -> None:
        super().__init__(Slot(name), converter=False, unpack=False)


class Once(WrappedNode):
    """A part of a query whose SQL text is made once, however often the part occurs.

    It may occur several times in one query, and in the query that counts the same rows. Its tables must
    have the same aliases everywhere.
    """

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self._written: Context | None = None

    def __sql__(self, ctx: Context) -> Context:
        if self._written is None:
            part = ctx.as_new()
            part.alias_manager, part.state = ctx.alias_manager, ctx.state
            part.sql(self.node)  # type: ignore[no-untyped-call]  # no types in Peewee's stub
            self._written = part
        # Peewee writes a context into another as the text and values it holds.
        written: Context = ctx.sql(self._written)  # type: ignore[no-untyped-call]  # no types in the stub
        return written


class Statement:
    """The SQL text and parameters of one query shape.

    The text is made at the first run. Modules make statements while they are imported; no database is
    chosen by then, and databases differ in their SQL.
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

    def rows(self, values: Values) -> list[Row]:
        """Run it with the named values and return every row."""
        found: list[Row] = run(*self.prepare(values)).fetchall()
        return found

    def row(self, values: Values) -> Row | None:
        """Run it with the named values and return the first row, if any."""
        found: Row | None = run(*self.prepare(values)).fetchone()
        return found

    def ask(self, values: Values) -> "Asked":
        """Say that its rows will be looked at soon. See `bai_wx.database.connection.ask`."""
        return Asked(ask(*self.prepare(values)))

    def ask_joining(self, values: Values) -> "Asked":
        """As `ask`, for a transaction that begins next. See `bai_wx.database.connection.ask_joining`."""
        return Asked(ask_joining(*self.prepare(values)))

    def write_unseen(self, values: Values) -> None:
        """As `write`, where nobody looks at what comes back.

        Raises: Peewee's `IntegrityError`, here or where the innermost `atomic` ends.
        """
        try:
            run_unseen(*self.prepare(values))
        except sqlite3.IntegrityError as exc:
            raise IntegrityError(exc, *exc.args) from exc

    def write(self, values: Values) -> Any:
        """Run it, in a transaction, with the named values and return the driver's cursor.

        The values are bound as the columns hold them; no field converts them.
        Raises: Peewee's `IntegrityError` when a unique index refuses the row.
        """
        try:
            return run(*self.prepare(values))
        except sqlite3.IntegrityError as exc:
            raise IntegrityError(exc, *exc.args) from exc


@dataclass(frozen=True, slots=True)
class Asked:
    """The rows of a statement that was asked, to be looked at once."""

    _look: Callable[[], Any]

    def rows(self) -> list[Row]:
        """Every row."""
        found: list[Row] = self._look().fetchall()
        return found

    def row(self) -> Row | None:
        """The first row, if any."""
        found: Row | None = self._look().fetchone()
        return found


@cache
def inserting(model: type[Model]) -> Statement:
    """Inserts a row of every column but the key, each bound by its field's name."""
    return Statement(
        _inserting(model).returning()
    )  # nothing: on PostgreSQL it is the key otherwise


@cache
def inserting_unless_there(model: type[Model]) -> Statement:
    """As `inserting`, where no unique index would refuse the row; returns the key of one that is inserted."""
    return Statement(_inserting(model).on_conflict_ignore().returning(model._meta.primary_key))


def _inserting(model: type[Model]) -> Any:
    key: Any = model._meta.primary_key
    fields = [field for field in model._meta.sorted_fields if field is not key]
    return model.insert({f: Param(f.name) for f in fields})


@cache
def updating(model: type[Model], owner: str | None, *names: str) -> Statement:
    """Updates these fields of the row of `seq` and of its owner: `owner` is the column, if there is one."""
    key: Any = model._meta.primary_key
    changes = {model._meta.fields[name]: Param(name) for name in names}
    named = [model._meta.fields[owner] == Param(owner)] if owner else []
    return Statement(model.update(changes).where(key == Param(key.name), *named))
