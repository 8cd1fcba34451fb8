"""Uploads with `wx.uploadFile` and downloads with Range, ETag, thumbnails."""

import hashlib
import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image

from tests.api.pictures import MP4, PDF, picture
from tests.paths import ATTACHMENTS
from tests.running import Client, Server
from tests.s3 import S3


@pytest.fixture(scope="module", params=["folder", "s3"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, s3: S3
) -> Iterator[Server]:
    """A server that keeps its files in its home, and one that keeps them in S3."""
    settings = s3.settings if request.param == "s3" else {}
    with Server(tmp_path_factory.mktemp(f"files-{request.param}") / "home", **settings) as running:
        yield running
        assert "against the contract" not in running.log
        assert "Traceback" not in running.log


def upload(client: Client, data: bytes, name: str = "我的头像.png", **form: str) -> dict[str, Any]:
    """Upload one file, which must be accepted."""
    files = {"attachments_link": (name, data, "application/octet-stream")}
    answer = client.request("POST", ATTACHMENTS, files=files, data=form)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def path_of(record: dict[str, Any]) -> str:
    """Where a record's file is."""
    return f"/files/tbl_attachments/{record['id']}/{record['attachments_link']}"


def stored(server: Server, s3: S3) -> set[str]:
    """Every file that is stored in either place."""
    return {str(path) for path in (server.home / "files").rglob("*")} | set(s3.held())


@pytest.mark.parametrize(
    ("data", "name", "media", "ending"),
    [
        pytest.param(picture("PNG"), "a.png", "image/png", ".png", id="PNG"),
        pytest.param(picture("JPEG"), "a.jpg", "image/jpeg", ".jpg", id="JPEG"),
        pytest.param(picture("WEBP"), "a.webp", "image/webp", ".webp", id="WebP"),
        pytest.param(picture("GIF"), "a.gif", "image/gif", ".gif", id="GIF"),
        pytest.param(PDF, "a.pdf", "application/pdf", ".pdf", id="PDF"),
        pytest.param(MP4, "a.mp4", "video/mp4", ".mp4", id="MP4"),
        pytest.param(picture("PNG"), "holiday.html", "image/png", ".png", id="a PNG called html"),
    ],
)
def test_upload_is_accepted_and_described_by_the_server(
    alice: Client, data: bytes, name: str, media: str, ending: str
) -> None:
    """Type from the bytes, size, md5, owner and state by the server; a random stored name."""
    record = upload(alice, data, name)
    assert record["attachments_filetype"] == media
    assert record["attachments_size"] == len(data)
    assert record["attachments_md5"] == hashlib.md5(data).hexdigest()
    assert record["attachments_owner"] == alice.openid
    assert record["attachments_status"] == "valid"
    assert record["attachments_filename"] == name
    assert record["attachments_id"].startswith("A-")
    assert re.fullmatch(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*", record["attachments_link"])
    assert record["attachments_link"].endswith(ending)
    assert record["attachments_link"] != name


def test_upload_ignores_what_the_server_sets(alice: Client) -> None:
    """A client's owner, size, type, md5 and state mean nothing; its remark does."""
    forged = {
        "attachments_owner": "somebody",
        "attachments_size": "1",
        "attachments_md5": "0" * 32,
        "attachments_filetype": "text/html",
        "attachments_status": "invalid",
        "attachments_id": "A-MINE",
    }
    record = upload(alice, picture("PNG"), **forged, attachments_remark="头像")
    assert not {name for name in forged if str(record[name]) == forged[name]}
    assert record["attachments_remark"] == "头像"


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("../../etc/passwd.png", id="a name that climbs"),
        pytest.param("C:\\temp\\a.png", id="a name with a drive"),
        pytest.param("头像 (1).PNG", id="a Chinese name with blanks"),
        pytest.param("<script>.png", id="a name with tags"),
        pytest.param("." * 200 + "png", id="a name of dots"),
        pytest.param("长" * 300 + ".png", id="a name of 304 characters"),
        pytest.param("a\u202egnp.png", id="a name that turns around"),
    ],
)
def test_name_of_the_client_is_never_a_path(server: Server, alice: Client, name: str) -> None:
    """The stored name is ours, and the file is served."""
    record = upload(alice, picture("PNG"), name)
    assert "/" not in record["attachments_link"]
    assert not record["attachments_link"].startswith(".")
    assert len(record["attachments_filename"]) <= 255
    assert alice.get(path_of(record)).status_code == 200


