"""One piece of work at a time for a key, however many threads ask for it."""

import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Generic, TypeVar

Result = TypeVar("Result")


class SingleFlight(Generic[Result]):
    """Threads that ask for the same key while the work runs share its result or its exception."""

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

    def _join(self, key: Hashable) -> tuple[Future[Result], bool]:
        with self._lock:
            if key in self._flying:
                return self._flying[key], False
            future: Future[Result] = Future()
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
