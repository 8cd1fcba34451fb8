"""Pictures: what a hostile one costs, what an honest one tells, and that a refused upload leaves nothing."""

import hashlib
import io
import json
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
import requests
from PIL import Image

from tests.faults import picture_files as pictures
from tests.faults.conftest import Said
from tests.faults.uploads import RECORDS
from tests.running import Answer, Client, Server

LINK = "attachments_link"
PDF = b"%PDF-1.7\n%%EOF\n"
SOON_S = 5  # in which a hostile picture is answered at all; an older server may not


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that is killed in the end: a picture may keep an older one for minutes."""
    running = Server(tmp_path_factory.mktemp("faults") / "home").start()
    yield running
    running.kill()


@pytest.fixture(scope="module")
def alice(server: Server) -> Client:
    """A user."""
    return Client(server.url).login("alice")


def part(data: bytes, disposition: bytes) -> bytes:
    """One part of a form whose boundary is `b`."""
    return b"--b\r\nContent-Disposition: form-data; " + disposition + b"\r\n\r\n" + data + b"\r\n"


def send(alice: Client, data: bytes, names: bytes, query: str = "", **headers: str) -> Answer:
    """Upload one file with its name as it is written."""
    body = part(data, b'name="attachments_link"; ' + names) + b"--b--\r\n"
    media = {"Content-Type": "multipart/form-data; boundary=b", **headers}
    return alice.raw("POST", RECORDS + query, headers=media, body=body)


def upload(alice: Client, data: bytes) -> dict[str, Any]:
    """Upload a file, which is accepted."""
    answer = send(alice, data, b'filename="a.bin"')
    assert answer.status == 200, answer.body
    return dict(answer.json())


def take(server: Server, record_id: str, data: bytes, ending: str) -> dict[str, Any]:
    """Have the operator import a row whose file lies there already, as it comes from the old backend."""
    name = f"{record_id}_old.{ending}"
    folder = server.home / "files" / "tbl_attachments" / record_id
    folder.mkdir(parents=True)
    (folder / name).write_bytes(data)
    row = {
        "id": record_id,
        LINK: name,
        "attachments_md5": hashlib.md5(data).hexdigest(),
        "attachments_size": len(data),
        "attachments_status": "valid",
    }
    server.take({"tbl_attachments": [row]})
    return row


def download(server: Server, record: dict[str, Any], **query: str) -> requests.Response:
    """Ask for a record's file, as a guest."""
    address = f"{server.url}/pb/api/files/tbl_attachments/{record['id']}/{record[LINK]}"
    return requests.get(address, params=query, timeout=SOON_S)


def stored(server: Server) -> set[str]:
    """Every file and folder that is stored."""
    return {str(path) for path in (server.home / "files").rglob("*")}


@pytest.mark.parametrize(
    ("picture", "thumb"),
    [
        pytest.param(
            partial(pictures.of_pixels, 1, 1000), "750x0", id="A2-1-by-1000-as-wide-as-the-screen"
        ),
        pytest.param(
            partial(pictures.of_pixels, 40, 30), "100x100", id="A2-40-by-30-as-100-by-100"
        ),
        pytest.param(partial(pictures.of_pixels, 700, 2000), "750x0", id="A2-700-by-2000"),
        pytest.param(
            partial(pictures.of_pixels, 1000, 24_000), "750x0", id="A2-a-thumbnail-of-14-megapixels"
        ),
        pytest.param(partial(pictures.of_pixels, 6000, 6000), "100x100", id="A2-36-megapixels"),
        pytest.param(partial(pictures.of_scans, 500), "100x100", id="A9-500-scans"),
    ],
)
def test_the_original_is_answered_where_a_thumbnail_is_not_worth_it(
    server: Server, alice: Client, said: Said, picture: Callable[[], bytes], thumb: str
) -> None:
    """One larger than its picture, one of too many pixels, one that takes too much work."""
    data = picture()
    record = upload(alice, data)
    try:
        answer = download(server, record, thumb=thumb)
    except requests.Timeout:
        said(f"no answer in {SOON_S} s")
        raise
    said(f"{answer.status_code}, {pictures.size(answer.content)} of {pictures.size(data)}")
    assert (answer.status_code, answer.content) == (200, data)


