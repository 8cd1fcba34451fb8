"""Threads for what may take long, with a bound on how many wait for them and how long.

`dispatch` has a pool for each kind of work.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import TypeVar

from bai_wx import metrics
from bai_wx.database import waiting
from bai_wx.errors import ServiceUnavailable
from bai_wx.request.observation import UNSEEN, Observation

RETRY_AFTER_S = 1

Result = TypeVar("Result")


class Pool:
    """So many threads of one event loop, and so many that may wait for them, for so long."""

    def __init__(self, name: str, threads: int, most_waiting: int, patience_s: float) -> None:
        """`name`: that of its queue in `bai_wx.metrics`."""
        self.threads = ThreadPoolExecutor(threads, f"bai-wx-{name}")
        self._length = metrics.QUEUE_LENGTH.series(queue=name)
        self._waits = metrics.QUEUE_WAIT.distribution(name)
        self._most = threads + most_waiting
        self._patience_s = patience_s
        self._in_use = 0

    async def call(self, work: Callable[[], Result], seen: Observation = UNSEEN) -> Result:
        """Do something in one of the threads; `seen` is told how long it waited.

        Raises: `ServiceUnavailable` where too many wait already, or this one waited too long; and what
        `work` raises.
        """
        if self._in_use >= self._most:
            raise ServiceUnavailable("too many wait already", retry_after_s=RETRY_AFTER_S)
        self._in_use += 1
        self._length.set(self._in_use)
        turn = self.threads.submit(self._in_time, work, time.monotonic(), seen)
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
        self._length.set(self._in_use)

    def _in_time(self, work: Callable[[], Result], asked: float, seen: Observation) -> Result:
        waited_s = time.monotonic() - asked
        self._waits.observe(waited_s)
        seen.waited_s += waited_s
        if waited_s > self._patience_s:
            raise _too_late()
        return work()


class Crowd:
    """Work that waits for PostgreSQL on the event loop, with a bound on how much there may be at once."""

    def __init__(self, name: str, most: int) -> None:
        """`name`: that of its queue in `bai_wx.metrics`."""
        self._length = metrics.QUEUE_LENGTH.series(queue=name)
        self._most, self._in_use = most, 0

    async def call(self, work: Callable[[], Result]) -> Result:
        """Do something; others go on while it waits.

        Raises: `ServiceUnavailable` where too many wait already, and what `work` raises.
        """
        if self._in_use >= self._most:
            raise ServiceUnavailable("too many wait already", retry_after_s=RETRY_AFTER_S)
        self._in_use += 1
        self._length.set(self._in_use)
        try:
            return await waiting.answered(work)
        finally:
            self._in_use -= 1
            self._length.set(self._in_use)


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
