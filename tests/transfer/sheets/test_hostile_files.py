"""Files that mean harm are refused before they cost much.

Covers: bai_wx/transfer/sheets/archives.py, bai_wx/transfer/sheets/bounded.py
"""

import resource
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from bai_wx.transfer.sheets import archives, excel_texts
from bai_wx.transfer.sheets.archives import Limits
from bai_wx.transfer.sheets.layout import Layout
from bai_wx.transfer.sheets.opening import open_table
from bai_wx.transfer.sheets.table import TableRefused
from tests.transfer.sheets.workbooks import MAIN, packed, parts, row, text

MB = 1024 * 1024
ROWS = row(1, text("产品名称")) + row(2, text("a"))
SHARED = '<c t="s"><v>0</v></c>'
LAUGHS = (
    "<!DOCTYPE x [<!ENTITY a 'ha'>"
    + "".join(f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(9))
    + "]>"
)
OUTSIDE = "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>"


def replaced(name: str, content: str | bytes) -> dict[str, str | bytes]:
    """The parts of a sound workbook with one in the place of another."""
    return {**parts(ROWS), name: content}


def sheet(rows: str, before: str = "") -> bytes:
    """A workbook of these rows."""
    return packed(parts(rows, before=before))


HOSTILE: dict[str, Callable[[], bytes]] = {
    "an entity that grows": lambda: sheet(row(1, text("&j;")), LAUGHS),
    "an entity from outside": lambda: sheet(row(1, text("&a;")), OUTSIDE),
    "an entity in the workbook's own part": lambda: packed(
        replaced("xl/workbook.xml", LAUGHS + parts(ROWS)["xl/workbook.xml"])
    ),
    "an entity among the texts": lambda: packed(
        replaced("xl/sharedStrings.xml", LAUGHS + parts(ROWS)["xl/sharedStrings.xml"])
    ),
    "much from little": lambda: packed(replaced("xl/media/image1.png", b"\0" * (20 * MB))),
    "a row without an end": lambda: sheet(
        row(1, text("产品名称")) + f"<row>{'<c/>' * (2 * MB)}</row>"
    ),
    "a text without an end": lambda: packed(
        replaced(
            "xl/sharedStrings.xml",
            f'<sst xmlns="{MAIN}"><si><t>{"a" * (6 * MB)}</t></si></sst>',
        )
    ),
    "a row beyond the last": lambda: sheet(ROWS + row(2_000_000, text("a"))),
    "styles without an end": lambda: packed(
        {
            **parts(row(1, text("产品名称")) + row(2, "<c><v>1</v></c>")),
            "xl/styles.xml": parts(ROWS)["xl/styles.xml"].replace(
                "<cellXfs>", f"<cellXfs>{'<xf/>' * 80_000}"
            ),
        }
    ),
    "a column beyond the last": lambda: sheet(
        row(1, text("产品名称")) + '<row><c r="ZZZZZZ2"><v>1</v></c></row>'
    ),
    "XML that is cut short": lambda: packed(
        replaced("xl/worksheets/sheet1.xml", parts(ROWS)["xl/worksheets/sheet1.xml"][:-40])
    ),
    "a text that is not there": lambda: sheet(row(1, '<c t="s"><v>7</v></c>')),
    "a number that is none": lambda: sheet(row(1, text("产品名称")) + row(2, "<c><v>x</v></c>")),
    "no sheet": lambda: packed(
        {k: v for k, v in parts(ROWS).items() if k != "xl/worksheets/sheet1.xml"}
    ),
    "a part that openpyxl stumbles over": lambda: packed(
        replaced(
            "[Content_Types].xml", parts(ROWS)["[Content_Types].xml"].replace("PartName", "Part")
        )
    ),
    "a sheet that openpyxl warns of": lambda: packed(
        replaced("xl/workbook.xml", parts(ROWS)["xl/workbook.xml"].replace('r:id="rId1"', ""))
    ),
    "no workbook": lambda: packed({"a.txt": "a"}),
    "a zip that is cut short": lambda: sheet(ROWS)[:-200],
    "an old or encrypted workbook": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    "a page": lambda: b"<html><table></table></html>",
    "nothing": lambda: b"",
    "bytes": lambda: bytes(range(256)) * 10,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused(name: str, tmp_path: Path, products: Layout) -> None:
    path = tmp_path / "rows.xlsx"
    path.write_bytes(HOSTILE[name]())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(TableRefused) as refused:
        list(open_table(path, products).rows())
    assert all(fault.chinese and fault.english for fault in refused.value.faults)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 256 * 1024  # KiB


def test_a_long_text_in_every_cell_costs_one_row(tmp_path: Path, products: Layout) -> None:
    rows = row(1, text("产品名称")) + f"<row>{SHARED * 100_000}</row>" * 3
    path = tmp_path / "rows.xlsx"
    path.write_bytes(packed(parts(rows, texts=[f"<t>{'a' * 130_000}</t>"])))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert [len(each.faults) for each in open_table(path, products).rows()] == [1, 1, 1]
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 256 * 1024  # KiB


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        pytest.param(Limits(entries=2, unpacked=MB, ratio=200), "2 entries", id="entries"),
        pytest.param(Limits(entries=9, unpacked=100, ratio=200), "unpacks", id="bytes"),
    ],
)
def test_an_archive_has_bounds(limits: Limits, said: str, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(packed({f"{n}.txt": "x" * 50 for n in range(3)}))
    with pytest.raises(TableRefused, match=said), archives.opened(path, limits):
        pass


def test_a_long_directory_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(packed({f"{n}.txt": "" for n in range(300)}))
    with (
        pytest.raises(TableRefused, match="2 entries"),
        archives.opened(path, Limits(2, MB, 200)),
    ):
        pass


def test_an_archive_with_a_password_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    data = bytearray(packed({"a.txt": "a"}))
    at = data.rindex(b"PK\x01\x02")
    data[at + 8] |= archives.ENCRYPTED
    path.write_bytes(bytes(data))
    with (
        pytest.raises(TableRefused, match="encrypted"),
        archives.opened(path, Limits(9, MB, 200)),
    ):
        pass


def test_an_entry_is_never_more_than_it_declares(tmp_path: Path) -> None:
    """The bounds rest on this: what a header declares is what is unpacked at the most."""
    path = tmp_path / "a.zip"
    data = bytearray(packed({"a.txt": "a" * 1000}))
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = (10).to_bytes(4, "little")
    path.write_bytes(bytes(data))
    with (
        zipfile.ZipFile(path) as archive,
        pytest.raises(zipfile.BadZipFile),
        archive.open("a.txt") as entry,
    ):
        entry.read()


def test_too_many_texts_are_refused(
    tmp_path: Path, products: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(excel_texts, "MAX_TEXTS", 3)
    path = tmp_path / "rows.xlsx"
    path.write_bytes(packed(parts(ROWS, texts=["<t>a</t>"] * 4)))
    with pytest.raises(TableRefused, match="3 texts"):
        open_table(path, products)
