"""Functions by which filters on PostgreSQL answer as on SQLite; SQLite itself needs none.

Their texts stand in `filter_functions` and `moment_functions`. Both are named without a number, so the
runner takes neither for a migration.
"""

from typing import Any

from peewee import Database

from models.migrations.filter_functions import DISTANCE, JSON, PATTERNS, VALUES
from models.migrations.moment_functions import MOMENTS

MADE = (*VALUES, *JSON, *PATTERNS, *DISTANCE, *MOMENTS)

DROPPED = (
    "DROP FUNCTION bai_strftime, bai_digits, bai_new_year, bai_months_on, bai_shifted,"
    " bai_moment(bai_value), bai_raw, bai_time, bai_timed, bai_dated, bai_bare, bai_counted, bai_over",
    "DROP TYPE bai_moment",
    "DROP FUNCTION bai_distance, bai_arc, bai_pattern",
    "DROP FUNCTION bai_beside_number(json), bai_beside_number(text), bai_numeric(json),"
    " bai_value(json), bai_items, bai_json, bai_value(float8), bai_value(text),"
    " bai_text(numeric), bai_text(int8), bai_text(json), bai_text(float8), bai_numeric(text)",
    "DROP TYPE bai_value",
)


def up(migrator: Any, db: Database) -> None:
    """Create them."""
    _run(db, MADE)


def down(migrator: Any, db: Database) -> None:
    """Drop them."""
    _run(db, DROPPED)


def _run(db: Any, statements: tuple[str, ...]) -> None:
    if not db.for_update:  # SQLite, which locks no rows
        return
    for statement in statements:
        db.execute_sql(statement.replace("%", "%%"))  # which the driver looks for its parameters by