def test_uploaded_file_comes_back_byte_for_byte(guest: Client, alice: Client) -> None:
    """Anybody may download it, with type, length and validators."""
    data = picture("PNG")
    answer = guest.get(path_of(upload(alice, data)))
    assert answer.status_code == 200
    assert answer.content == data
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Content-Length"] == str(len(data))
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["ETag"]
    assert answer.headers["Last-Modified"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Content-Disposition"].startswith("inline")


def test_head_of_a_file_has_the_headers_alone(guest: Client, alice: Client) -> None:
    """As GET, without the bytes."""
    path = path_of(upload(alice, picture("PNG")))
    head, get = guest.request("HEAD", path), guest.get(path)
    assert (head.status_code, head.content) == (200, b"")
    for name in ("Content-Type", "Content-Length", "ETag"):
        assert head.headers[name] == get.headers[name]


@pytest.mark.parametrize(
    ("wanted", "first", "last"),
    [
        pytest.param("bytes=0-9", 0, 9, id="the first ten"),
        pytest.param("bytes=10-19", 10, 19, id="the second ten"),
        pytest.param("bytes=20-", 20, None, id="from 20 on"),
        pytest.param("bytes=-7", -7, None, id="the last seven"),
        pytest.param("bytes=0-999999", 0, None, id="past the end is cut"),
    ],
)
def test_range_answers_a_part(
    guest: Client, alice: Client, wanted: str, first: int, last: int | None
) -> None:
    """206 with `Content-Range`, from which a player resumes."""
    data = picture("PNG")
    answer = guest.get(path_of(upload(alice, data)), headers={"Range": wanted})
    part = data[first:] if last is None else data[first : last + 1]
    start = first % len(data)
    assert answer.status_code == 206
    assert answer.content == part
    assert answer.headers["Content-Range"] == f"bytes {start}-{start + len(part) - 1}/{len(data)}"


@pytest.mark.parametrize(
    "wanted",
    [
        pytest.param("bytes=zwei-", id="words"),
        pytest.param("lines=0-1", id="another unit"),
        pytest.param("bytes=9-5", id="from end to start"),
        pytest.param("bytes=0-1,4-5", id="several at once"),
        pytest.param("", id="nothing"),
    ],
)
def test_range_that_makes_no_sense_is_ignored(guest: Client, alice: Client, wanted: str) -> None:
    """200 and the whole file."""
    data = picture("PNG")
    answer = guest.get(path_of(upload(alice, data)), headers={"Range": wanted})
    assert (answer.status_code, answer.content) == (200, data)


def test_range_past_the_end_is_416(guest: Client, alice: Client) -> None:
    """With the size, in PocketBase's shape."""
    data = picture("PNG")
    answer = guest.get(path_of(upload(alice, data)), headers={"Range": "bytes=99999-"})
    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == f"bytes */{len(data)}"
    assert answer.json()["status"] == 416


def test_etag_answers_304(guest: Client, alice: Client) -> None:
    """`If-None-Match`, also weak and in a list; `If-Modified-Since` without it."""
    path = path_of(upload(alice, picture("PNG")))
    first = guest.get(path)
    etag, modified = first.headers["ETag"], first.headers["Last-Modified"]
    for headers in (
        {"If-None-Match": etag},
        {"If-None-Match": f'"x", {etag}'},
        {"If-None-Match": "*"},
        {"If-Modified-Since": modified},
    ):
        again = guest.get(path, headers=headers)
        assert (again.status_code, again.content) == (304, b"")
    assert guest.get(path, headers={"If-None-Match": '"x"'}).status_code == 200
    both = {"If-None-Match": '"x"', "If-Modified-Since": modified}
    assert guest.get(path, headers=both).status_code == 200


@pytest.mark.parametrize(
    ("download", "disposition"),
    [
        pytest.param("1", "attachment", id="1"),
        pytest.param("true", "attachment", id="true"),
        pytest.param("0", "inline", id="0"),
        pytest.param("false", "inline", id="false"),
    ],
)
def test_download_decides_the_disposition(
    guest: Client, alice: Client, download: str, disposition: str
) -> None:
    """`?download=1` saves the file."""
    answer = guest.get(path_of(upload(alice, picture("PNG"))), params={"download": download})
    assert answer.headers["Content-Disposition"].startswith(disposition)


@pytest.mark.parametrize(
    ("thumb", "size"),
    [
        pytest.param("100x100", (100, 100), id="100x100"),
        pytest.param("200x200", (200, 200), id="200x200"),
        pytest.param("400x400", (400, 400), id="400x400"),
        pytest.param("750x0", (750, 562), id="as wide as the screen"),
        pytest.param("20x20", (800, 600), id="a size there is not gives the original"),
        pytest.param("9999x9999", (800, 600), id="far too large gives the original"),
        pytest.param("nonsense", (800, 600), id="nonsense gives the original"),
        pytest.param("0x0", (800, 600), id="nothing gives the original"),
    ],
)
def test_thumb_is_made_of_a_picture(
    guest: Client, alice: Client, thumb: str, size: tuple[int, int]
) -> None:
    """`WxH`; a size there is not answers the original with 200."""
    record = upload(alice, picture("PNG", 800, 600))
    answer = guest.get(path_of(record), params={"thumb": thumb})
    assert answer.status_code == 200
    assert Image.open(io.BytesIO(answer.content)).size == size


def test_thumb_of_a_document_is_the_document(guest: Client, alice: Client) -> None:
    """Only pictures have thumbnails."""
    answer = guest.get(path_of(upload(alice, PDF, "a.pdf")), params={"thumb": "100x100"})
    assert (answer.status_code, answer.content) == (200, PDF)


def test_collection_of_a_file_is_named_by_its_id_too(guest: Client, alice: Client) -> None:
    """As PocketBase."""
    record = upload(alice, picture("PNG"))
    path = f"/files/{record['collectionId']}/{record['id']}/{record['attachments_link']}"
    assert guest.get(path).status_code == 200


def test_file_of_ten_mebibytes_is_accepted(alice: Client) -> None:
    """At most 10 MiB, and that much."""
    record = upload(alice, PDF + b"\x00" * (10 * 1024 * 1024 - len(PDF)), "a.pdf")
    assert record["attachments_size"] == 10 * 1024 * 1024


def test_refused_upload_leaves_no_file(server: Server, alice: Client, s3: S3) -> None:
    """Nothing is stored for a record that is not."""
    before = stored(server, s3)
    files = {"attachments_link": ("a.svg", b"<svg/>", "image/svg+xml")}
    assert alice.request("POST", ATTACHMENTS, files=files).status_code == 400
    assert stored(server, s3) == before


def test_invalid_attachment_is_gone_with_its_file(
    server: Server, guest: Client, alice: Client
) -> None:
    """The record answers 404; it is in no list."""
    record = upload(alice, picture("PNG"))
    server.change("tbl_attachments", record["id"], attachments_status="invalid")
    assert guest.get(f"{ATTACHMENTS}/{record['id']}").status_code == 404
    found = guest.get(ATTACHMENTS, params={"filter": f"id='{record['id']}'"}).json()
    assert found["totalItems"] == 0


def test_uploads_are_listed_newest_last_and_by_owner(guest: Client, alice: Client) -> None:
    """A user finds its own by filter, and nobody else does."""
    record = upload(alice, picture("PNG"))
    page = alice.get(
        ATTACHMENTS, params={"filter": f"attachments_owner='{alice.openid}'", "perPage": 1000}
    ).json()
    assert page["items"][-1]["id"] == record["id"]
    nobodys = guest.get(
        ATTACHMENTS, params={"filter": f"attachments_owner='{alice.openid}'"}
    ).json()
    assert nobodys["items"] == [], "the owner is private"
