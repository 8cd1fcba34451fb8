"""Refused rows are written as they came, with their reasons, and can be sent again."""

from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from bai_wx.transfer.sheets.layout import REASONS, Layout
from bai_wx.transfer.sheets.opening import open_table
from bai_wx.transfer.sheets.table import Kind, Table, fault
from bai_wx.transfer.sheets.writing import write_refused, write_table
from tests.transfer.sheets.workbooks import number, row, text

CsvOf = Callable[..., Table]
BookOf = Callable[..., Table]

ROWS: dict[Kind, str] = {
    Kind.CSV: "产品名称*,基础价格（元）,条形码,错误原因\n=1+1,面议,'=2,旧的原因\na,-5,0012,\n",
    Kind.JSONL: '{"prod_list_name": "=1+1", "价钱": "面议"}\n'
    '{"prod_list_name": "a", "_errors": ["x"]}\n',
    Kind.XLSX: row(1, text("产品名称*"), text("基础价格（元）"), text("条形码"), text(REASONS))
    + row(2, text("=1+1"), text("面议"), text("=2"), text("旧的原因"))
    + row(3, text("a"), number(-5), number(12, 3)),
}


@pytest.mark.parametrize("kind", Kind)
def test_refused_rows_can_be_mended_and_sent_again(
    kind: Kind, csv_of: CsvOf, book_of: BookOf, products: Layout, tmp_path: Path
) -> None:
    table = book_of(ROWS[kind]) if kind is Kind.XLSX else csv_of(ROWS[kind], name=f"rows.{kind}")
    found = list(table.rows())
    written = BytesIO()
    write_refused(written, table, ((each.raw, ["金额有误", "重名"]) for each in found))
    path = tmp_path / f"refused.{kind}"
    path.write_bytes(written.getvalue())
    again = open_table(path, products)
    assert list(again.fields) == list(table.fields)
    assert [(each.cells, each.faults) for each in again.rows()] == [
        (each.cells, each.faults) for each in found
    ]


def test_the_reasons_stand_behind_the_row(csv_of: CsvOf) -> None:
    table, written = csv_of(ROWS[Kind.CSV]), BytesIO()
    write_refused(written, table, ((each.raw, ["金额有误", "重名"]) for each in table.rows()))
    assert written.getvalue().decode("utf-8-sig").splitlines() == [
        "产品名称*,基础价格（元）,条形码,错误原因",
        "'=1+1,面议,'=2,金额有误；重名",
        "a,-5,0012,金额有误；重名",
    ]


def test_a_refused_formula_is_a_text(book_of: BookOf, tmp_path: Path) -> None:
    table, path = book_of(ROWS[Kind.XLSX]), tmp_path / "refused.xlsx"
    with path.open("wb") as file:
        write_refused(file, table, ((each.raw, ["x"]) for each in table.rows()))
    book = openpyxl.load_workbook(path)
    assert [cell.data_type for cell in book.worksheets[0][2]] == ["s"] * 4
    book.close()


def test_a_fault_of_a_field_names_its_cell(csv_of: CsvOf) -> None:
    table = csv_of(ROWS[Kind.CSV])
    found = fault(table, 2, "prod_list_basic_price", "请填写金额", "Must be yuan.")
    assert found.in_chinese == "第 2 行 B 列（基础价格）：请填写金额"
    assert str(found) == "B2 (prod_list_basic_price): Must be yuan."


@pytest.mark.parametrize("kind", Kind)
def test_nothing_is_left_behind_where_rows_break_off(
    kind: Kind, products: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def broken() -> Iterator[Mapping[str, Any]]:
        yield {"prod_list_name": "a"}
        raise ConnectionError

    with pytest.raises(ConnectionError):
        write_table(BytesIO(), kind, products, broken(), ["prod_list_name"])
    assert list(tmp_path.iterdir()) == []
