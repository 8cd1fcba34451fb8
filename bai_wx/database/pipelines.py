"""PostgreSQL's connections of an event loop, on which the statements of many requests are under way at once.

libpq's pipeline mode sends a statement before the one before it is answered. Each has a Sync of its own, so
that one which fails leaves its neighbours alone. A text that comes again is prepared by name, once a
connection. Nothing here runs in a transaction.

Whoever has a statement on a connection that is lost is told, and may send it again. `pipeline_pool` has them.
"""

import asyncio
import math
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

PREPARED: Final = 500  # texts by name, a connection; a filter's own text comes once
SEEN: Final = 2_000  # texts that are known to have come once
_MARK: Final = re.compile(r"%(.)", re.DOTALL)
_ENDS: Final = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)


class Rows:
    """What a statement returned, read as a driver's cursor is."""

    __slots__ = ("_left", "_names", "command", "rowcount")

    def __init__(
        self, names: list[str], rows: list[tuple[Any, ...]], rowcount: int, command: bytes
    ) -> None:
        self._names, self._left, self.rowcount = names, iter(rows), rowcount
        self.command = command
        """What the server says it did: `COMMIT`."""

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

    __slots__ = ("problem", "rows", "since", "steps", "waiting")

    def __init__(self, waiting: Waiting[Any], since: float) -> None:
        self.waiting, self.since = waiting, since
        self.rows: Rows | None = None
        self.problem: Exception | None = None
        self.steps: deque[_Key | None] = deque()
        """What is not answered yet: the key of what is prepared or closed, or None for what is run."""


_Key = tuple[str, tuple[int, ...]]
Asked = tuple[str, Sequence[Any]]
"""A statement with its values."""


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
            self.warnings.append(said.message_primary or "")

    def __len__(self) -> int:
        return len(self._under_way)

    def send(self, waiting: Waiting[Any], *statements: Asked, has_limit: bool = True) -> None:
        """Send statements, up to one that fails. The rows of the last, or an exception, are what `waiting`
        is switched to with.

        Raises: what the driver raises of a value that it cannot send.
        """
        if self._is_closed:
            raise LostError("the connection was lost")
        # First the values: where one of them cannot be sent, nothing was.
        bound = [(sql, *self._bound(values)) for sql, values in statements]
        sent = _Sent(waiting, time.monotonic() if has_limit else math.inf)
        try:
            for sql, values, types, formats in bound:
                self._send_one(sent, sql, values, types, formats)
            self._pg.pipeline_sync()
        except psycopg.Error as exc:
            lost = LostError(str(exc))
            self._lose(lost)
            raise lost from exc
        self._under_way.append(sent)
        if not self._is_flushing:
            self._is_flushing = True
            self._loop.call_soon(self._flush)

    def _bound(self, values: Sequence[Any]) -> tuple[Any, Any, Any]:
        """The values as they are sent, their types and formats."""
        if not values:
            return None, None, None
        bound = self._values.dump_sequence(values, [PyFormat.AUTO] * len(values))
        return bound, self._values.types, self._values.formats

    def _send_one(self, sent: _Sent, sql: str, values: Any, types: Any, formats: Any) -> None:
        key = sql, tuple(types or ())
        name = self._names.get(key)
        if name is None and self._is_repeated(sql):
            name = self._prepare(sent, key)
        sent.steps.append(None)
        if name is None:
            self._pg.send_query_params(numbered(sql), values, types, formats, Format.TEXT)
        else:
            self._pg.send_query_prepared(name, values, formats, Format.TEXT)

    def silent_since(self) -> float:
        """When the statement was sent that has waited longest, by `time.monotonic()`; infinite without one."""
        return self._under_way[0].since if self._under_way else math.inf

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

    def _prepare(self, sent: _Sent, key: _Key) -> bytes:
        if len(self._names) >= PREPARED:
            closed, oldest = self._names.popitem(last=False)
            self._pg.send_close_prepared(oldest)
            sent.steps.append(closed)
        sent.steps.append(key)
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
                    if sent.steps.popleft() is None:
                        sent.rows = self._rows(result)
                elif status == ExecStatus.FATAL_ERROR:
                    sent.problem = error_from_result(result, self._connection.info.encoding)
                    for key in filter(None, sent.steps):  # nor were those behind it prepared
                        self._names.pop(key, None)
        except psycopg.OperationalError as exc:
            self._answer(ready)
            self._lose(LostError(str(exc)))
            return
        if ready and self._under_way:
            # It waited for those before it, not for the server.
            head = self._under_way[0]
            head.since = max(head.since, time.monotonic())
        self._answer(ready)

    def _rows(self, result: Any) -> Rows:
        self._values.set_pgresult(result)
        rows = self._values.load_rows(0, result.ntuples, tuple)
        names = [(result.fname(place) or b"").decode() for place in range(result.nfields)]
        return Rows(names, rows, result.command_tuples or 0, result.command_status or b"")

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


def waited(waiting: Waiting[Any]) -> Any:
    """What the one that waits is switched to with. Raises: an exception that is."""
    answer = waiting.wait()
    if isinstance(answer, Exception):
        raise answer
    return answer


def numbered(sql: str) -> bytes:
    """A text with `%s` for each value as libpq has it, with `$1`, `$2` …"""
    places = iter(range(1, 65_536))
    return _MARK.sub(lambda found: f"${next(places)}" if found[1] == "s" else "%", sql).encode()
