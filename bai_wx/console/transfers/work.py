"""One import as this process does it: load the table, and make of the report what is kept and shown."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from bai_wx.console.acting import Acting
from bai_wx.console.masking import masked
from bai_wx.console.transfers.imports import State
from bai_wx.console.transfers.operator import LoadingOperator
from bai_wx.console.transfers.uploads import Part, Upload
from bai_wx.files.store import FileStore
from bai_wx.transfer.loading.load import load_file
from bai_wx.transfer.loading.report import Options, Progress, Report
from bai_wx.transfer.sheets.layout import Layout
from bai_wx.transfer.sheets.table import CellFault, TableRefused

SHOWN_FAULTS: Final = 200
"""Faults that a page lists; the file of refused rows has all."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it: the state, rows by what became of them, what the page tells, the refused rows' file."""

    state: State
    counts: Mapping[str, int]
    report: Mapping[str, Any]
    refused: Path | None = None


def run(
    upload: Upload,
    layout: Layout,
    options: Options,
    acting: Acting,
    files: FileStore,
    progress: Progress,
) -> Outcome:
    """Check the upload (`options.dry_run`), or write it."""
    table = upload.files[Part.TABLE]
    refused = upload.folder / f"refused{table.suffix}"
    refused.unlink(missing_ok=True)
    asked = replace(options, pictures=upload.files.get(Part.PICTURES))
    try:
        report = load_file(
            table,
            layout,
            asked,
            LoadingOperator(acting),
            files,
            progress,
            refused,
            upload.names[Part.TABLE],
        )
    except TableRefused as problem:
        return Outcome(State.FAILED, {}, {"faults": [_fault(each) for each in problem.faults]})
    said = _said(report)
    if not (report.dry_run or report.is_written):
        return Outcome(State.FAILED, report.counts, said | {"problem": report.texts}, refused)
    state = State.CHECKED if report.dry_run else State.DONE
    return Outcome(state, report.counts, said, refused if report.refused else None)


def _said(report: Report) -> dict[str, Any]:
    shown = report.faults[:SHOWN_FAULTS]
    return {
        "seconds": round(report.seconds, 1),
        "pictures": report.pictures,
        "faults": [_fault(each) for each in shown],
        "more_faults": report.more_faults + len(report.faults) - len(shown),
        "changes": [
            {
                "line": each.line,
                "id": each.record_id,
                "before": masked(each.before),
                "after": masked(each.after),
            }
            for each in report.changes
        ],
    }


def _fault(fault: CellFault) -> dict[str, Any]:
    names = ("line", "column", "field", "title", "chinese", "english")
    return {name: getattr(fault, name) for name in names}
