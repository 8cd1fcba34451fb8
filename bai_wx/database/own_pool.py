"""The connections of one event loop to PostgreSQL that one transaction has at a time."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any, Final

import psycopg

from bai_wx.database.pipelines import Pipeline, waited
from bai_wx.database.sent import LostError, SilentError
from bai_wx.database.waiting import Waiting

MOST_TRANSACTIONS: Final = 8  # at once; others wait
QUEUE_S: Final = 5  # for so long


class OwnPool:
    """Connections that are taken and given back. They are opened in a thread when they are needed."""

    def __init__(
        self,
        open_one: Callable[[], "psycopg.Connection[Any]"],
        loop: asyncio.AbstractEventLoop,
        was_taken: Callable[[], None],
    ) -> None:
        """`was_taken` is called when one was."""
        self._open_one, self._loop, self._was_taken = open_one, loop, was_taken
        self.taken: set[Pipeline] = set()
        self._idle: list[Pipeline] = []
        self._stale: set[Pipeline] = set()
        """Those taken that nobody may take again."""
        self._opening = 0
        self._awaited: set[Waiting[Any]] = set()
        """Who waits for one to open."""
        self._queue: deque[Waiting[Any]] = deque()

    def take(self, waiting: Waiting[Any]) -> Pipeline:
        """A connection of one's own; `give_back` it.

        Raises: `SilentError` where none gets free in time, and what the driver raises of one that cannot be
        opened.
        """
        if self._idle:
            own = self._idle.pop()
        elif len(self.taken) + self._opening < MOST_TRANSACTIONS:
            self._open_for(waiting)
            own = waited(waiting)
        else:
            self._queue.append(waiting)
            too_late = self._loop.call_later(QUEUE_S, self._give_up, waiting)
            try:
                own = waited(waiting)
            finally:
                too_late.cancel()
        self.taken.add(own)
        self._was_taken()
        return own

    def give_back(self, own: Pipeline) -> None:
        """It is free; whoever waits longest gets it."""
        self.taken.discard(own)
        if own in self._stale:
            self._stale.discard(own)
            own.close(LostError("the server is the primary no longer"))
        if own.is_closed:
            if self._queue:  # nobody gives back what is lost: another is opened in its place
                self._open_for(self._queue.popleft())
        elif self._queue:
            self.taken.add(own)  # nobody else gets it meanwhile
            self._loop.call_soon(self._queue.popleft().switch, own)
        else:
            self._idle.append(own)

    def close_idle(
        self, problem: psycopg.OperationalError, *, with_taken_ones: bool = False
    ) -> None:
        """Close those that are free; `with_taken_ones` the others too, when they are given back."""
        closing, self._idle = self._idle, []
        for own in closing:
            own.close(problem)
        if with_taken_ones:
            self._stale |= self.taken

    def close(self, problem: psycopg.OperationalError) -> None:
        """Close all of them."""
        closing, self._idle = [*self._idle, *self.taken], []
        for own in closing:
            own.close(problem)

    @property
    def use(self) -> tuple[int, int]:
        """How many are taken, and how many are idle."""
        return len(self.taken), len(self._idle)

    def _open_for(self, waiting: Waiting[Any]) -> None:
        self._opening += 1
        self._awaited.add(waiting)
        too_late = self._loop.call_later(QUEUE_S, self._give_up_opening, waiting)
        opening = self._loop.run_in_executor(None, self._open_one)
        opening.add_done_callback(lambda done: self._opened(done, waiting, too_late))

    def _give_up_opening(self, waiting: Waiting[Any]) -> None:
        self._awaited.discard(waiting)
        waiting.switch(SilentError("no connection could be opened in time"))

    def _opened(
        self,
        opening: "asyncio.Future[psycopg.Connection[Any]]",
        waiting: Waiting[Any],
        too_late: asyncio.TimerHandle,
    ) -> None:
        self._opening -= 1
        too_late.cancel()
        is_awaited = waiting in self._awaited
        self._awaited.discard(waiting)
        try:
            own = Pipeline(opening.result(), self._loop, self._gone)
        except Exception as problem:  # it belongs to the one that waits
            if is_awaited:
                waiting.switch(problem)
            if self._queue and not self.taken:  # nobody is left who would give one back
                self._open_for(self._queue.popleft())
        else:
            if is_awaited:
                waiting.switch(own)
            else:
                self.give_back(own)

    def _gone(self, own: Pipeline) -> None:
        if own in self._idle:
            self._idle.remove(own)

    def _give_up(self, waiting: Waiting[Any]) -> None:
        if waiting in self._queue:
            self._queue.remove(waiting)
            waiting.switch(SilentError("every connection of the pool is in use"))
