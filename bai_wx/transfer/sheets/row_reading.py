"""Rows of cells as rows of a table."""

from collections.abc import Sequence
from typing import Any

from bai_wx.transfer.sheets.cell_kinds import RawCell
from bai_wx.transfer.sheets.cell_texts import TOO_LONG
from bai_wx.transfer.sheets.cell_values import BadCell, is_empty, reading, text_of_csv
from bai_wx.transfer.sheets.headings import Headings
from bai_wx.transfer.sheets.layout import Layout, column_letter
from bai_wx.transfer.sheets.table import CellFault, TableRow

EXAMPLE = "【示例】"
"""How the first cell of a template's example begins. Such a row is passed over."""


class RowReading:
    """Reads rows under their headings. `is_csv`: cells are texts that may have a guard."""

    def __init__(self, layout: Layout, headings: Headings, *, is_csv: bool) -> None:
        self._layout, self._headings, self._is_csv = layout, headings, is_csv
        self._readings = [
            reading(layout.columns[name]) if name else None for name in headings.fields
        ]

    def read(self, line: int, cells: Sequence[RawCell]) -> TableRow | None:
        """The row of these cells; None for an empty one and for an example."""
        if all(is_empty(each) for each in cells) or _is_example(cells):
            return None
        values: dict[str, Any] = {}
        empty: list[str] = []
        faults: list[CellFault] = []
        width = len(self._readings)
        for place, (name, read) in enumerate(
            zip(self._headings.fields, self._readings, strict=True)
        ):
            raw = cells[place] if place < len(cells) else None
            if read is None:
                self._check_nameless(line, place, raw, faults)
            elif is_empty(raw) or raw == TOO_LONG:
                empty.append(name)
            else:
                try:
                    sound = text_of_csv(raw) if self._is_csv and isinstance(raw, str) else raw
                    values[name] = read(sound)
                except BadCell as exc:
                    faults.append(self._fault(line, place, *exc.texts))
        beyond = next((at for at in range(width, len(cells)) if not is_empty(cells[at])), None)
        if beyond is not None:
            self._check_nameless(line, beyond, cells[beyond], faults)
        return TableRow(line, values, tuple(empty), tuple(faults), tuple(cells[:width]))

    def _check_nameless(self, line: int, place: int, raw: RawCell, faults: list[CellFault]) -> None:
        """Note a value in a column without a heading. A column that is passed over has one."""
        has_heading = place < len(self._headings.texts) and self._headings.texts[place]
        if not has_heading and not is_empty(raw):
            texts = "这一列没有表头，请填写表头或清空", "The column has no heading."
            faults.append(self._fault(line, place, *texts))

    def _fault(self, line: int, place: int, chinese: str, english: str) -> CellFault:
        name = self._headings.fields[place] if place < len(self._headings.fields) else ""
        title = self._layout.columns[name].title.chinese if name else ""
        return CellFault(line, column_letter(place), name, title, chinese, english)


def _is_example(cells: Sequence[RawCell]) -> bool:
    first = cells[0] if cells else None
    return isinstance(first, str) and first.lstrip().startswith(EXAMPLE)
