"""Templates are tables that can be filled in and read."""

from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from bai_wx.record.collections import COLLECTIONS
from bai_wx.transfer.sheets.layout import Layout
from bai_wx.transfer.sheets.opening import open_table
from bai_wx.transfer.sheets.table import Kind
from bai_wx.transfer.sheets.template import EXPLANATIONS, template


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("collection", sorted(COLLECTIONS))
def test_a_template_is_a_table_without_rows(
    kind: Kind, collection: str, made_layouts: dict[str, Layout], tmp_path: Path
) -> None:
    layout = made_layouts[collection]
    path = tmp_path / f"template.{kind}"
    path.write_bytes(template(layout, kind))
    table = open_table(path, layout)
    assert list(table.rows()) == []
    if kind is not Kind.JSONL:
        assert list(table.fields) == layout.for_template()


def test_the_template_of_excel_helps(products: Layout) -> None:
    book = openpyxl.load_workbook(BytesIO(template(products, Kind.XLSX)))
    sheet, explained = book.worksheets
    assert (sheet.title, explained.title) == ("产品", EXPLANATIONS)
    headings = [cell.value for cell in sheet[1]]
    assert headings[0] == "产品名称*"
    assert str(sheet["A2"].value).startswith("【示例】智能开关")
    lists = {each.formula1: str(each.sqref) for each in sheet.data_validations.dataValidation}
    column = sheet.cell(1, headings.index("销售状态") + 1).column_letter
    assert lists == {'"在售,已下架"': f"{column}2:{column}10001"}
    assert sheet.column_dimensions[column].width > 10
    rows = {row[1]: row for row in explained.iter_rows(min_row=2, values_only=True)}
    assert rows["prod_list_name"][2] == "是"
    assert rows["prod_list_basic_price"][3] == "基础价格，单位元；0 到 9999999.99，最多两位小数"
    assert rows["prod_list_status"][4] == "在售、已下架"
    book.close()


def test_a_collection_that_is_only_changed_begins_with_ids(made_layouts: dict[str, Layout]) -> None:
    assert made_layouts["tbl_auth_users"].for_template()[0] == "id"
