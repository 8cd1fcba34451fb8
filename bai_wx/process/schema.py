"""Bringing the database's schema to what the models say, by the steps in `models/migrations`."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from peewee import Database, DatabaseProxy, Model
from playhouse.migrations import Runner
from playhouse.schema_diff import diff_models

from bai_wx.database.versions import CollectionVersion
from bai_wx.process import column_types
from bai_wx.record.backups import BackupTarget
from bai_wx.record.collections import targets_first
from bai_wx.record.data_keys import DataKeyRow
from bai_wx.record.idempotency import IdempotencyKey
from bai_wx.record.login_codes import LoginCode
from bai_wx.record.old_secrets import JoinedUser, OldSecret
from bai_wx.record.own_write import OwnWrite
from bai_wx.record.spending import Spending
from models import migrations

MIGRATIONS: Final = Path(migrations.__file__).parent
HISTORY_TABLE: Final = "schema_migration"
MIGRATING: Final = 7_241_003
"""The number of PostgreSQL's advisory lock that one migration at a time holds."""


def tables(database: Database | DatabaseProxy) -> list[type[Model]]:
    """The models of this database's tables."""
    # A worker has none of the console, and nothing of the take-over.
    from bai_wx.process.console_tables import CONSOLE_TABLES
    from bai_wx.transfer.pocketbase.journal import TakenRow

    return [*tables_of_api(database), *CONSOLE_TABLES, TakenRow, BackupTarget]


def tables_of_api(database: Database | DatabaseProxy) -> list[type[Model]]:
    """The models of the tables that workers need."""
    engine: list[type[Model]] = [
        IdempotencyKey,
        CollectionVersion,
        OldSecret,
        JoinedUser,
        DataKeyRow,
        Spending,
    ]
    shared = [*targets_first(), *engine]
    return [*shared, LoginCode, OwnWrite] if database.for_update else shared


def migrate(database: Database | DatabaseProxy) -> list[str]:
    """Apply every migration that is pending, all or none. Returns: their names.

    Any number of processes may do this at once: one works, the others wait and find nothing to do.
    """
    if not pending(database):
        return []
    with database.atomic():  # takes SQLite's write lock before it looks at the history again
        if database.for_update:
            database.execute_sql("SELECT pg_advisory_xact_lock(%s)", (MIGRATING,))
        return list(_runner(database).up())


def revert(database: Database | DatabaseProxy) -> list[str]:
    """Take the last migration back, its data with it. Returns: its name."""
    with database.atomic():
        return list(_runner(database).down())


@dataclass(frozen=True)
class Standing:
    """How the migrations of a database stand to ours, by their names."""

    pending: list[str]
    """Ours that have not been applied."""
    newer: list[str]
    """Applied ones that we do not know: a later version's."""


def standing(database: Database | DatabaseProxy) -> Standing:
    """Compare the migrations that were applied with ours."""
    steps = _runner(database).status()
    return Standing(
        [step.name for step in steps if not step.applied],
        [step.name for step in steps if step.path is None],
    )


def pending(database: Database | DatabaseProxy) -> list[str]:
    """The names of the migrations that have not been applied."""
    return standing(database).pending


def known() -> list[str]:
    """The names of the migrations that this version has."""
    return sorted(path.stem for path in MIGRATIONS.glob("[0-9]*.py"))


def differences(database: Database | DatabaseProxy) -> str:
    """How the schema differs from the models, a line each; `""` when it does not.

    Tables, columns and indexes, and the columns' types as the migrations make them.
    """
    found = str(diff_models(database, tables(database)))
    types = column_types.differences(database, tables, migrate)
    return "\n".join(filter(None, [found, *types]))


def missing(database: Database | DatabaseProxy, models: Sequence[type[Model]] = ()) -> str:
    """Name a table or columns that the database should have and does not; `""` when all are there.

    `models` are by default those of the tables that workers need. Cheap enough for every start, unlike
    `differences`. More columns than we know are no fault: they are of a later version.
    """
    for model in models or tables_of_api(database):
        table = model._meta.table_name
        if not database.table_exists(table):
            return f"the table {table}"
        there = {column.name for column in database.get_columns(table)}
        lacking = sorted({each.column_name for each in model._meta.sorted_fields} - there)
        if lacking:
            return f"{', '.join(lacking)} of the table {table}"
    return ""


def _runner(database: Database | DatabaseProxy) -> Runner:
    return Runner(database, str(MIGRATIONS), table_name=HISTORY_TABLE)
