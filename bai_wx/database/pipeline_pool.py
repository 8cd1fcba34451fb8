"""The connections of one event loop to PostgreSQL that requests share; `own_pool` has those for transactions.

They are opened in a thread when they are needed. One whose server is silent for too long is closed, as one
that was lost.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Final

import psycopg

from bai_wx.database.early import Early
from bai_wx.database.own_pool import OwnPool
from bai_wx.database.pipelines import TOGETHER, Pipeline, waited
from bai_wx.database.rows import Rows
from bai_wx.database.sent import Asked, LostError, SilentError
from bai_wx.database.waiting import Waiting

MOST: Final = 4  # connections of an event loop: PostgreSQL answers those of one connection in turn
CROWDED: Final = 2  # statements and Syncs under way, from which another connection is opened
MOST_WAITING: Final = 2_000
PATIENCE_S: Final = 5  # that a read waits behind others
LOOK_S: Final = (
    0.25  # between looks for lost and silent connections, while there is something to do
)
SILENT: Final = "the database was silent for too long"

Open = Callable[[], "psycopg.Connection[Any]"]


class Pipelines:
    """The connections of one event loop."""

    def __init__(
        self,
        open_one: Open,
        open_own: Open,
        loop: asyncio.AbstractEventLoop,
        *,
        limit_s: float,
        own_limit_s: float,
    ) -> None:
        """`open_one` opens a connection, `open_own` one for transactions. Each may take its time, in a thread.

        One that does not answer for `limit_s`, or `own_limit_s` in a transaction, is closed.
        """
        self._open_one, self._limit_s, self._own_limit_s = open_one, limit_s, own_limit_s
        self.loop = loop
        self.own = OwnPool(open_own, loop, self._look_soon)
        self._open: list[Pipeline] = []
        self._unsent: deque[tuple[Waiting[Any] | Early, Asked, float]] = deque()
        """What waits for a connection to open, and since when."""
        self._opening: asyncio.Future[psycopg.Connection[Any]] | None = None
        self._watch: asyncio.TimerHandle | None = None

    def run(self, waiting: Waiting[Any], sql: str, values: Sequence[Any]) -> Rows:
        """Send a statement and wait for its rows.

        Raises: the driver's exceptions; `LostError` where the connection was lost, `SilentError` where the
        server said nothing.
        """
        self.send(waiting, sql, values)
        rows: Rows = waited(waiting)[0]
        return rows

    def send(self, waiting: Waiting[Any] | Early, sql: str, values: Sequence[Any]) -> None:
        """Send a statement. `waiting` is switched to with a list of its rows, or an exception.

        Raises: as `run`.
        """
        chosen = self._chosen()
        if chosen is None or (len(chosen) >= CROWDED and len(self._open) < MOST):
            self._open_another()
        if chosen is None:
            if len(self._unsent) >= MOST_WAITING:
                raise LostError("too many wait for a connection")
            self._unsent.append((waiting, (sql, values), time.monotonic()))
        else:
            _send(chosen, waiting, sql, values)
        self._look_soon()

    def renew(self) -> None:
        """Close each connection, as its server may be the primary no longer. One that is in a transaction is
        closed when it is given back.
        """
        problem = LostError("the server is the primary no longer")
        self._close_open(problem)
        self.own.close_idle(problem, with_taken_ones=True)

    def close(self) -> None:
        """Close all of them."""
        if self._watch is not None:
            self._watch.cancel()
        closed = SilentError("the database is closed")
        self._close_open(closed)
        self.own.close(closed)

    @property
    def use(self) -> tuple[int, int]:
        """How many connections have something under way, and how many are idle."""
        busy, idle = self.own.use
        shared = sum(1 for pipeline in self._open if len(pipeline))
        return busy + shared, idle + len(self._open) - shared

    def _chosen(self) -> Pipeline | None:
        """The one that gathers reads in this turn, or else the one with the least to do."""
        for pipeline in self._open:
            if 0 < pipeline.gathered < TOGETHER // 2:
                return pipeline
        return min(self._open, key=len, default=None)

    def _open_another(self) -> None:
        if self._opening is None:
            self._opening = self.loop.run_in_executor(None, self._open_one)
            self._opening.add_done_callback(self._opened)

    def _opened(self, opening: "asyncio.Future[psycopg.Connection[Any]]") -> None:
        self._opening = None
        unsent, self._unsent = list(self._unsent), deque()
        try:
            pipeline = Pipeline(opening.result(), self.loop, self._gone)
        except Exception as problem:  # it belongs to those that wait
            for waiting, _, _ in unsent:
                waiting.switch(problem)
            return
        self._open.append(pipeline)
        for waiting, asked, _ in unsent:
            try:
                _send(pipeline, waiting, *asked)
            except Exception as exc:  # it belongs to the one that waits
                waiting.switch(exc)
        self._look_soon()

    def _close_open(self, problem: psycopg.OperationalError) -> None:
        closing, self._open = self._open, []
        for pipeline in closing:
            pipeline.close(problem)

    def _gone(self, pipeline: Pipeline) -> None:
        """Close the others too: they were probably lost with it, and what is sent again must not meet that."""
        if pipeline in self._open:
            self._open.remove(pipeline)
            problem = LostError("another connection was lost")
            self._close_open(problem)
            self.own.close_idle(problem)

    def _look_soon(self) -> None:
        if self._watch is None:
            self._watch = self.loop.call_later(LOOK_S, self._look)

    def _look(self) -> None:
        """Close what has been silent for too long, and give up what waited for too long."""
        self._watch = None
        before = time.monotonic() - PATIENCE_S
        for pipelines, limit_s in (
            (self._open, self._limit_s),
            (self.own.taken, self._own_limit_s),
        ):
            for pipeline in list(pipelines):
                pipeline.look_for_end()
                if pipeline.is_silent(limit_s):
                    pipeline.close(SilentError(SILENT))
                pipeline.give_up(before)
        while self._unsent and self._unsent[0][2] < before:
            self._unsent.popleft()[0].switch(SilentError("no connection could be opened in time"))
        if self._unsent or self.own.taken or any(len(pipeline) for pipeline in self._open):
            self._look_soon()


def _send(
    pipeline: Pipeline, waiting: Waiting[Any] | Early, sql: str, values: Sequence[Any]
) -> None:
    if sql.startswith("SELECT"):
        pipeline.read(waiting, sql, values)
    else:
        pipeline.send(waiting, (sql, values), ends_alone=True)
