"""What a cell means: the contract's value of its field, as the strict check of values takes it.

What cannot be read as the field's kind stays a text, for that check to refuse. A `BadCell` is only what the
check could not see: digits that are lost already, a formula without its result.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any, Final

import orjson

from bai_wx.record import fields
from bai_wx.record.record_field import RecordField
from bai_wx.transfer.sheets import formula_guard, moments
from bai_wx.transfer.sheets.cell_kinds import ErrorValue, Formatted, NoResult, RawCell
from bai_wx.transfer.sheets.layout import Column

SIGNIFICANT: Final = 15  # digits that Excel keeps of a number
MAX_WHOLE: Final = 10**SIGNIFICANT
BETWEEN_IDS: Final = re.compile(r"[|\r\n]+")
_NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?", re.ASCII)
_AROUND_NUMBERS: Final = re.compile(r"^[¥￥]|[,\s]|元$")
_TRUTHS: Final[Mapping[str, bool]] = {
    **dict.fromkeys(("是", "有", "true", "yes", "y", "1", "√"), True),
    **dict.fromkeys(("否", "无", "false", "no", "n", "0", "×"), False),
}


class BadCell(Exception):
    """A cell whose value is lost. `texts` are Chinese and English."""

    def __init__(self, chinese: str, english: str) -> None:
        super().__init__(english)
        self.texts = chinese, english


Reading = Callable[[RawCell], Any]
"""The value of a cell that is not empty. Raises: `BadCell`."""


def reading(column: Column) -> Reading:
    """How cells of a column are read. The cell of a CSV file comes without its guard."""
    match column.field:
        case fields.Bool():
            return _truth
        case fields.Int() | fields.Money():
            return _number
        case fields.Date():
            return _moment
        case fields.Json():
            return _json
        case fields.Relations():
            return _ids
        case fields.Select():
            return partial(_word, {word: value for value, word in column.words.items()})
    return partial(_text, is_plain=_is_plain(column.field))


def _is_plain(field: RecordField) -> bool:
    """Whether blanks around the value mean nothing: in ids and file names."""
    return bool(field.target) or isinstance(field, (fields.RecordId, fields.File, fields.Joined))


def is_empty(raw: RawCell) -> bool:
    """Whether a cell holds nothing, or blanks alone."""
    return raw is None or (isinstance(raw, str) and not raw.strip())


def _sound(raw: RawCell) -> str | int | float | bool | datetime | Formatted:
    """The cell, if it has a value. Raises: `BadCell`."""
    if isinstance(raw, NoResult):
        raise BadCell(
            "公式没有计算结果，请用 Excel 打开并保存，或改填数值",
            "The formula has no result; open and save the file in Excel, or write the value.",
        )
    if isinstance(raw, ErrorValue):
        raise BadCell(f"单元格的值是错误 {raw.code}", f"The cell's value is the error {raw.code}.")
    if raw is None:
        raise BadCell("单元格是空的", "The cell is empty.")
    return raw


def _text(raw: RawCell, *, is_plain: bool) -> str:
    sound = _sound(raw)
    if not isinstance(sound, str):
        return _shown(sound)
    return sound.strip() if is_plain else sound


def text_of_csv(cell: str) -> str:
    """The text of a CSV cell without its guard. Raises: `BadCell` for a number that Excel has cut."""
    if formula_guard.is_damaged_number(cell):
        raise _cut_number(cell)
    return formula_guard.unguarded(cell)


def _shown(sound: int | float | bool | datetime | Formatted) -> str:
    """A cell that is no text, as a text field takes it: as the spreadsheet shows it."""
    if isinstance(sound, bool):
        return "TRUE" if sound else "FALSE"
    if isinstance(sound, datetime):
        is_day = not (sound.hour or sound.minute or sound.second or sound.microsecond)
        return sound.strftime("%Y-%m-%d") if is_day else moments.written(sound)
    if isinstance(sound, Formatted):
        return _formatted(sound)
    if abs(sound) >= MAX_WHOLE:
        raise _cut_number(f"{sound:.{SIGNIFICANT}g}")
    return f"{Decimal(f'{sound:.{SIGNIFICANT}g}'):f}"


def _formatted(sound: Formatted) -> str:
    plain = Decimal(f"{sound.number:.{SIGNIFICANT}g}")
    if sound.format.endswith("%"):
        return f"{(plain * 100).normalize():f}%"
    return f"{plain:f}".zfill(len(sound.format))


def _cut_number(shown: str) -> BadCell:
    return BadCell(
        f"{shown} 像是被 Excel 截断的长数字，请把单元格设为“文本”后重新填写",
        f"{shown} looks like a long number that Excel has cut; make the cell text and write it again.",
    )


def _number(raw: RawCell) -> Any:
    sound = _sound(raw)
    if isinstance(sound, str):
        plain = _AROUND_NUMBERS.sub("", unicodedata.normalize("NFKC", sound).strip())
        if not _NUMBER.fullmatch(plain):
            return sound
        return _whole_or_not(float(plain)) if "." in plain else int(plain)
    number = sound.number if isinstance(sound, Formatted) else sound
    if isinstance(number, (bool, datetime)):
        return _shown(number)
    return _whole_or_not(number)


def _whole_or_not(number: float) -> int | float:
    """The number as Excel shows it, to 15 digits: 19.900000000000002 is 19.9, 20.0 is 20."""
    shown = float(f"{number:.{SIGNIFICANT}g}")
    return int(shown) if shown.is_integer() else shown


def _truth(raw: RawCell) -> Any:
    sound = _sound(raw)
    if isinstance(sound, bool):
        return sound
    word = sound if isinstance(sound, str) else _shown(sound)
    return _TRUTHS.get(word.strip().casefold(), word)


def _moment(raw: RawCell) -> str:
    sound = _sound(raw)
    if isinstance(sound, datetime):
        return moments.of_local(sound)
    text = sound if isinstance(sound, str) else _shown(sound)
    return moments.stored(text) or text


def _word(values: Mapping[str, str], raw: RawCell) -> str:
    text = _text(raw, is_plain=True)
    return values.get(text, text)


def _json(raw: RawCell) -> Any:
    sound = _sound(raw)
    if isinstance(sound, bool):
        return sound
    if isinstance(sound, (int, float)):
        return _whole_or_not(sound)
    text = sound if isinstance(sound, str) else _shown(sound)
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as exc:
        raise BadCell(
            '请填写 JSON，例如 ["甲", "乙"]', 'Must be JSON text such as ["a", "b"].'
        ) from exc


def _ids(raw: RawCell) -> Any:
    text = _text(raw, is_plain=True)
    if text.startswith("["):
        return _json(text)
    return [part for part in (each.strip() for each in BETWEEN_IDS.split(text)) if part]
