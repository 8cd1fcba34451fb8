"""A file as a table, whatever its format."""

from pathlib import Path
from typing import Final

from bai_wx.transfer.sheets.csv_table import CsvTable
from bai_wx.transfer.sheets.json_lines import JsonLinesTable
from bai_wx.transfer.sheets.layout import Layout
from bai_wx.transfer.sheets.table import Table, refusal

ZIP: Final = b"PK\x03\x04"
OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How `.xls` begins, and `.xlsx` with a password."""
JSON_SUFFIXES: Final = (".jsonl", ".ndjson", ".json")
_START: Final = 512  # bytes


def open_table(path: Path, layout: Layout) -> Table:
    """Open a file and read its headings. The content says which format it has, not the name alone.

    Raises: `TableRefused` for what is no table, and for headings that are unknown or stand twice.
    """
    with path.open("rb") as file:
        start = file.read(_START)
    if start.startswith(OLE):
        raise refusal(
            "这是旧版 .xls 或有密码的文件，请用 Excel 另存为不带密码的 .xlsx",
            "This is an old .xls or an encrypted workbook; save it as .xlsx without a password.",
        )
    if start.startswith(ZIP):
        return _excel(path, layout)
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not text:
        raise refusal("文件中没有内容", "The file is empty.")
    if text.startswith((b"<", b"%PDF")):
        raise refusal(
            "这是网页或文档，不是表格，请另存为 .xlsx",
            "This is a page or a document and no table; save it as .xlsx.",
        )
    if path.suffix.lower() in JSON_SUFFIXES or text.startswith(b"{"):
        return JsonLinesTable(path, layout)
    return CsvTable(path, layout)


def _excel(path: Path, layout: Layout) -> Table:
    # Imported here: openpyxl takes 20 MB and most of a second, and the console serves pages without it.
    from bai_wx.transfer.sheets.excel_table import ExcelTable

    return ExcelTable(path, layout)
