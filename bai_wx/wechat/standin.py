"""The WeChat stand-in: WeChat's documented JSON on a real socket, for `--demo` and the tests.

The code's own name says what happens, so a server in another process needs no script:

| login or phone code | answer |
| --- | --- |
| `demo-<name>` | that user, as often as asked |
| `code-<name>-<anything>` | that user, once; then 40163 |
| `err-<number>` | that errcode |
| `err-once-<number>-<name>` | that errcode the first time, then the user |
| `slow-<seconds>-<name>` | the user, after that time |
| `drop-…` `cut-…` `drip-…` | no answer · half of one · one that never ends |
| `html-…` `array-…` `empty-…` `huge-…` `blank-…` | a body that is no good (`blank` is `{}`) |
| `status-<number>-…` `redirect-…` | that HTTP status · a redirect |
| what `issue_code` gave | that openid, once, for five minutes; then 40163 or 40029 |
| anything else | 40029 |

As a phone code, `phone-<number>` gives that number (`phone-13800138000`, `phone-+85291234567`); so
does every form above whose `<name>` is a number; another name gives a made-up mainland number.

`python -m bai_wx.wechat.standin` runs it alone and prints its address. It refuses to run beside a real app
id, which it looks for in WECHAT_APPID.
"""

import argparse
import contextlib
import json
import os
import signal
import socket
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from bai_wx.wechat.standin_api import (
    APPID,
    MAX_BODY_BYTES,
    PHONE_PATH,
    SECRET,
    SESSION_PATH,
    Api,
    ApiRequest,
    Delivery,
    Reply,
    Request,
    State,
    phone_of,
    session_answer,
)

DRIP_EVERY_S = 0.05
DRIP_FOR_S = 60.0


class StandInRefused(RuntimeError):
    """The stand-in was asked to run beside a real app id, where anyone could log in as anyone."""


def refuse_beside_real_app(appid: str | None) -> None:
    """Raises: `StandInRefused` unless `appid` is missing, empty or the stand-in's own."""
    if appid not in (None, "", APPID):
        raise StandInRefused(
            f"the WeChat stand-in logs anyone in as anyone, and WECHAT_APPID is {appid!r}:"
            " unset it to run the demo, or leave the stand-in out"
        )


