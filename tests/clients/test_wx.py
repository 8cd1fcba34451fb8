"""The stand-in for `wx.request` is as WeChat documents it, seen by what a real server answers."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Barrier, BrokenBarrierError, Thread

import pytest

from tests.clients.wx import MOST_CONNECTIONS, REFERER, UNDEFINED, MiniProgram, RequestFailed

SEEN: list[tuple[str, str, dict[str, str], bytes]] = []
TOGETHER = Barrier(MOST_CONNECTIONS, timeout=20)


class Echo(BaseHTTPRequestHandler):
    """Notes what arrives, asks for a cookie to be kept, and answers in words."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def answer(self) -> None:
        """Answer 418; `/wait` only when ten such requests are there."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        SEEN.append((self.command, self.path, dict(self.headers.items()), body))
        if self.path.startswith("/wait"):
            try:
                TOGETHER.wait()
            except BrokenBarrierError:
                self.path = "/alone"
        said = b'{"statusCode": 418}' if self.path == "/json" else self.path.encode()
        self.send_response(302 if self.path == "/moved" else 418)
        self.send_header("Set-Cookie", "session=1")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815  http.server asks for these names


@pytest.fixture(scope="module")
def echo() -> Iterator[str]:
    """The address of a server that notes what it is sent."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def program(echo: str) -> Iterator[MiniProgram]:
    """A mini program of that server."""
    SEEN.clear()
    program = MiniProgram(echo)
    yield program
    program.close()


def test_there_is_no_patch(program: MiniProgram) -> None:
    with pytest.raises(RequestFailed, match=r"^request:fail"):
        program.request("/json", method="PATCH", data={})
    assert SEEN == []


def test_every_status_is_a_success(program: MiniProgram) -> None:
    """JSON is parsed, whatever the status; what is none stays text."""
    answer = program.request("/json")
    assert (answer.status, answer.data) == (418, {"statusCode": 418})
    assert program.request("/plain").data == "/plain"


def test_a_redirect_cannot_be_handled(program: MiniProgram) -> None:
    with pytest.raises(RequestFailed, match=r"^request:fail redirect 302"):
        program.request("/moved")


def test_data_of_a_get_becomes_a_query(program: MiniProgram) -> None:
    """`undefined` and `null` are words in it, an object is not taken apart."""
    data = {"a": UNDEFINED, "b": None, "c": [1, 2], "d": {}, "e": True, "f": 2.0, "g": "a b&开"}
    program.request("/list?x=1", data=data)
    ((method, path, headers, body),) = SEEN
    query = "x=1&a=undefined&b=null&c=1%2C2&d=%5Bobject%20Object%5D&e=true&f=2&g=a%20b%26%E5%BC%80"
    assert (method, path, body) == ("GET", f"/list?{query}", b"")
    assert headers["Content-Type"] == "application/json"


def test_data_of_a_post_becomes_json(program: MiniProgram) -> None:
    """A key that is `undefined` is left out; a form is written as a query."""
    program.request("/json", method="POST", data={"a": UNDEFINED, "b": None, "c": [UNDEFINED]})
    form = {"content-type": "application/x-www-form-urlencoded"}
    program.request("/json", method="POST", data={"a": UNDEFINED, "b": 1}, header=form)
    assert [body for *_, body in SEEN] == [b'{"b": null, "c": [null]}', b"a=undefined&b=1"]


def test_the_referer_is_wechats_and_no_cookie_is_kept(program: MiniProgram) -> None:
    for _ in range(2):
        program.request("/json", header={"referer": "https://example.com", "X-Own": "1"})
    for _, _, headers, _ in SEEN:
        assert headers["Referer"] == REFERER
        assert headers["x-own"] == "1"
        assert "Cookie" not in headers


def test_ten_requests_are_on_their_way_at_once(program: MiniProgram) -> None:
    """The others wait; none is refused."""
    answers = program.request_all(f"/wait?{n}" for n in range(3 * MOST_CONNECTIONS))
    assert [answer.data for answer in answers] == [f"/wait?{n}" for n in range(30)]
    assert program.most_in_flight == MOST_CONNECTIONS


def test_an_upload_is_a_form_and_is_answered_in_text(program: MiniProgram, photo: Path) -> None:
    answer = program.upload_file(
        "/json", file_path=photo, name="file", form_data={"n": 1}, header={"content-type": "x"}
    )
    assert answer.data == '{"statusCode": 418}'
    ((method, _, headers, body),) = SEEN
    assert method == "POST"
    assert headers["Content-Type"].startswith("multipart/form-data; boundary=")
    assert photo.read_bytes() in body
    assert b'name="n"\r\n\r\n1\r\n' in body
