"""How many connections a worker takes, for how long it waits for them, and how much they may hold together.

Deadlines are counted in ticks of one clock, so that a connection needs no timer of its own.
"""

import asyncio
import logging
import resource
from itertools import count
from typing import Any, Protocol
from weakref import WeakKeyDictionary

log = logging.getLogger("bai_wx.connections")

TICK_S = 1.0
HEAD_TICKS = 10
"""A head arrives in so many, counted from its first byte or from the connection's start."""
STALL_TICKS = 10  # a reader takes something in so many, or is dropped
LINGER_TICKS = 5  # what still comes after the last answer is thrown away for so many
WARN_TICKS = 60  # between two warnings

IGNORED_BODY = 256 * 1024  # of a body nobody wants is read so much to keep the connection
LINGER_BYTES = 16 * 1024 * 1024
"""And so much of it before the connection is dropped: who sends somewhat too much gets the answer."""
HEADS_BOUND = 32 * 1024 * 1024  # of all heads that are not whole, and all that came too early
FAIR_SHARE = 16 * 1024  # of that, which each connection may have although others have all
UNSENT_BOUND = 64 * 1024 * 1024  # of all answers that nobody has taken yet
RETRY_AFTER_S = 5

CONNECTIONS = 4096  # of one worker at once
DESCRIPTORS_BESIDE = 160  # for the database, uploaded files, WeChat and the loop


class Connection(Protocol):
    """A connection as its limits see it."""

    is_waiting: bool
    """Whether no request is in flight."""
    turn: int
    """Smaller than that of a connection which began to wait later."""

    def check(self) -> int:
        """Hold the connection to its deadlines. Returns: the bytes its reader has not taken."""

    def unsent(self) -> int:
        """The bytes that wait for the reader."""

    def waits_for_client(self) -> bool:
        """Whether it is the client's turn: to send a head, the rest of a body, or to take an answer."""

    def drop(self) -> None:
        """Close at once, whatever is under way."""


class State(Protocol):
    """What the server keeps of one worker."""

    connections: Any
    """All of its connections, a set."""


class Watch:
    """What all connections of one worker may hold together, and the clock of their deadlines."""

    def __init__(self, state: State) -> None:
        self._connections: set[Connection] = state.connections
        self._bound = _connections_bound()
        self._is_ticking = False
        self._warned = -WARN_TICKS
        self._unsent = 0
        self._date: tuple[object, bytes] = (None, b"")
        self.turns = count()
        self.ticks = 0
        self.heads = 0
        """Bytes of heads that are not whole, and of what came behind a request in flight."""

    @classmethod
    def of(cls, state: State) -> "Watch":
        """The one of this worker."""
        watch = _watches.get(state)
        if watch is None:
            watch = _watches[state] = cls(state)
        return watch

    def add(self, loop: asyncio.AbstractEventLoop) -> None:
        """Count a new connection: start the clock, and make room where there are too many."""
        if not self._is_ticking:
            self._is_ticking = True
            loop.call_later(TICK_S, self._tick, loop)
        if len(self._connections) > self._bound:
            self._make_room()

    def has_room(self, size: int) -> bool:
        """Whether an answer of `size` bytes may be held until its reader takes it."""
        if self._unsent + size <= UNSENT_BOUND:
            self._unsent += size
            return True
        self._unsent = sum(c.unsent() for c in self._connections)
        if self._unsent and self._unsent + size > UNSENT_BOUND:
            return False
        self._unsent += size
        return True

    @property
    def is_full(self) -> bool:
        """Whether even small answers are too many."""
        return self._unsent > UNSENT_BOUND

    def date_lines(self, headers: list[tuple[bytes, bytes]]) -> bytes:
        """The headers of every answer; uvicorn makes a new list each second, with the date."""
        made_of, lines = self._date
        if made_of is not headers:
            lines = b"".join(b"%b: %b\r\n" % header for header in headers)
            self._date = headers, lines
        return lines

    def _tick(self, loop: asyncio.AbstractEventLoop) -> None:
        self.ticks += 1
        try:
            self._unsent = sum([c.check() for c in list(self._connections)])
        finally:  # without the clock no deadline would ever end again
            self._is_ticking = bool(self._connections)
            if self._is_ticking:
                loop.call_later(TICK_S, self._tick, loop)

    def _make_room(self) -> None:
        """Close the connections that have waited longest for their clients.

        First those that send no head, then those whose body does not come or whose answer is not taken.
        The newest are spared: a client that sends its request at once is among them.
        """
        share = max(1, self._bound // 16)
        waiting = [c for c in self._connections if c.waits_for_client()]
        waiting.sort(key=lambda c: c.turn)
        for connection in sorted(waiting[:-share], key=lambda c: not c.is_waiting)[:share]:
            connection.drop()
        if self.ticks - self._warned >= WARN_TICKS:
            self._warned = self.ticks
            log.warning("%d connections at once: those that wait longest are closed", self._bound)


_watches: WeakKeyDictionary[State, Watch] = WeakKeyDictionary()


def _connections_bound() -> int:
    """How many connections this process takes, so that descriptors remain for its work."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return CONNECTIONS
    return max(16, min(CONNECTIONS, soft - DESCRIPTORS_BESIDE))
