"""Files that are sent while they are written: whole, in little memory, and broken off without a trace.

Covers: bai_wx/console/transfers/streams.py
"""

import asyncio
import threading
from typing import IO

import pytest

from bai_wx.console.transfers import streams
from bai_wx.console.transfers.streams import Streams
from bai_wx.errors import ServiceUnavailable

LINES = [f"{number}\n".encode() for number in range(50_000)]


def in_lines(file: IO[bytes]) -> None:
    """Write many small pieces."""
    for line in LINES:
        file.write(line)


def back_and_forth(file: IO[bytes]) -> None:
    """Write a file whose first bytes come last."""
    file.write(b"....")
    file.write(b"end")
    file.seek(0)
    file.write(b"head")


@pytest.mark.parametrize("seeks", [False, True])
def test_a_file_arrives_whole(seeks: bool) -> None:
    async def taken() -> list[bytes]:
        return [piece async for piece in Streams().pieces(in_lines, seeks=seeks)]

    pieces = asyncio.run(taken())
    assert b"".join(pieces) == b"".join(LINES)
    assert max(map(len, pieces)) < 2 * streams.PIECE


def test_a_file_that_goes_back_is_made_first() -> None:
    async def taken() -> list[bytes]:
        return [piece async for piece in Streams().pieces(back_and_forth, seeks=True)]

    assert b"".join(asyncio.run(taken())) == b"headend"


def test_a_writer_that_breaks_ends_the_file() -> None:
    def breaking(file: IO[bytes]) -> None:
        file.write(b"x")
        raise ValueError("broken")

    async def taken() -> None:
        async for _ in Streams().pieces(breaking, seeks=False):
            pass

    with pytest.raises(ValueError, match="broken"):
        asyncio.run(taken())


def test_the_writer_ends_when_nobody_takes_any_more() -> None:
    ended = threading.Event()

    def endless(file: IO[bytes]) -> None:
        try:
            while True:
                file.write(b"x" * streams.PIECE)
        finally:
            ended.set()

    async def taken() -> None:
        pieces = Streams().pieces(endless, seeks=False)
        async for _ in pieces:
            break
        await pieces.aclose()  # type: ignore[attr-defined]  # it is a generator
        assert await asyncio.to_thread(ended.wait, 20)

    asyncio.run(taken())


def test_so_many_at_once() -> None:
    async def taken() -> None:
        sending = Streams()
        open_ones = [sending.pieces(in_lines, seeks=False) for _ in range(streams.MOST_AT_ONCE)]
        for each in open_ones:
            await anext(each)
        with pytest.raises(ServiceUnavailable):
            sending.pieces(in_lines, seeks=False)
        for each in open_ones:
            await each.aclose()  # type: ignore[attr-defined]  # it is a generator
        sending.pieces(in_lines, seeks=False)

    asyncio.run(taken())
