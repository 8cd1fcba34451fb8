"""The cell that stands for a value in an exported table. Read again, it gives the same value."""

from datetime import datetime
from typing import Any, Final

import orjson

from bai_wx.record import fields
from bai_wx.transfer.sheets import moments
from bai_wx.transfer.sheets.cell_values import MAX_WHOLE
from bai_wx.transfer.sheets.layout import Column

YES, NO = "是", "否"
MAX_EXCEL_TEXT: Final = 32_767  # characters a cell of Excel holds, in UTF-16 units
EARLIEST: Final = datetime(1900, 3, 1)
"""Excel counts days from 1900, with a February 29th that was none."""
TOO_LONG: Final = "（内容过长，Excel 放不下，未导出；导入时保持不变）"
"""Stands for a text that no cell of Excel holds. Read again, it counts as an empty cell."""


def cell_of(column: Column, value: Any) -> str | int | float | datetime | None:
    """The cell of a contract's value; None for an unset one. Moments are in Beijing's time."""
    if value is None or value == "":
        is_text_in_json = value == "" and isinstance(column.field, fields.Json)
        return '""' if is_text_in_json else None
    match column.field:
        case fields.Json():
            return orjson.dumps(value).decode()
        case fields.Bool():
            return YES if value else NO
        case fields.Date():
            local = moments.local(value)
            return str(value) if local is None or local < EARLIEST else local
        case fields.Relations():
            return _ids(value)
        case fields.Select():
            return column.words.get(value, str(value))
    is_exact = isinstance(value, (int, float)) and abs(value) < MAX_WHOLE
    return value if is_exact else str(value)


def csv_moment(column: Column, moment: datetime, stored: str) -> str:
    """A moment in CSV. One that the server sets stays in UTC to the millisecond.

    Excel would read anything else as a date, and save it to the minute.
    """
    return stored if isinstance(column.field, fields.Autodate) else moments.written(moment)


def fits_excel(text: str) -> bool:
    """Whether a cell of Excel holds the text."""
    if len(text) * 2 <= MAX_EXCEL_TEXT:
        return True
    return len(text.encode("utf-16-le")) // 2 <= MAX_EXCEL_TEXT


def _ids(value: list[str]) -> str | None:
    if any("|" in each or each != each.strip() for each in value):
        return orjson.dumps(value).decode()
    return "|".join(value) or None
