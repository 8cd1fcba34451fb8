"""Which version of a collection the database holds: a number that grows with every change.

Triggers count (migration 0004), so no writer can forget to. Who reads the version with the rows may keep
what it made of them for as long as the version is the same.
"""

from typing import Any

from peewee import SQL, BigIntegerField, Model, TextField

from bai_wx.database.connection import database


class CollectionVersion(Model):
    """How often a collection was changed."""

    collection = TextField(primary_key=True)
    number = BigIntegerField()

    class Meta:
        database = database
        legacy_table_names = False
        table_name = "collection_version"


def number_of(collection: str) -> Any:
    """The collection's version as a column of any query, of the same moment as what it reads."""
    number = CollectionVersion.select(CollectionVersion.number)
    return number.where(CollectionVersion.collection == SQL(f"'{collection}'"))
