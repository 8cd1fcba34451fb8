"""Columns that a migration has given another type than their field's.

A wrong one may go unnoticed for long: SQLite calls an INTEGER and a BIGINT alike, and both databases take a
fraction of a fen into a column of floats. So the database's own columns are looked at, and besides those that
the migrations make in a scratch database, which keeps the types apart.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from peewee import Database, Model, SqliteDatabase

from bai_wx.database.sqlite import TimedSqlite

SAID_AS: Final = {"bigserial": "bigint", "auto": "integer", "int": "integer", "serial": "integer"}
"""What a database calls a type that Peewee calls otherwise."""


class _Scratch(TimedSqlite):
    """SQLite that declares a BIGINT as one."""

    field_types = {**SqliteDatabase.field_types, "BIGINT": "BIGINT"}  # noqa: RUF012  # Peewee's own is such


def differences(
    database: Any, models: Callable[[Any], Iterable[type[Model]]], migrate: Callable[[Any], Any]
) -> Iterator[str]:
    """Each column whose type is another than its field's, in this database or as migrations make it.

    `models` gives the tables of a database; `migrate` applies every migration to an empty one.
    """
    found = dict.fromkeys(_wrong(database, models(database)))
    scratch = _Scratch(":memory:")
    try:
        migrate(scratch)
        found |= dict.fromkeys(_wrong(scratch, models(scratch)))
    finally:
        scratch.close()
    yield from found


def _wrong(database: Database, models: Iterable[type[Model]]) -> Iterator[str]:
    for model in models:
        table = model._meta.table_name
        there = {c.name: _plain(c.data_type, database) for c in database.get_columns(table)}
        for field in model._meta.sorted_fields:
            declared = database.field_types.get(field.field_type, field.field_type)
            expected = _plain(declared, database)
            held = there.get(field.column_name, expected)
            if held != expected:
                yield f"type of {table}.{field.column_name}: {held} in the migrations, {expected} in the model"


def _plain(declared: str, database: Database) -> str:
    """A type without its size or collation: `TEXT COLLATE "C"` is `text`."""
    words = declared.lower().split("(")[0].split()
    plain = SAID_AS.get(words[0], words[0]) if words else ""
    is_sqlite = isinstance(database, SqliteDatabase) and not isinstance(database, _Scratch)
    return "integer" if is_sqlite and plain == "bigint" else plain
