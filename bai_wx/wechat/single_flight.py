"""One piece of work at a time for a key, however many ask for it."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Hashable
from concurrent.futures import Future
from typing import Any, Generic, TypeVar

from bai_wx.errors import WechatUnavailable

Result = TypeVar("Result")


class SingleFlight(Generic[Result]):
    """Who asks for the same key while the work runs shares its result or its exception.

    Threads and the tasks of an event loop may meet here.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._flying: dict[Hashable, Future[Result]] = {}

    def share(self, key: Hashable, work: Callable[[], Result], wait_s: float) -> Result:
        """Do `work`, or wait for the thread that is doing it.

        Raises: `TimeoutError` when that thread takes longer than `wait_s` seconds.
        """
        future, leads = self._join(key)
        if leads:
            self._fly(key, future, work)
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
            self._land(key)
            # Who waited is not cancelled with the one that asked.
            told = exc if isinstance(exc, Exception) else WechatUnavailable("its asker went away")
            future.set_exception(told)
            raise
        self._land(key)
        future.set_result(result)
        return result

    def _join(self, key: Hashable) -> tuple[Future[Result], bool]:
        with self._lock:
            if key in self._flying:
                return self._flying[key], False
            future: Future[Result] = Future()
            future.set_running_or_notify_cancel()  # who stops waiting does not stop the others
            self._flying[key] = future
            return future, True

    def _fly(self, key: Hashable, future: Future[Result], work: Callable[[], Result]) -> None:
        try:
            result = work()
        except BaseException as exc:  # whatever it is, nobody may be left waiting
            self._land(key)
            future.set_exception(exc)
        else:
            self._land(key)
            future.set_result(result)

    def _land(self, key: Hashable) -> None:
        # Before the outcome is known to anyone: whoever asks after it starts a new flight.
        with self._lock:
            del self._flying[key]
