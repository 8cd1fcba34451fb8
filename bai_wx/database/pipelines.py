"""A connection to PostgreSQL on which the statements of many requests are under way at once.

libpq's pipeline mode sends a statement before the one before it is answered. Reads that come in one turn of the
event loop share a Sync, which is where the server ends an implicit transaction and sends what it has: so they
cost one system call here and one transaction there. Where one of them fails, the server skips those behind it;
they are sent once more, each with a Sync of its own. Whatever writes shares none. A text that comes again is
prepared by name.

Whoever has a statement on a connection that is lost is told. `pipeline_pool` has the connections.
"""

import asyncio
import math
import select
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from itertools import dropwhile, takewhile
from typing import Any, Final

import psycopg
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import FeatureNotSupported, InvalidSqlStatementName, error_from_result
from psycopg.pq import ConnStatus, DiagnosticField, ExecStatus, Format

from bai_wx.database.early import Early
from bai_wx.database.rows import Rows
from bai_wx.database.sent import (
    Asked,
    Bound,
    Key,
    LostError,
    OutdatedError,
    Sent,
    SilentError,
    key_of,
    numbered,
)
from bai_wx.database.waiting import Waiting

PREPARED: Final = 500  # texts by name, a connection; a filter's own text comes once
SEEN: Final = 2_000  # texts that are known to have come once
TOGETHER: Final = 16  # reads that share a Sync: what one that fails makes the server skip
SILENT_TOGETHER: Final = (
    4  # times a read's limit of time, which those that share a Sync may take at most
)
_WARNINGS: Final = 9  # kept; nobody looks at those of reads
_ENDS: Final = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)
OUTDATED: Final = (
    InvalidSqlStatementName,  # what was to prepare it was skipped after it was sent, or DEALLOCATE ALL was run
    FeatureNotSupported,  # "cached plan must not change result type": a column has another type
)
_ENDING: Final = (b"FATAL", b"PANIC")  # severities, after which the server closes the connection


