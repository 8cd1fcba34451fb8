"""Threads for what may take long, with a bound on how many wait for them and how long.

`dispatch` has a pool for each kind of work.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
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
        self._in_use = 0

    async def call(self, work: Callable[[], Result]) -> Result:
        """Do something in one of the threads.

        Raises: `ServiceUnavailable` where too many wait already, or this one waited too long; and what
        `work` raises.
        """
        if self._in_use >= self._most:
            raise ServiceUnavailable("too many wait already", retry_after_s=RETRY_AFTER_S)
        self._in_use += 1
        turn = self.threads.submit(_in_time, work, time.monotonic() + self._patience_s)
        answer = asyncio.wrap_future(turn)
        # The place is free when nothing waits or runs any more, also where nobody waits for the answer.
        answer.add_done_callback(self._release)
        # Every thread may be kept, by a database that hangs: then no turn comes at all.
        await asyncio.wait([answer], timeout=self._patience_s)
        if not answer.done() and turn.cancel():
            raise _too_late()
        return await answer

    def _release(self, _: object) -> None:
        self._in_use -= 1


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
