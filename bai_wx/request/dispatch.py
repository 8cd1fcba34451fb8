"""Has a request checked and answered where waiting hurts nobody: on the event loop or in a pool of threads.

The edge calls it when the body is here. `ways` is the table it goes by; `execution` is what it calls there.
"""

from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

from bai_wx import dialect
from bai_wx.database.connection import CONNECTIONS
from bai_wx.errors import ServiceUnavailable
from bai_wx.request import login_exchange, ways
from bai_wx.request.execution import refused, refused_by_token, run, run_on_loop, run_waiting
from bai_wx.request.incoming import Incoming
from bai_wx.request.operation import Operation
from bai_wx.request.pools import Crowd, Pool
from bai_wx.request.render import Reply
from bai_wx.request.ways import Way, Work
from bai_wx.request.write_queue import QUEUE_LIMIT_S, WriteQueue
from bai_wx.wechat.client import WeChatClient

LARGE = 64 * 1024  # bytes of body that are no longer parsed on the event loop
UNBOUNDED = 1 << 30  # requests; what waits for the database is bounded in time alone
CHECKING_THREADS, CHECKS_WAITING = 16, 64
LONG_READ_THREADS, LONG_READS_WAITING, LONG_READS_PATIENCE_S = 4, 256, 15
WECHAT_THREADS, WECHAT_WAITING = 64, 16  # each of WeChat's waits has 5 s: a long queue is late
WECHAT_PATIENCE_S = 1  # who waited longer would be answered after more than WeChat's 5 s
MOST_ON_LOOP = 2_000  # requests that wait for PostgreSQL; a larger crowd would wait in vain
READINESS_THREADS, READINESS_WAITING, READINESS_PATIENCE_S = 2, 62, 1

Result = TypeVar("Result")
Run = Callable[[Operation, Incoming], Reply]


