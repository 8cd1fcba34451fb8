"""When the shop was last backed up, and where to."""

from typing import Any

from peewee import BigIntegerField, Database, Model, TextField


class BackupTarget(Model):
    address = TextField(primary_key=True)
    succeeded = TextField()
    bytes = BigIntegerField()
    failed = TextField()
    problem = TextField()

    class Meta:
        legacy_table_names = False
        table_name = "backup_target"


def up(migrator: Any, db: Database) -> None:
    """Create the table."""
    with db.bind_ctx([BackupTarget]):
        db.create_tables([BackupTarget], safe=False)


def down(migrator: Any, db: Database) -> None:
    """Drop it."""
    with db.bind_ctx([BackupTarget]):
        db.drop_tables([BackupTarget], safe=False)
