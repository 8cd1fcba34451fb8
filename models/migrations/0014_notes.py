"""The notes of the console's operators."""

from typing import Any

from peewee import AutoField, Database, Model, TextField


class Note(Model):
    seq = AutoField()
    created = TextField()
    collection = TextField()
    record_id = TextField()
    operator_id = TextField()
    operator_name = TextField()
    text = TextField()

    class Meta:
        legacy_table_names = False
        table_name = "console_notes"
        indexes = ((("collection", "record_id", "seq"), False),)


def up(migrator: Any, db: Database) -> None:
    """Create them."""
    with db.bind_ctx([Note]):
        db.create_tables([Note], safe=False)


def down(migrator: Any, db: Database) -> None:
    """Drop them."""
    with db.bind_ctx([Note]):
        db.drop_tables([Note], safe=False)
