"""The two places for files: the same answers from both, and what happens when S3 is away."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.api.pictures import MP4, PDF, picture
from tests.api.test_files import path_of, upload
from tests.paths import ATTACHMENTS
from tests.running import Client, Server
from tests.s3 import S3

OWN_HEADERS = frozenset({"date", "expires", "last-modified", "x-request-id"})


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory, s3: S3) -> Iterator[tuple[Client, Client]]:
    """The same user at two servers, one of each kind."""
    folder = tmp_path_factory.mktemp("stores")
    with Server(folder / "own") as own, Server(folder / "s3", **s3.settings) as remote:
        yield Client(own.url).login("alice"), Client(remote.url).login("alice")
        assert "Traceback" not in own.log + remote.log


@pytest.fixture
def failing(tmp_path: Path) -> Iterator[tuple[S3, Server, Client]]:
    """A server whose S3 may be stopped, and a user of it."""
    with S3() as s3:
        with Server(tmp_path / "home", **s3.settings) as server:
            yield s3, server, Client(server.url).login("alice")
            assert "Traceback" not in server.log
        s3.allow()


@pytest.mark.parametrize(
    "data", [picture("PNG"), picture("GIF"), PDF, MP4], ids=["PNG", "GIF", "PDF", "MP4"]
)
@pytest.mark.parametrize(
    ("method", "options"),
    [
        pytest.param("GET", {}, id="GET"),
        pytest.param("HEAD", {}, id="HEAD"),
        pytest.param("GET", {"headers": {"Range": "bytes=2-9"}}, id="a part"),
        pytest.param("HEAD", {"headers": {"Range": "bytes=2-9"}}, id="HEAD of a part"),
        pytest.param("GET", {"headers": {"Range": "bytes=-5"}}, id="the end"),
        pytest.param("GET", {"headers": {"Range": "bytes=0-1,4-5"}}, id="several parts"),
        pytest.param("GET", {"headers": {"Range": "bytes=99999-"}}, id="past the end"),
        pytest.param("GET", {"headers": {"If-None-Match": "*"}}, id="what is known"),
        pytest.param("HEAD", {"headers": {"If-None-Match": "*"}}, id="HEAD of what is known"),
        pytest.param("GET", {"params": {"thumb": "100x100"}}, id="a thumbnail"),
        pytest.param(
            "GET",
            {"params": {"thumb": "100x100"}, "headers": {"Range": "bytes=0-9"}},
            id="a part of a thumbnail",
        ),
        pytest.param("GET", {"params": {"thumb": "1x1"}}, id="a thumbnail there is not"),
        pytest.param("GET", {"params": {"download": "1"}}, id="to be saved"),
    ],
)
def test_both_stores_answer_alike(
    shops: tuple[Client, Client], data: bytes, method: str, options: dict[str, Any]
) -> None:
    """Status, headers and bytes."""
    own, remote = (answer(client, data, method, options) for client in shops)
    assert own == remote


def answer(client: Client, data: bytes, method: str, options: dict[str, Any]) -> Any:
    """What is answered for a file just uploaded, without its random name and its moment."""
    record = upload(client, data, "我的.png")
    given = client.request(method, path_of(record), **options)
    headers = {
        name.lower(): value.replace(record["attachments_link"], "NAME")
        for name, value in given.headers.items()
        if name.lower() not in OWN_HEADERS
    }
    body = given.json() if given.status_code >= 400 else given.content
    return given.status_code, headers, body, "Last-Modified" in given.headers


@pytest.mark.parametrize("how", ["stop", "deny"])
def test_an_s3_that_is_away_is_503(failing: tuple[S3, Server, Client], how: str) -> None:
    """For files alone, in PocketBase's shape, with nothing half-written, until it is back."""
    s3, server, alice = failing
    kept = upload(alice, picture("PNG"))
    count = len(server.rows("SELECT id FROM tbl_attachments"))
    getattr(s3, how)()
    refused = [
        alice.request("POST", ATTACHMENTS, files={"attachments_link": ("a.pdf", PDF)}),
        alice.request(
            "POST",
            ATTACHMENTS,
            files={"attachments_link": ("a.pdf", PDF)},
            headers={"Idempotency-Key": "once"},
        ),
        alice.get(path_of(kept)),
        alice.get(path_of(kept), params={"thumb": "100x100"}),
        alice.get(path_of(kept), headers={"Range": "bytes=0-1"}),
    ]
    for each in refused:
        assert each.status_code == 503, each.text
        assert int(each.headers["Retry-After"]) >= 1
        assert each.json() == {
            "data": {},
            "message": "The service is temporarily unavailable.",
            "status": 503,
        }
    assert alice.request("HEAD", path_of(kept)).status_code == 503
    assert alice.get(f"{ATTACHMENTS}/{kept['id']}").status_code == 200
    assert len(server.rows("SELECT id FROM tbl_attachments")) == count
    s3.start() if how == "stop" else s3.allow()
    assert alice.get(path_of(kept)).content == picture("PNG")
    assert upload(alice, PDF, "a.pdf")["id"]
    again = alice.request(
        "POST",
        ATTACHMENTS,
        files={"attachments_link": ("a.pdf", PDF)},
        headers={"Idempotency-Key": "once"},
    )
    assert again.status_code == 200
    assert len(server.rows("SELECT id FROM tbl_attachments")) == count + 2
    # The demo's icons, and what was uploaded here.
    assert len(s3.held()) == len(server.rows("SELECT id FROM tbl_attachments"))