@pytest.mark.parametrize("kind", [pytest.param(k, id=f"A9-{k}") for k in pictures.KINDS])
def test_many_at_once_are_answered(server: Server, alice: Client, said: Said, kind: str) -> None:
    """Each with its thumbnail, or with the picture itself when too many wait."""
    record = upload(alice, pictures.photo(kind, (1200, 900)))
    with ThreadPoolExecutor(16) as crowd:
        answers = list(crowd.map(lambda _: download(server, record, thumb="400x400"), range(16)))
    sizes = {pictures.size(answer.content) for answer in answers}
    said(f"{ {answer.status_code for answer in answers} } {sizes}")
    assert {answer.status_code for answer in answers} == {200}
    assert sizes <= {(400, 400), (1200, 900)}
    assert pictures.size(download(server, record, thumb="400x400").content) == (400, 400)


def _cut(kind: str) -> bytes:
    data = pictures.photo(kind)
    return data[: len(data) * 2 // 3]


@pytest.mark.parametrize(
    "data",
    [
        *(pytest.param(_cut(kind), id=f"A12-{kind}-cut-short") for kind in pictures.KINDS),
        pytest.param(pictures.photo("PNG")[:60], id="A12-PNG-header-alone"),
        pytest.param(pictures.photo("PNG")[:-12], id="A12-PNG-without-its-end"),
        pytest.param(b"GIF89a", id="A12-GIF-name-alone"),
        pytest.param(
            pictures.photo("PNG").replace(b"IDAT", b"IDAT" + b"\xff" * 40, 1), id="A12-PNG-of-noise"
        ),
        pytest.param(pictures.photo("JPEG")[:300] + b"\xff\xd9", id="A12-JPEG-without-scans"),
    ],
)
def test_a_picture_that_cannot_be_decoded_is_refused(
    server: Server, alice: Client, said: Said, data: bytes
) -> None:
    """With the field, what is wrong in two languages, and nothing stored."""
    before = stored(server)
    answer = send(alice, data, b'filename="a.png"')
    said(f"{answer.status} {answer.body[:200].decode()}")
    assert answer.status == 400
    problem = answer.json()["data"][LINK]
    assert problem["code"] == "validation_invalid_picture"
    assert "图片已损坏" in problem["message"]
    assert stored(server) == before


@pytest.mark.parametrize(
    "kind", [pytest.param(k, id=f"A12-{k}-remembered") for k in pictures.KINDS]
)
def test_what_cannot_be_decoded_is_not_decoded_again(server: Server, said: Said, kind: str) -> None:
    """An imported one: its bytes are answered, and the log has one line of it."""
    data = _cut(kind)
    record = take(
        server, f"old{kind.lower():0<12}", data, "jpg" if kind == "JPEG" else kind.lower()
    )
    answers = {download(server, record, thumb="100x100").content for _ in range(5)}
    tries = server.log.count(f"no thumbnail of {record[LINK]}")
    said(f"decoded {tries} times")
    assert answers == {data}
    assert tries == 1


@pytest.mark.parametrize("kind", [pytest.param(k, id=f"D6-{k}") for k in pictures.KINDS])
def test_metadata_but_orientation_are_dropped(
    server: Server, alice: Client, said: Said, kind: str
) -> None:
    """The pixels stay as they were encoded; size and hash are those of what is stored."""
    data = pictures.with_metadata(kind)
    assert pictures.SECRET in data
    record = upload(alice, data)
    content = download(server, record).content
    said("tells the place" if pictures.SECRET in content else "tells nothing")
    assert pictures.SECRET not in content
    assert pictures.pixels(content) == pictures.pixels(data)
    assert record["attachments_size"] == len(content)
    assert record["attachments_md5"] == hashlib.md5(content).hexdigest()
    if kind != "GIF":
        with Image.open(io.BytesIO(content)) as image:
            assert dict(image.getexif()) == {pictures.ORIENTATION: 6}


@pytest.mark.parametrize(
    "metadata",
    [
        pytest.param(pictures.film_box(b"udta", pictures.SECRET), id="D6-MP4-user-data"),
        pytest.param(pictures.film_box(b"meta", bytes(4), pictures.SECRET), id="D6-MP4-keys"),
    ],
)
def test_a_film_does_not_tell_where_it_was_taken(
    server: Server, alice: Client, said: Said, metadata: bytes
) -> None:
    """Its frames stay where they stand; size and hash are those of what is stored."""
    data = pictures.film(metadata)
    record = upload(alice, data)
    content = download(server, record).content
    said("tells the place" if pictures.SECRET in content else "tells nothing")
    assert pictures.SECRET not in content
    assert content.index(pictures.FRAMES) == data.index(pictures.FRAMES)
    assert record["attachments_size"] == len(content)
    assert record["attachments_md5"] == hashlib.md5(content).hexdigest()


@pytest.mark.parametrize(
    "data",
    [
        *(
            pytest.param(pictures.photo(kind), id=f"D6-{kind}-without-metadata")
            for kind in pictures.KINDS
        ),
        pytest.param(
            pictures.photo("JPEG", progressive=True), id="D6-progressive-without-metadata"
        ),
        pytest.param(
            pictures.photo("JPEG", icc_profile=b"\0" * 600), id="D6-JPEG-with-a-colour-profile"
        ),
        pytest.param(
            pictures.photo("PNG", icc_profile=b"\0" * 600), id="D6-PNG-with-a-colour-profile"
        ),
    ],
)
def test_a_picture_without_metadata_stays_to_the_byte(
    server: Server, alice: Client, said: Said, data: bytes
) -> None:
    """Nothing is encoded anew."""
    answer = download(server, upload(alice, data))
    said(f"{len(answer.content)} of {len(data)} bytes")
    assert answer.content == data


@pytest.mark.parametrize("kind", [pytest.param(k, id=f"D6-{k}-imported") for k in pictures.KINDS])
def test_an_imported_picture_keeps_its_bytes(server: Server, said: Said, kind: str) -> None:
    """The operator's files are as they were."""
    data = pictures.with_metadata(kind)
    ending = "jpg" if kind == "JPEG" else kind.lower()
    record = take(server, f"imp{kind.lower():0<12}", data, ending)
    answer = download(server, record)
    said(f"{len(answer.content)} of {len(data)} bytes")
    assert answer.content == data


@pytest.mark.parametrize(
    "bomb",
    [
        pytest.param(b"p\0\0" + zlib.compress(bytes(60_000_000), 9), id="D6-a-profile-of-60-MB"),
        pytest.param(b"p\0\0no profile", id="D6-a-profile-that-is-none"),
    ],
)
def test_a_profile_that_is_a_bomb_is_dropped(
    server: Server, alice: Client, said: Said, bomb: bytes
) -> None:
    """Nobody who opens the picture unpacks it."""
    answer = download(server, upload(alice, pictures.png_with(pictures.chunk(b"iCCP", bomb))))
    said("it is there" if b"iCCP" in answer.content else "it is gone")
    assert answer.content == pictures.photo("PNG")


@pytest.mark.parametrize(
    ("names", "kept"),
    [
        pytest.param(rb'filename="C:\Users\me\x.png"', r"C:\Users\me\x.png", id="C7-backslashes"),
        pytest.param(rb'filename="a\"b.png"', 'a"b.png', id="C7-an-escaped-quote"),
        pytest.param(b"filename=\"a.png\"; filename*=UTF-8''%E5%9B%BE.png", "图.png", id="C7-both"),
        pytest.param(b"filename*=utf-8'zh'%E5%9B%BE.png", "图.png", id="C7-extended-alone"),
        pytest.param(b"filename*=\"UTF-8''%E5%9B%BE.png\"", "图.png", id="C7-extended-in-quotes"),
        pytest.param(
            b"filename=\"a.png\"; filename*=UTF-8''%E5%9B.png", "a.png", id="C7-extended-not-UTF-8"
        ),
        pytest.param(b'filename="a.png"; filename*=nonsense', "a.png", id="C7-extended-broken"),
        pytest.param(
            b"filename=\"a.png\"; filename*=gbk''%CD%BC.png", "a.png", id="C7-extended-in-GBK"
        ),
        pytest.param('filename="图.png"'.encode(), "图.png", id="C7-UTF-8"),
    ],
)
def test_names_are_kept_as_the_peer_keeps_them(
    alice: Client, said: Said, names: bytes, kept: str
) -> None:
    """A backslash is one, and a `filename*` that cannot be decoded is as good as none."""
    answer = send(alice, PDF, names)
    said(f"{answer.status} {json.loads(answer.body).get('attachments_filename')}")
    assert answer.status == 200
    assert answer.json()["attachments_filename"] == kept


@pytest.mark.parametrize(
    ("data", "names", "code", "words"),
    [
        pytest.param(
            PDF, 'filename="产品图.pdf"'.encode("gbk"), "validation_invalid_filename", "UTF-8", id="C7-GBK"
        ),
        pytest.param(
            PDF, 'filename="乗"'.encode("gbk"), "validation_invalid_filename", "UTF-8",
            id="C7-GBK-that-ends-in-a-backslash",
        ),
        pytest.param(
            PDF, b"filename*=gbk''%CD%BC.png", "validation_invalid_filename", "UTF-8",
            id="C7-extended-broken-alone",
        ),
        pytest.param(
            b"\0\0\0\x18ftypheic\0\0\0\0heicmif1" + bytes(64), b'filename="IMG_1.HEIC"',
            "validation_invalid_mime_type", "JPEG", id="C7-HEIC",
        ),
    ],
)  # fmt: skip
def test_it_is_said_what_is_wrong_with_the_file(
    alice: Client, said: Said, data: bytes, names: bytes, code: str, words: str
) -> None:
    """Not that it is missing."""
    answer = send(alice, data, names)
    said(f"{answer.status} {answer.body.decode()}")
    assert answer.status == 400
    problem = answer.json()["data"][LINK]
    assert problem["code"] == code
    assert words in problem["message"]


TOO_LONG_EXPAND = "?expand=" + ",".join(f"n{number}" for number in range(51))


@pytest.mark.parametrize(
    ("query", "headers"),
    [
        pytest.param(TOO_LONG_EXPAND, {}, id="D8-expand-of-51-names"),
        pytest.param(
            TOO_LONG_EXPAND, {"Idempotency-Key": "d8-expand-0001"}, id="D8-the-same-with-a-key"
        ),
        pytest.param("?fields=id:nope(1)", {}, id="D8-fields-that-cannot-be-read"),
        pytest.param("?fields=id:excerpt(", {}, id="D8-fields-cut-short"),
        pytest.param("?expand=%ZZ", {}, id="D8-a-query-that-cannot-be-read"),
        pytest.param("", {"X-HTTP-Method-Override": "PATCH"}, id="D8-as-PATCH"),
        pytest.param("", {"X-HTTP-Method-Override": "DELETE"}, id="D8-as-DELETE"),
        pytest.param("?id=short", {}, id="D8-an-id-too-short"),
    ],
)
def test_a_refused_upload_leaves_nothing(
    server: Server, alice: Client, said: Said, query: str, headers: dict[str, str]
) -> None:
    """Neither a file nor a row."""
    files, rows = stored(server), server.rows("SELECT id FROM tbl_attachments")
    answer = send(alice, PDF, b'filename="a.pdf"', query, **headers)
    more = len(stored(server) - files)
    said(f"{answer.status}, {more} files more")
    assert 400 <= answer.status < 500
    assert more == 0
    assert server.rows("SELECT id FROM tbl_attachments") == rows


@pytest.mark.parametrize("kind", [pytest.param(k, id=f"E7-{k}-not-kept") for k in pictures.KINDS])
def test_a_thumbnail_that_cannot_be_kept_is_answered(
    server: Server, alice: Client, said: Said, kind: str
) -> None:
    """There is no room for it, but there is a thumbnail, or at least its picture."""
    record = upload(alice, pictures.photo(kind))
    folder = server.home / "files" / "tbl_attachments" / record["id"]
    (folder / f"100x100_{record[LINK]}").mkdir()  # nothing can be put in its place
    answers = [download(server, record, thumb="100x100") for _ in range(2)]
    said([answer.status_code for answer in answers])
    assert [answer.status_code for answer in answers] == [200, 200]
    assert {pictures.size(answer.content) for answer in answers} <= {(100, 100), (480, 320)}
