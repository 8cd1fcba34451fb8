"""A CSV file as a table, whatever its encoding and delimiter."""

import codecs
import csv
from collections.abc import Iterator
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path
from typing import Any, Final

from bai_wx.transfer.sheets import headings
from bai_wx.transfer.sheets.cell_values import is_empty
from bai_wx.transfer.sheets.headings import NumberedCells
from bai_wx.transfer.sheets.layout import Layout
from bai_wx.transfer.sheets.row_reading import RowReading
from bai_wx.transfer.sheets.table import MAX_ROWS, Kind, TableRefused, TableRow, refusal

MAX_LINE: Final = 16 * 1024 * 1024  # characters; also of a cell
DELIMITERS: Final = (",", ";", "\t")
_CHUNK: Final = 1024 * 1024
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def encoding_of(path: Path) -> str:
    """The encoding of a text file: UTF-8, UTF-16 with a byte order mark, or GB18030, which includes GBK.

    Raises: `TableRefused` for a file that is none of these.
    """
    with path.open("rb") as file:
        start = file.read(4)
    for mark, name in _BOMS:
        if start.startswith(mark):
            return name
    for name in ("utf-8", "gb18030"):
        if _decodes(path, name):
            return name
    raise refusal(
        "无法识别文件的编码，请另存为 UTF-8 格式的 CSV 或 .xlsx",
        "The file is neither UTF-8 nor GB18030; save it as UTF-8 or as .xlsx.",
    )


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


class TextFile:
    """The lines of a text file, and how much of it was read."""

    def __init__(self, path: Path, encoding: str) -> None:
        self._path, self._encoding = path, encoding
        self._size = max(path.stat().st_size, 1)
        self._file: Any = None
        self._is_read = False

    def lines(self) -> Iterator[str]:
        """The lines with their ends. Raises: `TableRefused`."""
        self._is_read = False
        with self._path.open("rb") as self._file:
            text = TextIOWrapper(self._file, self._encoding, newline="")
            try:
                while line := text.readline(MAX_LINE):
                    if len(line) == MAX_LINE:
                        raise refusal("有一行内容过大，无法读取", "A line of the file is too long.")
                    yield line
            except UnicodeDecodeError as exc:
                raise refusal("文件编码有误", f"The file is not {self._encoding}.") from exc
        self._is_read = True

    @property
    def read(self) -> float:
        """From 0 to 1."""
        if self._is_read:
            return 1.0
        if self._file is None or self._file.closed:
            return 0.0
        return min(1.0, float(self._file.tell()) / self._size)


class CsvTable:
    """See `Table`. The delimiter is the one by which most headings are known."""

    kind = Kind.CSV

    def __init__(self, path: Path, layout: Layout) -> None:
        self.layout = layout
        self.encoding = encoding_of(path)
        self._file = TextFile(path, self.encoding)
        starts = {each: self._start(each) for each in DELIMITERS}
        self._delimiter = max(DELIMITERS, key=lambda each: _most_known(layout, starts[each]))
        self._found = headings.find(layout, starts[self._delimiter])
        self.headings, self.fields = self._found.texts, self._found.fields

    def rows(self) -> Iterator[TableRow]:
        """See `Table.rows`."""
        reading = RowReading(self.layout, self._found, is_csv=True)
        for number, (line, cells) in enumerate(self._cells(self._delimiter)):
            if number > MAX_ROWS:
                raise refusal(f"最多 {MAX_ROWS} 行", f"A table has {MAX_ROWS} rows at the most.")
            if line > self._found.line:
                row = reading.read(line, cells)
                if row is not None:
                    yield row

    @property
    def read(self) -> float:
        """See `Table.read`."""
        return self._file.read

    def _start(self, delimiter: str) -> list[NumberedCells]:
        """The first rows that hold anything, as far as they can be read by this delimiter."""
        found: list[NumberedCells] = []
        with suppress(TableRefused):
            for row in self._cells(delimiter):
                if not all(map(is_empty, row[1])):
                    found.append(row)
                if len(found) == headings.SEARCHED:
                    break
        return found

    def _cells(self, delimiter: str) -> Iterator[tuple[int, list[str]]]:
        """The rows, each with the line it begins in. Raises: `TableRefused`."""
        csv.field_size_limit(MAX_LINE)
        table = csv.reader(self._file.lines(), delimiter=delimiter, strict=True)
        line = 1
        try:
            for cells in table:
                yield line, cells
                line = table.line_num + 1
        except csv.Error as exc:
            raise refusal(
                "从这一行起无法按 CSV 读取，请检查引号",
                f"From here the file is not CSV: {exc}.",
                line,
            ) from exc


def _most_known(layout: Layout, rows: list[NumberedCells]) -> int:
    return max((headings.known(layout, cells) for _, cells in rows), default=0)
