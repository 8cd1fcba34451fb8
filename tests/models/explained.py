"""How the database would run a statement, in words that both databases' plans can be read in."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from peewee import Database

from bai_wx.database.statement import Statement
from tests.databases import IS_POSTGRES

UNWANTED = ("enable_seqscan", "enable_sort", "enable_incremental_sort", "enable_bitmapscan")
"""What PostgreSQL prefers on small tables; forbidden, its plan shows whether an index would do."""

_CONSTANTS = {"one", "CONSTANT ROW"}
"""The row that relations are joined to in SQLite."""


@dataclass(frozen=True)
class Explained:
    """What a plan reads and how.

    `scanned`: tables that are read as a whole. `indexes`: the names of the indexes that are searched.
    `sorts`: rows are sorted afterwards. `from_index_alone`: an index answers without its table.
    """

    scanned: set[str]
    indexes: set[str]
    sorts: bool
    from_index_alone: bool


def explain(database: Database, statement: Statement, values: Mapping[str, Any]) -> Explained:
    """Ask the database for its plan."""
    sql, parameters = statement.prepare(values)
    return (_by_postgres if IS_POSTGRES else _by_sqlite)(database, sql, parameters)


def _by_sqlite(database: Database, sql: str, parameters: list[Any]) -> Explained:
    rows = database.execute_sql(f"EXPLAIN QUERY PLAN {sql}", parameters).fetchall()
    steps = [str(row[3]) for row in rows]
    text = "\n".join(steps)
    return Explained(
        scanned={step.split(" ", 1)[1] for step in steps if step.startswith("SCAN")} - _CONSTANTS,
        indexes=set(re.findall(r"SEARCH \w+ USING (?:COVERING )?INDEX (\w+)", text)),
        sorts="TEMP B-TREE" in text,
        from_index_alone="COVERING INDEX" in text,
    )


def _by_postgres(database: Database, sql: str, parameters: list[Any]) -> Explained:
    with database.atomic():
        for setting in UNWANTED:
            database.execute_sql(f"SET LOCAL {setting} = off")
        # As after a VACUUM: an index alone can tell which rows are there.
        database.execute_sql(
            "UPDATE pg_class SET relallvisible = 1000 WHERE starts_with(relname, 'tbl_')"
        )
        rows = database.execute_sql(f"EXPLAIN {sql}", parameters).fetchall()
        parts = database.execute_sql(
            "SELECT inhrelid::regclass::text, inhparent::regclass::text FROM pg_inherits"
        ).fetchall()
    wholes = dict(parts)
    # What a part's index is called, nobody chose.
    text = re.sub(
        r"\w+", lambda word: wholes.get(word[0], word[0]), "\n".join(row[0] for row in rows)
    )
    # An index that is walked from end to end has no condition in the line below it.
    walks = re.findall(r"Index (?:Only )?Scan(?: Backward)? using (\w+) on (\w+).*\n(.*)", text)
    return Explained(
        scanned={
            *re.findall(r"Seq Scan on (\w+)", text),
            *(table for _, table, below in walks if "Index Cond" not in below),
        },
        indexes={index for index, _, below in walks if "Index Cond" in below},
        sorts="Sort Key" in text,
        from_index_alone="Index Only Scan" in text and "Index Scan" not in text,
    )
