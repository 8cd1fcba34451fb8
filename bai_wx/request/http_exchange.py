"""One request of a connection and its answer.

ASGI sends an answer's head and body as two messages, which uvicorn writes one by one: two system calls,
and a client that is woken twice. An answer that is there as a whole goes out in one write instead, by
the extension `WHOLE` of the scope; under another server the scope lacks it, and ASGI's way is taken.
"""

from collections.abc import Callable
from typing import Any, Protocol, cast

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from bai_wx.errors import ApiError
from bai_wx.request.connection_limits import Watch
from bai_wx.request.observation import ID_HEADER, Observation

WHOLE = "bai_wx.whole"
ARRIVED = "bai_wx.arrived"
REFUSED = "bai_wx.refused"

SMALL_ANSWER = 16 * 1024
TINY_ANSWER = 1024  # always sent
CLOSE = b"connection: close\r\n"

Arrived = Callable[[], bytes | None]
"""Gives a request's body when all of it is here, as it mostly is: nobody has to wait for it."""

SendWhole = Callable[[int, bytes, bytes], bool]
"""Sends a whole answer: its status, its header lines, each ended by CRLF, and its body.

Returns: False when too many answers wait for their readers; nothing was sent then, and a small one may be.
"""


class Connection(Protocol):
    """The connection of an exchange, which uvicorn calls its transport."""

    watch: Watch

    def write(self, data: bytes) -> None:
        """Send."""

    def close(self) -> None:
        """End after what was written."""

    def may_be_kept(self, cycle: "Exchange") -> bool:
        """Whether another request can follow, although not all of this one's body was read."""


class Exchange(RequestResponseCycle):
    """A request and its answer."""

    problem: ApiError | None = None
    """What is wrong with the body's framing: who reads the body is told, who does not never knows."""
    observation: Observation
    status = 0

    @property
    def connection(self) -> Connection:
        """Where it came from."""
        return cast("Connection", self.transport)

    async def receive(self) -> Any:
        """Give a part of the body. Raises: the `ApiError` that answers a broken one."""
        message = await super().receive()
        if self.problem is not None and not self.disconnected:
            raise self.problem
        return message

    async def send(self, message: Any) -> None:
        """Say that the connection is closed if it is going to be, and which request it is."""
        if self.more_body and not self.response_started:
            self.keep_alive = self.keep_alive and self.connection.may_be_kept(self)
        if message["type"] == "http.response.start":
            self.status = message["status"]
            request_id = (ID_HEADER, self.observation.request_id)
            message = {**message, "headers": [*message.get("headers", ()), request_id]}
        await super().send(message)

    def arrived(self) -> bytes | None:
        """As `Arrived`."""
        return None if self.more_body else bytes(self.body)

    def send_whole(self, status: int, lines: bytes, body: bytes) -> bool:
        """As `SendWhole`: what `RequestResponseCycle.send` does for a start and a body of known length."""
        connection, size = cast("Connection", self.transport), len(body)
        watch = connection.watch
        if (
            size > TINY_ANSWER
            and (size > SMALL_ANSWER or watch.is_full)
            and not watch.has_room(size)
        ):
            return False
        if self.disconnected:
            return True
        if self.more_body and (CLOSE in lines or not connection.may_be_kept(self)):
            self.keep_alive = False
        self.waiting_for_100_continue = False
        self.response_started = self.response_complete = True
        self.status = status
        end = b"\r\n" if self.keep_alive or CLOSE in lines else CLOSE + b"\r\n"
        date = watch.date_lines(self.default_headers)
        named = self.observation.id_line
        connection.write(b"".join((STATUS_LINE[status], date, lines, named, end, body)))
        self.message_event.set()
        if not self.keep_alive:
            connection.close()
        self.on_response()
        return True
