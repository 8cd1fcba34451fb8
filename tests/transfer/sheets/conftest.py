"""Tables of the shop's collections, in the three formats."""

from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from bai_wx.contract import loader
from bai_wx.transfer.sheets.layout import Layout, layouts
from bai_wx.transfer.sheets.opening import open_table
from bai_wx.transfer.sheets.table import Kind, Table
from bai_wx.transfer.sheets.writing import write_table
from tests.transfer.sheets.workbooks import workbook

WriteText = Callable[..., Table]
WriteBook = Callable[..., Table]
RoundTrip = Callable[[Kind, str, Sequence[dict[str, Any]]], list[dict[str, Any]]]


@pytest.fixture(scope="session")
def made_layouts() -> dict[str, Layout]:
    """The layouts of every collection."""
    return layouts(loader.load())


@pytest.fixture
def products(made_layouts: dict[str, Layout]) -> Layout:
    """The layout of the products."""
    return made_layouts["tbl_product_list"]


@pytest.fixture
def csv_of(tmp_path: Path, products: Layout) -> WriteText:
    """Opens a CSV file of products with this text."""

    def made(text: str, encoding: str = "utf-8", name: str = "rows.csv") -> Table:
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return open_table(path, products)

    return made


@pytest.fixture
def book_of(tmp_path: Path, products: Layout) -> WriteBook:
    """Opens a workbook of products whose first sheet has this XML inside `sheetData`."""

    def made(rows: str, layout: Layout = products, **said: str) -> Table:
        path = tmp_path / "rows.xlsx"
        path.write_bytes(workbook(rows, **said))
        return open_table(path, layout)

    return made


@pytest.fixture
def round_trip(tmp_path: Path, made_layouts: dict[str, Layout]) -> RoundTrip:
    """Writes rows of a collection and reads them again."""

    def made(kind: Kind, collection: str, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        layout, written = made_layouts[collection], BytesIO()
        write_table(written, kind, layout, rows, list(rows[0]))
        path = tmp_path / f"back.{kind}"
        path.write_bytes(written.getvalue())
        found = list(open_table(path, layout).rows())
        assert [row.faults for row in found if row.faults] == []
        return [dict(row.cells) for row in found]

    return made
