"""A transaction of a request that waits on the event loop, on a connection of its own.

BEGIN, savepoints, locks and writes return nothing that anybody looks at: they are sent with the next statement
whose rows are looked at, or with COMMIT, so that each costs no round trip of its own. Reads that are asked for
early go along with them. The connection is taken by the first that is sent. Nothing was committed where that
one meets a lost connection, so it is sent once more on another.
"""

import time
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import psycopg
from psycopg.errors import InFailedSqlTransaction

from bai_wx.database.pipeline_pool import Pipelines
from bai_wx.database.pipelines import Pipeline, waited
from bai_wx.database.rows import Rows
from bai_wx.database.sent import Asked, LostError, OutdatedError
from bai_wx.database.waiting import Waiting

_SAVEPOINT, _RELEASE, _ROLL_BACK = "SAVEPOINT ", "RELEASE SAVEPOINT ", "ROLLBACK TO SAVEPOINT "
"""How Peewee's statements of a savepoint begin. Its name follows."""
_SILENT: Final = (_SAVEPOINT, _RELEASE, "SELECT pg_advisory_xact_lock")
"""How statements begin whose rows nobody looks at."""
_NOTHING: Final[Sequence[Any]] = ()
_COMMIT: Final[Sequence[Asked]] = (
    # A COMMIT that is stopped while it waits for the standby is reported as done.
    ("SET LOCAL statement_timeout = 0", _NOTHING),
    ("COMMIT", _NOTHING),
)


class Answer:
    """The rows of a statement that may not have been sent yet."""

    __slots__ = ("rows",)

    def __init__(self) -> None:
        self.rows: Rows | None = None


class Joining:
    """A read that goes along with the transaction that is begun next."""

    __slots__ = ("_answer", "_asked", "_transaction")

    def __init__(self, sql: str, values: Sequence[Any]) -> None:
        self._asked = sql, values
        self._answer = Answer()
        self._transaction: Transaction | None = None

    def join(self, transaction: "Transaction") -> None:
        """Go along with this one, which has just begun."""
        self._transaction, self._answer = transaction, transaction.ask(*self._asked)

    def look(self, present: "Transaction | None") -> Rows | None:
        """The rows, where the transaction that it went along with has them or can still get them.

        `present` is the transaction that goes on. Raises: as `Transaction.look`.
        """
        if self._answer.rows is None and present is not None and present is self._transaction:
            return present.look(self._answer)
        return self._answer.rows


class _Deferred(NamedTuple):
    """A statement that was not sent yet."""

    asked: Asked
    answer: Answer | None = None
    is_write: bool = False


class Transaction:
    """One transaction. It ends with `commit` or `rollback`, even where either raises."""

    def __init__(self, pipelines: Pipelines, waiting: Waiting[Any], begin: str) -> None:
        """`begin` is the statement that begins it."""
        self._pool, self._waiting = pipelines.own, waiting
        self._deferred = [_Deferred((begin, _NOTHING))]
        self._own: Pipeline | None = None
        self.began = time.monotonic()
        self._is_broken = False
        """Whether statements are missing that could not be sent."""

    def run(self, sql: str, values: Sequence[Any]) -> Rows:
        """Run a statement. Raises: the driver's exceptions, of those before it that were not sent yet too."""
        if sql.startswith(_ROLL_BACK):
            self._forget_since(sql.removeprefix(_ROLL_BACK))
        elif not sql.startswith(_SILENT) or (sql.startswith(_RELEASE) and self._has_writes):
            return self.look(self.ask(sql, values))
        self._deferred.append(_Deferred((sql, values)))
        return Rows([])

    def ask(self, sql: str, values: Sequence[Any]) -> Answer:
        """Have a statement run with the next that is looked at."""
        answer = Answer()
        self._deferred.append(_Deferred((sql, values), answer))
        return answer

    def defer(self, sql: str, values: Sequence[Any]) -> None:
        """Have a write done by the end of the savepoint or transaction. Nobody looks at what it returns."""
        self._deferred.append(_Deferred((sql, values), is_write=True))

    def look(self, answer: Answer) -> Rows:
        """The rows of what was asked. Raises: as `run`."""
        if answer.rows is None and self._deferred:
            self._send_deferred()
        if answer.rows is None:
            raise InFailedSqlTransaction("a statement of the transaction has failed")
        return answer.rows

    def commit(self) -> list[str]:
        """Commit. Returns: what the server warned of, as that the standby may not have it.

        Raises: `InFailedSqlTransaction` where a statement has failed; nothing is committed then. What a write
        raises that nobody looked at.
        """
        if self._is_broken:
            self.rollback()
            raise InFailedSqlTransaction("a statement of the transaction could not be sent")
        if self._own is None and not self._has_writes:
            return []  # nothing was asked
        try:
            if self._own is None:
                self._send_deferred()  # and once more where the connection was lost; a COMMIT never is
            own = self._taken()
            before = [each.asked for each in self._deferred]
            self._deferred = []
            own.warnings.clear()
            own.send(self._waiting, *before, *_COMMIT, has_limit=False)
            rows = self._wait()[-1]
            if rows.command != b"COMMIT":
                raise InFailedSqlTransaction("a statement of the transaction has failed")
            return list(own.warnings)
        except psycopg.Error:
            self.rollback()
            raise
        except BaseException:
            # It may still be in the transaction: nobody else may have it so.
            if self._own is not None:
                self._own.close(LostError("a transaction that could not be ended"))
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

    @property
    def _has_writes(self) -> bool:
        return any(each.is_write for each in self._deferred)

    def _forget_since(self, savepoint: str) -> None:
        """Send nothing of what would be undone at once, and might fail before."""
        begun = f"{_SAVEPOINT}{savepoint}"
        statements = [each.asked[0] for each in self._deferred]
        # One that is not here was sent, with all before it.
        del self._deferred[statements.index(begun) + 1 if begun in statements else 0 :]

    def _send_deferred(self) -> None:
        deferred, self._deferred = self._deferred, []
        is_first = self._own is None
        try:
            self._send(deferred)
        except (LostError, OutdatedError):
            if not is_first:
                raise
            self._is_broken = False
            self._give_back()
            self._send(deferred)

    def _send(self, deferred: Sequence[_Deferred]) -> None:
        if self._is_broken:
            raise InFailedSqlTransaction("a statement of the transaction could not be sent")
        self._is_broken = True
        sent = self._taken().send(self._waiting, *(each.asked for each in deferred))
        self._is_broken = False  # from here on the server knows what has failed
        try:
            self._wait()
        finally:
            # Of one that fails in a savepoint, those before it have their rows all the same.
            for each, rows in zip(deferred, sent.rows, strict=False):
                if each.answer is not None:
                    each.answer.rows = rows

    def _wait(self) -> Any:
        """What was sent, when it is answered. Raises: the driver's exceptions."""
        try:
            return waited(self._waiting)
        except OutdatedError as problem:
            # Other names may be outdated too, there and on the others.
            self._taken().close(problem)
            self._pool.close_idle(problem)
            raise

    def _taken(self) -> Pipeline:
        if self._own is None:
            self._own = self._pool.take(self._waiting)
        return self._own

    def _give_back(self) -> None:
        own, self._own = self._own, None
        if own is not None:
            self._pool.give_back(own)
