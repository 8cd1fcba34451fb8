"""The console's audit log: a row for each change, which nobody changes or removes."""

from typing import Any

from peewee import AutoField, Model, PostgresqlDatabase, TextField

TABLE = "console_audit"


class Audit(Model):
    seq = AutoField()
    created = TextField(index=True)
    operator_id = TextField()
    operator_name = TextField()
    role = TextField()
    address = TextField()
    action = TextField()
    collection = TextField()
    record_id = TextField()
    before = TextField()
    after = TextField()
    reason = TextField()

    class Meta:
        legacy_table_names = False
        table_name = TABLE
        indexes = ((("collection", "record_id", "seq"), False),)


def up(migrator: Any, db: Any) -> None:
    """Create it, with what refuses its change."""
    with db.bind_ctx([Audit]):
        db.create_tables([Audit], safe=False)
    for statement in _on_postgres() if _is_postgres(db) else _on_sqlite():
        db.execute_sql(statement)


def down(migrator: Any, db: Any) -> None:
    """Drop it."""
    with db.bind_ctx([Audit]):
        db.drop_tables([Audit], safe=False)
    if _is_postgres(db):
        db.execute_sql("DROP FUNCTION bai_refuse_change()")


def _is_postgres(db: Any) -> bool:
    return isinstance(db, PostgresqlDatabase)


def _on_sqlite() -> list[str]:
    return [
        f"CREATE TRIGGER bai_keeps_audit_{event.lower()} BEFORE {event} ON {TABLE} BEGIN"
        f" SELECT RAISE(ABORT, '{TABLE} is append-only'); END"
        for event in ("UPDATE", "DELETE")
    ]


def _on_postgres() -> list[str]:
    return [
        "CREATE FUNCTION bai_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only'; END $$",
        f"CREATE TRIGGER bai_keeps_audit BEFORE UPDATE OR DELETE OR TRUNCATE ON {TABLE}"
        " FOR EACH STATEMENT EXECUTE FUNCTION bai_refuse_change()",
    ]
