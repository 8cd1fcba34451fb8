"""An empty table to fill in: headings, an example, and what each column takes."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any, Final

import orjson

from bai_wx.record import fields
from bai_wx.record.money import MAX_FEN, yuan_of
from bai_wx.transfer.sheets.cell_texts import NO, YES, cell_of
from bai_wx.transfer.sheets.excel_writing import MINUTES, WIDTH, ExcelFile
from bai_wx.transfer.sheets.json_lines import EXAMPLE_KEY
from bai_wx.transfer.sheets.layout import Column, Layout
from bai_wx.transfer.sheets.row_reading import EXAMPLE
from bai_wx.transfer.sheets.table import Kind
from bai_wx.transfer.sheets.writing import sheet_name, write_csv

EXPLAINED: Final = ("列", "字段名", "必填", "怎样填写", "可选的值")
EXPLANATIONS: Final = "填写说明"
ROWS: Final = 10_000
"""The rows for which Excel offers the words of a column."""
MAX_LIST: Final = 255  # characters of a list in a validation of Excel
REQUIRED: Final = "*"
TEXT_FORMAT: Final = "@"
IN_GENERAL: Final = (
    ("空着的单元格", "新建时取默认值，修改时保持不变"),
    (f"“{EXAMPLE}”开头的行", "是示例，导入时跳过，可以删除"),
    ("关联的图片或记录", "填记录 id、编号或唯一的名称；图片填压缩包中的文件名"),
    ("时间", "北京时间，例如 2026-11-23 08:15"),
)


def template(layout: Layout, kind: Kind) -> bytes:
    """The headings of a collection, with an example that is passed over when the table is read."""
    columns = [layout.columns[name] for name in layout.for_template()]
    made = BytesIO()
    if kind is Kind.JSONL:
        example = {each.name: layout.example.get(each.name, each.field.zero) for each in columns}
        made.write(orjson.dumps({EXAMPLE_KEY: True, **example}, option=orjson.OPT_APPEND_NEWLINE))
    elif kind is Kind.CSV:
        write_csv(
            made, [_heading(each) for each in columns], [list(map(str, _example(layout, columns)))]
        )
    else:
        _write_excel(made, layout, columns)
    return made.getvalue()


def _heading(column: Column) -> str:
    return column.heading + (REQUIRED if column.field.required else "")


def _example(layout: Layout, columns: Sequence[Column]) -> list[Any]:
    """The cells of the example; the first one says that it is one."""
    cells = [cell_of(each, layout.example.get(each.name)) for each in columns]
    shown = ["" if cell is None else cell for cell in cells]
    return [f"{EXAMPLE}{shown[0]}", *shown[1:]]


def _write_excel(made: BytesIO, layout: Layout, columns: Sequence[Column]) -> None:
    with ExcelFile(made, is_streamed=False) as excel:
        _fill(excel, layout, columns)
        _explain(excel, columns)


def _fill(excel: ExcelFile, layout: Layout, columns: Sequence[Column]) -> None:
    sheet = excel.sheet(sheet_name(layout), [_heading(each) for each in columns])
    for place, column in enumerate(columns):
        if shown := _format(column):
            sheet.set_column(place, place, WIDTH, excel.format(num_format=shown))
        if words := _words(column):
            source = {"validate": "list", "source": words, "error_title": column.heading}
            sheet.data_validation(1, place, ROWS, place, source)
    for place, cell in enumerate(_example(layout, columns)):
        excel.write(sheet, 1, place, cell, font_color="#808080", italic=True)


def _explain(excel: ExcelFile, columns: Sequence[Column]) -> None:
    sheet = excel.sheet(EXPLANATIONS, EXPLAINED)
    sheet.set_column(3, 3, WIDTH * 3)
    wrapped = {"text_wrap": True, "valign": "top"}
    for row, column in enumerate(columns, 1):
        is_required = "是" if column.field.required else ""
        taken = "、".join(_words(column))
        said = (column.heading, column.name, is_required, _explained(column), taken)
        for place, text in enumerate(said):
            excel.write(sheet, row, place, text, **wrapped)
    for row, said_of in enumerate(IN_GENERAL, len(columns) + 2):
        excel.write(sheet, row, 0, said_of[0], **wrapped)
        excel.write(sheet, row, 3, said_of[1], **wrapped)


def _format(column: Column) -> str:
    """The format of a column's cells. Texts stay texts: Excel would take a bar code for a number."""
    match column.field:
        case fields.Money():
            return "0.00"
        case fields.Date():
            return MINUTES
        case fields.Int() | fields.Bool():
            return ""
    return TEXT_FORMAT


def _words(column: Column) -> list[str]:
    """The words a column takes, where they are few."""
    match column.field:
        case fields.Bool():
            return [YES, NO]
        case fields.Select():
            words = [column.words.get(each, each) for each in column.field.values]
            return words if len(",".join(words)) <= MAX_LIST else []
    return []


def _explained(column: Column) -> str:
    """What the contract says of a field, and what a cell of its kind takes."""
    return "；".join(filter(None, (column.title.help, _taken(column))))


def _taken(column: Column) -> str:
    match column.field:
        case fields.Money():
            return f"0 到 {yuan_of(MAX_FEN)}，最多两位小数"
        case fields.Int():
            return "整数"
        case fields.Date():
            return "例如 2026-11-23 08:15"
        case fields.Json():
            return '写成 JSON，例如 ["甲", "乙"]'
        case fields.Relations():
            return "多个用 | 隔开"
        case fields.Select():
            return "从可选的值中选择"
        case fields.Text():
            return f"最多 {column.field.text_max} 个字符"
    return ""
