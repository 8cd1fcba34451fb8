"""Calls on the event loop: while WeChat thinks no thread waits, and none is woken.

`httptools` reads the answers, within what `calls` says. Only questions without a body are asked.
"""

import asyncio
import select
import ssl
import time
from collections.abc import Callable
from functools import cached_property
from http import HTTPStatus
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from bai_wx.database import waiting
from bai_wx.errors import WechatUnavailable
from bai_wx.wechat.calls import (
    HEADERS,
    MAX_ANSWER_BYTES,
    MAX_CONNECTIONS,
    MAX_IDLE_S,
    TOO_LARGE,
    Answer,
    Call,
    Deadline,
    NotSent,
    hide,
    parse,
    status_problem,
)

MAX_RECEIVED_BYTES = MAX_ANSWER_BYTES + 64 * 1024
"""An answer with its headers and whatever else stands around it."""

Result = TypeVar("Result")


class Garbled(Exception):
    """What came is no whole HTTP answer."""


class LoopWire:
    """The connections of one event loop to one WeChat server. No proxy is asked."""

    def __init__(self, base_url: str, ca_bundle: str, *, max_idle_s: float = MAX_IDLE_S) -> None:
        url = urlsplit(base_url.rstrip("/"))
        self._host, self._is_tls = url.hostname or "", url.scheme == "https"
        self._port = url.port or (443 if self._is_tls else 80)
        self._ca_bundle, self._max_idle_s = ca_bundle, max_idle_s
        self._prefix = url.path
        headers = {"Host": url.netloc.rpartition("@")[2], **HEADERS}
        self._rest = " HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in headers.items()) + "\r\n"
        self._loop: asyncio.AbstractEventLoop | None = None
        self._places = asyncio.Semaphore(MAX_CONNECTIONS)
        self._idle: list[_Connection] = []
        self._beside: set[asyncio.Task[None]] = set()
        """The loop itself keeps none alive."""

    async def ask(self, call: Call, deadline: Deadline) -> Answer:
        """Send `call` once and return the JSON object it is answered with.

        Raises: as `transport.Wire.ask`.
        """
        return parse(call, await self._fetch(call, deadline))

    async def pause(self, seconds: float, deadline: Deadline) -> None:
        """Sleep without holding the event loop, but not past the deadline."""
        await asyncio.sleep(min(seconds, deadline.remaining_s()))

    async def aside(self, work: Callable[[], Result]) -> Result:
        """Do work that waits for the database that replicas share; others go on meanwhile."""
        return await waiting.answered(work)

    def beside(self, work: Callable[[], None]) -> None:
        """As `aside`, where nobody needs to wait for it."""
        task = asyncio.get_running_loop().create_task(waiting.answered(work))
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)

    async def _fetch(self, call: Call, deadline: Deadline) -> bytes:
        self._begin_on(asyncio.get_running_loop())
        try:
            async with asyncio.timeout(deadline.remaining_s()), self._places:
                return await self._exchange(call)
        except (OSError, ValueError, Garbled) as exc:  # a time-out is an OSError
            said = f"{call.path}: {type(exc).__name__}: {hide(str(exc)) or 'out of time'}"
        raise WechatUnavailable(said)

    def _begin_on(self, loop: asyncio.AbstractEventLoop) -> None:
        """Forget the connections of a loop that ended, as where a test has a loop a request."""
        if loop is not self._loop:
            self._loop, self._idle = loop, []
            self._places = asyncio.Semaphore(MAX_CONNECTIONS)

    async def _exchange(self, call: Call) -> bytes:
        connection = self._idle_connection() or await self._connect()
        try:
            return await connection.ask(self._request(call))
        finally:
            if connection.is_free:
                self._idle.append(connection)
            else:
                connection.close()

    def _request(self, call: Call) -> bytes:
        return f"GET {self._prefix}{call.path}?{call.query}{self._rest}".encode()

    def _idle_connection(self) -> "_Connection | None":
        """The connection used last, so that few are kept warm."""
        while self._idle:
            connection = self._idle.pop()
            if connection.is_usable(self._max_idle_s):
                return connection
            connection.close()
        return None

    async def _connect(self) -> "_Connection":
        loop, tls = asyncio.get_running_loop(), self._tls if self._is_tls else None
        try:
            _, connection = await loop.create_connection(
                _Connection, self._host, self._port, ssl=tls
            )
            return connection
        except ssl.SSLError:  # somebody is there, but not whom we look for
            raise
        except OSError as exc:
            said = f"no connection: {exc}"
        raise NotSent(said)

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        known = self._ca_bundle
        file, folder = (None, known) if Path(known).is_dir() else (known, None)
        context = ssl.create_default_context(cafile=file, capath=folder)
        context.set_alpn_protocols(["http/1.1"])
        return context


