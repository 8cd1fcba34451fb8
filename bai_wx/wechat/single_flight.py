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
        self._running: dict[Hashable, Future[Result]] = {}

    def share(self, key: Hashable, work: Callable[[], Result], wait_s: float) -> Result:
        """Do `work`, or wait for the thread that is doing it.

        Raises: `TimeoutError` when that thread takes longer than `wait_s` seconds.
        """
        future, leads = self._join(key)
        if leads:
            self._run(key, future, work)
        return future.result(wait_s)

    async def share_on_loop(
        self, key: Hashable, work: Coroutine[Any, Any, Result], wait_s: float
    ) -> Result:
        """Do `work`, or wait for whoever is doing it. Raises: as `share`."""
        future, leads = self._join(key)
        if not leads:
            work.close()
            return await asyncio.wait_for(asyncio.wrap_future(future), wait_s)
        try:
            result = await work
        except BaseException as exc:  # whatever it is, nobody may be left waiting
            self._end(key)
            # The cancellation of the caller that works does not cancel those that wait.
            told = exc if isinstance(exc, Exception) else WechatUnavailable("its asker went away")
            future.set_exception(told)
            raise
        self._end(key)
        future.set_result(result)
        return result

    def _join(self, key: Hashable) -> tuple[Future[Result], bool]:
        with self._lock:
            if key in self._running:
                return self._running[key], False
            future: Future[Result] = Future()
            future.set_running_or_notify_cancel()  # who stops waiting does not stop the others
            self._running[key] = future
            return future, True

    def _run(self, key: Hashable, future: Future[Result], work: Callable[[], Result]) -> None:
        try:
            result = work()
        except BaseException as exc:  # whatever it is, nobody may be left waiting
            self._end(key)
            future.set_exception(exc)
        else:
            self._end(key)
            future.set_result(result)

    def _end(self, key: Hashable) -> None:
        # Before the outcome is known to anyone: a later call starts the work anew.
        with self._lock:
            del self._running[key]
