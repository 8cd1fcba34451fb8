"""PostgreSQL's connections of an event loop, on which the statements of many requests are under way at once.

libpq's pipeline mode sends a statement before the one before it is answered. Each has a Sync of its own, so
that one which fails leaves its neighbours alone. A text that comes again is prepared by name, once a
connection. Nothing here runs in a transaction.

A connection whose server is silent for too long is closed, as one that was lost. Whoever had a statement
there is told, and may send it again.
"""

import asyncio
import re
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import psycopg
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus, Format

from bai_wx.database.waiting import Waiting

MOST: Final = 4  # connections of an event loop: PostgreSQL answers those of one connection in turn
CROWDED: Final = 2  # statements under way, from which another connection is opened
MOST_WAITING: Final = 2_000
SILENT: Final = "the database was silent for too long"
PREPARED: Final = 500  # texts by name, a connection; a filter's own text comes once
SEEN: Final = 2_000  # texts that are known to have come once
_MARK: Final = re.compile(r"%(.)", re.DOTALL)
_ENDS: Final = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)


class Rows:
    """What a statement returned, read as a driver's cursor is."""

    __slots__ = ("_left", "_names", "rowcount")

    def __init__(self, names: list[str], rows: list[tuple[Any, ...]], rowcount: int) -> None:
        self._names, self._left, self.rowcount = names, iter(rows), rowcount

    @property
    def description(self) -> list[tuple[str]]:
        """The columns' names, as PEP 249 has them first."""
        return [(name,) for name in self._names]

    def fetchone(self) -> tuple[Any, ...] | None:
        """The next row."""
        return next(self._left, None)

    def fetchall(self) -> list[tuple[Any, ...]]:
        """The rows that are left."""
        return list(self._left)

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return self._left

    def close(self) -> None:
        """Nothing: all rows are here."""


class _Sent:
    """A statement that is under way."""

    __slots__ = ("key", "problem", "rows", "since", "waiting")

    def __init__(self, waiting: Waiting[Any], since: float) -> None:
        self.waiting, self.since = waiting, since
        self.rows: Rows | None = None
        self.problem: Exception | None = None
        self.key: _Key | None = None
        """What it prepares."""


_Key = tuple[str, tuple[int, ...]]


class LostError(psycopg.OperationalError):
    """The connection ended, or was silent, before the statement was answered."""


class SilentError(psycopg.OperationalError):
    """The statement was given up; to send it again would take as long again."""


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
        self._under_way: deque[_Sent] = deque()
        self._names: OrderedDict[_Key, bytes] = OrderedDict()
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._made = 0
        self._is_flushing = self._is_closed = False
        self._socket = self._pg.socket
        loop.add_reader(self._socket, self._read)

    def __len__(self) -> int:
        return len(self._under_way)

    def send(self, waiting: Waiting[Any], sql: str, values: Sequence[Any]) -> None:
        """Send a statement. Its rows, or an exception, are what `waiting` is switched to with.

        Raises: what the driver raises of a value that it cannot send.
        """
        if self._is_closed:
            raise LostError("the connection was lost")
        # First the values: where one of them cannot be sent, nothing was.
        bound = self._values.dump_sequence(values, [PyFormat.AUTO] * len(values)) if values else ()
        types = self._values.types or () if values else ()
        formats = self._values.formats if values else ()
        sent = _Sent(waiting, time.monotonic())
        key = sql, tuple(types)
        name = self._names.get(key)
        try:
            if name is None and self._is_repeated(sql):
                name = self._prepare(key)
                sent.key = key
            if name is None:
                self._pg.send_query_params(
                    numbered(sql), bound or None, types or None, formats or None, Format.TEXT
                )
            else:
                self._pg.send_query_prepared(name, bound or None, formats or None, Format.TEXT)
            self._pg.pipeline_sync()
        except psycopg.Error as exc:
            lost = LostError(str(exc))
            self._lose(lost)
            raise lost from exc
        self._under_way.append(sent)
        if not self._is_flushing:
            self._is_flushing = True
            self._loop.call_soon(self._flush)

    def silent_since(self) -> float:
        """When the statement was sent that has waited longest, by `time.monotonic()`; infinite without one."""
        return self._under_way[0].since if self._under_way else float("inf")

    def close(self, problem: psycopg.OperationalError) -> None:
        """Close it; whoever waits is told why."""
        self._lose(problem)

    def _is_repeated(self, sql: str) -> bool:
        if sql in self._seen:
            return True
        self._seen[sql] = None
        if len(self._seen) > SEEN:
            self._seen.popitem(last=False)
        return False

    def _prepare(self, key: _Key) -> bytes:
        if len(self._names) >= PREPARED:
            _, oldest = self._names.popitem(last=False)
            self._pg.send_close_prepared(oldest)
        self._made += 1
        name = self._names[key] = b"s%d" % self._made
        self._pg.send_prepare(name, numbered(key[0]), key[1] or None)
        return name

    def _flush(self) -> None:
        self._is_flushing = False
        if self._is_closed:
            return
        try:
            is_left = self._pg.flush()
        except psycopg.OperationalError as exc:
            self._lose(LostError(str(exc)))
            return
        if is_left:
            self._is_flushing = True
            self._loop.add_writer(self._socket, self._flush_rest)

    def _flush_rest(self) -> None:
        self._loop.remove_writer(self._socket)
        self._flush()

    def _read(self) -> None:
        pg, ready = self._pg, list[_Sent]()
        is_between = False
        try:
            pg.consume_input()
            while self._under_way and not pg.is_busy():
                result = pg.get_result()
                if (
                    result is None
                ):  # between two statements, or for ever where the connection is lost
                    if is_between:
                        break
                    is_between = True
                    continue
                is_between = False
                sent = self._under_way[0]
                status = result.status
                if status == ExecStatus.PIPELINE_SYNC:
                    ready.append(self._under_way.popleft())
                elif status in _ENDS:
                    sent.rows = self._rows(result)
                elif status == ExecStatus.FATAL_ERROR:
                    sent.problem = error_from_result(result, self._connection.info.encoding)
                    if sent.key is not None:
                        self._names.pop(sent.key, None)
        except psycopg.OperationalError as exc:
            self._answer(ready)
            self._lose(LostError(str(exc)))
            return
        if ready and self._under_way:
            # It waited for those before it, not for the server.
            self._under_way[0].since = time.monotonic()
        self._answer(ready)

    def _rows(self, result: Any) -> Rows:
        self._values.set_pgresult(result)
        rows = self._values.load_rows(0, result.ntuples, tuple)
        names = [(result.fname(place) or b"").decode() for place in range(result.nfields)]
        return Rows(names, rows, result.command_tuples or 0)

    def _answer(self, ready: list[_Sent]) -> None:
        for sent in ready:
            sent.waiting.switch(sent.problem or sent.rows)

    def _lose(self, problem: psycopg.OperationalError) -> None:
        if self._is_closed:
            return
        self._is_closed = True
        if not self._loop.is_closed():
            self._loop.remove_reader(self._socket)
            self._loop.remove_writer(self._socket)
        self._connection.close()
        self._gone(self)
        left, self._under_way = list(self._under_way), deque()
        for sent in left:
            sent.waiting.switch(problem)


