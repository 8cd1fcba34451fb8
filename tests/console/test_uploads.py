"""Files that come in pieces: in order, each piece once, within their bounds, nobody else's.

Covers: bai_wx/console/transfers/uploads.py
"""

import hashlib

import pytest

from bai_wx.console.transfers import uploads
from bai_wx.console.transfers.uploads import Part, Refused, Uploads

ME, SOMEBODY = "operator0000001", "operator0000002"
ID = "0123456789abcdef"


@pytest.fixture
def kept() -> Uploads:
    return Uploads()


def test_pieces_make_a_file(kept: Uploads) -> None:
    assert kept.add(ID, ME, "table", "产品.CSV", 0, b"one ") == 4
    assert kept.add(ID, ME, "table", "产品.CSV", 4, b"two") == 7
    upload = kept.find(ID, ME)
    assert upload is not None
    assert upload.files[Part.TABLE].read_bytes() == b"one two"
    assert upload.names == {Part.TABLE: "产品.CSV"}
    assert upload.sha256 == hashlib.sha256(b"one two").hexdigest()
    assert upload.folder.stat().st_mode & 0o077 == 0


def test_a_piece_that_comes_again_counts_once(kept: Uploads) -> None:
    for _ in range(2):
        assert kept.add(ID, ME, "table", "a.csv", 0, b"one ") == 4
    with pytest.raises(Refused):
        kept.add(ID, ME, "table", "a.csv", 9, b"two")


REFUSED = {
    "an old workbook": (ID, "table", "产品.xls"),
    "a program": (ID, "table", "a.exe"),
    "no suffix": (ID, "table", "xlsx"),
    "pictures in no zip": (ID, "pictures", "a.rar"),
    "a part that is none": (ID, "../table", "a.csv"),
    "an id that is a path": ("../../etc/pass", "table", "a.csv"),
    "an id that is nothing": ("", "table", "a.csv"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused(kept: Uploads, name: str) -> None:
    upload_id, part, file_name = REFUSED[name]
    with pytest.raises(Refused) as caught:
        kept.add(upload_id, ME, part, file_name, 0, b"data")
    assert all(caught.value.texts)
    assert kept.find(upload_id, ME) is None


def test_the_name_of_a_file_leads_nowhere(kept: Uploads) -> None:
    kept.add(ID, ME, "table", "../../../tmp/evil.csv", 0, b"data")
    upload = kept.find(ID, ME)
    assert upload is not None
    assert upload.files[Part.TABLE] == upload.folder / "table.csv"


def test_nobody_reaches_the_upload_of_another(kept: Uploads) -> None:
    kept.add(ID, ME, "table", "a.csv", 0, b"data")
    assert kept.find(ID, SOMEBODY) is None
    with pytest.raises(Refused):
        kept.add(ID, SOMEBODY, "table", "a.csv", 4, b"more")


def test_a_file_has_a_bound(kept: Uploads, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_BYTES", {Part.TABLE: 6, Part.PICTURES: 6})
    kept.add(ID, ME, "table", "a.csv", 0, b"data")
    with pytest.raises(Refused):
        kept.add(ID, ME, "table", "a.csv", 4, b"more")


def test_the_uploads_that_nobody_touched_go_first(kept: Uploads) -> None:
    ids = [f"{number:08x}" for number in range(uploads.MOST_KEPT + 1)]
    for each in ids:
        kept.add(each, ME, "table", "a.csv", 0, b"data")
    assert kept.find(ids[0], ME) is None
    assert kept.find(ids[1], ME) is not None
    kept.drop(ids[1])
    assert kept.find(ids[1], ME) is None
