"""A workbook of Excel as a table: its first visible sheet."""

import weakref
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

from bai_wx.transfer.sheets import headings
from bai_wx.transfer.sheets.bounded import broken_xml_is_refused
from bai_wx.transfer.sheets.cell_kinds import RawCell
from bai_wx.transfer.sheets.cell_values import is_empty
from bai_wx.transfer.sheets.excel_book import Book
from bai_wx.transfer.sheets.excel_rows import MergedRanges, SheetRows
from bai_wx.transfer.sheets.layout import Layout
from bai_wx.transfer.sheets.row_reading import RowReading
from bai_wx.transfer.sheets.table import Kind, TableRow

FULL: Final = 1.0


class ExcelTable:
    """See `Table`. Rows that a filter hides are rows; a merged cell's value is that of each row it spans."""

    kind = Kind.XLSX
    encoding = ""

    def __init__(self, path: Path, layout: Layout) -> None:
        self.layout = layout
        self._book = Book(path)
        weakref.finalize(self, self._book.close)
        self._rows: SheetRows | None = None
        self._is_read = False
        filled = (row for row in self._cells() if not all(map(is_empty, row[1])))
        self._found = headings.find(layout, list(islice(filled, headings.SEARCHED)))
        self.headings, self.fields = self._found.texts, self._found.fields

    def rows(self) -> Iterator[TableRow]:
        """See `Table.rows`."""
        self._is_read = False
        reading = RowReading(self.layout, self._found, is_csv=False)
        for line, cells in self._cells():
            if line > self._found.line:
                row = reading.read(line, cells)
                if row is not None:
                    yield row
        self._is_read = True

    @property
    def read(self) -> float:
        """See `Table.read`."""
        if self._is_read or self._rows is None:
            return FULL if self._is_read else 0.0
        return min(FULL, self._rows.reader.total / max(self._book.sheet_bytes, 1))

    def _cells(self) -> Iterator[tuple[int, list[RawCell]]]:
        with broken_xml_is_refused():
            with self._book.open_sheet() as source:
                merged = MergedRanges(source)
            with self._book.open_sheet() as source:
                self._rows = SheetRows(self._book, source)
                for number, cells in self._rows:
                    merged.fill(number, cells)
                    yield number, cells
