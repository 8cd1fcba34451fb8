"""Threads for what may take long, with a bound on how many wait for them and how long.

`dispatch` has a pool for each kind of work.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import TypeVar

from bai_wx.errors import ServiceUnavailable

RETRY_AFTER_S = 1

Result = TypeVar("Result")


class Pool:
    """So many threads of one event loop, and so many that may wait for them, for so long."""

    def __init__(self, name: str, threads: int, most_waiting: int, patience_s: float) -> None:
        self.threads = ThreadPoolExecutor(threads, name)
        self._most = threads + most_waiting
        self._patience_s = patience_s
        self._taken = 0

    async def call(self, work: Callable[[], Result]) -> Result:
        """Do something in one of the threads.

        Raises: `ServiceUnavailable` where too many wait already, or this one waited too long; and what
        `work` raises.
        """
        if self._taken >= self._most:
            raise ServiceUnavailable("too many wait already", retry_after_s=RETRY_AFTER_S)
        self._taken += 1
        return await in_turn(self.threads, work, self._patience_s, self._left)

    def _left(self, _: object) -> None:
        self._taken -= 1


async def in_turn(
    threads: Executor,
    work: Callable[[], Result],
    patience_s: float,
    left: Callable[[object], object] | None = None,
) -> Result:
    """Do something in a thread unless its turn comes too late: its client has given up by then.

    `left` is called when nothing waits or runs any more, also where nobody waits for the answer.
    Raises: `ServiceUnavailable`, and what `work` raises.
    """
    latest = time.monotonic() + patience_s
    turn = threads.submit(_in_time, work, latest)
    answer = asyncio.wrap_future(turn)
    if left is not None:
        answer.add_done_callback(left)
    # Every thread may be kept, by a database that hangs: then no turn comes at all.
    await asyncio.wait([answer], timeout=patience_s)
    if not answer.done() and turn.cancel():
        raise _too_late()
    return await answer


def _in_time(work: Callable[[], Result], latest: float) -> Result:
    if time.monotonic() > latest:
        raise _too_late()
    return work()


def _too_late() -> ServiceUnavailable:
    return ServiceUnavailable("waited too long behind others", retry_after_s=RETRY_AFTER_S)


class Places:
    """So many at once; others wait for a while."""

    def __init__(self, number: int, patience_s: float) -> None:
        self._free = asyncio.Semaphore(number)
        self._patience_s = patience_s

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """Have a place. Raises: `ServiceUnavailable` where none gets free in time."""
        try:
            async with asyncio.timeout(self._patience_s):
                await self._free.acquire()
        except TimeoutError as exc:
            raise _too_late() from exc
        try:
            yield
        finally:
            self._free.release()
