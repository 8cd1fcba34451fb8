"""Taking back what a table has written, where all of it was to be written or nothing.

A row that somebody has changed since, or that another row points at, stays: it is no longer the table's alone.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

from bai_wx.database.connection import database, locked
from bai_wx.database.statement import Statement
from bai_wx.files.store import FileStore
from bai_wx.record import clock, row_values
from bai_wx.record.base import Record
from bai_wx.record.collections import COLLECTIONS
from bai_wx.record.fields import Relations
from bai_wx.record.upkeep import pointing_at
from bai_wx.transfer.loading.checking import differences
from bai_wx.transfer.loading.journal import Journal, Written
from bai_wx.transfer.loading.pace import Pace
from bai_wx.transfer.loading.report import AuditNote, Operator, Report

REASON: Final = "undo"
"""What the audit log says beside the name of the file."""


class Undoing:
    """Takes back the transactions of a journal, the last one first."""

    def __init__(self, operator: Operator, files: FileStore, report: Report, reason: str) -> None:
        self._operator, self._files, self._report = operator, files, report
        self._reason = f"{REASON}: {reason}"

    def undo(self, journal: Journal, progress: Callable[[int], None]) -> None:
        """Take back what the journal tells of. `progress` is told how many rows are done."""
        pace = Pace()
        for seq, collection, written in journal.newest_first():
            model = COLLECTIONS[collection]
            with database.atomic():
                removed = self._take_back(model, written)
                journal.drop(seq)
            for record_id in removed:
                self._files.remove(collection, record_id)
            pace.rest()
            progress(self._report.undone + self._report.kept)

    def _take_back(self, model: type[Record], written: Sequence[Written]) -> list[str]:
        """Take rows back. Returns: the record ids of removed rows that may have files."""
        named = model.id << [each.record_id for each in written]
        rows = {row.id: row for row in locked(model.select().where(named).order_by(model.seq))}
        made = [each for each in written if each.before is None]
        used = _pointed_at(model, [each.record_id for each in made])
        alone = [
            rows[each.record_id]
            for each in made
            if _is_untouched(rows.get(each.record_id), each) and each.record_id not in used
        ]
        changed = [each for each in written if each.before is not None]
        back = [each for each in changed if _is_untouched(rows.get(each.record_id), each)]
        self._remove(model, alone)
        self._restore(model, [(rows[each.record_id], each.before or {}) for each in back])
        self._report.undone += len(alone) + len(back)
        self._report.kept += len(written) - len(alone) - len(back)
        return [row.id for row in alone if any(f.is_file for f in row.record_fields().values())]

    def _remove(self, model: type[Record], rows: Sequence[Record]) -> None:
        if not rows:
            return
        model.delete().where(model.id << [row.id for row in rows]).execute()
        entries: list[AuditNote] = [(row.id, row_values.shown(row), {}) for row in rows]
        self._operator.note("delete", model, entries, self._reason)

    def _restore(self, model: type[Record], rows: Sequence[tuple[Record, dict[str, Any]]]) -> None:
        entries: list[AuditNote] = []
        for row, before in rows:
            shown = row_values.shown(row)
            row.__data__.update(before, updated=clock.after(row.updated))
            row.update_row(*before, "updated")
            entries.append((row.id, *differences(shown, row_values.shown(row))))
        if entries:
            self._operator.note("change", model, entries, self._reason)


def _is_untouched(row: Record | None, written: Written) -> bool:
    return row is not None and row.updated == written.updated


def _pointed_at(model: type[Record], record_ids: Sequence[str]) -> set[str]:
    """Those of some rows that rows of any collection point at."""
    found: set[str] = set()
    if not record_ids:
        return found
    for other, each in pointing_at(model):
        column: Any = getattr(other, each.name)
        if isinstance(each, Relations):
            there = other.select(column).where(column != each.zero)
        else:
            there = other.select(column).where(column << record_ids)
        for (held,) in Statement(there).rows({}):
            found.update(each.record_ids(held))
    return found & set(record_ids)
