"""Stored files: what is accepted, what it is called, that nothing outside the store is reached.

Covers: bai_wx/files/atomic_file.py, bai_wx/files/bucket.py, bai_wx/files/folder.py, bai_wx/files/storage.py
"""

import io
import os
import re
import time
from pathlib import Path

import pytest
from PIL import Image

from bai_wx.errors import NotFound
from bai_wx.files import thumbnails
from bai_wx.files.bucket import Bucket
from bai_wx.files.folder import Folder
from bai_wx.files.store import MAX_BYTES, FileStore, Upload, kept_name, refusal, sniff, stored_name
from tests.s3 import S3
from tests.stores import content, holds

RECORD = "abcdefghijklmno"
DAY_S = 24 * 3600
MP4 = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00isommp42" + bytes(16)
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


def picture(kind: str = "PNG", size: tuple[int, int] = (900, 600), **options: object) -> bytes:
    """A small real picture."""
    buffer = io.BytesIO()
    Image.new("RGB", size, "#2f6fed").save(buffer, kind, **options)
    return buffer.getvalue()


def put_past_the_rules(store: FileStore, name: str) -> None:
    """Put a file where the store would put none."""
    storage = store._storage
    if isinstance(storage, Folder):
        (storage._root / name).write_bytes(PDF)
    else:
        assert isinstance(storage, Bucket)
        storage._put(storage._key(name), PDF, "")


@pytest.mark.parametrize(
    ("data", "mime"),
    [
        pytest.param(picture("JPEG"), "image/jpeg", id="jpeg"),
        pytest.param(picture("PNG"), "image/png", id="png"),
        pytest.param(picture("WEBP"), "image/webp", id="webp"),
        pytest.param(picture("GIF"), "image/gif", id="gif"),
        pytest.param(PDF, "application/pdf", id="pdf"),
        pytest.param(MP4, "video/mp4", id="mp4"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "", id="svg"),
        pytest.param(b"<!doctype html><script>1</script>", "", id="html"),
        pytest.param(picture("BMP"), "", id="another picture format"),
        pytest.param(b"PK\x03\x04", "", id="zip"),
        pytest.param(b"\x00\x00\x00\x14ftypqt  \x00\x00\x00\x00qt  ", "", id="quicktime"),
        pytest.param(b"hello", "", id="text"),
        pytest.param(b"", "", id="nothing"),
    ],
)
def test_type_comes_from_the_bytes(data: bytes, mime: str) -> None:
    """What the client says of a file does not matter."""
    assert sniff(data) == mime
    refused = refusal(Upload("attachments_link", "a.png", "image/png", data))
    assert (refused is None) == bool(mime)


@pytest.mark.parametrize(
    ("filename", "kept", "stored"),
    [
        pytest.param(
            "My Pic (1).PNG", "My Pic (1).PNG", r"my_pic_1_\w{10}\.png", id="as PocketBase"
        ),
        pytest.param("../../etc/passwd", "passwd", r"passwd_\w{10}\.png", id="a path"),
        pytest.param(
            "C:\\temp\\a_b.bmp", "C:\\temp\\a_b.bmp", r"a_b_\w{10}\.png", id="a Windows path"
        ),
        pytest.param("产品图.png", "产品图.png", r"[a-z0-9]{10}_\w{10}\.png", id="Chinese"),
        pytest.param("c.txt", "c.txt", r"c[a-z0-9]{10}_\w{10}\.png", id="one letter"),
        pytest.param("", "", r"[a-z0-9]{10}_\w{10}\.png", id="no name"),
        pytest.param(
            "a\r\nb\x00\u202ec.png", "abc.png", r"abc_\w{10}\.png", id="control characters"
        ),
        pytest.param("x" * 400, "x" * 255, r"x{100}_\w{10}\.png", id="endless"),
        pytest.param(".htaccess", ".htaccess", r"htaccess_\w{10}\.png", id="hidden"),
        pytest.param(
            "myPhoto.php.jpg", "myPhoto.php.jpg", r"my_photo_php_\w{10}\.png", id="double"
        ),
    ],
)
def test_names(filename: str, kept: str, stored: str) -> None:
    """The client's name is kept for people; the stored one is plain, random and of the true type."""
    assert kept_name(filename) == kept
    assert re.fullmatch(stored, stored_name(filename, "image/png"))


