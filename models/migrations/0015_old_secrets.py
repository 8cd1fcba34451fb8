"""Secrets that signed the tokens of a PocketBase before, and users who were joined with another row."""

from typing import Any

from peewee import CompositeKey, Database, Model, TextField


class OldSecret(Model):
    collection_id = TextField()
    secret = TextField()
    kept = TextField()
    ends = TextField()

    class Meta:
        legacy_table_names = False
        table_name = "old_secret"
        primary_key = CompositeKey("collection_id", "secret")


class JoinedUser(Model):
    id = TextField(primary_key=True)
    token_key = TextField()
    user_id = TextField()
    user_token_key = TextField()

    class Meta:
        legacy_table_names = False
        table_name = "joined_user"


TABLES = [OldSecret, JoinedUser]


def up(migrator: Any, db: Database) -> None:
    """Create them."""
    with db.bind_ctx(TABLES):
        db.create_tables(TABLES, safe=False)


def down(migrator: Any, db: Database) -> None:
    """Drop them."""
    with db.bind_ctx(TABLES):
        db.drop_tables(TABLES, safe=False)
