"""Requests that wait for the database on the event loop, many at a time, in code that does not know it.

Handlers and models call the database and get rows back. Each such request runs in a greenlet: where a
statement is sent, it gives the event loop back to the others, and goes on when its rows are here.
"""

import asyncio
import math
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from greenlet import getcurrent, greenlet
from peewee import _ConnectionLocal, _ConnectionState  # private

Result = TypeVar("Result")


class Waiting(greenlet, Generic[Result]):
    """One piece of work that may wait. What it begins with stands on the class: a request makes one or two."""

    result: Result
    problem: BaseException | None = None
    is_over = False
    told: asyncio.Future[None] | None = None
    """Who waits for the work, if it did not end at once."""
    until = math.inf
    """When its request may begin no further statement, by `time.monotonic()`."""
    server_s = 0.0
    """How long the server took for its last statement, without what was before it on the connection."""
    transaction: Any = None
    """Its own, while it is in one."""
    joining: Any = None
    """A read that goes along with its next transaction."""
    before_writing: Callable[[], None] | None = None
    """Asked before anything is committed; it raises where nothing may be."""
    replica: Any = None
    """Where its public reads go, if not to the primary."""
    own_write: int | None = None
    """The transaction in which its user wrote public rows last, or 0; None where nobody looked."""
    writer = ""
    """The id of the user that writes."""
    has_written_public = False
    """Whether its transaction has written public rows."""

    def __init__(self, work: Callable[[], Result]) -> None:
        super().__init__(self._do)
        self._work = work
        self.state = _ConnectionState()
        """Peewee's account of its transactions; that of a thread is no greenlet's."""

    def _do(self) -> None:
        work = self._work
        # Work holds its request, whose early reads hold this: a cycle, which only the collector could free.
        del self._work
        try:
            self.result = work()
        except BaseException as problem:  # it belongs to who waits, not to who answered a statement
            self.problem = problem
        del work
        self.before_writing = self.joining = None
        self.is_over = True
        if self.told is not None and not self.told.done():
            self.told.set_result(None)

    def wait(self) -> Any:
        """Let others go on. Returns: what `switch` is given, in this greenlet's own turn."""
        assert self.parent is not None
        return self.parent.switch()


class State:
    """Peewee's state of a connection: of the greenlet that runs, or else of the thread."""

    def __init__(self) -> None:
        self._of_thread = _ConnectionLocal()

    @property
    def here(self) -> Any:
        """That of who asks."""
        running = current()
        return self._of_thread if running is None else running.state

    closed = property(lambda self: self.here.closed)
    conn = property(lambda self: self.here.conn)
    ctx = property(lambda self: self.here.ctx)
    transactions = property(lambda self: self.here.transactions)
    commit_callbacks = property(lambda self: self.here.commit_callbacks)

    def reset(self) -> None:
        """Forget the connection."""
        self.here.reset()

    def set_connection(self, connection: Any) -> None:
        """Begin with a connection."""
        self.here.set_connection(connection)


def current() -> Waiting[Any] | None:
    """The one that runs, or None in a thread of its own."""
    running = getcurrent()
    return running if type(running) is Waiting else None


async def answered(work: Callable[[], Result]) -> Result:
    """Do the work on the event loop; others go on while it waits. Raises: what it raises.

    Where nobody waits any more for its result, the work goes on all the same, as in a thread.
    """
    waiting = Waiting(work)
    waiting.switch()
    if not waiting.is_over:
        waiting.told = asyncio.get_running_loop().create_future()
        await waiting.told
    problem, waiting.problem = waiting.problem, None
    if problem is None:
        return waiting.result
    try:
        raise problem
    finally:
        del problem, waiting  # the traceback holds this frame, and that of the greenlet