def test_refusals_are_in_pocketbases_words() -> None:
    """Size is told before type."""
    large = refusal(Upload("attachments_link", "big.txt", "", bytes(MAX_BYTES + 1)))
    assert large == {
        "code": "validation_file_size_limit",
        "message": "Failed to upload big.txt - the maximum allowed file size is 10485760 bytes.",
        "params": {"file": "big.txt", "maxSize": MAX_BYTES},
    }
    wrong = refusal(Upload("attachments_link", "x.txt", "", b"hello"))
    assert wrong == {
        "code": "validation_invalid_mime_type",
        "message": '"x.txt" mime type must be one of: image/jpeg, image/png, image/webp, '
        "image/gif, application/pdf, video/mp4.",
    }


def test_saved_file_is_found_and_removed(store: FileStore) -> None:
    """What was saved is there whole, alone in its folder, until its record goes."""
    name = store.save("tbl_attachments", RECORD, "a.png", PDF)
    assert content(store.find("tbl_attachments", RECORD, name)) == PDF
    assert holds(store) == [RECORD]
    assert store.remove("tbl_attachments", RECORD)
    assert not store.remove("tbl_attachments", RECORD)
    assert store.find("tbl_attachments", RECORD, name) is None


def test_files_of_other_records_stay(store: FileStore) -> None:
    """Also those of a record whose id begins alike, and the other file of the same one."""
    first = store.save("tbl_attachments", RECORD, "a.png", PDF)
    second = store.save("tbl_attachments", RECORD, "a.png", PDF)
    store.remove_one("tbl_attachments", RECORD, first)
    assert store.find("tbl_attachments", RECORD, first) is None
    assert content(store.find("tbl_attachments", RECORD, second)) == PDF
    assert not store.remove("tbl_attachments", RECORD[:-1])
    assert holds(store) == [RECORD]


def test_a_record_deleted_while_files_are_listed_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between seeing its folder and looking into it."""
    folder = Folder(tmp_path)
    folder.put("tbl_attachments", "picture00000002", "b.png", b"kept", "image/png")
    seen = [("picture00000001", 0.0), ("picture00000002", 0.0)]
    monkeypatch.setattr(Folder, "records", lambda *_: iter(seen))
    assert [record_id for _, record_id, _ in folder.all()] == ["picture00000002"]


def test_an_opened_file_can_be_sought(store: FileStore) -> None:
    """A part is read from wherever it begins."""
    name = store.save("tbl_attachments", RECORD, "a.pdf", PDF)
    stored = store.find("tbl_attachments", RECORD, name)
    assert stored is not None
    assert stored.size == len(PDF)
    with stored.open() as file:
        for start, count in ((3, 4), (0, 2), (len(PDF) - 1, 9), (len(PDF) + 5, 1)):
            assert (file.seek(start), file.read(count)) == (start, PDF[start : start + count])
        assert file.seek(-2, io.SEEK_END) == len(PDF) - 2
        assert file.seek(1, io.SEEK_CUR) == file.tell() == len(PDF) - 1


def test_a_file_removed_before_it_is_read_is_not_found(store: FileStore) -> None:
    """A purge may come between."""
    name = store.save("tbl_attachments", RECORD, "a.pdf", PDF)
    stored = store.find("tbl_attachments", RECORD, name)
    store.remove("tbl_attachments", RECORD)
    with pytest.raises(NotFound):
        content(stored)


def test_the_probe_leaves_nothing(store: FileStore) -> None:
    """`bai-wx doctor` tries what it needs and takes it away."""
    assert store.probe()
    assert holds(store) == []


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param(("tbl_attachments", RECORD, "../../outside"), id="up in the file name"),
        pytest.param(("..", "..", "outside"), id="up in every part"),
        pytest.param(("tbl_attachments", "..", "outside"), id="up in the record id"),
        pytest.param(("tbl_attachments", RECORD, "/etc/passwd"), id="an absolute path"),
        pytest.param(("tbl_attachments", RECORD, ".hidden"), id="a hidden file"),
        pytest.param(("tbl_attachments", RECORD, ""), id="the folder itself"),
        pytest.param(("tbl_attachments", RECORD, "a\x00b"), id="a null byte"),
        pytest.param(("tbl_attachments", RECORD, "a.png\n"), id="a trailing newline"),
    ],
)
def test_nothing_outside_is_reached(store: FileStore, parts: tuple[str, str, str]) -> None:
    """No text in any part leads out of the record's folder."""
    store.save("tbl_attachments", RECORD, "a.png", PDF)
    put_past_the_rules(store, "outside")
    put_past_the_rules(store, f"tbl_attachments/{RECORD}/.hidden")
    assert store.find(*parts) is None
    assert store.reply(*parts) is None
    assert not store.remove("tbl_attachments", "..")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
