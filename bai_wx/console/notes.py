"""What operators note about a row. A note is never changed or removed; the next one corrects it."""

from dataclasses import dataclass
from typing import Final

from peewee import AutoField, Model, TextField

from bai_wx.console import audit
from bai_wx.console.acting import Acting
from bai_wx.console.roles import Permission
from bai_wx.database.connection import database
from bai_wx.errors import Forbidden
from bai_wx.record import clock
from bai_wx.record.base import Record

NOTED: Final = "note"
"""The action of the audit log."""
MAX_NOTE: Final = 1000  # characters


class NoteRow(Model):
    """One note."""

    seq = AutoField()
    created = TextField()
    collection = TextField()
    record_id = TextField()
    operator_id = TextField()
    operator_name = TextField()
    text = TextField()

    class Meta:
        database = database
        legacy_table_names = False
        table_name = "console_notes"
        indexes = ((("collection", "record_id", "seq"), False),)


@dataclass(frozen=True, slots=True)
class Note:
    """A note, who wrote it and when."""

    at: str
    by: str
    text: str


def add(row: Record, text: str, acting: Acting) -> None:
    """Note something about a row. The audit log keeps that it was done, and not the text.

    Raises: `Forbidden`, `ValueError` for a text that is empty or too long.
    """
    if not acting.may(Permission.EDIT):
        raise Forbidden(f"{acting.role} writes no notes")
    if not 0 < len(text) <= MAX_NOTE:
        raise ValueError(f"a note has 1 to {MAX_NOTE} characters")
    collection = row.collection()
    with database.atomic():
        made = NoteRow.create(
            created=clock.now(),
            collection=collection,
            record_id=row.id,
            operator_id=acting.operator_id,
            operator_name=acting.name,
            text=text,
        )
        audit.note(acting, NOTED, collection, row.id, {}, {"note": made.seq})


def of(row: Record) -> list[Note]:
    """The notes about a row, the oldest first."""
    about = (NoteRow.collection == row.collection()) & (NoteRow.record_id == row.id)
    found = NoteRow.select().where(about).order_by(NoteRow.seq)
    return [Note(each.created, each.operator_name, each.text) for each in found]
