"""Parts the tables of what belongs to owners by them, as several databases would part it.

    python -m tests.partitions ADDRESS

Each becomes PARTITION BY HASH of its owner, and every unique index contains the owner: what was unique among
all owners is so among one's own from then on. Rows, types, collations, defaults, sequences, triggers and the
names of all of them stay.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import psycopg

OWNERS: Final = {
    "tbl_cart": "cart_owner",
    "tbl_order": "order_owner",
    "idempotency_key": "owner",
    "spending": "owner",
}
"""The tables that grow with the shop, and whose their rows are."""
PARTS: Final = 4

_CONFORMANCE: Final = "tests/conformance/test_table.py::test_both_answer_the_same"
UNIQUE_AMONG_ALL: Final = {
    "tests/api/test_isolation.py::test_an_id_that_another_owner_chose_is_taken[cart]": (
        "a client chose the record id of a line: parted by owner, two owners may have the same"
    ),
    "tests/api/test_isolation.py::test_an_id_that_another_owner_chose_is_taken[order]": (
        "a client chose the record id of an order, as above"
    ),
    f"{_CONFORMANCE}[isolation: a line under another's id]": "as above: PocketBase has one table",
    f"{_CONFORMANCE}[unique errors: cart id taken]": "as above: the id is another owner's",
    f"{_CONFORMANCE}[unique errors: order id taken]": "as above: the id is another owner's",
}
"""The tests that demand ids unique among all owners, which no unique index of a parted table can give."""


@dataclass(frozen=True)
class Index:
    """An index as PostgreSQL tells it: the statement that makes it, and whether it is the primary key's."""

    name: str
    definition: str
    columns: tuple[str, ...]
    is_unique: bool
    is_primary: bool


def partition(address: str) -> None:
    """Part every table of `OWNERS` in a database that has them all, where they are not parted yet."""
    for table, owner in OWNERS.items():
        partition_table(address, table, owner)


def partition_table(address: str, table: str, column: str) -> None:
    """Part one table by the hash of a column, in one transaction, unless it is parted already."""
    with psycopg.connect(address) as connection:
        kind = connection.execute("SELECT relkind FROM pg_class WHERE oid = %s::regclass", (table,))
        if kind.fetchone() == ("p",):
            return
        indexes, triggers = _indexes(connection, table), _triggers(connection, table)
        for statement in (
            *_exchanging(table, column, _sequence(connection, table)),
            *(_with_column(index, table, column) for index in indexes),
            *(each for trigger in triggers for each in _on_parts_too(trigger, table)),
        ):
            connection.execute(statement)  # type: ignore[call-overload]  # names of ours


def _exchanging(table: str, column: str, sequence: str | None) -> Iterator[str]:
    """The statements that put a parted table with all rows in the place of the whole one."""
    yield f"ALTER TABLE {table} RENAME TO {table}_whole"
    yield (
        f"CREATE TABLE {table} (LIKE {table}_whole INCLUDING ALL EXCLUDING INDEXES)"
        f" PARTITION BY HASH ({column})"
    )
    for part in range(PARTS):
        yield (
            f"CREATE TABLE {table}_{part} PARTITION OF {table}"
            f" FOR VALUES WITH (MODULUS {PARTS}, REMAINDER {part})"
        )
    yield f"INSERT INTO {table} SELECT * FROM {table}_whole"
    if sequence is not None:
        yield f"ALTER SEQUENCE {sequence} OWNED BY {table}.seq"
    yield f"DROP TABLE {table}_whole"


def _sequence(connection: Any, table: str) -> str | None:
    found = connection.execute(
        "SELECT pg_get_serial_sequence(%s, attname) FROM pg_attribute"
        " WHERE attrelid = %s::regclass AND attname = 'seq'",
        (table, table),
    ).fetchone()
    return str(found[0]) if found else None


def _triggers(connection: Any, table: str) -> list[str]:
    """The statements that make its triggers."""
    found = connection.execute(
        "SELECT pg_get_triggerdef(oid) FROM pg_trigger"
        " WHERE tgrelid = %s::regclass AND NOT tgisinternal",
        (table,),
    )
    return [text for (text,) in found]


def _on_parts_too(trigger: str, table: str) -> Iterator[str]:
    """One for each statement fires for the table that the statement names: so each part has it too."""
    yield trigger
    if "FOR EACH STATEMENT" in trigger:
        for part in range(PARTS):
            yield re.sub(rf"\b{table} FOR EACH", f"{table}_{part} FOR EACH", trigger)


def _indexes(connection: Any, table: str) -> list[Index]:
    found = connection.execute(
        "SELECT c.relname, pg_get_indexdef(i.indexrelid), array(SELECT a.attname::text FROM pg_attribute a"
        " WHERE a.attrelid = i.indexrelid ORDER BY a.attnum), i.indisunique, i.indisprimary"
        " FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = %s::regclass"
        " ORDER BY c.relname",
        (table,),
    )
    return [
        Index(name, text, tuple(columns), unique, key) for name, text, columns, unique, key in found
    ]


def _with_column(index: Index, table: str, column: str) -> str:
    """The statement that makes it on the parted table; the column comes last where it is not there."""
    lacks = index.is_unique and column not in index.columns
    columns = (*index.columns, *([column] if lacks else ()))
    if index.is_primary:
        return f"ALTER TABLE {table} ADD CONSTRAINT {index.name} PRIMARY KEY ({', '.join(columns)})"
    if not lacks:
        return index.definition
    return re.sub(r"USING btree \(([^)]*)\)", rf"USING btree (\1, {column})", index.definition)


if __name__ == "__main__":
    partition(sys.argv[1])
