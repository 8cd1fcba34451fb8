"""Two ways to ask a server: a thread of `requests`, and the event loop."""

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import pytest
import trustme

from bai_wx.errors import ApiError
from bai_wx.wechat.calls import Answer, Call, Deadline, Surroundings
from bai_wx.wechat.on_loop import LoopWire
from bai_wx.wechat.transport import Wire, finished

CALL = Call("GET", "/sns/jscode2session", {"secret": "s3cret-of-ours", "js_code": "c0de"})
BODY = b'{"openid": "oA"}'
SAID = {"openid": "oA"}
HEAD = b"HTTP/1.1 200 OK\r\n"
LENGTH = b"Content-Length: 16\r\n\r\n"
WHOLE = HEAD + LENGTH + BODY
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


class Way(Protocol):
    """A way to ask one server."""

    def ask(self, seconds: float = 5.0) -> Answer: ...


class InThread:
    """`requests`, which keeps the thread."""

    def __init__(self, url: str) -> None:
        self._wire = Wire(url, Surroundings.of(url))

    def ask(self, seconds: float = 5.0) -> Answer:
        return finished(self._wire.ask(CALL, Deadline(seconds)))


class OnLoop:
    """The event loop, which stands still between two questions: what happens then it has not seen."""

    def __init__(self, runner: asyncio.Runner, url: str, **options: float) -> None:
        self._wire = LoopWire(url, Surroundings.of(url).ca_bundle, **options)
        self._runner = runner

    def ask(self, seconds: float = 5.0) -> Answer:
        return self._runner.run(self._wire.ask(CALL, Deadline(seconds)))

    def ask_together(self, times: int) -> list[Answer]:
        async def together() -> list[Answer]:
            asked = (self._wire.ask(CALL, Deadline(5)) for _ in range(times))
            return await asyncio.gather(*asked)

        return self._runner.run(together())


def server_side(authority: trustme.CA, name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


@contextmanager
def trusting(authority: trustme.CA, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with authority.cert_pem.tempfile() as path:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", path)
        yield


def assert_silent(problem: ApiError) -> None:
    """No link of the chain says what was sent."""
    link: BaseException | None = problem
    while link is not None:
        assert "s3cret" not in f"{link!r} {link.args}"
        assert "c0de" not in f"{link!r} {link.args}"
        link = link.__cause__ or link.__context__
