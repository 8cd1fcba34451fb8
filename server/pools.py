"""Threads for what may take long, each kind with its own, and a bound on who waits for them."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from errors import ServiceUnavailable
from server.incoming import Incoming
from server.operation import Operation
from server.render import Reply

RETRY_AFTER_S = 1


class Pool:
    """So many threads of one event loop, and so many requests that may wait for them."""

    def __init__(self, name: str, threads: int, most_waiting: int) -> None:
        self._threads = ThreadPoolExecutor(threads, name)
        self._most = threads + most_waiting
        self._inside = 0

    async def run(self, operation: Operation, incoming: Incoming) -> Reply:
        """Answer a request in one of the threads, or with 503 where too many wait already."""
        if self._inside >= self._most:
            busy = ServiceUnavailable("too many wait already", retry_after_s=RETRY_AFTER_S)
            return operation.checked(operation.render_error(busy), incoming)
        self._inside += 1
        work = asyncio.get_running_loop().run_in_executor(self._threads, operation, incoming)
        work.add_done_callback(self._left)  # also where nobody waits for it any more
        return await work

    def _left(self, _: object) -> None:
        self._inside -= 1
