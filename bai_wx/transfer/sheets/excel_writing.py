"""Workbooks of Excel that are written row by row: only one row is in memory.

XlsxWriter writes characters that XML cannot hold, and marks texts that look like formulas, as Excel does.
"""

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import IO, Any, Final, Self

from xlsxwriter import Workbook

from bai_wx.transfer.sheets import cell_texts, formula_guard
from bai_wx.transfer.sheets.cell_kinds import ErrorValue, Formatted, NoResult, RawCell
from bai_wx.transfer.sheets.table import MAX_ROWS, refusal

WIDTH: Final = 18  # characters
MINUTES, SECONDS, MILLISECONDS = (
    "yyyy-mm-dd hh:mm",
    "yyyy-mm-dd hh:mm:ss",
    "yyyy-mm-dd hh:mm:ss.000",
)


class ExcelFile:
    """A workbook that is written to a binary file which can seek."""

    def __init__(self, file: IO[bytes], *, is_streamed: bool = True) -> None:
        """`is_streamed`: rows are written in their order, and no more than one is kept."""
        self._folder = tempfile.TemporaryDirectory()
        options = {
            "constant_memory": is_streamed,
            "tmpdir": self._folder.name,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self.book = Workbook(file, options)
        self._formats: dict[str, Any] = {}

    def format(self, **said: Any) -> Any:
        """A format of cells; one of the same properties is made once."""
        if not said:
            return None
        key = repr(sorted(said.items()))
        if key not in self._formats:
            self._formats[key] = self.book.add_format(said)
        return self._formats[key]

    def sheet(self, name: str, headings: Sequence[str]) -> Any:
        """A sheet with headings that stay in sight."""
        made = self.book.add_worksheet(name)
        made.set_column(0, max(len(headings) - 1, 0), WIDTH)
        made.freeze_panes(1, 0)
        for place, heading in enumerate(headings):
            made.write_string(0, place, heading, self.format(bold=True, bg_color="#EAF1FB"))
        return made

    def write(self, sheet: Any, row: int, place: int, cell: RawCell, **said: Any) -> None:
        """Write one cell, whatever its kind. A text is never a formula, a link or a number."""
        if isinstance(cell, str):
            self._write_text(sheet, row, place, cell, said)
        elif isinstance(cell, bool):
            sheet.write_boolean(row, place, cell, self.format(**said))
        elif isinstance(cell, datetime):
            self._write_moment(sheet, row, place, cell, said)
        elif isinstance(cell, Formatted):
            shown = self.format(**said, num_format=cell.format)
            sheet.write_number(row, place, cell.number, shown)
        elif isinstance(cell, (int, float)):
            sheet.write_number(row, place, cell, self.format(**said))
        elif isinstance(cell, (ErrorValue, NoResult)):
            text = cell.code if isinstance(cell, ErrorValue) else ""
            self._write_text(sheet, row, place, text, said)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Write the file, unless there was an error. Remove what was put aside in either case."""
        try:
            if kind is None:
                self.book.close()
        finally:
            for sheet in self.book.worksheets():
                if sheet.row_data_fh is not None:
                    sheet.row_data_fh.close()
            self._folder.cleanup()

    def _write_text(
        self, sheet: Any, row: int, place: int, text: str, said: Mapping[str, Any]
    ) -> None:
        if not cell_texts.fits_excel(text):
            text = cell_texts.TOO_LONG
        if formula_guard.runs(text):
            said = {**said, "quote_prefix": True}
        shown = self.format(**said) if said else None
        if text.startswith("<r>") and text.endswith("</r>"):
            # XlsxWriter would take it for XML of its own.
            sheet.write_rich_string(
                row, place, text[:1], text[1:2], text[2:], *filter(None, (shown,))
            )
        else:
            sheet.write_string(row, place, text, shown)

    def _write_moment(
        self, sheet: Any, row: int, place: int, moment: datetime, said: Mapping[str, Any]
    ) -> None:
        if moment < cell_texts.EARLIEST:
            self._write_text(sheet, row, place, moment.isoformat(" "), said)
            return
        finer = MILLISECONDS if moment.microsecond else SECONDS
        finest = finer if moment.microsecond or moment.second else MINUTES
        sheet.write_datetime(row, place, moment, self.format(**said, num_format=finest))


def write_rows(
    file: IO[bytes], title: str, headings: Sequence[str], rows: Iterable[Sequence[RawCell]]
) -> None:
    """Write a workbook of one sheet. Raises: `TableRefused` for more rows than a sheet has."""
    with ExcelFile(file) as excel:
        sheet = excel.sheet(title, headings)
        for number, cells in enumerate(rows, 1):
            if number > MAX_ROWS:
                raise refusal(
                    f"Excel 最多 {MAX_ROWS} 行，请改用 CSV 或缩小范围",
                    f"Excel has {MAX_ROWS} rows at the most; take CSV or fewer rows.",
                )
            for place, cell in enumerate(cells):
                if cell is not None:
                    excel.write(sheet, number, place, cell)