class Dispatch:
    """The threads of one worker, and its queue of writes."""

    def __init__(
        self, operations: Iterable[Operation], wechat: WeChatClient, *, is_embedded: bool
    ) -> None:
        self._wechat = wechat
        self._is_embedded = is_embedded
        table = ways.EMBEDDED if is_embedded else ways.REMOTE
        self._ways = {operation.id: table[operation.work] for operation in operations}
        self._ways_of_writes = table[Work.WRITE]
        # One thread writes: two would only wait for each other's lock in SQLite. PostgreSQL has no such.
        database_threads = 1 if is_embedded else CONNECTIONS
        self._database_pool = Pool("database", database_threads, UNBOUNDED, QUEUE_LIMIT_S)
        # What waits for others and what reads for long do not wait for each other.
        self._waiting_pool = Pool("waiting", WECHAT_THREADS, WECHAT_WAITING, WECHAT_PATIENCE_S)
        self._long_read_pool = Pool(
            "long_reads", LONG_READ_THREADS, LONG_READS_WAITING, LONG_READS_PATIENCE_S
        )
        # Whoever asks whether the server is ready must not wait behind those who keep it busy.
        self._readiness_pool = Pool(
            "readiness", READINESS_THREADS, READINESS_WAITING, READINESS_PATIENCE_S
        )
        self._checking_pool = Pool("checks", CHECKING_THREADS, CHECKS_WAITING, QUEUE_LIMIT_S)
        self._crowd = Crowd("on_loop", MOST_ON_LOOP)
        self._checking_crowd = Crowd("on_loop_checks", CHECKING_THREADS + CHECKS_WAITING)
        self._write_queue = WriteQueue(self._database_pool.threads)

    def at_once(self, operation: Operation, incoming: Incoming) -> Reply | None:
        """Check and answer a request that waits for nothing; None for any other. It never raises."""
        return run(operation, incoming) if self._way(operation, incoming) is Way.HERE else None

    async def run(self, operation: Operation, incoming: Incoming) -> Reply:
        """Check and answer a request. It never raises."""
        match self._way(operation, incoming):
            case Way.HERE:
                return run(operation, incoming)
            case Way.WAITING_HERE:
                return await self._on_loop(operation, incoming)
            case Way.WRITE_QUEUE:
                return await self._write_queue.run(operation, incoming)
            case Way.DATABASE_POOL:
                return await _in_pool(self._database_pool, run, operation, incoming)
            case Way.LONG_READ_POOL:
                return await _in_pool(self._long_read_pool, run, operation, incoming)
            case Way.WAITING_POOL:
                return await _in_pool(self._waiting_pool, run_waiting, operation, incoming)
            case Way.READINESS_POOL:
                return await _in_pool(self._readiness_pool, run, operation, incoming)

    async def check_token(self, operation: Operation, incoming: Incoming) -> Reply | None:
        """Check the token alone. Returns: the answer that refuses it. Raises: `ServiceUnavailable`."""
        if self._is_embedded:
            return refused_by_token(operation, incoming)
        return await self._checking_crowd.call(lambda: refused_by_token(operation, incoming))

    async def look_for_code(self, operation: Operation, incoming: Incoming) -> Reply | None:
        """Check a request that may hold a code, and ask WeChat who logs in with it.

        Returns: the answer that refuses it.
        """
        try:
            refusal = await self._refused(operation, incoming)
            if refusal is not None or not operation.code_field:
                return refusal
            if not incoming.wechat_code:
                # Nobody logs in, so there is nobody to write.
                incoming.only_reads = self._is_embedded
                return None
            await login_exchange.exchange_login_code(self._wechat, operation, incoming)
            if self._is_embedded:
                login_exchange.recall(operation, incoming)
        except Exception as problem:  # the edge: nothing may leave without an answer
            return operation.render(problem, incoming)
        return None

    async def check(self, operation: Operation, incoming: Incoming) -> Reply | None:
        """Check a request that is answered later. Returns: the answer that refuses it."""
        try:
            return await self._refused(operation, incoming)
        except ServiceUnavailable as busy:
            return operation.render(busy, incoming)

    def check_in_thread(self, work: Callable[[], Result]) -> Awaitable[Result]:
        """Check something in a thread. Raises: `ServiceUnavailable`, and what `work` raises."""
        return self._checking_pool.call(work)

    async def _on_loop(self, operation: Operation, incoming: Incoming) -> Reply:
        try:
            return await self._crowd.call(lambda: run_on_loop(operation, incoming))
        except ServiceUnavailable as busy:
            return operation.render(busy, incoming)

    def _way(self, operation: Operation, incoming: Incoming) -> Way:
        if incoming.only_reads:
            return Way.HERE
        ways_of_it = self._ways[operation.id]
        if operation.spent_field and not incoming.wechat_code:
            # Without a code WeChat is not asked: it need not wait behind those who wait for WeChat.
            ways_of_it = self._ways_of_writes
        short, long = ways_of_it
        return long if short is not long and _may_take_long(operation, incoming) else short

    async def _refused(self, operation: Operation, incoming: Incoming) -> Reply | None:
        if len(incoming.body or b"") > LARGE:
            return await self.check_in_thread(lambda: refused(operation, incoming))
        if self._is_embedded or b"authorization" not in incoming.headers:
            return refused(operation, incoming)  # without a token no check waits for the database
        return await self._checking_crowd.call(lambda: refused(operation, incoming))


async def _in_pool(pool: Pool, work: Run, operation: Operation, incoming: Incoming) -> Reply:
    """Answer a request in one of the threads, or with 503 where too many wait, or it does too long."""
    try:
        return await pool.call(lambda: work(operation, incoming), incoming.seen)
    except ServiceUnavailable as busy:
        return operation.render(busy, incoming)


def _may_take_long(operation: Operation, incoming: Incoming) -> bool:
    """Whether it might hold up everybody: its list is not cheap to read, or it has much to parse."""
    query = incoming.query_string
    if query and operation.model is not None and not dialect.cost.is_cheap(operation.model, query):
        return True
    return incoming.is_long or len(incoming.body or b"") > LARGE
