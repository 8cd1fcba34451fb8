"""What the reader of workbooks takes from openpyxl below its public API is there, and as it is called.

It is pinned exactly. Whoever raises the version sees here what has moved.
"""

import inspect
from collections.abc import Callable

import pytest
from openpyxl.reader.excel import ExcelReader
from openpyxl.reader.workbook import WorkbookParser
from openpyxl.xml import DEFUSEDXML, LXML

PARTS: dict[Callable[..., object], list[str]] = {
    ExcelReader.read_manifest: ["self"],
    ExcelReader.read_workbook: ["self"],
    WorkbookParser.find_sheets: ["self"],
}
GIVEN = {
    "self",
    "fn",
    "read_only",
    "keep_vba",
    "data_only",
    "keep_links",
    "rich_text",
}


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.__qualname__)
def test_a_part_is_called_as_we_call_it(part: Callable[..., object]) -> None:
    assert list(inspect.signature(part).parameters) == PARTS[part]


def test_the_reader_is_made_of_what_we_give_it() -> None:
    assert set(inspect.signature(ExcelReader.__init__).parameters) == GIVEN


def test_no_entity_is_expanded() -> None:
    """openpyxl reads the small parts of a workbook by defusedxml, as it is there; lxml would come first."""
    assert (DEFUSEDXML, LXML) == (True, False)
