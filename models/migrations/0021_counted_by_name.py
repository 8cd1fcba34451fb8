"""Products: the trigger on PostgreSQL that counts their changes names the collection itself.

It took the name of the table that it fired on. A part of a partitioned table has another one, and so has a
table that an extension moves elsewhere: their changes would have been counted nowhere.
"""

from typing import Any

COUNTED = "tbl_product_list"
TRIGGER, FUNCTION = "bai_counts_change", "bai_count_change"


def up(migrator: Any, db: Any) -> None:
    """Give the trigger the name as its argument."""
    _exchange(db, "TG_ARGV[0]", f"'{COUNTED}'")


def down(migrator: Any, db: Any) -> None:
    """Take the name of the table again."""
    _exchange(db, "TG_TABLE_NAME", "")


def _exchange(db: Any, name: str, argument: str) -> None:
    if not db.for_update:  # SQLite, whose triggers name it
        return
    for statement in (
        f"DROP TRIGGER {TRIGGER} ON {COUNTED}",
        f"CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql"
        " SET search_path FROM CURRENT AS $$ BEGIN"
        f" UPDATE collection_version SET number = number + 1 WHERE collection = {name};"
        " RETURN NULL; END $$",
        f"CREATE TRIGGER {TRIGGER} AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {COUNTED}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION {FUNCTION}({argument})",
    ):
        db.execute_sql(statement)