class _Handler(BaseHTTPRequestHandler):
    """Reads a request, has the API answer it and sends the answer by its `delivery`."""

    protocol_version = "HTTP/1.1"
    server_version = "wechat-standin"
    wbufsize = -1  # headers and body leave together
    disable_nagle_algorithm = True
    timeout = 120
    server: "_Server"

    def do_GET(self) -> None:
        self._serve({})

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        self._serve(_read_json(self.rfile.read(min(length, MAX_BODY_BYTES))))

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the request line carries codes."""

    def _serve(self, body: dict[str, Any] | None) -> None:
        url = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(url.query).items()}
        reply = self.server.api.answer(ApiRequest(self.command, url.path, query, body))
        self.server.closing.wait(reply.delay_s)
        SENDERS[reply.delivery](self, reply)

    def send_whole(self, reply: Reply) -> None:
        self._send(reply, len(reply.body))

    def send_nothing(self, _reply: Reply) -> None:
        self._hang_up()

    def send_half(self, reply: Reply) -> None:
        self._send(reply, 2 * len(reply.body))
        self._hang_up()

    def send_drops(self, reply: Reply) -> None:
        """A byte at a time, until the other side has had enough."""
        self._send(reply, MAX_BODY_BYTES)
        until = time.monotonic() + DRIP_FOR_S
        while time.monotonic() < until and not self.server.closing.wait(DRIP_EVERY_S):
            self.wfile.write(b" ")
            self.wfile.flush()
        self._hang_up()

    def _send(self, reply: Reply, length: int) -> None:
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Content-Length", str(length))
        if reply.status == HTTPStatus.FOUND:
            self.send_header("Location", f"{self.path}&again=1")
        self.end_headers()
        self.wfile.write(reply.body)
        self.wfile.flush()

    def _hang_up(self) -> None:
        self.close_connection = True
        _shut(self.connection)


SENDERS: dict[Delivery, Callable[[_Handler, Reply], None]] = {
    Delivery.WHOLE: _Handler.send_whole,
    Delivery.DROP: _Handler.send_nothing,
    Delivery.CUT: _Handler.send_half,
    Delivery.DRIP: _Handler.send_drops,
}


def _read_json(body: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _shut(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):  # the other side was quicker
        sock.shutdown(socket.SHUT_RDWR)


class _Server(ThreadingHTTPServer):
    """A thread a connection; stopping ends them all, kept-alive ones too."""

    request_queue_size = 512
    daemon_threads = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], api: Api) -> None:
        self.api = api
        self.closing = threading.Event()
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Lock()
        super().__init__(address, _Handler)

    def server_bind(self) -> None:
        TCPServer.server_bind(self)  # HTTPServer's own asks DNS for a name nobody needs

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._open_lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._open_lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Only what is not a caller going away early."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)

    def stop(self) -> None:
        self.closing.set()
        self.shutdown()
        self.server_close()
        with self._open_lock:
            for sock in self._open:
                _shut(sock)


@dataclass
class StandIn:
    """WeChat on loopback, served by threads of this process; a context manager.

    Point a client at `base_url` with `appid` and `secret`. Other processes may call it too. It may
    be stopped and started again: it keeps its port and what it remembers. `now` is its clock, in
    seconds, for codes and tokens. Fork servers before `start`, or they hold its port open.
    """

    host: str = "127.0.0.1"
    port: int = 0
    now: Callable[[], float] = time.time
    appid: str = field(default=APPID, init=False)
    secret: str = field(default=SECRET, init=False, repr=False)
    _server: _Server | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        self._state = State(self.now)

    @property
    def base_url(self) -> str:
        """Where it answers. The port is chosen by `start`, unless given."""
        return f"http://{self.host}:{self.port}"

    @property
    def requests(self) -> deque[Request]:
        """The calls received so far, oldest first; clear it at will."""
        return self._state.requests

    def start(self) -> None:
        """Bind and answer, until `stop`. Raises: `StandInRefused` beside a real WECHAT_APPID."""
        refuse_beside_real_app(os.environ.get("WECHAT_APPID"))
        self._server = _Server((self.host, self.port), Api(self._state))
        self.port = self._server.server_address[1]
        serve = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), name="wechat-standin", daemon=True
        )
        serve.start()

    def stop(self) -> None:
        """Close the port and every connection; nothing if it is not running."""
        if self._server is not None:
            self._server.stop()
            self._server = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.stop()

    def issue_code(self, openid: str, *, unionid: str = "") -> str:
        """A fresh login code: good once, within five minutes."""
        return self._state.issue(SESSION_PATH, session_answer(openid, unionid))

    def issue_phone_code(self, number: str) -> str:
        """A fresh phone code for `<mainland number>` or `+<country><number>`: as `issue_code`."""
        return self._state.issue(PHONE_PATH, phone_of(number))

    def fail_next(self, path: str, errcode: int, *, times: int = 1) -> None:
        """Have the next `times` calls of `path` answered with `errcode`, whatever they bring."""
        self._state.plan_failures(path, errcode, times)

    def revoke_tokens(self) -> None:
        """Make every access token given out so far invalid (40001)."""
        self._state.revoke_tokens()

    def tokens_live(self, seconds: int) -> None:
        """Access tokens given out from now on expire after `seconds`."""
        self._state.token_life_s = seconds


def main(argv: list[str] | None = None) -> int:
    """Run in the foreground until SIGTERM or SIGINT; the first line on stdout is the address."""
    parser = argparse.ArgumentParser(
        prog="python -m bai_wx.wechat.standin", description=main.__doc__
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 picks a free one")
    parser.add_argument("--watch-stdin", action="store_true", help="also stop when stdin closes")
    options = parser.parse_args(argv)
    try:
        _run(StandIn(host=options.host, port=options.port), watch_stdin=options.watch_stdin)
    except (StandInRefused, OSError) as exc:
        print(f"bai_wx.wechat.standin: {exc}", file=sys.stderr)
        return 1
    return 0


def _run(standin: StandIn, *, watch_stdin: bool) -> None:
    done = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: done.set())
    with standin:
        print(standin.base_url, flush=True)
        if watch_stdin:
            threading.Thread(target=_until_stdin_closes, args=(done,), daemon=True).start()
        done.wait()


def _until_stdin_closes(done: threading.Event) -> None:
    # The raw descriptor: a daemon thread blocked inside sys.stdin would break interpreter shutdown.
    while os.read(0, 4096):
        pass
    done.set()


if __name__ == "__main__":
    sys.exit(main())
