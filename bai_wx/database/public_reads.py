"""Reads of public rows at standbys, and the notes of what users wrote to them: `BAI_WX_DATABASE_READS`.

A request is given a standby once, when it is answered, and leaves it for good at the first statement that reads
anything else, that fails there, or that begins a transaction. So no request sees the past after the present.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple, Protocol

import psycopg
from peewee import PeeweeException
from psycopg.errors import QueryCanceled

from bai_wx.database.public_tables import PublicTables
from bai_wx.database.replicas import Replica, Replicas, Standby
from bai_wx.database.rows import Rows
from bai_wx.database.waiting import Waiting
from bai_wx.metrics import PUBLIC_READS, Series

GRACE_S: Final = 0.25  # as that of a primary

_FAILED, _PRIVATE = (PUBLIC_READS.series(result=result) for result in ("failed", "private"))


class Reads(NamedTuple):
    """The address of the standbys, and the tables that are read there."""

    address: str
    tables: frozenset[str]


class Request(Protocol):
    """What is known of the request of a greenlet or a thread, as far as its reads go."""

    until: float
    """When it may begin no further read, by `time.monotonic()`."""
    replica: Any
    """Where its public reads go, if not to the primary."""
    own_write: int | None
    """The transaction in which its user wrote public rows last, or 0; None where nobody looked."""


class PublicReads:
    """The standbys of a worker, and the tables that are read there."""

    def __init__(
        self,
        standbys: Sequence[Standby],
        tables: frozenset[str],
        primary: Callable[[], "psycopg.Connection[Any]"],
        limit_s: float,
    ) -> None:
        """`primary` opens a connection to it, `limit_s` bounds a read."""
        self.tables = PublicTables(tables)
        self._standbys, self._primary, self._limit_s = standbys, primary, limit_s
        self._replicas: Replicas | None = None

    def begin(self, loop: asyncio.AbstractEventLoop) -> None:
        """Look for standbys on this event loop from now on, for its threads too."""
        self.close()
        self._replicas = Replicas(self._standbys, self._primary, loop, self._limit_s + GRACE_S)
        self._replicas.look()

    def choose(self, request: Request, *, is_guest: bool) -> None:
        """Give a request a standby, if there is one that shows all that its user wrote."""
        replicas = self._replicas
        if replicas is None or (not is_guest and request.own_write is None):
            return  # its worker has only begun, or its token was checked elsewhere
        if isinstance(request, Waiting):
            replicas.look()
        elif not replicas.loop.is_closed():
            replicas.loop.call_soon_threadsafe(replicas.look)
        request.replica = replicas.chosen(0 if is_guest else request.own_write or 0)

    def run(self, here: Waiting[Any], sql: str, values: Sequence[Any]) -> Rows | None:
        """Run a read at the standby of a greenlet's request. Returns: None where it is the primary's."""
        replica: Replica = here.replica
        here.server_s, began = 0.0, time.monotonic()
        rows: Rows | None = self._tried(here, sql, lambda: replica.pipelines.run(here, sql, values))
        if rows is not None:
            here.until += time.monotonic() - began - here.server_s  # it waited behind others
        return rows

    def run_in_thread(self, request: Request, sql: str, values: Sequence[Any]) -> Any:
        """As `run`, in the thread of a request. Returns: the driver's cursor, or None."""
        replica: Replica = request.replica
        return self._tried(request, sql, lambda: replica.of_threads.run(sql, values or ()))

    def _tried(self, request: Request, sql: str, read: Callable[[], Any]) -> Any:
        if not self.tables.are_read_alone(sql):
            _leave(request, _PRIVATE)
            return None
        began = time.monotonic()
        if began > request.until:
            return None
        try:
            return read()
        except (psycopg.Error, PeeweeException) as problem:
            if not isinstance(problem, QueryCanceled):
                request.until += time.monotonic() - began  # the standby's delay, not the request's
            _leave(request, _FAILED)
            return None

    def renew(self) -> None:
        """Read at the primary until the one of now was asked how far its log is."""
        if self._replicas is not None:
            self._replicas.renew()

    def close(self) -> None:
        """Close every connection."""
        if self._replicas is not None:
            self._replicas.close()
            self._replicas = None


def _leave(request: Request, because: Series) -> None:
    request.replica = None
    because.inc()
