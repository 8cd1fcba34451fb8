"""The texts of a workbook that cells share. They lie in a temporary file: there may be as many as cells."""

import os
import re
import tempfile
from array import array
from collections.abc import Iterator
from functools import lru_cache
from typing import IO, Any, Final
from xml.etree.ElementTree import Element, iterparse

from openpyxl.xml.constants import SHEET_MAIN_NS

from bai_wx.transfer.sheets.bounded import BoundedReader
from bai_wx.transfer.sheets.table import refusal

MAX_TEXTS: Final = 8_000_000
MAX_TEXT: Final = 4 * 32_768
"""Bytes. A cell of Excel holds 32,767 characters, and one text may stand in every cell of a row."""
REMEMBERED: Final = 4_096  # short texts; words such as a state stand in every row
SHORT: Final = 256  # bytes
_ESCAPED: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
TEXT_TAG: Final = f"{{{SHEET_MAIN_NS}}}t"
RUN_TAG: Final = f"{{{SHEET_MAIN_NS}}}r"
ITEM_TAG: Final = f"{{{SHEET_MAIN_NS}}}si"


class SharedTexts:
    """The shared texts by number. Close it after use."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  # as long as the workbook is open
        self._ends = array("Q", [0])
        self._short = lru_cache(maxsize=REMEMBERED)(self._text)

    def read(self, source: IO[bytes]) -> None:
        """Read the part of the workbook that holds them."""
        reader = BoundedReader(source)
        for item in _items(reader):
            data = text_in(item).encode("utf-8", "surrogatepass")
            if len(data) > MAX_TEXT:
                raise refusal(
                    "有一个单元格的内容过长", "A cell holds more than a cell of Excel can."
                )
            self._file.write(data)
            self._ends.append(self._ends[-1] + len(data))
            reader.next_piece()
            if len(self._ends) > MAX_TEXTS:
                raise refusal("文件过大", f"The file has more than {MAX_TEXTS} texts.")
        self._file.flush()

    def text(self, number: int) -> str:
        """The text of a number. Raises: `ValueError` where there is none."""
        if not 0 <= number < len(self._ends) - 1:
            raise ValueError(f"no shared text {number}")
        is_short = self._ends[number + 1] - self._ends[number] <= SHORT
        return self._short(number) if is_short else self._text(number)

    def _text(self, number: int) -> str:
        start, end = self._ends[number], self._ends[number + 1]
        return os.pread(self._file.fileno(), end - start, start).decode("utf-8", "surrogatepass")

    def close(self) -> None:
        """Remove the temporary file."""
        self._file.close()


def _items(reader: BoundedReader) -> Iterator[Element]:
    root: Any = None
    for event, element in iterparse(reader, ("start", "end")):  # noqa: S314  # bounded.py has refused a DTD
        if root is None:
            root = element
        elif event == "end" and element.tag == ITEM_TAG:
            yield element
            root.clear()


def text_in(item: Element) -> str:
    """The text of a shared or inline string; how a Japanese one is pronounced is left out."""
    if len(item) == 1 and item[0].tag == TEXT_TAG:  # nearly every one
        return unescaped(item[0].text or "")
    parts = item.findall(TEXT_TAG)
    parts += [each for run in item.findall(RUN_TAG) for each in run.findall(TEXT_TAG)]
    return unescaped("".join(part.text or "" for part in parts))


def unescaped(text: str) -> str:
    """The text with characters that XML cannot hold, which Excel writes as `_x000D_`."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text
