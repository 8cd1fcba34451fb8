"""Workbooks as people bring them: what cells hold, and what is wrong in them.

Covers: bai_wx/transfer/sheets/excel_rows.py, bai_wx/transfer/sheets/excel_book.py
"""

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from bai_wx.transfer.sheets.layout import Layout
from bai_wx.transfer.sheets.opening import open_table
from bai_wx.transfer.sheets.table import Table
from tests.transfer.sheets.workbooks import number, packed, parts, row, text

BookOf = Callable[..., Table]

NAME, BARCODE, PRICE, SORT = (
    "prod_list_name",
    "prod_list_barcode",
    "prod_list_basic_price",
    "prod_list_sort",
)
HEADINGS = row(1, text("产品名称"), text("条形码"), text("基础价格"), text("排序值"))


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        pytest.param(number(6950000000019), "6950000000019", id="a bar code"),
        pytest.param(number("13800138000.0"), "13800138000", id="no point"),
        pytest.param(number("1.3800138E+10"), "13800138000", id="no exponent"),
        pytest.param(number(123, 3), "000123", id="zeros of the format"),
        pytest.param(number("0.15", 1), "15%", id="percent"),
        pytest.param(number("0.125", 2), "12.5%", id="percent with a decimal"),
        pytest.param(number("0.30000000000000004"), "0.3", id="15 digits"),
        pytest.param('<c t="b"><v>1</v></c>', "TRUE", id="a truth"),
        pytest.param(number("46000", 4), "2025-12-09", id="a day"),
        pytest.param(number("46000.5", 4), "2025-12-09 12:00", id="a moment"),
        pytest.param('<c t="str"><f>A1</f><v>x_x000D_y</v></c>', "x\ry", id="of a formula"),
        pytest.param("<c><f>1+1</f><v>2</v></c>", "2", id="a number of a formula"),
        pytest.param(
            '<c t="inlineStr"><is><r><t>三</t></r><r><t>键</t></r><rPh><t>x</t></rPh></is></c>',
            "三键",
            id="formatted parts",
        ),
        pytest.param('<c t="s"><v>0</v></c>', "共享", id="a shared text"),
    ],
)
def test_a_text_field_takes_what_is_shown(cell: str, value: str, book_of: BookOf) -> None:
    table = book_of(HEADINGS + row(2, text("a"), cell), texts=["<t>共享</t>"])
    assert [each.cells[BARCODE] for each in table.rows()] == [value]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        pytest.param(number("19.900000000000002"), 19.9, id="15 digits"),
        pytest.param(number("20.0"), 20, id="whole"),
        pytest.param(number("0.15", 1), 0.15, id="percent"),
        pytest.param(text("¥1,280"), 1280, id="a text"),
        pytest.param(text("面议"), "面议", id="no number stays a text"),
        pytest.param('<c t="b"><v>1</v></c>', "TRUE", id="a truth stays a text"),
    ],
)
def test_a_price_is_a_number(cell: str, value: object, book_of: BookOf) -> None:
    [found] = book_of(HEADINGS + row(2, text("a"), "", cell)).rows()
    assert found.cells[PRICE] == value


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        pytest.param("<c><f>NOW()</f></c>", "no result", id="a formula without its result"),
        pytest.param('<c t="e"><v>#N/A</v></c>', "#N/A", id="an error"),
        pytest.param(number("1e999"), "error", id="no number that is finite"),
        pytest.param(number("6950000000019123000"), "cut", id="digits that are lost"),
    ],
)
def test_a_lost_value_is_a_fault_of_its_cell(cell: str, said: str, book_of: BookOf) -> None:
    [found] = book_of(HEADINGS + row(7, text("a"), cell)).rows()
    [fault] = found.faults
    assert said in fault.english
    assert fault.in_chinese.startswith("第 7 行 B 列（条形码）：")


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        pytest.param(number("46000.354166666666", 4), "2025-12-09 00:30:00.000Z", id="a moment"),
        pytest.param(
            '<c t="d"><v>2025-12-09T08:30:00</v></c>', "2025-12-09 00:30:00.000Z", id="in ISO 8601"
        ),
        pytest.param(text("2025/12/9 8:30"), "2025-12-09 00:30:00.000Z", id="a text"),
        pytest.param(number("46000"), "46000", id="a number that is no date stays a text"),
    ],
)
def test_a_moment_is_of_beijing(
    cell: str, moment: str, book_of: BookOf, made_layouts: dict[str, Layout]
) -> None:
    rows = row(1, text("标题"), text("生效日期")) + row(2, text("a"), cell)
    [found] = book_of(rows, made_layouts["tbl_document"]).rows()
    assert found.cells["document_effect_date"] == moment


def test_a_merged_cell_is_of_each_of_its_rows(book_of: BookOf) -> None:
    rows = HEADINGS + "".join(row(n, text(f"n{n}"), *_first(n, text("x"))) for n in range(2, 6))
    after = '<mergeCells count="2"><mergeCell ref="B2:C4"/><mergeCell ref="A1:A1"/></mergeCells>'
    found = [(each.line, each.cells.get(BARCODE)) for each in book_of(rows, after=after).rows()]
    assert found == [(2, "x"), (3, "x"), (4, "x"), (5, None)]


def _first(line: int, cell: str) -> list[str]:
    return [cell] if line == 2 else []


def test_hidden_rows_are_rows_and_formatted_empty_ones_are_none(book_of: BookOf) -> None:
    hidden = row(2, text("a")).replace("<row", '<row hidden="1"')
    rows = HEADINGS + hidden + row(3, "<c/>", text("  "), "<c/>") + row(9, text("b"))
    assert [(each.line, each.cells) for each in book_of(rows).rows()] == [
        (2, {NAME: "a"}),
        (9, {NAME: "b"}),
    ]


def test_cells_and_rows_may_be_without_their_place(book_of: BookOf) -> None:
    rows = f"<row>{text('产品名称')}{text('排序值')}</row><row>{text('a')}{number(7)}</row>"
    assert [each.cells for each in book_of(rows).rows()] == [{NAME: "a", SORT: 7}]


def test_the_first_visible_sheet_is_read(tmp_path: Path, products: Layout) -> None:
    book = openpyxl.Workbook()
    hidden, shown = book.worksheets[0], book.create_sheet("产品")
    hidden.sheet_state = "hidden"
    hidden.append(["别的"])
    shown.append(["产品名称", "排序值"])
    shown.append(["a", 7])
    book.save(tmp_path / "rows.xlsx")
    [found] = open_table(tmp_path / "rows.xlsx", products).rows()
    assert found.cells == {NAME: "a", SORT: 7}


def test_days_may_be_counted_from_1904(tmp_path: Path, made_layouts: dict[str, Layout]) -> None:
    rows = row(1, text("标题"), text("生效日期")) + row(2, text("a"), number("44538.5", 4))
    said = parts(rows)
    said["xl/workbook.xml"] = said["xl/workbook.xml"].replace(
        "<sheets>", '<workbookPr date1904="1"/><sheets>'
    )
    path = tmp_path / "rows.xlsx"
    path.write_bytes(packed(said))
    [found] = open_table(path, made_layouts["tbl_document"]).rows()
    assert found.cells["document_effect_date"] == "2025-12-09 04:00:00.000Z"


def test_the_name_of_the_file_does_not_matter(tmp_path: Path, products: Layout) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(packed(parts(HEADINGS + row(2, text("a")))))
    assert [each.cells for each in open_table(path, products).rows()] == [{NAME: "a"}]
