"""Files up and down: clients who do not read, bodies in chunks, parts, conditions, caches.

Covers: bai_wx/request/sending.py, bai_wx/request/streaming.py
"""

import re
import select
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from tests.api.pictures import MP4, PNG
from tests.faults.conftest import Said
from tests.faults.uploads import RECORDS
from tests.running import Answer, Client, Server
from tests.sent import FORM, MEBIBYTE, UPLOAD

LARGE = MP4 + bytes(9 * 1024 * 1024)
READERS = 20
SERVED_S = 6  # for others; an answer takes milliseconds, and the old code none at all
DROPPED_S = 16


@pytest.fixture(scope="module")
def alice(server: Server) -> Client:
    """Who uploads."""
    return Client(server.url).login("alice")


def upload(client: Client, data: bytes) -> str:
    """Upload a file. Returns: its path."""
    files = {"attachments_link": ("a.png", data, "image/png")}
    record = client.request("POST", RECORDS.removeprefix("/pb/api"), files=files).json()
    return f"/pb/api/files/tbl_attachments/{record['id']}/{record['attachments_link']}"


@pytest.fixture(scope="module")
def large(alice: Client) -> str:
    """The path of a file that no buffer between the server and its client holds."""
    return upload(alice, LARGE)


@pytest.fixture(scope="module")
def small(alice: Client) -> str:
    """The path of a small one."""
    return upload(alice, PNG)


def connected(server: Server, text: bytes) -> socket.socket:
    """A connection that takes little, with a request sent."""
    address = urlsplit(server.url)
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.settimeout(SERVED_S)
    connection.connect((address.hostname, address.port))
    connection.sendall(text)
    return connection


def asking(path: str) -> bytes:
    """A request for a file."""
    return f"GET {path} HTTP/1.1\r\nHost: shop\r\n\r\n".encode()


@contextmanager
def many(server: Server, text: bytes, *, answered: int = 10) -> Iterator[list[socket.socket]]:
    """Connections that sent this and read nothing, once so many of them have got the first bytes."""
    with ExitStack() as stack:
        found = [stack.enter_context(connected(server, text)) for _ in range(READERS)]
        ends = time.monotonic() + 3
        while time.monotonic() < ends and len(select.select(found, [], [], 0)[0]) < answered:
            time.sleep(0.05)
        yield found


def download(server: Server, _alice: Client, path: str) -> requests.Response:
    """Get a small file."""
    return requests.get(server.url + path, timeout=SERVED_S)


def thumbnail(server: Server, _alice: Client, path: str) -> requests.Response:
    """Get a thumbnail."""
    return requests.get(server.url + path, params={"thumb": "100x100"}, timeout=SERVED_S)


def upload_another(server: Server, alice: Client, _path: str) -> requests.Response:
    """Upload a small file."""
    headers = {**FORM, "Authorization": f"Bearer {alice.token}"}
    return requests.post(server.url + RECORDS, data=UPLOAD, headers=headers, timeout=SERVED_S)


def document(server: Server, _alice: Client, _path: str) -> requests.Response:
    """Get the contract."""
    return requests.get(f"{server.url}/pb/api/openapi.json", timeout=SERVED_S)


Other = Callable[[Server, Client, str], requests.Response]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(download, id="A5-readers-that-stall-and-a-download"),
        pytest.param(thumbnail, id="A5-readers-that-stall-and-a-thumbnail"),
        pytest.param(upload_another, id="A5-readers-that-stall-and-an-upload"),
        pytest.param(document, id="A5-readers-that-stall-and-the-contract"),
    ],
)
def test_others_are_served(
    server: Server, alice: Client, large: str, small: str, said: Said, other: Other
) -> None:
    """20 clients ask for a large file and do not read it."""
    with many(server, asking(large)):
        status = outcome(lambda: other(server, alice, small))
    said(status)
    assert status == 200


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(asking("/pb/api/openapi.json"), id="A5-the-contract-asked-for-and-not-read"),
        pytest.param(
            f"POST {RECORDS} HTTP/1.1\r\nHost: shop\r\nContent-Type: {FORM['Content-Type']}\r\n"
            f"Content-Length: {len(UPLOAD)}\r\n\r\n--b\r\n".encode(),
            id="A5-uploads-that-stop-half-way",
        ),
    ],
)
def test_others_are_served_beside(
    server: Server, alice: Client, large: str, small: str, said: Said, text: bytes
) -> None:
    """20 more clients that stall, of another kind."""
    with many(server, asking(large)), many(server, text, answered=0):
        others = (download, upload_another, document)
        found = [outcome(lambda each=each: each(server, alice, small)) for each in others]
    said(found)
    assert found == [200, 200, 200]


