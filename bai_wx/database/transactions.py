"""A transaction of a request that waits on the event loop, on a connection of its own.

BEGIN, savepoints and locks return nothing that anybody looks at: they are sent with the statement behind them,
and COMMIT with its settings, so that each costs no round trip of its own. The connection is taken by the first
statement that asks for rows. Nothing was committed where that one meets a lost connection, so it is sent once
more on another.
"""

from collections.abc import Sequence
from typing import Any, Final

import psycopg
from psycopg.errors import InFailedSqlTransaction

from bai_wx.database.pipeline_pool import Pipelines
from bai_wx.database.pipelines import Asked, LostError, Pipeline, Rows, waited
from bai_wx.database.waiting import Waiting

_SILENT: Final = ("SAVEPOINT", "RELEASE", "ROLLBACK TO", "SELECT pg_advisory_xact_lock")
"""How statements begin whose rows nobody looks at."""
_NO_LIMIT: Final = "SET LOCAL statement_timeout = 0"
"""A COMMIT that is stopped while it waits for the standby is reported as done."""
_NOTHING: Final[Sequence[Any]] = ()


class Transaction:
    """One transaction. It ends with `commit` or `rollback`, even where either raises."""

    def __init__(self, pipelines: Pipelines, waiting: Waiting[Any], *begin: str) -> None:
        """`begin` are the statements that begin it."""
        self._pipelines, self._waiting = pipelines, waiting
        self._deferred: list[Asked] = [(sql, _NOTHING) for sql in begin]
        self._own: Pipeline | None = None

    def run(self, sql: str, values: Sequence[Any]) -> Rows:
        """Run a statement. Raises: the driver's exceptions."""
        if sql.startswith(_SILENT):
            self._deferred.append((sql, values))
            return Rows([], [], 0, b"")
        before, self._deferred = self._deferred, []
        is_first = self._own is None
        try:
            return self._ask(*before, (sql, values))
        except LostError:
            if not is_first:
                raise
        self._give_back()
        return self._ask(*before, (sql, values))

    def commit(self) -> list[str]:
        """Commit. Returns: what the server warned of, as that the standby may not have it.

        Raises: `InFailedSqlTransaction` where a statement has failed; nothing is committed then.
        """
        own = self._own
        if own is None:
            return []  # nothing was asked
        before, self._deferred = self._deferred, []
        own.warnings.clear()
        try:
            own.send(
                self._waiting, *before, (_NO_LIMIT, _NOTHING), ("COMMIT", _NOTHING), has_limit=False
            )
            rows = waited(self._waiting)
            if rows.command != b"COMMIT":
                raise InFailedSqlTransaction("a statement of the transaction has failed")
            return list(own.warnings)
        except psycopg.Error:
            if not own.is_closed:
                self.rollback()
            raise
        finally:
            self._give_back()

    def rollback(self) -> None:
        """Roll back, if anything was begun."""
        own, self._deferred = self._own, []
        if own is None or own.is_closed:
            self._give_back()
            return
        try:
            own.send(self._waiting, ("ROLLBACK", _NOTHING))
            waited(self._waiting)
        except BaseException:
            own.close(LostError("a transaction that could not be rolled back"))
            raise
        finally:
            self._give_back()

    def _ask(self, *statements: Asked) -> Rows:
        if self._own is None:
            self._own = self._pipelines.take(self._waiting)
        self._own.send(self._waiting, *statements)
        rows: Rows = waited(self._waiting)
        return rows

    def _give_back(self) -> None:
        own, self._own = self._own, None
        if own is not None:
            self._pipelines.give_back(own)