@pytest.mark.parametrize(
    ("size", "expected"),
    [
        pytest.param("100x100", (100, 100), id="PocketBase's size"),
        pytest.param("750x0", (750, 500), id="height from the proportions"),
        pytest.param("101x100", (900, 600), id="an unknown size is the original"),
        pytest.param("9999x9999", (900, 600), id="a huge size is the original"),
        pytest.param("nonsense", (900, 600), id="nonsense is the original"),
    ],
)
def test_thumbnails(store: FileStore, kind: str, size: str, expected: tuple[int, int]) -> None:
    """Known sizes are made once, in the picture's own format."""
    name = store.save("tbl_attachments", RECORD, "a.png", picture(kind))
    reply = store.reply("tbl_attachments", RECORD, name, thumb=size)
    again = store.reply("tbl_attachments", RECORD, name, thumb=size)
    assert reply is not None
    assert again is not None
    assert (reply.etag, reply.mtime, content(reply)) == (again.etag, again.mtime, content(again))
    assert reply is not None
    with Image.open(io.BytesIO(content(reply))) as image:
        assert (image.size, image.format) == (expected, kind)
    assert reply.download_name == (name if expected == (900, 600) else f"{size}_{name}")


def test_thumbnail_is_turned_as_the_camera_was(store: FileStore) -> None:
    """A phone's upright photo lies on its side in the file; its thumbnail stands."""
    exif = Image.Exif()
    exif[0x0112] = 6
    name = store.save("tbl_attachments", RECORD, "a.jpg", picture("JPEG", (1200, 900), exif=exif))
    reply = store.reply("tbl_attachments", RECORD, name, thumb="750x0")
    assert reply is not None
    with Image.open(io.BytesIO(content(reply))) as image:
        assert image.size == (750, 1000)


def test_bombs_and_broken_pictures_are_answered_as_they_are(store: FileStore) -> None:
    """A picture that is too large to open, or none at all behind its first bytes, has no thumbnail."""
    side = int(thumbnails.MAX_PIXELS**0.5) + 1
    bomb = io.BytesIO()
    Image.new("1", (side, side)).save(bomb, "PNG")
    for data in (bomb.getvalue(), picture()[:60], b"GIF89a", b"\x89PNG"):
        name = store.save("tbl_attachments", RECORD, "a.png", data)
        reply = store.reply("tbl_attachments", RECORD, name, thumb="100x100")
        assert reply is not None
        assert content(reply) == data


@pytest.mark.parametrize(
    ("data", "download", "inline"),
    [
        pytest.param(picture(), False, True, id="a picture is shown"),
        pytest.param(PDF, False, True, id="a pdf is shown"),
        pytest.param(MP4, False, True, id="a video is shown"),
        pytest.param(PDF, True, False, id="unless it shall be saved"),
        pytest.param(b"hello", False, False, id="what is unknown is saved"),
    ],
)
def test_disposition(store: FileStore, data: bytes, download: bool, inline: bool) -> None:
    """Only types we know are shown by the browser."""
    name = store.save("tbl_attachments", RECORD, "a", data)
    reply = store.reply("tbl_attachments", RECORD, name, download=download)
    assert reply is not None
    assert reply.inline is inline
    assert reply.content_type == (sniff(data) or "application/octet-stream")


def test_abandoned_files_are_those_of_yesterday(store: FileStore, s3: S3, tmp_path: Path) -> None:
    """An upload under way is left alone."""
    store.save("tbl_attachments", "new000000000000", "a", PDF)
    store.save("tbl_attachments", "old000000000000", "a", PDF)
    s3.age(f"{tmp_path.name}/tbl_attachments/old", 2 * DAY_S)
    folder = tmp_path / "files" / "tbl_attachments" / "old000000000000"
    if folder.exists():
        os.utime(folder, (time.time() - 2 * DAY_S,) * 2)
    assert list(store.abandoned("tbl_attachments")) == ["old000000000000"]
    assert list(store.abandoned("tbl_other")) == []
