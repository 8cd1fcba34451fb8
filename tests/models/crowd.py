"""Many threads doing the same at once, each on a connection of its own."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from bai_wx.database.connection import database
from bai_wx.errors import ApiError


def at_once(times: int, work: Callable[[], Any]) -> list[Any]:
    """Run the work so many times at the same moment. Returns: each result, or the `ApiError`."""
    start = threading.Barrier(times)

    def run() -> Any:
        start.wait()
        try:
            return work()
        except ApiError as problem:
            return problem
        finally:
            database.close()

    with ThreadPoolExecutor(times) as pool:
        return [future.result() for future in [pool.submit(run) for _ in range(times)]]
