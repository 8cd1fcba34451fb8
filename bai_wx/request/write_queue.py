"""Writes to the embedded database: those that arrive together are one transaction.

SQLite has one writer, and what a small write costs is mostly its COMMIT. `dispatch` puts a request here
that will write. It is checked at once. Those that wait are then answered together on the event loop, each
in a savepoint of its own, and their answers leave after the one COMMIT. Another process that is writing is
waited for without holding up the reads.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass

from bai_wx import metrics
from bai_wx.database.connection import Busy, together
from bai_wx.database.housekeeping import Housekeeping
from bai_wx.errors import ServiceUnavailable
from bai_wx.request.execution import refused, run
from bai_wx.request.incoming import Incoming
from bai_wx.request.operation import Operation
from bai_wx.request.render import Reply

log = logging.getLogger("bai_wx.server")

QUEUE_LIMIT_S = 5  # what waited longer behind others is refused before it begins
LARGEST_GROUP = 32  # requests
LONGEST_GROUP_S = 0.02  # reads of this worker wait meanwhile
BUSY_RETRY_S = 0.001  # another worker's transaction takes about that long

_LENGTH = metrics.QUEUE_LENGTH.series(queue="writes")
_WAITS = metrics.QUEUE_WAIT.distribution("writes")


@dataclass(slots=True)
class _Turn:
    """A request that waits to write."""

    operation: Operation
    incoming: Incoming
    began: float  # time.monotonic()
    answer: asyncio.Future[Reply]

    def begin(self, now: float) -> None:
        waited_s = now - self.began
        _WAITS.observe(waited_s)
        self.incoming.seen.waited_s += waited_s

    def run(self) -> Reply:
        return run(self.operation, self.incoming)

    def refuse(self, problem: ServiceUnavailable) -> None:
        self.resolve(self.operation.render(problem, self.incoming))

    def resolve_from(self, done: asyncio.Future[Reply]) -> None:
        problem = done.exception()
        if problem is None:
            self.resolve(done.result())
        elif (
            not self.answer.done()
        ):  # a defect of ours: the caller is told, and does not wait for ever
            self.answer.set_exception(problem)

    def resolve(self, reply: Reply) -> None:
        if not self.answer.done():  # its task may have been cancelled
            self.answer.set_result(reply)


class WriteQueue:
    """The writes of one worker, in the order they came."""

    def __init__(self, alone: Executor) -> None:
        """`alone` runs what fails in company, each request by itself."""
        self._alone = alone
        self._waiting: deque[_Turn] = deque()
        self._is_due = False
        self._housekeeping = Housekeeping(alone)

    async def run(self, operation: Operation, incoming: Incoming) -> Reply:
        """Answer a request with those that come at the same time."""
        refusal = refused(operation, incoming)
        if refusal is not None:
            return refusal
        loop = asyncio.get_running_loop()
        turn = _Turn(operation, incoming, time.monotonic(), loop.create_future())
        self._waiting.append(turn)
        if not self._is_due:
            self._is_due = True
            loop.call_soon(self._write)  # after the requests that have arrived with this one
        return await turn.answer

    def _write(self) -> None:
        """Do what waits, or come back when the other writer may be done."""
        loop = asyncio.get_running_loop()
        _LENGTH.set(len(self._waiting))
        self._refuse_late()
        turns: list[_Turn] = []
        try:
            replies = together(self._taken(turns)) if self._waiting else []
        except Busy:
            loop.call_later(BUSY_RETRY_S, self._write)
            return
        except Exception as problem:  # the edge: nobody may wait for ever
            self._answer_apart(turns or self._all_taken(), problem)
        else:
            for turn, reply in zip(turns, replies, strict=True):
                turn.resolve(reply)
        self._is_due = bool(self._waiting)
        _LENGTH.set(len(self._waiting))
        if self._is_due:
            loop.call_soon(self._write)
        self._housekeeping.note(len(turns))

    def _answer_apart(self, turns: list[_Turn], problem: Exception) -> None:
        """Answer the turns of a transaction that failed as a whole."""
        if isinstance(problem, ServiceUnavailable):  # nothing may be written, by nobody
            for turn in turns:
                turn.refuse(problem)
            return
        log.warning("%s writes fail together: %s", len(turns), ascii(str(problem)))
        loop = asyncio.get_running_loop()
        for turn in turns:
            alone = loop.run_in_executor(self._alone, turn.run)
            alone.add_done_callback(turn.resolve_from)

    def _taken(self, turns: list[_Turn]) -> Iterator[Callable[[], Reply]]:
        """Take turns while there is time, noting each. Yields: what there is to do."""
        now = time.monotonic()
        until = now + LONGEST_GROUP_S
        while self._waiting and len(turns) < LARGEST_GROUP and now < until:
            turn = self._waiting.popleft()
            turns.append(turn)
            turn.begin(now)
            yield turn.run
            now = time.monotonic()

    def _all_taken(self) -> list[_Turn]:
        """Those that wait, when not even a transaction could be begun."""
        turns = list(self._waiting)
        self._waiting.clear()
        return turns

    def _refuse_late(self) -> None:
        began = time.monotonic() - QUEUE_LIMIT_S
        while self._waiting and self._waiting[0].began < began:
            late = ServiceUnavailable("waited too long behind others", retry_after_s=1)
            self._waiting.popleft().refuse(late)
