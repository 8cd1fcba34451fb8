"""PostgreSQL for requests that wait on the event loop. `postgres` asks it where a greenlet is running."""

import asyncio
import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, Final

import psycopg
from peewee import OperationalError
from peewee import __exception_wrapper__ as peewees_exceptions  # type: ignore[attr-defined]  # private
from psycopg.errors import QueryCanceled, ReadOnlySqlTransaction

from bai_wx.database import own_writes
from bai_wx.database.early import Early
from bai_wx.database.nul import holds_nul, without_nul
from bai_wx.database.pipeline_pool import SILENT, Pipelines
from bai_wx.database.public_reads import PublicReads
from bai_wx.database.rows import Rows
from bai_wx.database.sent import LostError
from bai_wx.database.sqlite import INTERRUPTED
from bai_wx.database.transactions import Joining, Transaction
from bai_wx.database.waiting import Waiting
from bai_wx.errors import Unstorable
from bai_wx.metrics import COMMITS

LOCK_TIMEOUT_S: Final = 5  # as long as SQLite's BUSY_TIMEOUT_S
LONGEST_STATEMENT_S: Final = 10  # inside a transaction
TIMEOUT_GRACE_S: Final = 0.25  # a healthy server stops a statement this soon after its time limit


def begin_at(isolation_level: str | None) -> str:
    """Write the statement that begins a transaction; READ COMMITTED, whatever the role's default is."""
    return f"BEGIN ISOLATION LEVEL {isolation_level or 'READ COMMITTED'}"


