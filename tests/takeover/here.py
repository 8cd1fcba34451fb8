"""The take-over in this process, into the database that is connected."""

import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from bai_wx.contract import loader
from bai_wx.files.store import FileStore
from bai_wx.record.collections import COLLECTIONS
from bai_wx.transfer.pocketbase.copying import Copying
from bai_wx.transfer.pocketbase.mapping import SourceMapping
from bai_wx.transfer.pocketbase.pb_data import PbData
from bai_wx.transfer.pocketbase.report import Fate, Report
from bai_wx.transfer.pocketbase.takeover import Options, Progress, take_over
from bai_wx.transfer.row_check import RowCheck


@cache
def contract_check() -> RowCheck:
    """The contract's own check of rows."""
    return RowCheck(loader.load())


def bring(
    source: Path, store: FileStore, *, moves: bool = False, progress: Progress | None = None
) -> Report:
    """Take over."""
    options = {"progress": progress} if progress else {}
    with tempfile.TemporaryDirectory() as folder, PbData.open(source, Path(folder)) as data:
        copying = Copying(data, store, Path(folder), moves=moves)
        return take_over(
            data, SourceMapping.of(data), copying, Options(contract_check(), **options)
        )


def fates(report: Report, collection: str) -> dict[str, int]:
    """What became of a collection's rows, and of how many."""
    rows = report.collections[collection].rows
    return {fate.value: rows[fate] for fate in Fate if rows[fate]}


def rows(collection: str) -> list[dict[str, Any]]:
    """Every row of ours, in the order of lists."""
    model = COLLECTIONS[collection]
    return list(model.select().order_by(model.seq).dicts())


def contents() -> dict[str, list[dict[str, Any]]]:
    """Every row of every collection."""
    return {name: rows(name) for name in COLLECTIONS}
