"""Quotas: what a user has used up, and an index by which its files are counted."""

from typing import Any

from peewee import CompositeKey, IntegerField, Model, TextField

INDEX = "tbl_attachments_owner_created_size"
COLUMNS = "attachments_owner, created, attachments_size"


class Spending(Model):
    owner = TextField()
    kind = TextField()
    used = IntegerField()
    ends = TextField()

    class Meta:
        legacy_table_names = False
        table_name = "spending"
        primary_key = CompositeKey("owner", "kind")


def up(migrator: Any, db: Any) -> None:
    """Create both."""
    with db.bind_ctx([Spending]):
        db.create_tables([Spending], safe=False)
    db.execute_sql(f"CREATE INDEX {INDEX} ON tbl_attachments ({COLUMNS})")


def down(migrator: Any, db: Any) -> None:
    """Drop both."""
    db.execute_sql(f"DROP INDEX {INDEX}")
    with db.bind_ctx([Spending]):
        db.drop_tables([Spending], safe=False)