def outcome(ask: Callable[[], requests.Response]) -> int | str:
    """The status, or how it failed."""
    try:
        return ask().status_code
    except requests.RequestException as problem:
        return type(problem).__name__


def descriptors(server: Server) -> int:
    """How many files and sockets the workers hold."""
    return sum(len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in server.workers())


@pytest.mark.parametrize(
    "count", [pytest.param(READERS, id="A5-readers-that-take-nothing-are-dropped")]
)
def test_who_takes_nothing_is_dropped(server: Server, large: str, said: Said, count: int) -> None:
    """All of them, with what the server held for them."""
    before = descriptors(server)
    with many(server, asking(large)) as found:
        poll = select.poll()
        for connection in found:
            poll.register(connection, 0)  # a reset alone
        ends, dropped = time.monotonic() + DROPPED_S, 0
        while dropped < count and time.monotonic() < ends:
            dropped = len(poll.poll(100))
            time.sleep(0.1)
        held = descriptors(server) - before
    said(f"{dropped} of {count} dropped, {held} descriptors more")
    assert dropped == count
    assert held <= 0


@pytest.mark.parametrize("pauses", [pytest.param(8, id="A5-a-reader-that-is-slow-gets-it-all")])
def test_a_slow_reader_is_served(server: Server, large: str, said: Said, pauses: int) -> None:
    """Pauses between its pieces, each shorter than the server waits."""
    got = bytearray()
    with connected(server, asking(large)) as connection, suppress(OSError):
        while b"\r\n\r\n" not in got:
            got += connection.recv(100)
        wanted = got.index(b"\r\n\r\n") + 4 + len(LARGE)
        pause_at = 0
        while len(got) < wanted and (part := connection.recv(MEBIBYTE)):
            got += part
            if len(got) > pause_at:
                pause_at += wanted // pauses
                time.sleep(0.2)
    body = bytes(got).partition(b"\r\n\r\n")[2]
    said(f"{len(body)} bytes")
    assert body == LARGE


@pytest.mark.parametrize("method", [pytest.param("GET", id="A5-no-descriptor-stays-open")])
def test_nothing_is_left_open(
    server: Server, large: str, small: str, said: Said, method: str
) -> None:
    """Clients gone in the middle, HEAD, what is known, a part, a part there is not."""
    client = Client(server.url)
    client.raw(method, small)
    before = descriptors(server)
    with many(server, asking(large)):
        pass
    etag = client.raw("HEAD", small).headers["ETag"]
    for headers in ({"If-None-Match": etag}, {"Range": "bytes=1-2"}, {"Range": "bytes=99999-"}):
        for asked in (method, "HEAD"):
            client.raw(asked, small, headers=headers)
    ends = time.monotonic() + 5
    while descriptors(server) > before and time.monotonic() < ends:
        time.sleep(0.1)
    more = descriptors(server) - before
    said(f"{more} more")
    assert more <= 0


def asked(client: Client, method: str, path: str, headers: dict[str, str]) -> Answer:
    """Ask for a file; `$etag` stands for its tag and `$modified` for its time."""
    head = client.raw("HEAD", path).headers
    values = {"$etag": head["ETag"], "$modified": head["Last-Modified"]}
    given = {
        name: re.sub(r"\$\w+", lambda found: values[found[0]], text)
        for name, text in headers.items()
    }
    return client.raw(method, path, headers=given)


PART = {"Range": "bytes=2-5"}


