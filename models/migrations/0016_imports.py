"""The imports of the console, and the journal of tables that are written all or not at all."""

from typing import Any

from peewee import AutoField, Database, IntegerField, Model, TextField


class Import(Model):
    seq = AutoField()
    id = TextField(unique=True)
    created = TextField()
    ended = TextField()
    seen = TextField()
    operator_id = TextField()
    operator_name = TextField()
    collection = TextField()
    file_name = TextField()
    sha256 = TextField()
    state = TextField()
    rows_read = IntegerField()
    rows_created = IntegerField()
    rows_changed = IntegerField()
    rows_unchanged = IntegerField()
    rows_refused = IntegerField()
    progress = TextField()
    report = TextField()

    class Meta:
        legacy_table_names = False
        table_name = "console_imports"


class JournalEntry(Model):
    seq = AutoField()
    created = TextField()
    load = TextField(index=True)
    collection = TextField()
    entries = TextField()

    class Meta:
        legacy_table_names = False
        table_name = "console_import_journal"


TABLES = (Import, JournalEntry)


def up(migrator: Any, db: Database) -> None:
    """Create them."""
    with db.bind_ctx(TABLES):
        db.create_tables(TABLES, safe=False)


def down(migrator: Any, db: Database) -> None:
    """Drop them."""
    with db.bind_ctx(TABLES):
        db.drop_tables(TABLES, safe=False)
