"""Products: an index for lists of one category, and a count of all changes, kept by triggers.

Whoever remembers an answer sees by the count whether it still holds.
"""

from typing import Any

from peewee import PostgresqlDatabase

COUNTED = "tbl_product_list"
EVENTS = ("INSERT", "UPDATE", "DELETE")
INDEX = "tbl_product_list_prod_list_status_is_delete_prod_list_ca_f0e0220"  # as Peewee shortens it
INDEXED = ("prod_list_status", "is_delete", "prod_list_category", "prod_list_sort", "seq")


def up(migrator: Any, db: Any) -> None:
    """Create the index, the table and what counts."""
    migrator.migrate(migrator.add_index(COUNTED, INDEXED))
    db.execute_sql(
        "CREATE TABLE collection_version"
        " (collection TEXT NOT NULL PRIMARY KEY, number BIGINT NOT NULL)"
    )
    db.execute_sql(f"INSERT INTO collection_version (collection, number) VALUES ('{COUNTED}', 1)")
    for statement in _on_postgres() if _is_postgres(db) else _on_sqlite():
        db.execute_sql(statement)


def down(migrator: Any, db: Any) -> None:
    """Drop them."""
    db.execute_sql(f'DROP INDEX "{INDEX}"')
    if _is_postgres(db):
        db.execute_sql(f"DROP TRIGGER bai_counts_change ON {COUNTED}")
        db.execute_sql("DROP FUNCTION bai_count_change()")
    else:
        for event in EVENTS:
            db.execute_sql(f"DROP TRIGGER bai_counts_{event.lower()}")
    db.execute_sql("DROP TABLE collection_version")


def _is_postgres(db: Any) -> bool:
    return isinstance(db, PostgresqlDatabase)


def _on_sqlite() -> list[str]:
    return [
        f"CREATE TRIGGER bai_counts_{event.lower()} AFTER {event} ON {COUNTED} BEGIN"
        f" UPDATE collection_version SET number = number + 1 WHERE collection = '{COUNTED}'; END"
        for event in EVENTS
    ]


def _on_postgres() -> list[str]:
    return [
        "CREATE FUNCTION bai_count_change() RETURNS trigger LANGUAGE plpgsql"
        " SET search_path FROM CURRENT AS $$ BEGIN"
        " UPDATE collection_version SET number = number + 1 WHERE collection = TG_TABLE_NAME;"
        " RETURN NULL; END $$",
        f"CREATE TRIGGER bai_counts_change AFTER {' OR '.join(EVENTS)} OR TRUNCATE ON {COUNTED}"
        " FOR EACH STATEMENT EXECUTE FUNCTION bai_count_change()",
    ]
