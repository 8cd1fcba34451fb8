"""Answers of the stack behind the edge, sent to clients who may read slowly.

Flask runs in a few threads. What it answers is therefore taken whole, without waiting for the client, and
sent afterwards from the event loop. The bytes of a large file do not pass through it: it says which part
of what is to be sent, and each piece is read when the client has taken the one before. Between two pieces
nothing is held, neither thread nor descriptor nor connection to a bucket. Who takes nothing is dropped by
`bai_wx/request/protocol.py`.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol

from bai_wx.errors import NotFound, ServiceUnavailable
from bai_wx.request.render import Reply

log = logging.getLogger("bai_wx.files")

HELD = "bai_wx.held"
CONNECTION = "bai_wx.connection"
WRITE = 64 * 1024  # bytes of one write, as many as uvicorn buffers before it waits
LOCAL_PIECE = 64 * 1024
REMOTE_PIECE = 256 * 1024  # a piece is a request to the bucket
READERS = 8

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]

# Threads of their own: a bucket that does not answer holds them for seconds.
_readers = ThreadPoolExecutor(READERS, "bai-wx-files")


class Connection(Protocol):
    """The client's connection, where the server shows it."""

    def is_closing(self) -> bool:
        """Whether nothing can be sent any more."""

    def reset(self) -> None:
        """Break it at once."""


class FileEnded(Exception):
    """The file ended before what was promised of it."""


@dataclass(slots=True)
class FilePart:
    """`length` bytes of a file from `offset` on, read piece by piece."""

    open: Callable[[], BinaryIO]
    offset: int
    length: int
    piece: int

    def read(self) -> bytes:
        """Read the next piece. Raises: `FileEnded`, and what `open` and reading raise."""
        with self.open() as file:
            file.seek(self.offset)
            data = file.read(min(self.length, self.piece))
        if not data:
            raise FileEnded
        self.offset += len(data)
        self.length -= len(data)
        return data


class HeldAnswer:
    """One answer, held until it is whole. `rest` is what of a file follows the bytes held.

    `reply` is the answer where the request was refused before Flask heard of it. `is_page` says that it
    is a page, which no page of another origin may read.
    """

    def __init__(self) -> None:
        self.rest: FilePart | None = None
        self.is_page = False
        self.reply: Reply | None = None
        self._start: Message | None = None
        self._parts: list[bytes] = []

    async def take(self, message: Message) -> None:
        """Take a message that the stack behind sends; it never waits."""
        if message["type"] == "http.response.start":
            self._start = message
        elif message.get("body"):
            self._parts.append(message["body"])

    async def send(self, scope: MutableMapping[str, Any], send: Send) -> None:
        """Send it all, at the pace of the client. A file that fails by now breaks the connection."""
        if self._start is None:
            return
        connection: Connection | None = scope.get(CONNECTION)
        await send(self._start)
        for data in self._parts:
            await _write(send, data)
        try:
            await self._send_rest(send, connection)
        except (FileEnded, NotFound, ServiceUnavailable, OSError) as problem:
            log.error("a download was broken off: %s", ascii(repr(problem)))
            if connection is not None:
                connection.reset()
        if self.rest is not None and self.rest.length:
            await asyncio.sleep(0)  # until the protocol has heard of the end of its connection
            return
        await send({"type": "http.response.body", "body": b""})

    async def _send_rest(self, send: Send, connection: Connection | None) -> None:
        loop = asyncio.get_running_loop()
        while self.rest is not None and self.rest.length:
            if connection is not None and connection.is_closing():
                return  # nobody reads it any more
            await _write(send, await loop.run_in_executor(_readers, self.rest.read))


async def _write(send: Send, data: bytes) -> None:
    for start in range(0, len(data), WRITE):
        part = data[start : start + WRITE]
        await send({"type": "http.response.body", "body": part, "more_body": True})