class OnLoop:
    """The connections of a worker's event loop, by way of the greenlet that asks."""

    def __init__(
        self,
        connect: Callable[[], "psycopg.Connection[Any]"],
        was_demoted: Callable[[], None],
        limit_s: float | None,
        reads: PublicReads | None = None,
    ) -> None:
        """`connect` opens a connection on which a statement is stopped after `limit_s`. `was_demoted` is called
        where a server is the primary no longer. `reads` are the standbys, where there are some.
        """
        self._connect, self._was_demoted, self._limit_s = connect, was_demoted, limit_s
        self._read_limit_s = (limit_s or LONGEST_STATEMENT_S) + TIMEOUT_GRACE_S
        self._pipelines: Pipelines | None = None
        self._reads = reads

    def begin(self, here: Waiting[Any], isolation_level: str | None) -> None:
        """Begin a transaction."""
        here.replica, here.has_written_public = None, False
        begin = begin_at(isolation_level)
        here.transaction = Transaction(self._pipelines_of_loop(), here, begin)
        joining, here.joining = here.joining, None
        if joining is not None:
            joining.join(here.transaction)

    def commit(self, here: Waiting[Any]) -> None:
        """Commit. Raises: as `Postgres.commit`, and what `before_writing` raises."""
        if here.before_writing is not None:
            here.before_writing()
        transaction, here.transaction = here.transaction, None
        if here.has_written_public and here.writer:
            transaction.defer(own_writes.NOTE, (here.writer,))
        try:
            with peewees_exceptions, self._looking_for_a_demotion():
                warnings = transaction.commit()
        finally:
            # Its statements have limits of their own; what it waited for is not the time of reads.
            here.until += time.monotonic() - transaction.began
        COMMITS.inc()
        if warnings:
            raise OperationalError(f"the commit was answered with a warning: {warnings}")

    def rollback(self, here: Waiting[Any]) -> None:
        """Roll back, where the transaction has not ended already."""
        transaction, here.transaction = here.transaction, None
        if transaction is not None:
            try:
                with peewees_exceptions:
                    transaction.rollback()
            finally:
                here.until += time.monotonic() - transaction.began

    def execute(self, here: Waiting[Any], sql: str, values: Sequence[Any]) -> Rows:
        """Run a statement; others go on meanwhile. A read outside a transaction that meets a lost connection is
        run once more.

        Raises: Peewee's exceptions, `Unstorable` for a text with a NUL that is written.
        """
        if here.transaction is not None:
            return self._in_transaction(here, sql, values)
        if here.replica is not None and self._reads is not None:
            found = self._reads.run(here, sql, values)
            if found is not None:
                return found
        if time.monotonic() > here.until:
            raise OperationalError(INTERRUPTED)
        if here.before_writing is not None and not sql.startswith("SELECT"):
            here.before_writing()
        here.server_s, began = 0.0, time.monotonic()
        try:
            return self._pipelines_of_loop().run(here, sql, values)
        except psycopg.Error as problem:
            with peewees_exceptions:
                return self._after(problem, here, sql, values)
        finally:
            self._count_time(here, began)

    def _count_time(self, here: Waiting[Any], began: float) -> None:
        """Take as the request's time what a healthy server worked for it, not what it waited for besides."""
        is_own = here.server_s <= self._read_limit_s
        here.until += time.monotonic() - began - (here.server_s if is_own else 0.0)

    def _after(
        self, problem: psycopg.Error, here: Waiting[Any], sql: str, values: Sequence[Any]
    ) -> Rows:
        """Try once more what may be, and raise the problem otherwise."""
        is_read = sql.startswith("SELECT")
        if isinstance(problem, LostError) and is_read:
            return self._pipelines_of_loop().run(here, sql, values)
        if isinstance(problem, psycopg.DataError) and holds_nul(values):
            if not is_read:
                raise Unstorable from problem
            return self._pipelines_of_loop().run(here, sql, without_nul(values))
        if isinstance(problem, QueryCanceled):
            # A healthy server stops a statement at its limit: this one hung, which is no fault of the client's.
            was_silent = here.server_s > self._read_limit_s
            raise OperationalError(SILENT if was_silent else INTERRUPTED) from problem
        if isinstance(problem, ReadOnlySqlTransaction):
            self._was_demoted()
        raise problem

    def _in_transaction(self, here: Waiting[Any], sql: str, values: Sequence[Any]) -> Rows:
        if holds_nul(values):
            if not sql.startswith("SELECT"):
                raise Unstorable
            values = without_nul(values)
        self._look_for_public_writes(here, sql)
        with peewees_exceptions, self._looking_for_a_demotion():
            rows: Rows = here.transaction.run(sql, values)
            return rows

    def ask(self, here: Waiting[Any], sql: str, values: Sequence[Any]) -> Callable[[], Rows]:
        """Have a read sent, and its rows looked at by calling what is returned.

        In a transaction it is sent with the next statement that is looked at.
        """
        if holds_nul(values):
            values = without_nul(values)
        if here.transaction is None:
            return self._ask_now(here, sql, values)
        transaction: Transaction = here.transaction
        answer = transaction.ask(sql, values)

        def look() -> Rows:
            with peewees_exceptions, self._looking_for_a_demotion():
                return transaction.look(answer)

        return look

    def _ask_now(self, here: Waiting[Any], sql: str, values: Sequence[Any]) -> Callable[[], Rows]:
        early = Early(here)
        try:
            self._pipelines_of_loop().send(early, sql, values)
        except psycopg.Error:  # on a lost connection: it is read when it is looked at, as any other
            return partial(self.execute, here, sql, values)

        def look() -> Rows:
            here.server_s, began = 0.0, time.monotonic()
            with peewees_exceptions:
                try:
                    rows: Rows = early.look()
                    return rows
                except psycopg.Error as problem:
                    here.server_s = early.server_s
                    return self._after(problem, here, sql, values)
                finally:
                    self._count_time(here, began)

        return look

    def ask_joining(
        self, here: Waiting[Any], sql: str, values: Sequence[Any]
    ) -> Callable[[], Rows]:
        """As `ask`, sent with the first statements of the transaction that is begun next."""
        here.joining = joining = Joining(sql, values)

        def look() -> Rows:
            with peewees_exceptions, self._looking_for_a_demotion():
                rows: Rows | None = joining.look(here.transaction)
            return self._without_limit(here, sql, values) if rows is None else rows

        return look

    def _without_limit(self, here: Waiting[Any], sql: str, values: Sequence[Any]) -> Rows:
        """Read what no transaction has read. One that failed may have taken all of the request's time."""
        until, here.until = here.until, math.inf
        try:
            return self.execute(here, sql, values)
        finally:
            here.until = until

    def defer(self, here: Waiting[Any], sql: str, values: Sequence[Any]) -> None:
        """Have a write done with what is sent next, or where its `atomic` ends. Raises: `Unstorable`."""
        if holds_nul(values):
            raise Unstorable
        self._look_for_public_writes(here, sql)
        here.transaction.defer(sql, values)

    def _look_for_public_writes(self, here: Waiting[Any], sql: str) -> None:
        if self._reads is not None and not here.has_written_public:
            here.has_written_public = self._reads.tables.are_written(sql)

    @contextmanager
    def _looking_for_a_demotion(self) -> Iterator[None]:
        try:
            yield
        except ReadOnlySqlTransaction:
            self._was_demoted()
            raise

    def renew(self) -> None:
        """Have each connection closed, from whatever thread: its server may be the primary no longer."""
        pipelines = self._pipelines
        if pipelines is not None and not pipelines.loop.is_closed():
            pipelines.loop.call_soon_threadsafe(pipelines.renew)
            if self._reads is not None:
                pipelines.loop.call_soon_threadsafe(self._reads.renew)

    def close(self) -> None:
        """Close every connection."""
        if self._pipelines is not None:
            self._pipelines.close()
            self._pipelines = None
        if self._reads is not None:
            self._reads.close()

    @property
    def use(self) -> tuple[int, int]:
        """How many connections have something under way, and how many are idle."""
        return self._pipelines.use if self._pipelines is not None else (0, 0)

    def _pipelines_of_loop(self) -> Pipelines:
        loop = asyncio.get_running_loop()
        if self._pipelines is None or self._pipelines.loop is not loop:
            self.close()
            if self._reads is not None:
                self._reads.begin(loop)
            self._pipelines = Pipelines(
                self._connect,
                self._connect_for_transactions,
                loop,
                limit_s=self._read_limit_s,
                own_limit_s=LONGEST_STATEMENT_S + TIMEOUT_GRACE_S,
            )
        return self._pipelines

    def _connect_for_transactions(self) -> "psycopg.Connection[Any]":
        """Open a connection whose limits of time are those inside a transaction: none is set at each."""
        connection = self._connect()
        if self._limit_s is not None:
            connection.execute(
                f"SET statement_timeout = '{LONGEST_STATEMENT_S}s';"
                f" SET lock_timeout = '{LOCK_TIMEOUT_S}s'"
            )
        return connection
