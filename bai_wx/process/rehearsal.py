"""A copy of the database for a dry run: what is written there is thrown away.

The copy is a SQLite file whatever the database is, so that a rehearsal keeps nobody from writing.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from peewee import Model

from bai_wx.database.connection import connect, disconnect, snapshot
from bai_wx.database.statement import Param, Statement
from bai_wx.process import schema
from bai_wx.process.settings import Settings, SettingsError
from bai_wx.record import data_keys
from bai_wx.record.collections import targets_first
from bai_wx.record.data_keys import DataKey, DataKeyRow, Source

CHUNK = 1_000  # rows a query


@contextmanager
def rehearsal(settings: Settings, file: Path, *others: type[Model]) -> Iterator[None]:
    """Connect to a copy of the database in a new file: every collection, and these other tables.

    Raises: `SettingsError` for a database with pending migrations; one that is not there yet is empty.
    `DataKeyMissing` for one that is encrypted with a key which is not here.
    """
    copy = f"sqlite:///{file}"
    data_keys.use(_keys(settings))
    schema.migrate(connect(copy))
    disconnect()
    if settings.database_file is None or settings.database_file.exists():
        _fill(settings, file, [*targets_first(), DataKeyRow, *others])
    connect(copy)
    try:
        if data_keys.ids_in_use():
            data_keys.agree()
        yield
    finally:
        disconnect()


def _keys(settings: Settings) -> Source:
    """The data keys of the installation; where it has none, one for the copy alone: nothing is written."""
    own = data_keys.made()

    def read(make: bool) -> Sequence[DataKey]:
        return settings.all_data_keys(False) or ([own] if make else [])

    return read


def _fill(settings: Settings, file: Path, models: list[type[Model]]) -> None:
    chosen = connect(settings.database)
    try:
        if not chosen.table_exists(schema.HISTORY_TABLE):
            return
        if schema.pending(chosen):
            raise SettingsError("the database has pending migrations; run `bai-wx migrate`")
        with closing(sqlite3.connect(file)) as copy, copy, snapshot():
            for model in models:
                _copy(copy, model)
    finally:
        disconnect()


def _copy(copy: sqlite3.Connection, model: type[Model]) -> None:
    names = [each.column_name for each in model._meta.sorted_fields]
    columns = ", ".join(f'"{name}"' for name in names)
    places = ", ".join("?" * len(names))
    insert = f'INSERT INTO "{model._meta.table_name}" ({columns}) VALUES ({places})'  # noqa: S608  # the names are the models', the values are bound
    for rows in _chunks(model):
        copy.executemany(insert, rows)


def _chunks(model: type[Model]) -> Iterator[list[tuple[Any, ...]]]:
    """The rows of a table: PostgreSQL's driver would take all of them into memory."""
    select = model.select(*model._meta.sorted_fields)
    key: Any = model._meta.primary_key
    if not hasattr(model, "seq"):
        yield Statement(select).rows({})
        return
    later = Statement(select.where(key > Param("last")).order_by(key).limit(CHUNK))
    place, last = model._meta.sorted_fields.index(key), -1
    while rows := later.rows({"last": last}):
        yield rows
        last = rows[-1][place]
