"""PostgreSQL's `strftime` says what SQLite's says.

Covers: models/migrations/moment_functions.py
"""

import random
import sqlite3
from contextlib import closing

import pytest
from peewee import Database

from tests.databases import IS_POSTGRES

pytestmark = pytest.mark.skipif(not IS_POSTGRES, reason="SQLite has its own")

SEED, SIZE = 7, 1_500
FORMAT = "%Y-%m-%d %H:%M:%f %j %w %W %s %S %%"
SHIFTS = (
    *("+1 day", "-1 month", "+1.5 hours", "-90 minutes", "1 second", "+13 months", "-0.5 month"),
    *("+2.7 years", "-100 years", "+10:20", "-01:02:03.5", "start of day", "start of month"),
    *("start of year", "weekday 0", "weekday 3", "weekday 6", "utc", "localtime", "+1 DAY"),
)
UNKNOWN = (
    "nonsense",
    "",
    "+1 fortnight",
    "weekday 7",
    "start of week",
    "+5",
    "days",
    "+30000 years",
)
TIMES = (
    "",
    "",
    " 05:06",
    "T23:59:59",
    " 12:34:56.789",
    " 12:34:56.789Z",
    " 07:08+08:00",
    " 9",
    "x",
)
WORDS = (
    "",
    "x",
    "12:30",
    "25:00",
    "2024-13-01",
    "2024-1-1",
    "2460000.5",
    " 5 ",
    "-1",
    "1e6",
    "1e999",
)
NUMBERS = (0.0, 2460000.5, 5373484.0, 5373485.0, -1.0, 1_700_000_000.0, 1_700_000_000.5, 1e20)


def test_what_sqlite_says(database: Database) -> None:
    """Of moments as records hold them, of others that can be read, and of those that cannot.

    Not where SQLite's own versions differ: a day that its month lacks, a ten-thousandth of a second.
    """
    draw = random.Random(SEED)
    with closing(sqlite3.connect(":memory:")) as sqlite:
        asked = [_asked(draw) for _ in range(SIZE)]
        expected = [_said_by_sqlite(sqlite, *each) for each in asked]
    found = [_said_by_postgres(database, *each) for each in asked]
    assert [(each, a, b) for each, a, b in zip(asked, found, expected, strict=True) if a != b] == []
    assert SIZE / 3 < sum(text is not None for text in expected) < SIZE


def _asked(draw: random.Random) -> tuple[str | float, list[str]]:
    """A time and modifiers."""
    shifts = draw.choices(SHIFTS * 4 + UNKNOWN, k=draw.choice((0, 1, 1, 2, 3)))
    if draw.random() < 0.2:
        return draw.choice(NUMBERS), [draw.choice(("unixepoch", "auto", "julianday")), *shifts]
    if draw.random() < 0.2:
        return draw.choice(WORDS), shifts
    day = f"{draw.randint(1900, 2100)}-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}"
    return day + draw.choice(TIMES), shifts


def _said_by_sqlite(sqlite: sqlite3.Connection, time: str | float, shifts: list[str]) -> str | None:
    marks = ", ".join("?" for _ in (FORMAT, time, *shifts))
    row = sqlite.execute(f"SELECT strftime({marks})", (FORMAT, time, *shifts)).fetchone()
    return row[0]  # type: ignore[no-any-return]


def _said_by_postgres(database: Database, time: str | float, shifts: list[str]) -> str | None:
    kind = "text" if isinstance(time, str) else "float8"
    sql = f"SELECT bai_strftime(%s::text, bai_value(%s::{kind}), %s::text[])"
    row = database.execute_sql(sql, (FORMAT, time, shifts)).fetchone()  # type: ignore[no-untyped-call]
    return row[0]  # type: ignore[no-any-return]
