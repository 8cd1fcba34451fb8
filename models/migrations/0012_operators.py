"""The console's operators, their sessions, failed logins and known clients."""

from typing import Any

from peewee import BigIntegerField, CompositeKey, Database, IntegerField, Model, TextField


class Operator(Model):
    id = TextField(primary_key=True)
    name = TextField()
    name_key = TextField(unique=True)
    password = TextField()
    role = TextField()
    status = TextField()
    totp_secret = TextField()
    totp_step = BigIntegerField()
    created = TextField()
    updated = TextField()
    last_login = TextField()

    class Meta:
        legacy_table_names = False
        table_name = "console_operators"


class OperatorSession(Model):
    id = TextField(primary_key=True)
    digest = TextField(unique=True)
    operator_id = TextField(index=True)
    address = TextField()
    agent = TextField()
    created = TextField(index=True)
    seen = TextField()

    class Meta:
        legacy_table_names = False
        table_name = "console_sessions"


class LoginFailure(Model):
    key = TextField(primary_key=True)
    failures = IntegerField()
    last = BigIntegerField(index=True)

    class Meta:
        legacy_table_names = False
        table_name = "console_login_failures"


class KnownClient(Model):
    operator_id = TextField()
    client = TextField()
    seen = TextField(index=True)

    class Meta:
        legacy_table_names = False
        table_name = "console_known_clients"
        primary_key = CompositeKey("operator_id", "client")


TABLES = [Operator, OperatorSession, LoginFailure, KnownClient]


def up(migrator: Any, db: Database) -> None:
    """Create them."""
    with db.bind_ctx(TABLES):
        db.create_tables(TABLES, safe=False)


def down(migrator: Any, db: Database) -> None:
    """Drop them."""
    with db.bind_ctx(TABLES):
        db.drop_tables(TABLES, safe=False)
