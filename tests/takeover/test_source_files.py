"""Sources that are no PocketBase's, or hostile: each is refused by name.

Covers: bai_wx/transfer/pocketbase/
"""

import sqlite3
import stat
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from bai_wx.transfer.pocketbase import source_files
from bai_wx.transfer.pocketbase.layout import PocketBaseRefused
from bai_wx.transfer.pocketbase.pb_data import PbData


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    """An empty folder."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


def entry(
    name: str, content: bytes = b"x", mode: int = 0o644, method: int = zipfile.ZIP_DEFLATED
) -> tuple[zipfile.ZipInfo, bytes]:
    """An entry of an archive, at a time that all have."""
    info = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
    info.external_attr = mode << 16
    info.compress_type = method
    return info, content


@pytest.mark.parametrize(
    ("entries", "problem"),
    [
        pytest.param([entry("readme.txt")], "has no data.db", id="no database"),
        pytest.param([entry("a/b/data.db")], "has no data.db", id="a database too deep"),
        pytest.param([entry("data.db"), entry("../x")], "leads out of it", id="a way up"),
        pytest.param([entry("data.db"), entry("a/../../x")], "leads out", id="a way up inside"),
        pytest.param([entry("data.db"), entry("/etc/x")], "leads out of it", id="an absolute path"),
        pytest.param([entry("data.db"), entry("a\\..\\x")], "leads out of it", id="backslashes"),
        pytest.param(
            [entry("data.db"), entry("storage", b"/etc", stat.S_IFLNK | 0o777)],
            "has a link in it",
            id="a link",
        ),
        pytest.param([entry("data.db", bytes(200_000))], "times its size", id="a bomb"),
        pytest.param([entry("data.db")] + [entry(str(n)) for n in range(9)], "entries", id="many"),
        pytest.param([entry("data.db"), entry("data.db")], "two entries", id="one name twice"),
        pytest.param([entry("data.db", method=zipfile.ZIP_LZMA)], "packs 'data.db'", id="LZMA"),
        pytest.param([entry("data.db", b"no database" * 9)], "cannot be read", id="no SQLite"),
    ],
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_hostile_archives_are_refused(
    entries: list[tuple[zipfile.ZipInfo, bytes]],
    problem: str,
    tmp_path: Path,
    scratch: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Before anything of them is unpacked, and nothing is written outside the scratch folder."""
    monkeypatch.setattr(source_files, "RATIO_FROM", 100_000)
    monkeypatch.setattr(source_files, "MAX_ENTRIES", 8)
    path = tmp_path / "backup.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for info, content in entries:
            archive.writestr(info, content)
    with pytest.raises(PocketBaseRefused, match=problem):
        PbData.open(path, scratch)
    assert {each.name for each in tmp_path.iterdir()} == {"backup.zip", "scratch"}


def test_what_is_no_pocketbase_is_refused(tmp_path: Path, scratch: Path) -> None:
    """An empty folder, a text, and the database of something else."""
    empty, text, other = tmp_path / "empty", tmp_path / "text.zip", tmp_path / "other"
    empty.mkdir()
    other.mkdir()
    text.write_text("no zip")
    with closing(sqlite3.connect(other / "data.db")) as connection:
        connection.execute("CREATE TABLE goods (id)")
        connection.commit()
    for path, problem in ((empty, "has no data.db"), (text, "is not a zip"), (other, "no table")):
        with pytest.raises(PocketBaseRefused, match=problem):
            PbData.open(path, scratch)


def test_a_broken_archive_is_refused(tmp_path: Path, scratch: Path) -> None:
    """Bytes of the packed database were altered."""
    path = tmp_path / "backup.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(*entry("data.db", bytes(range(256)) * 40))
    content = bytearray(path.read_bytes())
    content[60:100] = bytes(40)
    path.write_bytes(content)
    with pytest.raises(PocketBaseRefused, match=r"is broken at 'data\.db'"):
        PbData.open(path, scratch)
