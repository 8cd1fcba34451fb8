"""PostgreSQL for requests that wait on the event loop. `postgres` asks it where a greenlet is running."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import psycopg
from peewee import OperationalError
from peewee import __exception_wrapper__ as peewees_exceptions  # type: ignore[attr-defined]  # private
from psycopg.errors import ReadOnlySqlTransaction

from bai_wx.database.pipeline_pool import Pipelines
from bai_wx.database.pipelines import LostError
from bai_wx.database.rows import Rows
from bai_wx.database.transactions import Transaction
from bai_wx.database.waiting import Waiting
from bai_wx.metrics import COMMITS

LOCK_TIMEOUT_S: Final = 5  # as long as SQLite's BUSY_TIMEOUT_S
LONGEST_STATEMENT_S: Final = 10  # inside a transaction
TIMEOUT_GRACE_S: Final = 0.25  # a healthy server stops a statement this soon after its time limit


class OnLoop:
    """The connections of a worker's event loop, by way of the greenlet that asks."""

    def __init__(
        self,
        connect: Callable[[], "psycopg.Connection[Any]"],
        was_demoted: Callable[[], None],
        limit_s: float | None,
    ) -> None:
        """`connect` opens a connection on which a statement is stopped after `limit_s`. `was_demoted` is called
        where a server is the primary no longer.
        """
        self._connect, self._was_demoted, self._limit_s = connect, was_demoted, limit_s
        self._pipelines: Pipelines | None = None

    def begin(self, here: Waiting[Any], isolation_level: str | None) -> None:
        """Begin a transaction."""
        level = f" ISOLATION LEVEL {isolation_level}" if isolation_level else ""
        here.transaction = Transaction(self._pipelines_of_loop(), here, f"BEGIN{level}")

    def commit(self, here: Waiting[Any]) -> None:
        """Commit. Raises: as `Postgres.commit`."""
        transaction, here.transaction = here.transaction, None
        with peewees_exceptions, self._looking_for_a_demotion():
            warnings = transaction.commit()
        COMMITS.inc()
        if warnings:
            raise OperationalError(f"the commit was answered with a warning: {warnings}")

    def rollback(self, here: Waiting[Any]) -> None:
        """Roll back, where the transaction has not ended already."""
        transaction, here.transaction = here.transaction, None
        if transaction is not None:
            with peewees_exceptions:
                transaction.rollback()

    def execute(self, here: Waiting[Any], sql: str, values: Sequence[Any]) -> Rows:
        """Run a statement; others go on meanwhile. `here.was_lost` tells whether it met a lost connection.

        Raises: Peewee's exceptions.
        """
        here.was_lost = False
        with peewees_exceptions, self._looking_for_a_demotion():
            if here.transaction is not None:
                rows: Rows = here.transaction.run(sql, values)
                return rows
            try:
                return self._pipelines_of_loop().run(here, sql, values)
            except LostError:
                here.was_lost = True
                raise

    def ask(self, here: Waiting[Any], sql: str, values: Sequence[Any]) -> Callable[[], Rows]:
        """Have a read of the greenlet's transaction sent with the next statement that is looked at, or when its
        own rows are: by calling what is returned.
        """
        transaction = here.transaction
        answer = transaction.ask(sql, values)

        def look() -> Rows:
            with peewees_exceptions, self._looking_for_a_demotion():
                rows: Rows = transaction.look(answer)
                return rows

        return look

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

    def close(self) -> None:
        """Close every connection."""
        if self._pipelines is not None:
            self._pipelines.close()
            self._pipelines = None

    @property
    def use(self) -> tuple[int, int]:
        """How many connections have something under way, and how many are idle."""
        return self._pipelines.use if self._pipelines is not None else (0, 0)

    def _pipelines_of_loop(self) -> Pipelines:
        loop = asyncio.get_running_loop()
        if self._pipelines is None or self._pipelines.loop is not loop:
            self.close()
            self._pipelines = Pipelines(
                self._connect,
                self._connect_for_transactions,
                loop,
                limit_s=(self._limit_s or LONGEST_STATEMENT_S) + TIMEOUT_GRACE_S,
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
