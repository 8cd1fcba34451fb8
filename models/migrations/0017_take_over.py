"""The rows that were taken over from a PocketBase."""

from typing import Any

from peewee import CompositeKey, Database, IntegerField, Model, TextField


class TakenRow(Model):
    collection = TextField()
    source_id = TextField()
    row_id = TextField()
    fingerprint = TextField()
    updated = TextField()
    has_files = IntegerField()

    class Meta:
        legacy_table_names = False
        table_name = "taken_row"
        primary_key = CompositeKey("collection", "source_id")
        indexes = ((("collection", "row_id"), False),)


def up(migrator: Any, db: Database) -> None:
    """Create the table."""
    with db.bind_ctx([TakenRow]):
        db.create_tables([TakenRow], safe=False)


def down(migrator: Any, db: Database) -> None:
    """Drop it."""
    with db.bind_ctx([TakenRow]):
        db.drop_tables([TakenRow], safe=False)
