"""Conditions of a model, asked of rows that are at hand: they are put into an SQLite table in memory."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from peewee import Node, PeeweeException, SqliteDatabase, Value

from bai_wx.record.base import Record

_COLUMN = re.compile(r'"t1"\."(\w+)"')


@dataclass(frozen=True)
class Condition:
    """A condition on a model's rows, written as SQL: the query of the rows that meet it."""

    model: type[Record]
    text: str
    values: tuple[Any, ...]

    @property
    def names(self) -> set[str]:
        """The fields it looks at."""
        columns = set(_COLUMN.findall(self.text))
        return {name for name, column in _columns(self.model).items() if column in columns} - {
            "seq"
        }


def written(model: type[Record], node: Node | None) -> Condition:
    """The condition of this expression, which every row meets where it is None."""
    query = model.select(model.seq)
    query = query if node is None else query.where(node)
    context: Any = SqliteDatabase(":memory:").get_sql_context()  # no types in its stub
    text, values = context.sql(query).query()
    return Condition(model, str(text), tuple(values))


def bound(value: str | None) -> Value:
    """A value as an operand of a condition."""
    return Value(value, converter=False)


def met_by(
    conditions: Iterable[Condition], model: type[Record], rows: Sequence[Mapping[str, Any]]
) -> list[set[int]]:
    """The places of the rows that meet each condition. A row has a column's values by field; others are unset.

    Raises: `ValueError` for a condition that needs more than the row.
    """
    database: Any = SqliteDatabase(":memory:")
    try:
        _fill(database, model, rows)
        return [
            {place for (place,) in database.execute_sql(each.text, each.values).fetchall()}
            for each in conditions
        ]
    except PeeweeException as exc:
        raise ValueError(f"cannot be asked of one row: {exc}") from exc
    finally:
        database.close()


@dataclass(frozen=True)
class UniqueIndex:
    """A unique index of a model: its fields, and the condition of the rows it is about."""

    fields: tuple[str, ...]
    name: str
    where: Node | None


def unique_indexes(model: type[Record]) -> Iterator[UniqueIndex]:
    """The unique indexes of a model, but for those that a field has by itself."""
    fields: Mapping[str, Any] = model.record_fields()
    for index in model._meta.fields_to_index():
        made: Any = index  # no types in its stub
        if made._unique:
            names = tuple(str(column.unwrap().name) for column in made._expressions)
            if len(names) > 1 or not fields[names[0]].unique:
                yield UniqueIndex(names, str(made._name), made._where)


def _columns(model: type[Record]) -> dict[str, str]:
    return {name: field.column_name for name, field in model._meta.fields.items()}


def _fill(database: Any, model: type[Record], rows: Sequence[Mapping[str, Any]]) -> None:
    columns = _columns(model)
    zeros = {name: getattr(field, "zero", "") for name, field in model._meta.fields.items()}
    types = {int: "INTEGER", bool: "INTEGER", str: "TEXT"}
    declared = ", ".join(
        f'"{columns[name]}" {types[int if name == "seq" else type(zero)]}'
        for name, zero in zeros.items()
    )
    database.execute_sql(f'CREATE TABLE "{model.collection()}" ({declared})')
    insert = f'INSERT INTO "{model.collection()}" VALUES ({", ".join("?" * len(columns))})'  # noqa: S608  # the names are the models', the values are bound
    filled = ({**zeros, **row, "seq": place} for place, row in enumerate(rows))
    database.connection().executemany(insert, ([row[name] for name in zeros] for row in filled))
