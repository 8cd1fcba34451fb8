"""The version of a collection: a number that grows with every change of its rows.

Triggers count it (migration 0004), so no writer can forget to. A reader that selects the version together
with rows may cache what it made of them for as long as the version stays the same.
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
    """The collection's version as a column of any query: that of the moment the query reads."""
    number = CollectionVersion.select(CollectionVersion.number)
    return number.where(CollectionVersion.collection == SQL(f"'{collection}'"))
