"""When the shop was last backed up, and where to.

They are rows, so that every replica sees them, and whoever watches the shop: `doctor`, the metrics, alerts.
"""

import logging
from datetime import datetime
from typing import Final

from peewee import BigIntegerField, Model, TextField, fn

from bai_wx.database.connection import PeeweeException, database

log = logging.getLogger("bai_wx.server")

MAX_PROBLEM: Final = 300  # characters


class BackupTarget(Model):
    """A place that backups go to. Moments are `""` for never."""

    address = TextField(primary_key=True)
    succeeded = TextField(default="")
    """The moment that the last good backup is of."""
    bytes = BigIntegerField(default=0)
    """Its size."""
    failed = TextField(default="")
    """When the last failure was, `""` where a good one came after it."""
    problem = TextField(default="")

    class Meta:
        database = database
        legacy_table_names = False
        table_name = "backup_target"


def note_success(address: str, moment: str, size: int) -> None:
    """Note a good backup."""
    _note(address, {"succeeded": moment, "bytes": size, "failed": "", "problem": ""})


def note_failure(address: str, moment: str, problem: str) -> None:
    """Note that there is none."""
    _note(address, {"failed": moment, "problem": problem[:MAX_PROBLEM]})


def _note(address: str, values: dict[str, str | int]) -> None:
    try:
        insert = BackupTarget.insert(address=address, **values)
        insert.on_conflict(conflict_target=[BackupTarget.address], update=values).execute()
    except PeeweeException as exc:  # before the table is there, or while nothing can be written
        log.warning("the outcome of the backup is not noted: %s", " ".join(str(exc).split()))


def last_success(address: str | None = None) -> float | None:
    """The Unix time of the last good backup, in this place or in any. None where there was none."""
    query = BackupTarget.select(fn.MAX(BackupTarget.succeeded))
    if address is not None:
        query = query.where(BackupTarget.address == address)
    moment = query.scalar()
    return datetime.fromisoformat(moment).timestamp() if moment else None


def last_failure() -> BackupTarget | None:
    """The place whose last backup failed, the latest of them."""
    query = BackupTarget.select().where(BackupTarget.failed != "")
    found: BackupTarget | None = query.order_by(BackupTarget.failed.desc()).first()
    return found
