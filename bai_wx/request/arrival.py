"""A request's body arrives. The edge waits for it here, after the route is known and before the checks.

What all clients together send has a bound, and each body has a deadline.
"""

import asyncio

from bai_wx.errors import RequestTimeout, ServiceUnavailable
from bai_wx.request.asgi import Receive, Scope
from bai_wx.request.connection_limits import RETRY_AFTER_S
from bai_wx.request.http_exchange import ARRIVED, Arrived
from bai_wx.request.incoming import Incoming

BODY_TIMEOUT_S = 30
BODIES_BOUND = 64 * 1024 * 1024  # bytes of all bodies that a worker waits for or works on


class ClientGone(Exception):
    """The client hung up before its request was whole."""


class Arrivals:
    """The bodies that one worker waits for or works on."""

    def __init__(self) -> None:
        self._held = 0  # bytes

    async def body(
        self, scope: Scope, receive: Receive, incoming: Incoming, limit: int
    ) -> bytes | None:
        """Read the whole body; None as soon as it is known to be larger than `limit` bytes.

        Raises: `ClientGone`, `RequestTimeout`, and `ServiceUnavailable` when all bodies are too much.
        """
        if not has_body(incoming.headers):
            return b""
        length = incoming.headers.get(b"content-length")
        if length is not None and int(length) > limit:
            return None
        arrived: Arrived | None = scope.get(ARRIVED)
        whole = arrived() if arrived is not None else None
        if whole is not None:
            if len(whole) > limit:
                return None
            self._hold(incoming, len(whole))
            return whole
        try:
            async with asyncio.timeout(BODY_TIMEOUT_S):
                return await self._parts(receive, incoming, limit)
        except TimeoutError as exc:
            raise RequestTimeout from exc

    def forget(self, incoming: Incoming) -> None:
        """Count this request's body no longer: it is answered."""
        self._held -= incoming.held

    async def _parts(self, receive: Receive, incoming: Incoming, limit: int) -> bytes | None:
        parts: list[bytes] = []
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientGone
            part = message.get("body", b"")
            if incoming.held + len(part) > limit:
                return None
            self._hold(incoming, len(part))
            parts.append(part)
            if not message.get("more_body"):
                return b"".join(parts)

    def _hold(self, incoming: Incoming, size: int) -> None:
        """Count so many bytes of a body, until its request is answered."""
        incoming.held += size
        self._held += size
        if self._held > BODIES_BOUND:
            raise ServiceUnavailable("too many large bodies at once", retry_after_s=RETRY_AFTER_S)


def has_body(headers: dict[bytes, bytes]) -> bool:
    """Whether a request with these headers has a body, if only an empty one."""
    return b"content-length" in headers or b"transfer-encoding" in headers


def is_to_come(scope: Scope) -> bool:
    """Whether some of the body has not arrived yet."""
    arrived: Arrived | None = scope.get(ARRIVED)
    return arrived is None or arrived() is None