class Pipeline:
    """One connection."""

    def __init__(
        self,
        connection: "psycopg.Connection[Any]",
        loop: asyncio.AbstractEventLoop,
        gone: Callable[["Pipeline"], None],
    ) -> None:
        self._connection, self._loop, self._gone = connection, loop, gone
        self._pg = connection.pgconn
        self._pg.nonblocking = 1
        self._pg.enter_pipeline_mode()
        self._values = Transformer(connection)
        self._under_way: deque[Sent | None] = deque()
        """What was sent, and None for each Sync."""
        self._skipped: list[Sent] = []
        self._uncommitted: list[Sent] = []
        self._names: OrderedDict[Key, bytes] = OrderedDict()
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._made = 0
        self.gathered = 0
        """How many reads wait for the Sync of this turn of the event loop."""
        self._is_closed = False
        self.warnings: list[str] = []
        """What the server warned of since they were looked at."""
        connection.add_notice_handler(self._note)
        self._socket = self._pg.socket
        loop.add_reader(self._socket, self._read)

    @property
    def is_closed(self) -> bool:
        """Whether it was lost, or closed."""
        return self._is_closed

    def _note(self, said: psycopg.errors.Diagnostic) -> None:
        if said.severity_nonlocalized == "WARNING":
            self.warnings[_WARNINGS:] = [said.message_primary or ""]

    def __len__(self) -> int:
        return len(self._under_way)

    def read(self, waiting: Waiting[Any] | Early, sql: str, values: Sequence[Any]) -> None:
        """Send a read with the others of this turn. `waiting` is switched to with a list of its rows, or an
        exception.

        Raises: what the driver raises of a value that it cannot send.
        """
        if self._is_closed:
            raise LostError("the connection was lost")
        sent = Sent(waiting, [self._bound(sql, values)], time.monotonic())
        sent.may_be_again, sent.patience_from = True, sent.since
        try:
            self._send(sent)
        except psycopg.Error as exc:
            raise self._lost(exc) from exc
        self.gathered += 1
        if self.gathered == 1:
            self._loop.call_soon(self._sync_gathered)
        elif self.gathered >= TOGETHER:
            self._sync_gathered()

    def send(
        self,
        waiting: Waiting[Any] | Early,
        *statements: Asked,
        has_limit: bool = True,
        ends_alone: bool = False,
    ) -> Sent:
        """Send statements, up to one that fails, with a Sync of their own. `waiting` is switched to with a list
        of the rows of each, or an exception.

        `ends_alone` says that they are outside a transaction and write.
        Returns: what then has the rows of those before one that fails, too.
        Raises: what the driver raises of a value that it cannot send.
        """
        if self._is_closed:
            raise LostError("the connection was lost")
        # First the values: where one of them cannot be sent, nothing was.
        bound = [self._bound(sql, values) for sql, values in statements]
        self._sync_gathered()
        sent = Sent(waiting, bound, time.monotonic())
        sent.has_limit = has_limit
        sent.ends_alone = sent.may_be_again = ends_alone
        try:
            self._send(sent)
            self._sync()
        except psycopg.Error as exc:
            sent.is_given_up = True  # it is told here, and nowhere else
            raise self._lost(exc) from exc
        return sent

    def look_for_end(self) -> None:
        """Notice that the connection was lost where the event loop does not say so.

        libuv stops watching a socket that has an error, as one has whose server died before it read everything.
        """
        if self._is_closed or not self._under_way:
            return
        ended = select.poll()
        ended.register(self._socket, 0)  # errors and the end are told unasked
        if ended.poll(0):
            self._read()

    def is_silent(self, limit_s: float) -> bool:
        """Whether the server has said nothing for longer than what is under way may take, each `limit_s`.

        It says nothing before a Sync, unless its buffer is full.
        """
        left = dropwhile(lambda sent: sent is None, self._under_way)
        together = list(filter(None, takewhile(lambda sent: sent is not None, left)))
        if not together or not together[0].has_limit:
            return False
        allowed_s = limit_s * min(len(together), SILENT_TOGETHER)
        return time.monotonic() - together[0].since > allowed_s

    def give_up(self, before: float) -> None:
        """Tell those whose read was asked before this moment, by `time.monotonic()`, that it takes too long."""
        late = [sent for sent in filter(None, self._under_way) if sent.patience_from < before]
        for sent in late:
            sent.patience_from, sent.is_given_up = math.inf, True
        for sent in late:
            sent.waiting.switch(SilentError("the database takes too long behind others"))

    def close(self, problem: psycopg.OperationalError) -> None:
        """Close it; whoever waits is told why."""
        self._lose(problem)

    def _bound(self, sql: str, values: Sequence[Any]) -> Bound:
        if not values:
            return Bound(sql, None, None, None)
        bound = self._values.dump_sequence(values, [PyFormat.AUTO] * len(values))
        return Bound(sql, bound, self._values.types, self._values.formats)

    def _send(self, sent: Sent, *, by_name: bool = True) -> None:
        """Hand its statements to libpq, which keeps them until the Sync."""
        for sql, values, types, formats in sent.bound:
            key = sql, tuple(types or ())
            name = self._names.get(key) if by_name else None
            if name is None and by_name and self._is_repeated(sql):
                name = self._prepare(sent, key)
            sent.steps.append(None)
            if name is None:
                self._pg.send_query_params(numbered(sql), values, types, formats, Format.TEXT)
            else:
                self._pg.send_query_prepared(name, values, formats, Format.TEXT)
        self._under_way.append(sent)

    def _is_repeated(self, sql: str) -> bool:
        if sql in self._seen:
            return True
        self._seen[sql] = None
        if len(self._seen) > SEEN:
            self._seen.popitem(last=False)
        return False

    def _prepare(self, sent: Sent, key: Key) -> bytes:
        if len(self._names) >= PREPARED:
            closed, oldest = self._names.popitem(last=False)
            self._pg.send_close_prepared(oldest)
            sent.steps.append(closed)
        sent.steps.append(key)
        self._made += 1
        name = self._names[key] = b"s%d" % self._made
        self._pg.send_prepare(name, numbered(key[0]), key[1] or None)
        return name

    def _sync_gathered(self) -> None:
        if not self.gathered or self._is_closed:
            return
        self.gathered = 0
        try:
            self._sync()
        except psycopg.Error as exc:
            self._lost(exc)

    def _sync(self) -> None:
        """End what was sent with a Sync, and send it all."""
        self._under_way.append(None)
        self._pg.pipeline_sync()  # it flushes, as far as the socket takes it
        if self._pg.flush():
            self._loop.add_writer(self._socket, self._flush_rest)

    def _flush_rest(self) -> None:
        try:
            is_left = self._pg.flush()
        except psycopg.Error as exc:
            self._lost(exc)
            return
        if not is_left:
            self._loop.remove_writer(self._socket)
        self._read()  # libpq reads, too, while the server takes nothing

    def _read(self) -> None:
        ready: list[Sent] = []
        try:
            self._take_all(ready)
            self._send_again()
        except Exception as exc:  # whatever it is, nobody may wait for ever
            self._lose(LostError(str(exc)))
            if not isinstance(exc, psycopg.Error):
                raise
        finally:
            self._answer(ready)

    def _take_all(self, ready: list[Sent]) -> None:
        """Take what is here; those that are answered by it are put among the ready ones."""
        pg, is_between = self._pg, False
        pg.consume_input()
        now = time.monotonic()
        while self._under_way and not pg.is_busy():
            result = pg.get_result()
            if result is not None:
                is_between = False
                self._take(result, ready, now)
            elif is_between:
                break  # nothing more is here
            else:
                # Between two statements, or for ever where the connection is lost.
                is_between = True

    def _send_again(self) -> None:
        """Send what was skipped, each with a Sync of its own."""
        if self._skipped:
            self._sync_gathered()
        while self._skipped:
            sent = self._skipped[0]
            sent.may_be_again = sent.is_skipped = False
            if not sent.is_given_up:
                # What prepares its name may be skipped yet, and it is not sent a third time.
                self._send(sent, by_name=False)
            del self._skipped[0]  # from here on it is among those under way
            self._sync()

    def _take(self, result: Any, ready: list[Sent], now: float) -> None:
        """Note what came for the first that is under way. Raises: `OperationalError` where it is the end."""
        status, sent = result.status, self._under_way[0]
        problem = None
        if status == ExecStatus.FATAL_ERROR:
            problem = error_from_result(result, self._connection.info.encoding)
            severity = result.error_field(DiagnosticField.SEVERITY_NONLOCALIZED)
            if self._pg.status == ConnStatus.BAD or severity in _ENDING:
                raise psycopg.OperationalError(str(problem))
        if sent is None:
            if problem is not None:  # of the COMMIT in the Sync
                for written in self._uncommitted:
                    written.problem = problem
            elif status == ExecStatus.PIPELINE_SYNC:
                self._under_way.popleft()
                ready += self._uncommitted
                self._uncommitted.clear()
                self._begin_next(now)
            return
        step = sent.steps.popleft()
        if status in _ENDS:
            if step is None:
                sent.rows.append(self._rows(result))
        else:
            if step is not None:
                self._names.pop(step, None)  # it was not prepared
            elif isinstance(problem, OUTDATED):
                was_named = self._names.pop(key_of(sent.bound[len(sent.rows)]), None) is not None
                if sent.may_be_again:
                    problem = None
                elif was_named or isinstance(problem, InvalidSqlStatementName):
                    problem = OutdatedError(str(problem))
            sent.problem = sent.problem or problem
            sent.is_skipped = sent.problem is None
        if not sent.steps:
            self._under_way.popleft()
            done = self._uncommitted if sent.ends_alone else ready
            (self._skipped if sent.is_skipped else done).append(sent)
            sent.waiting.server_s = now - sent.since
            self._begin_next(now)

    def _begin_next(self, now: float) -> None:
        """Note that it waited for those before it so far, and not for the server."""
        head = self._under_way[0] if self._under_way else None
        if head is not None:
            head.since = max(head.since, now)

    def _rows(self, result: Any) -> Rows:
        if not result.nfields:
            return Rows([], result)
        self._values.set_pgresult(result)
        return Rows(self._values.load_rows(0, result.ntuples, tuple), result)

    def _answer(self, ready: list[Sent]) -> None:
        for sent in ready:
            if not sent.is_given_up:
                sent.waiting.switch(sent.problem or sent.rows)

    def _lost(self, cause: psycopg.Error) -> LostError:
        """Give the connection up. Returns: what whoever waits is told."""
        problem = LostError(str(cause))
        self._lose(problem)
        return problem

    def _lose(self, problem: psycopg.OperationalError) -> None:
        if self._is_closed:
            return
        self._is_closed = True
        left = [*filter(None, self._under_way), *self._skipped, *self._uncommitted]
        self._under_way.clear()
        if not self._loop.is_closed():
            self._loop.remove_reader(self._socket)
            self._loop.remove_writer(self._socket)
            # Not from here: this may be one of those who wait, and who is switched to does not come back.
            self._loop.call_soon(self._tell, left, problem)
        self._connection.close()
        self._gone(self)

    def _tell(self, left: list[Sent], problem: psycopg.OperationalError) -> None:
        for sent in left:
            if not sent.is_given_up:
                sent.waiting.switch(problem)


def waited(waiting: Waiting[Any]) -> Any:
    """What the one that waits is switched to with. Raises: an exception that is."""
    answer = waiting.wait()
    if isinstance(answer, Exception):
        raise answer
    return answer
