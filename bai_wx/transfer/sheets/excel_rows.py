"""The rows of a worksheet, read one after another."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from math import isfinite
from typing import IO, Final
from xml.etree.ElementTree import Element, iterparse

from openpyxl.utils.cell import column_index_from_string
from openpyxl.utils.datetime import from_excel, from_ISO8601
from openpyxl.xml.constants import SHEET_MAIN_NS

from bai_wx.transfer.sheets.bounded import BoundedReader
from bai_wx.transfer.sheets.cell_kinds import ErrorValue, Formatted, NoResult, RawCell
from bai_wx.transfer.sheets.excel_book import Book
from bai_wx.transfer.sheets.excel_texts import text_in, unescaped
from bai_wx.transfer.sheets.headings import MAX_COLUMNS
from bai_wx.transfer.sheets.table import MAX_ROWS, refusal

_TAG: Final = f"{{{SHEET_MAIN_NS}}}"
ROW, DATA, CELL = f"{_TAG}row", f"{_TAG}sheetData", f"{_TAG}c"
VALUE, FORMULA, INLINE = f"{_TAG}v", f"{_TAG}f", f"{_TAG}is"
_MERGED: Final = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]+)(\d+):[A-Z]+(\d+)"')
_CHUNK: Final = 1024 * 1024
_OVERLAP: Final = 256  # bytes; longer than an element of a merged range
MAX_MERGED: Final = 100_000


class SheetRows:
    """The rows of a book's sheet. `reader.total` is how many bytes of its XML were read."""

    def __init__(self, book: Book, source: IO[bytes]) -> None:
        self._book = book
        self._columns: dict[str, int] = {}
        self.reader = BoundedReader(source)

    def __iter__(self) -> Iterator[tuple[int, list[RawCell]]]:
        """Each row's number, from 1, and its cells. Raises: what `broken_xml_is_refused` turns."""
        number = 0
        for _, element in iterparse(self.reader):  # noqa: S314  # bounded.py has refused a DTD
            if element.tag == ROW:
                number = int(element.get("r") or number + 1)
                if number > MAX_ROWS + 1:
                    raise refusal(
                        f"最多 {MAX_ROWS} 行", f"A sheet has {MAX_ROWS} rows at the most."
                    )
                cells = self._cells(element)
                element.clear()
                self.reader.next_piece()
                yield number, cells
            elif element.tag == DATA:
                return

    def _cells(self, row: Element) -> list[RawCell]:
        cells: list[RawCell] = []
        for element in row:
            if element.tag != CELL:
                continue
            place = self._place(element.get("r"), len(cells))
            if place > MAX_COLUMNS:
                continue
            value = self._value(element)
            if place == len(cells):
                cells.append(value)
            elif value is not None:
                cells.extend([None] * (place + 1 - len(cells)))
                cells[place] = value
        return cells

    def _place(self, reference: str | None, otherwise: int) -> int:
        """The place of a cell in its row, from 0."""
        if reference is None:
            return otherwise
        letters = reference.rstrip("0123456789")
        place = self._columns.get(letters)
        if place is None:
            place = self._columns[letters] = column_index_from_string(letters) - 1
        return place

    def _value(self, cell: Element) -> RawCell:
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            inline = cell.find(INLINE)
            return None if inline is None else text_in(inline)
        text = cell.findtext(VALUE)
        if kind == "s" and text:
            return self._book.texts.text(int(text))
        if kind == "str" and text is not None:
            return unescaped(text)
        if not text:
            return NoResult() if cell.find(FORMULA) is not None else None
        if kind == "b":
            return text not in ("0", "false")
        if kind == "e":
            return ErrorValue(text)
        if kind == "d":
            return _moment(from_ISO8601(text))
        return self._number(text, cell.get("s", "0"))

    def _number(self, text: str, style: str) -> RawCell:
        number = int(text) if text.isdecimal() else float(text)
        if not isfinite(number):
            return ErrorValue(text)
        styles = self._book.styles
        if style in styles.moments:
            try:
                return _moment(from_excel(number, self._book.epoch))
            except (OverflowError, ValueError):
                return number
        code = styles.shown.get(style)
        return Formatted(number, code) if code is not None else number


def _moment(found: object) -> RawCell:
    """A moment as it is; a time of day or a span as a text."""
    if isinstance(found, datetime):
        return found
    return str(found) if isinstance(found, timedelta) or found is not None else None


class MergedRanges:
    """Ranges that are merged: the cells below the first of a range have its value.

    They stand behind the cells in the file, so they are looked for before.
    """

    def __init__(self, source: IO[bytes]) -> None:
        self._ranges: list[tuple[int, int, int]] = []
        tail = b""
        while chunk := source.read(_CHUNK):
            both = tail + chunk
            for letters, first, last in _MERGED.findall(both) if b"mergeCell" in both else ():
                place = column_index_from_string(letters.decode()) - 1
                self._ranges.append((int(first), int(last), place))
            tail = chunk[-_OVERLAP:]
            if len(self._ranges) > MAX_MERGED:
                raise refusal("合并的单元格过多", "The sheet has too many merged cells.")
        self._ranges = sorted(set(self._ranges), reverse=True)
        self._open: list[tuple[int, int, RawCell]] = []

    def fill(self, number: int, cells: list[RawCell]) -> None:
        """Fill the cells of a row, in place. Rows are given in their order."""
        if not self._ranges and not self._open:
            return
        self._open = [each for each in self._open if each[0] >= number]
        for _, place, value in self._open:
            _put(cells, place, value)
        while self._ranges and self._ranges[-1][0] <= number:
            first, last, place = self._ranges.pop()
            if first == number and last > number and place < len(cells):
                self._open.append((last, place, cells[place]))


def _put(cells: list[RawCell], place: int, value: RawCell) -> None:
    cells.extend([None] * (place + 1 - len(cells)))
    if cells[place] is None:
        cells[place] = value
