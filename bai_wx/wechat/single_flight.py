"""One piece of work at a time for a key, however many callers ask for it."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Hashable
from concurrent.futures import Future
from typing import Any, Generic, TypeVar

from bai_wx.errors import WechatUnavailable

Result = TypeVar("Result")


class SingleFlight(Generic[Result]):
    """Callers of the same key share one result or one exception while the work runs.

    Threads and the tasks of an event loop may meet here.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: dict[Hashable, Future[Result] | None] = {}
        """The work that runs, with the future of those who wait for it, if anybody does."""

    def share(self, key: Hashable, work: Callable[[], Result], wait_s: float) -> Result:
        """Do `work`, or wait for the thread that is doing it.

        Raises: `TimeoutError` when that thread takes longer than `wait_s` seconds.
        """
        future = self._join(key)
        return self._run(key, work) if future is None else future.result(wait_s)

    async def share_on_loop(
        self, key: Hashable, work: Coroutine[Any, Any, Result], wait_s: float
    ) -> Result:
        """Do `work`, or wait for whoever is doing it. Raises: as `share`."""
        future = self._join(key)
        if future is not None:
            work.close()
            return await asyncio.wait_for(asyncio.wrap_future(future), wait_s)
        try:
            result = await work
        except BaseException as exc:  # whatever it is, nobody may be left waiting
            if waited_for := self._end(key):
                # The cancellation of the caller that works does not cancel those that wait.
                is_told = isinstance(exc, Exception)
                waited_for.set_exception(
                    exc if is_told else WechatUnavailable("its asker went away")
                )
            raise
        if waited_for := self._end(key):
            waited_for.set_result(result)
        return result

    def _join(self, key: Hashable) -> Future[Result] | None:
        """The future to wait for, or None for who is to do the work."""
        with self._lock:
            if key not in self._running:
                self._running[key] = None
                return None
            future = self._running[key]
            if future is None:
                self._running[key] = future = Future()
                future.set_running_or_notify_cancel()  # who stops waiting does not stop the others
            return future

    def _run(self, key: Hashable, work: Callable[[], Result]) -> Result:
        try:
            result = work()
        except BaseException as exc:  # whatever it is, nobody may be left waiting
            if waited_for := self._end(key):
                waited_for.set_exception(exc)
            raise
        if waited_for := self._end(key):
            waited_for.set_result(result)
        return result

    def _end(self, key: Hashable) -> Future[Result] | None:
        # Before the outcome is known to anyone: a later call starts the work anew.
        with self._lock:
            return self._running.pop(key)
