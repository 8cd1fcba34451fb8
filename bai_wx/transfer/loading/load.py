"""Load a table: every row is read and checked first, then all are written in short transactions."""

import hashlib
import time
from contextlib import ExitStack
from pathlib import Path

from bai_wx.files.store import FileStore
from bai_wx.record.base import Record
from bai_wx.record.collections import COLLECTIONS
from bai_wx.transfer.loading.checking import Checker
from bai_wx.transfer.loading.journal import Journal
from bai_wx.transfer.loading.picture_rows import PictureRows
from bai_wx.transfer.loading.plans import Spool
from bai_wx.transfer.loading.report import (
    READING,
    UNDOING,
    WRITING,
    Operator,
    Options,
    Progress,
    Report,
)
from bai_wx.transfer.loading.undoing import Undoing
from bai_wx.transfer.loading.writing import Stop, Writer
from bai_wx.transfer.sheets.layout import Layout
from bai_wx.transfer.sheets.opening import open_table
from bai_wx.transfer.sheets.pictures import Pictures
from bai_wx.transfer.sheets.table import Table
from bai_wx.transfer.sheets.writing import write_refused


def load_file(
    path: Path,
    layout: Layout,
    options: Options,
    operator: Operator,
    files: FileStore,
    progress: Progress,
    refused: Path | None = None,
    name: str = "",
) -> Report:
    """Load the table in a file into the collection of a layout.

    A row with the record id or the business id of a stored row changes that row, in the fields that it has a
    value for. Any other row is created. Where rows are refused, `refused` becomes a table of them in the same
    format, with a column of reasons that is passed over when it is loaded. `name` is what the audit log calls
    the file, by default its own name.

    Raises: `TableRefused` where the file cannot be read. Then nothing was written.
    """
    table = open_table(path, layout)
    return _Load(table, path, options, operator, files, progress, name or path.name).run(refused)


class _Load:
    """One table on its way."""

    def __init__(
        self,
        table: Table,
        path: Path,
        options: Options,
        operator: Operator,
        files: FileStore,
        progress: Progress,
        name: str,
    ) -> None:
        self._table, self._options, self._operator = table, options, operator
        self._files, self._progress, self._name = files, progress, name
        self._model: type[Record] = COLLECTIONS[table.layout.collection]
        self._report = Report(self._model.collection(), _sha256(path), options.dry_run)
        self._journal = Journal(self._report.sha256, self._report.collection)
        self._pictures: PictureRows | None = None

    def run(self, refused: Path | None) -> Report:
        began = time.monotonic()
        with ExitStack() as stack:
            if self._options.pictures is not None:
                pictures = stack.enter_context(Pictures.open(self._options.pictures))
                self._pictures = PictureRows(pictures, self._files)
            spool = stack.enter_context(Spool())
            checker = Checker(
                self._model,
                self._table,
                self._options,
                self._operator,
                self._pictures,
                self._report,
            )
            self._read(checker, spool)
            if self._options.dry_run:
                self._report.pictures = spool.pictures
            elif self._options.skip_bad or not self._report.refused:
                self._write(checker, spool)
            else:
                self._undo()  # what a killed run of the same table has left
            if not (self._options.dry_run or self._report.is_written):
                self._report.created = self._report.changed = 0
        if refused is not None and checker.reasons:
            self._write_refused(refused, checker)
        self._report.faults.sort(key=lambda each: each.line)
        self._report.seconds = round(time.monotonic() - began, 3)
        return self._report

    def _read(self, checker: Checker, spool: Spool) -> None:
        for plans in checker.plans(self._table.rows()):
            spool.add(plans)
            total = int(self._report.read / self._table.read) if self._table.read else 0
            self._progress(READING, self._report.read, max(total, self._report.read))

    def _write(self, checker: Checker, spool: Spool) -> None:
        report, name, journal = self._report, self._name, self._journal
        writer = Writer(
            self._model,
            checker,
            self._operator,
            self._pictures,
            report,
            None if self._options.skip_bad else journal,
            name,
        )
        try:
            writer.write(spool, lambda done: self._progress(WRITING, done, spool.rows))
        except Stop:
            self._undo()
            return
        journal.clear()
        report.is_written = True

    def _undo(self) -> None:
        undoing = Undoing(self._operator, self._files, self._report, self._name)
        undoing.undo(self._journal, lambda done: self._progress(UNDOING, done, 0))

    def _write_refused(self, path: Path, checker: Checker) -> None:
        reasons = checker.reasons
        rows = ((row.raw, reasons[row.line]) for row in self._table.rows() if row.line in reasons)
        with path.open("wb") as file:
            write_refused(file, self._table, rows)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
