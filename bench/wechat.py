"""WeChat for the bench: one process, quick enough never to be what is measured.

Any code `bench-…-<number>` is that one of the users who are asked, once; then 40163. Every other is
40029.

    python -m bench.wechat PORT TIMES
"""

import asyncio
import json
import signal
import sys
from pathlib import Path
from typing import cast
from urllib.parse import parse_qs, urlsplit

import uvloop

from bench import dataset
from bench.process import Process

SESSION_PATH = "/sns/jscode2session"
INVALID, USED = 40029, 40163


class Desk:
    """Answers login codes, each once, as the users of a shop of `times` the dataset's size."""

    def __init__(self, times: int = 1) -> None:
        self._users = dataset.Sample(times).users
        self._used: set[str] = set()

    def session(self, code: str) -> dict[str, str | int]:
        """What WeChat says to a code."""
        number = code.rpartition("-")[2]
        if not code.startswith("bench-") or not number.isdecimal():
            return {"errcode": INVALID, "errmsg": "invalid code"}
        if code in self._used:
            return {"errcode": USED, "errmsg": "code been used"}
        self._used.add(code)
        user = self._users[int(number) % len(self._users)]
        return {
            "openid": dataset.openid(user),
            "session_key": "YmVuY2gtc2Vzc2lvbi1rZXk=",
            "unionid": "",
        }


class _Connection(asyncio.Protocol):
    """Requests without bodies, answered in turn as they come."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._read = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.WriteTransport, transport)

    def data_received(self, data: bytes) -> None:
        *requests, self._read = (self._read + data).split(b"\r\n\r\n")
        for request in requests:
            self._transport.write(self._answer(request.split(b" ", 2)[1].decode("latin-1")))

    def _answer(self, target: str) -> bytes:
        url = urlsplit(target)
        if url.path == WeChat.health:
            return b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
        if url.path != SESSION_PATH:
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        code = parse_qs(url.query).get("js_code", [""])[0]
        body = json.dumps(self._desk.session(code)).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        return head.encode() + body


class WeChat(Process):
    """The stand-in as a process of its own, for a shop of `times` the dataset's size."""

    name = "wechat"

    def __init__(self, folder: Path, times: int = 1) -> None:
        super().__init__(folder)
        self._times = times

    def command(self) -> list[str]:
        return [sys.executable, "-m", "bench.wechat", str(self.port), str(self._times)]


async def serve(port: int, times: int) -> None:
    """Answer on 127.0.0.1 until SIGTERM."""
    loop, desk, ended = asyncio.get_running_loop(), Desk(times), asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    server = await loop.create_server(lambda: _Connection(desk), "127.0.0.1", port)
    await ended.wait()
    server.close()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1]), int(sys.argv[2])))
