"""Users and companies of the clients that run today: new columns, and users' types in their words.

A user is `注册用户` once its name and picture are set, `游客` before. A credit code may be that of several
companies. Whoever owns a company is searched by, and so is a credit code.
"""

import unicodedata
from typing import Any

from peewee import Database

USERS, COMPANIES = "tbl_auth_users", "tbl_company"
USER_TEXTS = (
    "users_level",
    "users_tag",
    "users_idtype",
    "users_id_number",
    "users_parent_id",
    "users_convers_id",
    "users_id_pic_a",
    "users_id_pic_b",
    "users_title_picture",
)
VERIFIED = "users_phone_verified"
COMPANY_TEXTS = (
    "company_nationality_code",
    "company_province_code",
    "company_city_code",
    "company_district",
    "company_district_code",
)
INDEXED = ("company_usci", "company_owner_openid")
UNIQUE_CODE = (
    'CREATE UNIQUE INDEX "tbl_company_usci_unique" ON "tbl_company" ("company_usci")'
    ' WHERE "is_delete" = 0 AND "company_usci" != \'\''
)
# Of companies with the same code the one that was there first keeps it.
CODE_ONCE = (
    "UPDATE tbl_company SET company_usci = '' WHERE is_delete = 0 AND company_usci != '' AND seq >"
    " (SELECT MIN(first.seq) FROM tbl_company AS first WHERE first.is_delete = 0"
    " AND first.company_usci = tbl_company.company_usci)"
)
STATES = (
    "UPDATE tbl_company SET company_status = ''"
    " WHERE company_status NOT IN ('active', 'inactive', '')"
)

PLACEHOLDER_NAME = "微信用户"
BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
CHUNK = 500  # ids a statement


def up(migrator: Any, db: Any) -> None:
    """Add the columns, sort the users into their types, and drop the rule that codes are unique."""
    text, whole = ('TEXT COLLATE "C"', "BIGINT") if _is_postgres(db) else ("TEXT", "INTEGER")
    for table, columns in ((USERS, USER_TEXTS), (COMPANIES, COMPANY_TEXTS)):
        for column in columns:
            _add(db, table, column, f"{text} NOT NULL DEFAULT ''")
    _add(db, USERS, VERIFIED, f"{whole} NOT NULL DEFAULT 0")
    db.execute_sql(f"UPDATE {USERS} SET users_idtype = 'WeChat', users_type = '游客'")
    _register(db)
    db.execute_sql('DROP INDEX "tbl_company_usci_unique"')
    migrator.migrate(*(migrator.add_index(COMPANIES, (column,)) for column in INDEXED))


def down(migrator: Any, db: Any) -> None:
    """Take it back. What the columns before cannot hold is emptied."""
    names = (f"{COMPANIES}_{column}" for column in INDEXED)
    migrator.migrate(*(migrator.drop_index(COMPANIES, name) for name in names))
    db.execute_sql(CODE_ONCE)
    db.execute_sql(STATES)
    db.execute_sql(UNIQUE_CODE)
    db.execute_sql(f"UPDATE {USERS} SET users_type = 'wechat' WHERE users_type != ''")
    for table, columns in ((USERS, (*USER_TEXTS, VERIFIED)), (COMPANIES, COMPANY_TEXTS)):
        for column in columns:
            db.execute_sql(f'ALTER TABLE "{table}" DROP COLUMN "{column}"')


def _add(db: Any, table: str, column: str, kind: str) -> None:
    db.execute_sql(f'ALTER TABLE "{table}" ADD COLUMN "{column}" {kind}')


def _is_postgres(db: Database) -> bool:
    return bool(db.for_update)  # SQLite locks no rows


def _register(db: Any) -> None:
    """Mark the users whose profile is complete. What blanks are, no database knows."""
    rows = db.execute_sql(f"SELECT seq, users_name, users_picture FROM {USERS}").fetchall()
    found = [seq for seq, name, picture in rows if _is_complete(name, picture)]
    for start in range(0, len(found), CHUNK):
        listed = ", ".join(map(str, found[start : start + CHUNK]))
        db.execute_sql(f"UPDATE {USERS} SET users_type = '注册用户' WHERE seq IN ({listed})")


def _is_complete(name: str, picture: str) -> bool:
    marks = (c for c in name if unicodedata.category(c)[0] not in "CZ" and c not in BLANK_LETTERS)
    return bool(picture.strip()) and "".join(marks) not in {"", PLACEHOLDER_NAME}
