"""Writes to the embedded database: those that arrive together are one transaction.

SQLite has one writer, and what a small write costs is mostly its COMMIT. So the requests that wait to
write are done together on the event loop, each in a savepoint of its own, and answered after the one
COMMIT. Another process that is writing is waited for without holding up the reads.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass

from bai_wx.contract.spec import Arguments
from bai_wx.database.connection import Busy, release, together
from bai_wx.database.housekeeping import Housekeeping
from bai_wx.errors import ServiceUnavailable
from bai_wx.request.incoming import Incoming
from bai_wx.request.operation import Operation
from bai_wx.request.render import Reply

log = logging.getLogger("bai_wx.server")

QUEUE_LIMIT_S = 5  # what waited longer behind others is refused before it begins
MOST_AT_ONCE = 32
HOLD_S = 0.02  # of writing, then others have their turn: reads wait meanwhile
LOOK_AGAIN_S = 0.001  # another worker's transaction takes about that long


@dataclass(slots=True)
class _Turn:
    """A request that waits to write."""

    operation: Operation
    arguments: Arguments
    incoming: Incoming
    latest: float  # time.monotonic()
    answer: asyncio.Future[Reply]

    def finish(self) -> Reply:
        return self.operation.finish(self.arguments, self.incoming)

    def take(self, done: asyncio.Future[Reply]) -> None:
        self.give(done.result())

    def give(self, reply: Reply) -> None:
        if not self.answer.done():  # its task may have been cancelled
            self.answer.set_result(reply)


class Writes:
    """The writes of one worker, in the order they came."""

    def __init__(self, alone: Executor) -> None:
        """`alone` runs what fails in company, each request by itself."""
        self._alone = alone
        self._waiting: deque[_Turn] = deque()
        self._is_due = False
        self._housekeeping = Housekeeping(alone)

    async def run(self, operation: Operation, incoming: Incoming) -> Reply:
        """Answer a request with those that come at the same time."""
        ready = operation.begin(incoming)
        if isinstance(ready, Reply):
            return ready
        release()  # others read while it waits, each in its own time
        loop = asyncio.get_running_loop()
        latest = time.monotonic() + QUEUE_LIMIT_S
        turn = _Turn(operation, ready, incoming, latest, loop.create_future())
        self._waiting.append(turn)
        if not self._is_due:
            self._is_due = True
            loop.call_soon(self._write)  # after the requests that have arrived with this one
        return await turn.answer

    def _write(self) -> None:
        """Do what waits, or come back when the other writer may be done."""
        loop = asyncio.get_running_loop()
        self._refuse_late()
        turns: list[_Turn] = []
        try:
            replies = together(self._taken(turns)) if self._waiting else []
        except Busy:
            loop.call_later(LOOK_AGAIN_S, self._write)
            return
        except (
            ServiceUnavailable
        ) as problem:  # nothing may be written, and alone no more than together
            for turn in turns or self._all_taken():
                refusal = turn.operation.render_error(problem)
                turn.give(turn.operation.checked(refusal, turn.incoming))
        except Exception as problem:  # the edge: nobody may wait for ever
            log.warning("%s writes fail together: %s", len(turns), ascii(str(problem)))
            for turn in turns or self._all_taken():
                again = loop.run_in_executor(self._alone, turn.operation, turn.incoming)
                again.add_done_callback(turn.take)
        else:
            for turn, reply in zip(turns, replies, strict=True):
                turn.give(reply)
        self._is_due = bool(self._waiting)
        if self._is_due:
            loop.call_soon(self._write)
        self._housekeeping.note(len(turns))

    def _taken(self, turns: list[_Turn]) -> Iterator[Callable[[], Reply]]:
        """Take turns while there is time, noting each. Yields: what there is to do."""
        until = time.monotonic() + HOLD_S
        while self._waiting and len(turns) < MOST_AT_ONCE and time.monotonic() < until:
            turns.append(self._waiting.popleft())
            yield turns[-1].finish

    def _all_taken(self) -> list[_Turn]:
        """Those that wait, when not even a transaction could be begun."""
        turns = list(self._waiting)
        self._waiting.clear()
        return turns

    def _refuse_late(self) -> None:
        now = time.monotonic()
        while self._waiting and self._waiting[0].latest < now:
            turn = self._waiting.popleft()
            turn.give(too_late(turn.operation))


def too_late(operation: Operation) -> Reply:
    """The answer to a request whose client has given up, as those behind it wait too."""
    late = ServiceUnavailable("waited too long behind others", retry_after_s=1)
    return operation.checked(operation.render_error(late))