class Garbage(BaseHTTPRequestHandler):
    """Answers everything with a page that is no S3's."""

    def do_GET(self) -> None:
        """Say hello."""
        body = b"<html>hello"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(b"" if self.command == "HEAD" else body)

    do_PUT = do_HEAD = do_DELETE = do_GET  # noqa: N815

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def test_doctor_names_a_storage_that_is_none(tmp_path: Path, s3: S3) -> None:
    """Closed, without the bucket, or somebody else; a working one passes."""
    web = ThreadingHTTPServer(("127.0.0.1", 0), Garbage)
    thread = threading.Thread(target=web.serve_forever)
    thread.start()
    try:
        cases = {
            "a working one": (s3.settings, True),
            "no bucket": ({**s3.settings, "BAI_WX_FILES": "s3://nobodys-bucket"}, False),
            "nobody": ({**s3.settings, "BAI_WX_S3_ENDPOINT": "http://127.0.0.1:9"}, False),
            "no S3": (
                {**s3.settings, "BAI_WX_S3_ENDPOINT": f"http://127.0.0.1:{web.server_port}"},
                False,
            ),
        }
        for name, (settings, is_fit) in cases.items():
            told = Server(tmp_path / "home", **settings).command("doctor", check=False)
            assert ("ok   files" in told.stdout) is is_fit, (name, told.stdout)
            assert ("FAIL files" in told.stdout) is not is_fit, (name, told.stdout)
            assert "Traceback" not in told.stderr
            assert s3.settings["AWS_SECRET_ACCESS_KEY"] not in told.stdout + told.stderr
    finally:
        web.shutdown()
        thread.join()
        web.server_close()
    assert not [key for key in s3.held() if "doctor" in key]


def test_purge_clears_s3_as_well(tmp_path: Path) -> None:
    """The files of rows deleted long ago, and those that never got a row."""
    with S3() as s3, Server(tmp_path / "home", **s3.settings) as server:
        alice = Client(server.url).login("alice")
        gone, kept = (upload(alice, picture("PNG")) for _ in range(2))
        for each in (gone, kept):
            assert alice.get(path_of(each), params={"thumb": "100x100"}).status_code == 200
        server.change(
            "tbl_attachments", gone["id"], is_delete=1, updated="2020-01-01 00:00:00.000Z"
        )
        told = server.command("purge", "--older-than", "90d").stdout
        assert "files of records: 1;" in told
        assert {key.split("/")[2] for key in s3.held()} & {gone["id"], kept["id"]} == {kept["id"]}
        s3.stop()
        refused = server.command("purge", "--older-than", "90d", check=False)
        assert refused.returncode == 1
        assert refused.stderr.count("Error") == 1
        assert "Traceback" not in refused.stderr
