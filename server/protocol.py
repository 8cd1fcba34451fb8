"""Uvicorn's HTTP protocol with what it lacks: a limit on a request's head, and answers sent whole.

ASGI sends an answer's head and body as two messages, which uvicorn writes one by one: two system calls,
and a client that is woken twice. An answer that is there as a whole goes out in one write instead, by
the extension `WHOLE` of the scope; under another server the scope lacks it, and ASGI's way is taken.
"""

from collections.abc import Awaitable, Callable
from functools import partial
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

from errors import ApiError, PayloadTooLarge, ValidationFailed
from server import render

LARGEST_HEAD = 256 * 1024  # bytes; a filter has at most 3,500, a token about 260
WHOLE = "bai_wx.whole"
ARRIVED = "bai_wx.arrived"

Arrived = Callable[[], bytes | None]
"""Gives a request's body when all of it is here, as it mostly is: nobody has to wait for it."""

SendWhole = Callable[[int, bytes, bytes], Awaitable[None]]
"""Sends a whole answer: its status, its header lines, each ended by CRLF, and its body."""


class Http(HttpToolsProtocol):
    """One connection."""

    _head_bytes = 0
    _in_head = True

    def data_received(self, data: bytes) -> None:
        """Parse what came; close the connection when the head goes on for too long."""
        self._head_bytes += len(data)
        super().data_received(data)
        if self._in_head and self._head_bytes > LARGEST_HEAD and not self.transport.is_closing():
            self._refuse(PayloadTooLarge())

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP, or an address beyond 64 KiB, in the shape of the path."""
        self._refuse(ValidationFailed({"": "请求格式不正确"}, msg))

    def _refuse(self, problem: ApiError) -> None:
        path = getattr(self, "url", b"").decode("latin-1")
        reply = render.error(render.family_of_unknown(path), problem)
        reason = HTTPStatus(reply.status).phrase
        head = (
            f"HTTP/1.1 {reply.status} {reason}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(reply.body)}\r\nConnection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + reply.body)
        self.transport.close()

    def on_headers_complete(self) -> None:
        self._in_head = False
        if b"#" in self.url:  # what follows would be dropped, the rest of a filter perhaps
            raise ValueError("a raw # in the address; write %23")
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._in_head, self._head_bytes = True, 0
        super().on_message_complete()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        scope: dict[str, Any] = cycle.scope  # type: ignore[assignment]  # ours has two keys more
        # Both hold the scope that holds them: who answers takes them out, or the collector has to.
        scope[WHOLE] = partial(_send_whole, cycle)
        scope[ARRIVED] = partial(_arrived, cycle)
        super()._start_asgi_task(cycle, app)


def _arrived(cycle: RequestResponseCycle) -> bytes | None:
    return None if cycle.more_body else bytes(cycle.body)


async def _send_whole(cycle: RequestResponseCycle, status: int, lines: bytes, body: bytes) -> None:
    """Do what `RequestResponseCycle.send` does for a start and a body of known length."""
    if cycle.flow.write_paused and not cycle.disconnected:
        await cycle.flow.drain()
    if cycle.disconnected:
        return
    cycle.waiting_for_100_continue = False
    cycle.response_started = cycle.response_complete = True
    date = b"".join(b"%b: %b\r\n" % header for header in cycle.default_headers)
    end = b"\r\n" if cycle.keep_alive else b"connection: close\r\n\r\n"
    cycle.transport.write(b"".join((STATUS_LINE[status], date, lines, end, body)))
    cycle.message_event.set()
    if not cycle.keep_alive:
        cycle.transport.close()
    cycle.on_response()
