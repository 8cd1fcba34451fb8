"""A file that is sent while a thread writes it: no answer is held in memory whole.

The thread waits for whoever takes the pieces, and ends when nobody does any more.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from io import RawIOBase
from typing import IO, Any, Final

from bai_wx.errors import ServiceUnavailable

PIECE: Final = 64 * 1024  # bytes
MOST_WAITING: Final = 8  # pieces that were written and not taken
MOST_AT_ONCE: Final = 2
LOOK_S: Final = 0.5
"""How often the thread looks whether somebody still takes the pieces."""
RETRY_AFTER_S: Final = 5

Write = Callable[[IO[bytes]], None]
"""Writes the file."""


class Broken(Exception):
    """Nobody takes the pieces any more."""


class _Pipe(RawIOBase):
    """What the thread writes to. Small writes are joined to pieces; None is the end."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.pieces: asyncio.Queue[bytes | None] = asyncio.Queue(MOST_WAITING)
        self.is_broken = False
        self._loop = loop
        self._joined = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        """Take so many bytes. Raises: `Broken`."""
        self._joined += data
        if len(self._joined) >= PIECE:
            self.send()
        return len(data)

    def send(self) -> None:
        """Pass on what was written so far. Raises: `Broken`."""
        if self._joined:
            self.put(bytes(self._joined))
            self._joined.clear()

    def put(self, piece: bytes | None) -> None:
        """Wait until the piece has a place. Raises: `Broken`."""
        if self.is_broken:
            raise Broken
        placed = asyncio.run_coroutine_threadsafe(self.pieces.put(piece), self._loop)
        while True:
            try:
                placed.result(LOOK_S)
            except TimeoutError:
                if self.is_broken:
                    placed.cancel()
                    raise Broken from None
            else:
                return


class Streams:
    """Files that are sent at the same time, a thread each."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(MOST_AT_ONCE, "console-export")
        self._sent = 0

    def pieces(self, write: Write, *, seeks: bool) -> AsyncIterator[bytes]:
        """The pieces of a file that `write` makes. With `seeks` it goes back, and the file is made whole first.

        Raises: `ServiceUnavailable` where too many are sent already.
        """
        if self._sent >= MOST_AT_ONCE:
            raise ServiceUnavailable("too many exports at once", retry_after_s=RETRY_AFTER_S)
        return self._pieces(_whole(write) if seeks else write)

    async def _pieces(self, write: Write) -> AsyncIterator[bytes]:
        loop = asyncio.get_running_loop()
        pipe = _Pipe(loop)
        self._sent += 1
        written = loop.run_in_executor(self._threads, _written, write, pipe)
        try:
            while (piece := await pipe.pieces.get()) is not None:
                yield piece
            await written
        finally:
            pipe.is_broken = True
            self._sent -= 1


def _written(write: Write, pipe: _Pipe) -> None:
    try:
        try:
            write(pipe)  # type: ignore[arg-type]  # it is a binary file in all that is asked of it
            pipe.send()
        finally:
            pipe.put(None)
    except Broken:
        return


def _whole(write: Write) -> Write:
    def copied(pipe: IO[bytes]) -> None:
        with tempfile.TemporaryFile() as file:
            write(file)
            file.seek(0)
            while piece := file.read(PIECE):
                pipe.write(piece)

    return copied
