"""Which version of a collection the database holds: a number that grows with every change.

Triggers count (migration 0004), so no writer can forget to. Who reads the version before the rows may
keep what it made of them for as long as the version is the same.
"""

from typing import Final

from peewee import BigIntegerField, Model, TextField

from models.database import database
from models.statement import Param, Statement


class CollectionVersion(Model):
    """How often a collection was changed."""

    collection = TextField(primary_key=True)
    number = BigIntegerField()

    class Meta:
        database = database
        legacy_table_names = False
        table_name = "collection_version"


_NUMBER: Final = Statement(
    CollectionVersion.select(CollectionVersion.number).where(
        CollectionVersion.collection == Param("collection")
    )
)


def version_of(collection: str) -> int | None:
    """The collection's version now; None of one whose changes are not counted."""
    row = _NUMBER.row({"collection": collection})
    return row[0] if row else None
