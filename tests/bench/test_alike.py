"""What is measured is the same work: answers are compared first, and turns never repeat a code."""

import shutil
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import orjson
import pytest

from bench import alike, dataset
from bench.peers import Ours, Peer
from bench.pocketbase import PocketBase
from bench.wechat import WeChat
from bench.workloads import ADDED, WORKLOADS


@pytest.mark.parametrize(
    ("a", "b", "places"),
    [
        pytest.param({"n": 1}, {"n": 1.0}, [], id="a number, however it is written"),
        pytest.param({"n": 1}, {"n": True}, [".n: 1 is not true"], id="true is no number"),
        pytest.param({"n": 1}, {}, [".n, which one of them lacks"], id="a key of one"),
        pytest.param({"id": "a"}, {"id": "b"}, [], id="what each makes for itself"),
        pytest.param({"id": "a"}, {}, [".id, which one of them lacks"], id="even that is there"),
        pytest.param([{"n": 1}], [{"n": 2}], ["[0].n: 1 is not 2"], id="deep inside"),
        pytest.param([1], [1, 2], [": [1] is not [1, 2]"], id="lists of other lengths"),
    ],
)
def test_differences_are_named(a: Any, b: Any, places: list[str]) -> None:
    assert list(alike.differences(a, b, frozenset({"id"}))) == places


@pytest.mark.long
@pytest.mark.skipif(not shutil.which("pocketbase"), reason="no pocketbase: pip install '.[bench]'")
def test_pocketbase_answers_every_workload_as_we_do(tmp_path: Path) -> None:
    """The hooks written for it keep the contract: answers and refusals."""
    with ExitStack() as stack:
        wechat = stack.enter_context(WeChat(tmp_path / "wechat")).url
        peers: list[Peer] = [
            stack.enter_context(Ours(tmp_path / "ours", wechat)),
            stack.enter_context(PocketBase(tmp_path / "pocketbase", wechat)),
        ]
        alike.compare(peers, WORKLOADS.values())


@pytest.mark.skipif(not shutil.which("wrk"), reason="no wrk on this machine")
@pytest.mark.parametrize(
    ("key", "field"),
    [("W6", "cart_product_id"), ("W8", "users_wx_code")],
)
def test_turns_go_on_where_they_ended(tmp_path: Path, key: str, field: str) -> None:
    """wrk, twice in a row: no user and product, and no code, comes a second time."""
    pytest.importorskip("psutil", reason="no psutil: pip install '.[bench]'")
    from bench.load import measure

    with _listening() as (port, bodies):
        peer = _Listener(tmp_path, port)
        for _ in range(2):
            measure(peer, WORKLOADS[key], 1, connections=2)
    sent = Counter((token, body[field]) for token, body in bodies if field in body)
    assert sent
    assert set(sent.values()) == {1}
    if key == "W6":
        asked = {
            token: user for user in peer.sample.users if (token := f"Bearer {peer.token(user)}")
        }
        first, places = ADDED
        for token, product in sent:
            range_of = (dataset.product_number(asked[token], first + n) for n in range(places))
            assert product in {dataset.record_id("p", each) for each in range_of}


class _Listener(Peer):
    """A server of this process, which answers everything."""

    name = "listener"

    def __init__(self, folder: Path, port: int) -> None:
        super().__init__(folder)
        self.url = f"http://127.0.0.1:{port}"

    @property
    def pid(self) -> int:
        return threading.main_thread().native_id or 0


@contextmanager
def _listening() -> Iterator[tuple[int, list[tuple[str, dict[str, Any]]]]]:
    bodies: list[tuple[str, dict[str, Any]]] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            if length:
                token = self.headers.get("Authorization", "")
                bodies.append((token, orjson.loads(self.rfile.read(length))))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST = _answer  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server.server_address[1], bodies
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
