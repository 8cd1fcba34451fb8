"""Asks a server of PostgreSQL the same again and again, on the event loop, while requests want to know."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

import psycopg
from peewee import OperationalError

from bai_wx.database import waiting
from bai_wx.database.pipelines import Pipeline, waited
from bai_wx.database.sent import SilentError

PERIOD_S: Final = 0.25  # between an answer and the next question
PATIENCE_S: Final = 1.0  # that an answer may take
PAUSE_S: Final = 1.0  # before a server that could not be asked is tried again
WANTED_S: Final = 10.0  # after the last request that wanted to know

_log = logging.getLogger("bai_wx.database")

Row = tuple[Any, ...]


class Watch:
    """One server. It has a connection of its own, so that nobody's reads are before its question."""

    def __init__(
        self,
        name: str,
        connect: Callable[[], "psycopg.Connection[Any]"],
        sql: str,
        told: Callable[[float, Row], None],
        lost: Callable[[], None],
    ) -> None:
        """`told` is given the moment of a question, by `time.monotonic()`, and its one row.

        `lost` is called where the server cannot be asked, or does not answer in time. `connect` may take its
        time, in a thread.
        """
        self._name, self._connect, self._sql = name, connect, sql
        self._told, self._lost = told, lost
        self._wanted_until = 0.0
        self._task: asyncio.Task[None] | None = None
        self._pipeline: Pipeline | None = None
        self._is_reached: bool | None = None

    def want(self, now: float) -> None:
        """Ask for a while longer from this moment, by `time.monotonic()`."""
        self._wanted_until = now + WANTED_S
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._run())

    def close(self) -> None:
        """Ask no more."""
        if self._task is not None and not self._task.get_loop().is_closed():
            self._task.cancel()
        self.hang_up()

    async def _run(self) -> None:
        try:
            while time.monotonic() < self._wanted_until:
                await self._tried()
        finally:
            self.hang_up()

    async def _tried(self) -> None:
        try:
            asked_at = time.monotonic()
            self._told(asked_at, await self._answer())
            self._note(None)
            await asyncio.sleep(PERIOD_S)
        except (psycopg.Error, OperationalError) as problem:
            self.hang_up()
            self._lost()
            self._note(problem)
            await asyncio.sleep(PAUSE_S)

    async def _answer(self) -> Row:
        loop = asyncio.get_running_loop()
        if self._pipeline is None:
            connection = await loop.run_in_executor(None, self._connect)
            self._pipeline = Pipeline(connection, loop, lambda lost: None)
        pipeline = self._pipeline
        silent = SilentError(f"no answer for {PATIENCE_S:g} s")
        too_late = loop.call_later(PATIENCE_S, pipeline.close, silent)
        try:
            return await waiting.answered(lambda: _asked(pipeline, self._sql))
        finally:
            too_late.cancel()

    def hang_up(self) -> None:
        """Ask on another connection from now on."""
        if self._pipeline is not None:
            self._pipeline.close(SilentError("it is watched no more"))
            self._pipeline = None

    def _note(self, problem: Exception | None) -> None:
        """Log when the server is lost, and when it is back."""
        is_reached = problem is None
        if is_reached is not self._is_reached:
            if problem is not None:
                _log.warning("%s cannot be asked: %s", self._name, problem)
            elif self._is_reached is False:
                _log.info("%s answers again", self._name)
            self._is_reached = is_reached


def _asked(pipeline: Pipeline, sql: str) -> Row:
    here = waiting.current()
    assert here is not None
    no_values: Sequence[Any] = ()
    pipeline.send(here, (sql, no_values))
    row: Row = waited(here)[0].fetchone()
    return row