@pytest.mark.parametrize(
    ("headers", "status", "body"),
    [
        pytest.param({"Range": "bytes=-65536"}, 206, PNG, id="C6-a-suffix-longer-than-the-file"),
        pytest.param({"Range": f"bytes=-{'9' * 40}"}, 206, PNG, id="C6-a-suffix-of-40-digits"),
        pytest.param({"Range": "bytes=-7"}, 206, PNG[-7:], id="C6-a-suffix"),
        pytest.param({"Range": "bytes=-0"}, 416, None, id="C6-a-suffix-of-nothing"),
        pytest.param({"Range": f"bytes={len(PNG)}-"}, 416, None, id="C6-a-part-after-the-end"),
        pytest.param({"If-Match": '"x"'}, 412, None, id="C6-If-Match-another"),
        pytest.param({"If-Match": "W/$etag"}, 412, None, id="C6-If-Match-is-never-weak"),
        pytest.param({"If-Match": '"x", $etag'}, 200, PNG, id="C6-If-Match-this"),
        pytest.param({"If-Match": "*"}, 200, PNG, id="C6-If-Match-any"),
        pytest.param(
            {"If-Match": '"x"', "If-None-Match": "$etag"}, 412, None, id="C6-If-Match-goes-first"
        ),
        pytest.param(
            {"If-Unmodified-Since": "Mon, 01 Jan 2001 00:00:00 GMT"},
            412,
            None,
            id="C6-If-Unmodified-Since-an-older-one",
        ),
        pytest.param({"If-Unmodified-Since": "$modified"}, 200, PNG, id="C6-If-Unmodified-Since"),
        pytest.param({"If-Range": "W/$etag", **PART}, 200, PNG, id="C6-If-Range-is-never-weak"),
        pytest.param({"If-Range": "$etag", **PART}, 206, PNG[2:6], id="C6-If-Range-this"),
        pytest.param({"If-Range": '"x"', **PART}, 200, PNG, id="C6-If-Range-another"),
        pytest.param({"If-Range": "$modified", **PART}, 206, PNG[2:6], id="C6-If-Range-its-time"),
        pytest.param(
            {"If-Range": "Mon, 01 Jan 2001 00:00:00 GMT", **PART},
            200,
            PNG,
            id="C6-If-Range-another-time",
        ),
    ],
)
def test_parts_and_conditions(
    server: Server, small: str, said: Said, headers: dict[str, str], status: int, body: Any
) -> None:
    """As RFC 9110 has it; what is refused says so in the shape of the path."""
    answer = asked(Client(server.url), "GET", small, headers)
    said(f"{answer.status}, {len(answer.body)} bytes of {answer.headers['Content-Type']}")
    assert answer.status == status
    if body is not None:
        assert answer.body == body
        return
    assert answer.json()["status"] == status
    if status == 416:
        assert answer.headers["Content-Range"] == f"bytes */{len(PNG)}"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({"If-Match": '"x"'}, 412, id="C6-HEAD-If-Match-another"),
        pytest.param({"Range": "bytes=-65536"}, 200, id="C6-HEAD-has-no-parts"),
        pytest.param({"If-None-Match": "$etag"}, 304, id="C6-HEAD-If-None-Match"),
    ],
)
def test_head_of_a_file(
    server: Server, small: str, said: Said, headers: dict[str, str], status: int
) -> None:
    """The same conditions without a body; RFC 9110 gives `Range` to GET alone."""
    answer = asked(Client(server.url), "HEAD", small, headers)
    said(answer.status)
    assert (answer.status, answer.body) == (status, b"")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({"If-Match": '"x"'}, 412, id="C6-the-contract-If-Match-another"),
        pytest.param({"If-Match": "*"}, 200, id="C6-the-contract-If-Match-any"),
    ],
)
def test_conditions_on_the_contract(
    server: Server, said: Said, headers: dict[str, str], status: int
) -> None:
    """The contract has an ETag as well."""
    answer = Client(server.url).raw("GET", "/pb/api/openapi.json", headers=headers)
    said(f"{answer.status}, {len(answer.body)} bytes")
    assert answer.status == status
    assert len(answer.body) < 200 or status == 200


@pytest.mark.parametrize("offer", ["websocket", "h2c"])
@pytest.mark.parametrize("to", ["a-file", "the-contract", "an-upload"])
@pytest.mark.parametrize("row", [pytest.param("A1", id="A1-offer-to-upgrade")])
def test_an_offer_to_upgrade_is_ignored(
    server: Server, alice: Client, small: str, said: Said, row: str, to: str, offer: str
) -> None:
    """What Connexion serves is served as if nothing had been offered."""
    offered = {"Connection": "Upgrade", "Upgrade": offer}
    if to == "an-upload":
        answer = alice.raw("POST", RECORDS, headers={**FORM, **offered}, body=UPLOAD)
    else:
        target = small if to == "a-file" else "/pb/api/openapi.json"
        answer = Client(server.url).raw("GET", target, headers=offered)
    said(f"{row}: {answer.status}, {len(answer.body)} bytes")
    assert answer.status == 200


@pytest.mark.parametrize(
    ("query", "headers"),
    [
        pytest.param("", {}, id="C8-a-file"),
        pytest.param("?thumb=100x100", {}, id="C8-a-thumbnail"),
        pytest.param("", {"Range": "bytes=0-3"}, id="C8-a-part"),
        pytest.param("", {"If-None-Match": "*"}, id="C8-what-is-known"),
    ],
)
def test_no_shared_cache_keeps_a_file(
    server: Server, small: str, said: Said, query: str, headers: dict[str, str]
) -> None:
    """Its row may be deleted or invalid tomorrow."""
    answer = Client(server.url).raw("GET", small + query, headers=headers)
    said(answer.headers["Cache-Control"])
    assert answer.headers["Cache-Control"] == "private, max-age=86400"
    assert answer.headers["Expires"] is None