class _Connection(asyncio.Protocol):
    """One connection, asked one question at a time."""

    _transport: asyncio.Transport
    _answer: "asyncio.Future[bytes] | None" = None
    _is_kept = False
    _last_used = 0.0

    @property
    def is_free(self) -> bool:
        """Whether the answer came whole, and another question may follow."""
        return self._is_kept and not self._transport.is_closing()

    def is_usable(self, max_idle_s: float) -> bool:
        """Whether the other side has been silent since, and not for long.

        It may close an idle connection just as we send; nobody could tell then whether the code was
        spent.
        """
        if not self.is_free or time.monotonic() - self._last_used >= max_idle_s:
            return False
        return not self._poll.poll(0)

    async def ask(self, request: bytes) -> bytes:
        """Send a request. Returns: the body of its answer. Raises: `Garbled`, `OSError`."""
        if self._transport.is_closing():
            raise Garbled("closed before it was asked")
        self._parser = HttpResponseParser(self)
        self._body = bytearray()
        self._received = 0
        self._is_kept = self._has_headers = self._has_length = False
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def close(self) -> None:
        """Close at once, whatever is still to come."""
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]  # a socket's
        self._poll = select.poll()
        self._poll.register(transport.get_extra_info("socket"), select.POLLIN)

    def data_received(self, data: bytes) -> None:
        if self._is_answered:
            self.close()  # nobody has asked
            return
        self._received += len(data)
        if self._received > MAX_RECEIVED_BYTES:
            self._fail(f"more than {MAX_RECEIVED_BYTES} bytes")
            return
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade) as exc:
            self._fail(type(exc).__name__)

    def eof_received(self) -> None:
        if self._has_headers and not self._has_length:
            self._finish()  # the end of the connection is the end of such an answer
        self._fail("closed before the end")

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail(str(exc or "closed before the end"))

    def on_message_begin(self) -> None:
        """Another answer begins, after a 1xx."""
        self._has_length = False
        if self._is_answered:  # nobody has asked for it
            self._is_kept = False

    def on_header(self, name: bytes, _value: bytes) -> None:
        """A header of the answer, told by the parser."""
        if name.lower() in (b"content-length", b"transfer-encoding"):
            self._has_length = True

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        if status >= HTTPStatus.OK:
            self._has_headers = True
            if problem := status_problem(status):
                self._fail(problem)

    def on_body(self, piece: bytes) -> None:
        self._body += piece
        if len(self._body) > MAX_ANSWER_BYTES:
            self._fail(TOO_LARGE)

    def on_message_complete(self) -> None:
        # Without its headers it was a 100: the answer is still to come.
        if self._has_headers and not self._is_answered:
            self._is_kept = self._parser.should_keep_alive()
            self._finish()

    @property
    def _is_answered(self) -> bool:
        return self._answer is None or self._answer.done()

    def _finish(self) -> None:
        if self._answer is not None and not self._answer.done():
            self._last_used = time.monotonic()
            self._answer.set_result(bytes(self._body))

    def _fail(self, why: str) -> None:
        self._is_kept = False
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(Garbled(why))
