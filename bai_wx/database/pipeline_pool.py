"""The connections of one event loop to PostgreSQL: some that all requests share, and one for each transaction.

They are opened in a thread when they are needed. One whose server is silent for too long is closed, as one
that was lost.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Final

import psycopg

from bai_wx.database.pipelines import Asked, LostError, Pipeline, Rows, SilentError, waited
from bai_wx.database.waiting import Waiting

MOST: Final = 4  # connections of an event loop: PostgreSQL answers those of one connection in turn
CROWDED: Final = 2  # statements under way, from which another connection is opened
MOST_TRANSACTIONS: Final = 8  # at once; others wait
QUEUE_S: Final = 5  # for so long
MOST_WAITING: Final = 2_000
SILENT: Final = "the database was silent for too long"


class Pipelines:
    """The connections of one event loop. They are opened when they are needed."""

    def __init__(
        self,
        open_one: Callable[[], "psycopg.Connection[Any]"],
        loop: asyncio.AbstractEventLoop,
        *,
        limit_s: float,
        own_limit_s: float,
        most: int = MOST,
    ) -> None:
        """`open_one` opens a connection, and may take its time; it is called in a thread.

        One that does not answer for `limit_s`, or `own_limit_s` in a transaction, is closed.
        """
        self._open_one, self._most = open_one, most
        self._limit_s, self._own_limit_s = limit_s, own_limit_s
        self.loop = loop
        self._open: list[Pipeline] = []
        self._unsent: deque[tuple[Waiting[Any], Asked]] = deque()
        self._opening: asyncio.Future[None] | None = None
        self._fresh: list[psycopg.Connection[Any]] = []
        """One that is open, and not in use yet."""
        self._watch: asyncio.TimerHandle | None = None
        self._idle: list[Pipeline] = []
        self._taken: set[Pipeline] = set()
        self._opening_own = 0
        self._queue: deque[Waiting[Any]] = deque()

    def take(self, waiting: Waiting[Any]) -> Pipeline:
        """A connection of one's own, for a transaction; `give_back` it. Raises: as `run`."""
        if self._idle:
            own = self._idle.pop()
        elif len(self._taken) + self._opening_own < MOST_TRANSACTIONS:
            self._opening_own += 1
            opening = self.loop.run_in_executor(None, self._open_in_thread)
            opening.add_done_callback(lambda done: self._opened_own(done, waiting))
            own = waited(waiting)
        else:
            self._queue.append(waiting)
            too_late = self.loop.call_later(QUEUE_S, self._give_up, waiting)
            try:
                own = waited(waiting)
            finally:
                too_late.cancel()
        self._taken.add(own)
        self._look_soon()
        return own

    def give_back(self, own: Pipeline) -> None:
        """It is free; whoever waits longest gets it."""
        self._taken.discard(own)
        if own.is_closed:
            if self._queue:
                # Nobody gives back what is lost: another is opened in its place.
                self.loop.call_soon(self._take_for, self._queue.popleft())
        elif self._queue:
            self._taken.add(own)
            self.loop.call_soon(self._queue.popleft().switch, own)
        else:
            self._idle.append(own)

    def _take_for(self, waiting: Waiting[Any]) -> None:
        self._opening_own += 1
        opening = self.loop.run_in_executor(None, self._open_in_thread)
        opening.add_done_callback(lambda done: self._opened_own(done, waiting))

    def _opened_own(self, opening: asyncio.Future[None], waiting: Waiting[Any]) -> None:
        self._opening_own -= 1
        problem = opening.exception()
        own = None if problem else Pipeline(self._fresh.pop(), self.loop, self._gone_own)
        waiting.switch(problem or own)

    def _gone_own(self, own: Pipeline) -> None:
        if own in self._idle:
            self._idle.remove(own)

    def _give_up(self, waiting: Waiting[Any]) -> None:
        if waiting in self._queue:
            self._queue.remove(waiting)
            waiting.switch(SilentError("every connection of the pool is in use"))

    def run(self, waiting: Waiting[Any], sql: str, values: Sequence[Any]) -> Rows:
        """Send a statement and wait for its rows.

        Raises: the driver's exceptions; `LostError` where the connection was lost, `SilentError` where the
        server said nothing.
        """
        chosen = min(self._open, key=len, default=None)
        if chosen is None or (len(chosen) >= CROWDED and len(self._open) < self._most):
            self._open_another()
        if chosen is None:
            if len(self._unsent) >= MOST_WAITING:
                raise LostError("too many wait for a connection")
            self._unsent.append((waiting, (sql, values)))
        else:
            chosen.send(waiting, (sql, values))
            self._look_soon()
        rows: Rows = waited(waiting)
        return rows

    def renew(self) -> None:
        """Close each connection: its server may be the primary no longer."""
        self._close_all(LostError("the server is the primary no longer"))

    def close(self) -> None:
        """Close all of them."""
        if self._watch is not None:
            self._watch.cancel()
        closed = SilentError("the database is closed")
        self._close_all(closed)
        for own in list(self._taken):
            own.close(closed)
        for connection in self._fresh:
            connection.close()

    @property
    def use(self) -> tuple[int, int]:
        """How many connections have something under way, and how many are idle."""
        busy = sum(1 for pipeline in self._open if len(pipeline)) + len(self._taken)
        return busy, len(self._open) + len(self._taken) + len(self._idle) - busy

    def _open_another(self) -> None:
        if self._opening is None:
            self._opening = self.loop.run_in_executor(None, self._open_in_thread)
            self._opening.add_done_callback(self._opened)

    def _open_in_thread(self) -> None:
        self._fresh.append(self._open_one())

    def _opened(self, opening: asyncio.Future[None]) -> None:
        self._opening = None
        waiting, self._unsent = list(self._unsent), deque()
        problem = opening.exception()
        if problem is not None:
            for each, _ in waiting:
                each.switch(problem)
            return
        pipeline = Pipeline(self._fresh.pop(), self.loop, self._gone)
        self._open.append(pipeline)
        for each, asked in waiting:
            try:
                pipeline.send(each, asked)
            except Exception as exc:  # it belongs to the one that waits
                each.switch(exc)
        self._look_soon()

    def _close_all(self, problem: psycopg.OperationalError) -> None:
        open_now, self._open = [*self._open, *self._idle], []
        for pipeline in open_now:
            pipeline.close(problem)

    def _gone(self, pipeline: Pipeline) -> None:
        """Close the others too: they were probably lost with it, and what is sent again must not meet that."""
        if pipeline in self._open:
            self._open.remove(pipeline)
            self._close_all(LostError("another connection was lost"))

    def _look_soon(self) -> None:
        if self._watch is None:
            self._watch = self.loop.call_later(self._limit_s / 4, self._look)

    def _look(self) -> None:
        """Close what has been silent for too long."""
        self._watch = None
        now = time.monotonic()
        for pipeline in [*self._open, *self._taken]:
            limit_s = self._own_limit_s if pipeline in self._taken else self._limit_s
            if pipeline.silent_since() < now - limit_s:
                pipeline.close(SilentError(SILENT))
        if self._taken or any(len(pipeline) for pipeline in self._open):
            self._look_soon()
