"""Pictures by their names, from a zip or a folder."""

import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from bai_wx.transfer.sheets.pictures import PictureRefused, Pictures
from bai_wx.transfer.sheets.table import TableRefused

FILES = ("开关/三键.JPG", "温控.png", "a/one.png", "b/one.png", "__MACOSX/._温控.png", ".DS_Store")


def zipped(path: Path, names: Sequence[str], encoding: str = "") -> Path:
    """A zip of files that hold their own names. With an `encoding` the names are in it, and nothing says so."""
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            written = name.encode(encoding).decode("cp437") if encoding else name
            info = zipfile.ZipInfo(written)
            archive.writestr(info, name.encode())
    if encoding:
        _say_nothing_of_utf8(path, names, encoding)
    return path


def _say_nothing_of_utf8(path: Path, names: Sequence[str], encoding: str) -> None:
    """Put the raw bytes of the names in the place of what Python wrote, and take the mark of UTF-8 away."""
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            info = zipfile.ZipInfo("x" * len(name.encode(encoding)))
            archive.writestr(info, name.encode())
    data = path.read_bytes()
    for name in names:
        raw = name.encode(encoding)
        data = data.replace(b"x" * len(raw), raw, 1)
        at = data.rindex(b"PK\x01\x02")
        data = data[:at] + data[at:].replace(b"x" * len(raw), raw, 1)
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("温控.png", "温控.png", id="its name"),
        pytest.param("三键.jpg", "开关/三键.JPG", id="another case, no folder"),
        pytest.param("开关/三键.JPG", "开关/三键.JPG", id="its path"),
        pytest.param("开关\\三键.jpg", "开关/三键.JPG", id="its path on Windows"),
        pytest.param(" 三键 ", "开关/三键.JPG", id="without a suffix"),
        pytest.param("a/one.png", "a/one.png", id="one of two"),
        pytest.param("四键.jpg", None, id="none"),
        pytest.param("../温控.png", None, id="no path outside"),
        pytest.param("", None, id="no name"),
    ],
)
def test_a_picture_is_found(name: str, content: str | None, tmp_path: Path) -> None:
    with Pictures.open(zipped(tmp_path / "a.zip", FILES)) as pictures:
        found = pictures.find(name)
        assert (found.decode() if found is not None else None) == content
        assert pictures.names == sorted(FILES[:4])


def test_a_picture_has_a_name_of_its_own_whatever_it_is_called(tmp_path: Path) -> None:
    with Pictures.open(zipped(tmp_path / "a.zip", FILES)) as pictures:
        assert pictures.own_name("三键") == pictures.own_name("开关/三键.jpg") == "三键.JPG"
        assert pictures.own_name("四键") == "四键"


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_names_that_say_no_encoding_are_read(encoding: str, tmp_path: Path) -> None:
    """As Windows in China and macOS write them."""
    path = zipped(tmp_path / "a.zip", ["温控.png"], encoding)
    with Pictures.open(path) as pictures:
        assert pictures.names == ["温控.png"]
        assert pictures.find("温控.png") == "温控.png".encode()


def test_a_folder_is_taken_too(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "三键.jpg").write_bytes(b"x")
    (tmp_path / "link.jpg").symlink_to("/etc/passwd")
    with Pictures.open(tmp_path) as pictures:
        assert pictures.names == ["a/三键.jpg"]
        assert pictures.find("三键.jpg") == b"x"


def test_a_name_of_two_pictures_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", FILES)
    with Pictures.open(path) as pictures, pytest.raises(PictureRefused, match=r"a/one\.png"):
        pictures.find("one.png")


def test_a_damaged_picture_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", ["one.png"])
    data = path.read_bytes()
    path.write_bytes(data.replace(b"one.pngone.png", b"one.pngone.pnx", 1))
    with Pictures.open(path) as pictures, pytest.raises(PictureRefused, match="damaged"):
        pictures.find("one.png")


def test_what_is_no_zip_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"GIF89a")
    with pytest.raises(TableRefused, match="no zip"):
        Pictures.open(tmp_path / "a.zip")
