"""A workbook as openpyxl reads its parts. The large parts, cells and texts, are read piece by piece.

`openpyxl.load_workbook` would hold every text and style in memory, and cannot tell a formula without its result
from an empty cell. Pinned: `ExcelReader` and its `parser` are below its public API.
"""

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import IO, Any, Final
from xml.etree.ElementTree import iterparse

from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS, STYLES_TYPE

from bai_wx.transfer.sheets import archives
from bai_wx.transfer.sheets.archives import Limits
from bai_wx.transfer.sheets.bounded import BoundedReader, broken_xml_is_refused, open_xml
from bai_wx.transfer.sheets.excel_texts import SharedTexts
from bai_wx.transfer.sheets.table import refusal

LIMITS: Final = Limits(entries=10_000, unpacked=1024**3, ratio=200)
MAX_DIRECTORY: Final = 1024 * 1024
"""Bytes of each part that tells what the workbook consists of; these are held in memory."""
MAX_STYLES: Final = 70_000  # Excel has 65,490 cell formats at the most

_TAG: Final = f"{{{SHEET_MAIN_NS}}}"
_SHOWN_OTHERWISE: Final = re.compile(r"0{2,}|0(?:\.0+)?%")
"""Formats of numbers that text fields take as they are shown: `000000`, `0.0%`."""


class Book:
    """A workbook: its first visible sheet. A context manager, which closes the archive."""

    def __init__(self, path: Path) -> None:
        """Raises: `TableRefused` for what is no workbook, and for one that is damaged or too large."""
        self._opened = archives.opened(path, LIMITS)
        self._archive = self._opened.__enter__()
        self.texts = SharedTexts()
        try:
            with broken_xml_is_refused():
                self._read_parts()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the archive and the texts."""
        self.texts.close()
        self._archive.close()

    def _read_parts(self) -> None:
        self._check_directory()
        with _quiet_library():
            reader = _Parts(self._archive)
            reader.read_manifest()
            reader.read_workbook()
            sheets = list(self._sheets(reader))
        if not sheets:
            raise refusal("文件中没有工作表", "The file has no worksheet.")
        self.sheet, self.epoch = sheets[0], reader.wb.epoch
        self._styles_part = _part(reader.package.find(STYLES_TYPE))
        texts = _part(reader.package.find(SHARED_STRINGS))
        if texts in self._archive.namelist():
            with open_xml(self._archive, texts) as source:
                self.texts.read(source)
        self.sheet_bytes = self._archive.getinfo(self.sheet).file_size

    def _check_directory(self) -> None:
        """Check the size of the parts that are read as a whole."""
        for info in self._archive.infolist():
            is_directory = info.filename.endswith((".rels", "[Content_Types].xml", "workbook.xml"))
            if is_directory and info.file_size > MAX_DIRECTORY:
                raise refusal("文件结构过大", f"{info.filename} of the workbook is too large.")

    def _sheets(self, reader: "_Parts") -> Iterator[str]:
        """The worksheets, visible ones first."""
        found = [
            (sheet.state != "visible", relation.target)
            for sheet, relation in reader.parser.find_sheets()
            if relation.Type.endswith("/worksheet") and relation.target in self._archive.namelist()
        ]
        return (target for _, target in sorted(found, key=lambda each: each[0]))

    def open_sheet(self) -> IO[bytes]:
        """The XML of the sheet."""
        return open_xml(self._archive, self.sheet)

    @cached_property
    def styles(self) -> "Styles":
        """How cells are shown, by the number of their style."""
        if self._styles_part not in self._archive.namelist():
            return Styles([])
        with broken_xml_is_refused(), open_xml(self._archive, self._styles_part) as source:
            return _styles(source)


class Styles:
    """How cells are shown: which styles make a number a moment, and which show it otherwise."""

    def __init__(self, formats: list[str]) -> None:
        """`formats` are the number formats by style."""
        # `[h]:mm` is a span of time, which no field of a record is: its number is as good as its text.
        self.moments = {str(n) for n, code in enumerate(formats) if is_date_format(code)}
        self.shown = {
            str(n): code for n, code in enumerate(formats) if _SHOWN_OTHERWISE.fullmatch(code)
        }


class _Parts(ExcelReader):  # type: ignore[misc]  # openpyxl has no types
    """Reads what the workbook consists of, and none of its sheets."""

    def __init__(self, archive: Any) -> None:
        self.archive = archive
        self.valid_files = archive.namelist()
        self.read_only, self.keep_vba, self.data_only = True, False, True
        self.keep_links, self.rich_text = False, False


@contextmanager
def _quiet_library() -> Iterator[None]:
    """Let openpyxl pass over what it warns of, and turn what it stumbles over into a `ValueError`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        except (AttributeError, TypeError) as exc:
            raise ValueError(f"openpyxl cannot read the workbook: {exc}") from exc


def _part(found: Any) -> str:
    return "" if found is None else str(found.PartName).lstrip("/")


def _styles(source: IO[bytes]) -> Styles:
    """The styles of cells. openpyxl would make objects of every font and border too."""
    own: dict[int, str] = {}
    numbers: list[int] = []
    is_of_cells = False
    reader = BoundedReader(source)
    for event, element in iterparse(reader, ("start", "end")):  # noqa: S314  # bounded.py has refused a DTD
        if element.tag == f"{_TAG}cellXfs":
            is_of_cells = event == "start"
        elif event == "start":
            continue
        elif element.tag == f"{_TAG}numFmt":
            own[int(element.get("numFmtId", 0))] = element.get("formatCode", "")
        elif element.tag == f"{_TAG}xf" and is_of_cells:
            numbers.append(int(element.get("numFmtId", 0)))
            reader.next_piece()
        if len(numbers) > MAX_STYLES or len(own) > MAX_STYLES:
            raise refusal("文件格式过多", "The workbook has too many styles.")
        element.clear()
    return Styles([own.get(each) or BUILTIN_FORMATS.get(each, "General") for each in numbers])
