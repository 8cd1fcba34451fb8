"""What the reader of workbooks takes from openpyxl below its public API is there, and as it is called.

It is pinned exactly. Whoever raises the version sees here what has moved.
"""

import inspect
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl.reader.excel import ExcelReader
from openpyxl.reader.workbook import WorkbookParser

from tests.tree import ROOT

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


def test_no_entity_is_expanded(tmp_path: Path) -> None:
    """openpyxl reads the small parts of a workbook by defusedxml, even where something has installed lxml."""
    (tmp_path / "lxml").mkdir()
    (tmp_path / "lxml" / "__init__.py").touch()
    (tmp_path / "lxml" / "etree.py").write_text("LXML_VERSION = (6, 0, 0, 0)\n", "utf-8")
    asked = (
        "from bai_wx.transfer.sheets import excel_book\n"
        "from openpyxl import xml\n"
        "print(xml.DEFUSEDXML, xml.LXML)"
    )
    path = os.pathsep.join([str(tmp_path), str(ROOT)])
    done = subprocess.run(
        [sys.executable, "-c", asked],
        env={**os.environ, "PYTHONPATH": path, "OPENPYXL_DEFUSEDXML": "False"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["True", "False"]