class Pipelines:
    """The connections of one event loop. They are opened when they are needed."""

    def __init__(
        self,
        open_one: Callable[[], "psycopg.Connection[Any]"],
        loop: asyncio.AbstractEventLoop,
        *,
        limit_s: float,
        most: int = MOST,
    ) -> None:
        """`open_one` opens a connection, and may take its time; it is called in a thread.

        A connection that does not answer for `limit_s` is closed.
        """
        self._open_one, self._limit_s, self._most = open_one, limit_s, most
        self.loop = loop
        self._open: list[Pipeline] = []
        self._unsent: deque[tuple[Waiting[Any], str, Sequence[Any]]] = deque()
        self._opening: asyncio.Future[None] | None = None
        self._fresh: list[psycopg.Connection[Any]] = []
        """One that is open, and not in use yet."""
        self._watch: asyncio.TimerHandle | None = None

    def run(self, waiting: Waiting[Any], sql: str, values: Sequence[Any]) -> Rows:
        """Send a statement and wait for its rows.

        Raises: the driver's exceptions; `LostError` where the connection was lost, `SilentError` where the
        server said nothing.
        """
        chosen = min(self._open, key=len, default=None)
        if chosen is None or (len(chosen) >= CROWDED and len(self._open) < self._most):
            self._open_another()
        if chosen is None:
            if len(self._unsent) >= MOST_WAITING:
                raise LostError("too many wait for a connection")
            self._unsent.append((waiting, sql, values))
        else:
            chosen.send(waiting, sql, values)
            self._look_soon()
        answer = waiting.wait()
        if isinstance(answer, Exception):
            raise answer
        rows: Rows = answer
        return rows

    def renew(self) -> None:
        """Close each connection: its server may be the primary no longer."""
        self._close_all(LostError("the server is the primary no longer"))

    def close(self) -> None:
        """Close all of them."""
        if self._watch is not None:
            self._watch.cancel()
        self._close_all(SilentError("the database is closed"))
        for connection in self._fresh:
            connection.close()

    @property
    def use(self) -> tuple[int, int]:
        """How many connections have something under way, and how many are idle."""
        busy = sum(1 for pipeline in self._open if len(pipeline))
        return busy, len(self._open) - busy

    def _open_another(self) -> None:
        if self._opening is None:
            self._opening = self.loop.run_in_executor(None, self._open_in_thread)
            self._opening.add_done_callback(self._opened)

    def _open_in_thread(self) -> None:
        self._fresh.append(self._open_one())

    def _opened(self, opening: asyncio.Future[None]) -> None:
        self._opening = None
        waiting, self._unsent = list(self._unsent), deque()
        problem = opening.exception()
        if problem is not None:
            for each, _, _ in waiting:
                each.switch(problem)
            return
        pipeline = Pipeline(self._fresh.pop(), self.loop, self._gone)
        self._open.append(pipeline)
        for each, sql, values in waiting:
            try:
                pipeline.send(each, sql, values)
            except Exception as exc:  # it belongs to the one that waits
                each.switch(exc)
        self._look_soon()

    def _close_all(self, problem: psycopg.OperationalError) -> None:
        open_now, self._open = self._open, []
        for pipeline in open_now:
            pipeline.close(problem)

    def _gone(self, pipeline: Pipeline) -> None:
        """Close the others too: they were probably lost with it, and what is sent again must not meet that."""
        if pipeline in self._open:
            self._open.remove(pipeline)
            self._close_all(LostError("another connection was lost"))

    def _look_soon(self) -> None:
        if self._watch is None:
            self._watch = self.loop.call_later(self._limit_s / 4, self._look)

    def _look(self) -> None:
        """Close what has been silent for too long."""
        self._watch = None
        before = time.monotonic() - self._limit_s
        for pipeline in list(self._open):
            if pipeline.silent_since() < before:
                pipeline.close(SilentError(SILENT))
        if any(len(pipeline) for pipeline in self._open):
            self._look_soon()


def numbered(sql: str) -> bytes:
    """A text with `%s` for each value as libpq has it, with `$1`, `$2` …"""
    places = iter(range(1, 65_536))
    return _MARK.sub(lambda found: f"${next(places)}" if found[1] == "s" else "%", sql).encode()
