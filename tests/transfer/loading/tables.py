"""Tables for tests of loading: JSON Lines of a few rows, loaded for an operator of the console."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from bai_wx.console.acting import Acting
from bai_wx.console.roles import Role
from bai_wx.console.transfers.operator import LoadingOperator
from bai_wx.contract import loader
from bai_wx.files.store import FileStore
from bai_wx.record.base import Record
from bai_wx.transfer.loading.load import load_file
from bai_wx.transfer.loading.report import Options, Report
from bai_wx.transfer.sheets.layout import Layout, layouts
from models.products import Product

WANG = Acting("operator0000001", "小王", Role.EDITOR, "10.0.0.1")
Row = dict[str, Any]


@cache
def bundle() -> dict[str, Any]:
    """The contract."""
    return loader.load()


@cache
def all_layouts() -> Mapping[str, Layout]:
    """The layout of every collection."""
    return layouts(bundle())


def product(number: int, **values: Any) -> Row:
    """A row of a new product."""
    return {"prod_list_name": f"开关 {number}", "prod_list_basic_price": 19.99} | values


def written(folder: Path, rows: list[Row], name: str = "table.jsonl") -> Path:
    """The rows as a file."""
    path = folder / name
    path.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    return path


class Loader:
    """Loads rows in a folder of a test's own, and notes the progress."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files = FileStore.at(str(folder / "files"))
        self.told: list[tuple[str, int, int]] = []
        self.refused = folder / "refused.jsonl"

    def __call__(
        self,
        rows: list[Row],
        model: type[Record] = Product,
        acting: Acting = WANG,
        **options: Any,
    ) -> Report:
        """Load rows, with `Options` by name."""
        return self.load(written(self.folder, rows), model, acting, **options)

    def load(
        self, path: Path, model: type[Record] = Product, acting: Acting = WANG, **options: Any
    ) -> Report:
        """Load a file."""
        return load_file(
            path,
            all_layouts()[model.collection()],
            Options(**options),
            LoadingOperator(acting),
            self.files,
            lambda phase, done, total: self.told.append((phase, done, total)),
            self.refused,
        )
