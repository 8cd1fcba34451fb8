"""An application in another process: its answer comes back whole, also where it did not read the request."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bai_wx.console import threads
from bai_wx.errors import ServiceUnavailable
from bai_wx.process import apart, findings
from bai_wx.process.console_parts import READ_LIMIT_S
from bai_wx.request.asgi import App, Message, Receive, Scope, Send

SCOPE: Scope = {
    "type": "http",
    "method": "POST",
    "path": "/console/",
    "raw_path": b"/console/",
    "query_string": b"",
    "headers": [],
}
ANSWER = [b"refused" * 1_000, b" and said why"]
TIMES = 100
BUSY_S = 10


async def refuse(_scope: Scope, _receive: Receive, send: Send) -> None:
    """Answer in parts, without a look at the body."""
    await send({"type": "http.response.start", "status": 403, "headers": []})
    for part in ANSWER:
        await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


@pytest.mark.parametrize(
    "size",
    [
        pytest.param(0, id="nothing"),
        pytest.param(100, id="a form"),
        pytest.param(300_000, id="more than a socket holds"),
    ],
)
def test_an_answer_that_waits_for_no_body_is_whole(tmp_path: Path, size: int) -> None:
    """Whoever closes a socket with bytes in it that nobody read breaks off what was sent the other way."""
    asyncio.run(_ask_again_and_again(tmp_path, size))


async def _ask_again_and_again(folder: Path, size: int) -> None:
    async with _served(folder, refuse) as remote:
        for _ in range(TIMES):
            status, body = await _answered(remote, size)
            assert (status, body) == (403, b"".join(ANSWER))


def test_a_long_answer_is_whole_while_parts_of_it_come(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "PATIENCE_S", 1.0)
    asyncio.run(_ask_slowly(tmp_path))


async def _ask_slowly(folder: Path) -> None:
    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(6):
            await asyncio.sleep(0.3)
            await send({"type": "http.response.body", "body": b"part", "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def silent(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await asyncio.sleep(60)

    async with _served(folder, slow) as remote:
        assert await _answered(remote, 0) == (200, b"part" * 6)
    (folder / "s").unlink()
    async with _served(folder, silent) as remote:
        with pytest.raises(ServiceUnavailable):
            await _answered(remote, 0)


@asynccontextmanager
async def _served(folder: Path, app: App) -> AsyncIterator[apart.Remote]:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(folder / "s"))
    listener.listen()
    server = await apart.serve(listener, app, lambda: None)

    async def connect() -> socket.socket:
        connection = socket.socket(socket.AF_UNIX)
        connection.setblocking(False)
        await asyncio.get_running_loop().sock_connect(connection, str(folder / "s"))
        return connection

    yield apart.Remote(connect, lambda: None)
    server.close()


async def _answered(remote: apart.Remote, size: int) -> tuple[int, bytes]:
    sent: list[Any] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"x" * size, "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)
        await asyncio.sleep(0)  # as a client's connection may take its time

    await remote(SCOPE, receive, send)
    return sent[0]["status"], b"".join(each["body"] for each in sent[1:])


def test_the_slowest_page_ends_before_its_answer_is_given_up() -> None:
    """Its session waits for a thread and reads, then the doctor runs; a busy machine needs more."""
    slowest_s = threads.PATIENCE_S + READ_LIMIT_S + findings.PATIENCE_S
    assert slowest_s + BUSY_S <= apart.PATIENCE_S
