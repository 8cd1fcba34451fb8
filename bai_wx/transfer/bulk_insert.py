"""Inserting many rows at once, and naming those that the database refuses."""

from collections.abc import Sequence
from typing import Any, Final

from peewee import IntegrityError

from bai_wx.database.connection import database, insert_rows, violated
from bai_wx.record.base import Record

NOT_UNIQUE: Final = "must be unique, and another row has the same"

Refused = tuple[int, str]
"""The place of a row among those given, and the columns that another row has already."""


def insert(
    model: type[Record], columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> list[Refused]:
    """Insert rows of these columns, in the caller's transaction. Returns: those that a unique index refuses."""
    if not rows:
        return []
    try:
        with database.atomic():
            insert_rows(model, columns, rows)
    except IntegrityError:
        return _insert_singly(model, columns, rows)
    return []


def _insert_singly(
    model: type[Record], columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> list[Refused]:
    refused = []
    for place, row in enumerate(rows):
        try:
            with database.atomic():
                insert_rows(model, columns, [row])
        except IntegrityError as exc:
            refused.append((place, columns_of(model, exc)))
    return refused


def columns_of(model: type[Record], error: IntegrityError) -> str:
    """Name the columns of the unique index that refused a row."""
    return ", ".join(violated(model, error)) or str(error)
