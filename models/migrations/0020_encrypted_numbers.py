"""Phone and identity-paper numbers encrypted, with what finds a phone, and the fingerprint of the data key.

An entry of the audit log may be removed where it is older than a moment that `console_audit_pass` holds, which
the retention writes and removes in its own transaction. None is ever changed.

The columns stay what they are, texts, so that code from before goes on beside this: until it ends it shows a
ciphertext where a number was, and what it writes is plain and is read as it is. The step back decrypts all.
"""

from typing import Any

from peewee import IntegerField, Model, TextField

# Not copied here, as other steps do: the texts must be what the code of every later release opens.
from bai_wx.record import data_keys, encryption

USERS = "tbl_auth_users"
PHONE, ID_NUMBER = "users_phone", "users_id_number"
WHOLE, END = "users_phone_index", "users_phone_end_index"
OPERATORS, TOTP = "console_operators", "totp_secret"
MASKED_FROM, END_DIGITS = 8, 4
"""A phone of fewer characters is not found by its last digits."""
CHUNK = 500  # rows that are in memory at a time


class DataKeyRow(Model):
    id = TextField(primary_key=True)
    is_current = IntegerField()
    created = TextField()

    class Meta:
        legacy_table_names = False
        table_name = "data_key"


class AuditPass(Model):
    before = TextField(primary_key=True)

    class Meta:
        legacy_table_names = False
        table_name = "console_audit_pass"


TABLES = [DataKeyRow, AuditPass]
AUDIT = "console_audit"
IS_OLD = "EXISTS (SELECT 1 FROM console_audit_pass WHERE before > OLD.created)"


def up(migrator: Any, db: Any) -> None:
    """Add tables and columns, encrypt what is there, and let old entries of the audit log go."""
    with db.bind_ctx(TABLES):
        db.create_tables(TABLES, safe=False)
    for statement in POSTGRES_LETS_GO if db.for_update else SQLITE_LETS_GO:
        db.execute_sql(statement)
    text = 'TEXT COLLATE "C"' if db.for_update else "TEXT"  # SQLite locks no rows
    for column in (WHOLE, END):
        db.execute_sql(f"ALTER TABLE {USERS} ADD COLUMN \"{column}\" {text} NOT NULL DEFAULT ''")
    migrator.migrate(*(migrator.add_index(USERS, (column,)) for column in (WHOLE, END)))
    _rewrite(db, USERS, (PHONE, ID_NUMBER), _sealed_numbers)
    _rewrite(db, OPERATORS, (TOTP,), _sealed_totp)


def down(migrator: Any, db: Any) -> None:
    """Decrypt everything, drop tables and columns, and keep every entry of the audit log."""
    _rewrite(db, USERS, (PHONE, ID_NUMBER), _revealed_numbers)
    _rewrite(db, OPERATORS, (TOTP,), _revealed_totp)
    migrator.migrate(*(migrator.drop_index(USERS, f"{USERS}_{column}") for column in (WHOLE, END)))
    for column in (WHOLE, END):
        db.execute_sql(f'ALTER TABLE {USERS} DROP COLUMN "{column}"')
    for statement in POSTGRES_KEEPS if db.for_update else SQLITE_KEEPS:
        db.execute_sql(statement)
    with db.bind_ctx(TABLES):
        db.drop_tables(TABLES, safe=False)


SQLITE_LETS_GO = (
    "DROP TRIGGER bai_keeps_audit_delete",
    f"CREATE TRIGGER bai_keeps_audit_delete BEFORE DELETE ON {AUDIT} WHEN NOT {IS_OLD} BEGIN"
    f" SELECT RAISE(ABORT, '{AUDIT} is append-only'); END",
)
SQLITE_KEEPS = (
    "DROP TRIGGER bai_keeps_audit_delete",
    f"CREATE TRIGGER bai_keeps_audit_delete BEFORE DELETE ON {AUDIT} BEGIN"
    f" SELECT RAISE(ABORT, '{AUDIT} is append-only'); END",
)
POSTGRES_LETS_GO = (
    f"DROP TRIGGER bai_keeps_audit ON {AUDIT}",
    f"CREATE TRIGGER bai_keeps_audit BEFORE UPDATE OR TRUNCATE ON {AUDIT}"
    " FOR EACH STATEMENT EXECUTE FUNCTION bai_refuse_change()",
    "CREATE FUNCTION bai_refuse_removal() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " IF TG_LEVEL = 'STATEMENT' THEN"
    " IF EXISTS (SELECT 1 FROM console_audit_pass) THEN RETURN NULL; END IF;"
    f" ELSIF {IS_OLD} THEN RETURN OLD; END IF;"
    " RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only'; END $$",
    f"CREATE TRIGGER bai_keeps_audit_delete BEFORE DELETE ON {AUDIT}"
    " FOR EACH STATEMENT EXECUTE FUNCTION bai_refuse_removal()",
    f"CREATE TRIGGER bai_keeps_audit_row BEFORE DELETE ON {AUDIT}"
    " FOR EACH ROW EXECUTE FUNCTION bai_refuse_removal()",
)
POSTGRES_KEEPS = (
    f"DROP TRIGGER bai_keeps_audit_row ON {AUDIT}",
    f"DROP TRIGGER bai_keeps_audit_delete ON {AUDIT}",
    "DROP FUNCTION bai_refuse_removal()",
    f"DROP TRIGGER bai_keeps_audit ON {AUDIT}",
    f"CREATE TRIGGER bai_keeps_audit BEFORE UPDATE OR DELETE OR TRUNCATE ON {AUDIT}"
    " FOR EACH STATEMENT EXECUTE FUNCTION bai_refuse_change()",
)


def _sealed_numbers(row_id: str, phone: str, id_number: str) -> dict[str, str]:
    key = data_keys.current()
    end = phone[-END_DIGITS:] if len(phone) >= MASKED_FROM else ""
    return {
        PHONE: encryption.seal(phone, USERS, PHONE, row_id, key),
        ID_NUMBER: encryption.seal(id_number, USERS, ID_NUMBER, row_id, key),
        WHOLE: encryption.digest(phone, USERS, WHOLE, key),
        END: encryption.digest(end, USERS, END, key),
    }


def _revealed_numbers(row_id: str, *held: str) -> dict[str, str]:
    numbers = zip((PHONE, ID_NUMBER), held, strict=True)
    return {column: encryption.reveal(text, USERS, column, row_id) for column, text in numbers}


def _sealed_totp(row_id: str, secret: str) -> dict[str, str]:
    return {TOTP: encryption.seal(secret, OPERATORS, TOTP, row_id)}


def _revealed_totp(row_id: str, secret: str) -> dict[str, str]:
    return {TOTP: encryption.reveal(secret, OPERATORS, TOTP, row_id)}


def _rewrite(db: Any, table: str, columns: tuple[str, ...], rewritten: Any) -> None:
    """Write the columns of each row that has one anew. A table may be larger than memory."""
    filled = " OR ".join(f"{column} != ''" for column in columns)
    mark = "%s" if db.for_update else "?"
    next_rows = (
        f"SELECT id, {', '.join(columns)} FROM {table} WHERE id > {mark} AND ({filled})"
        f" ORDER BY id LIMIT {CHUNK}"
    )
    last = ""
    while rows := db.execute_sql(next_rows, (last,)).fetchall():
        for row_id, *held in rows:
            changed = rewritten(row_id, *held)
            changes = ", ".join(f"{column} = {mark}" for column in changed)
            db.execute_sql(
                f"UPDATE {table} SET {changes} WHERE id = {mark}", (*changed.values(), row_id)
            )
        last = rows[-1][0]
