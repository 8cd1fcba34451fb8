"""PostgreSQL, for those who outgrow one machine: a pool of connections in each worker.

A connection that was lost while nothing was under way is replaced, and a read is then asked once more.
A write never is: it may have been done. Its client sends it again with the same `Idempotency-Key`.
"""

import math
import threading
import time
from typing import Any, ClassVar, Final

import psycopg
from peewee import InterfaceError, OperationalError
from playhouse.pool import MaxConnectionsExceeded
from playhouse.postgres_ext import PooledPsycopg3Database

CONNECT_TIMEOUT_S: Final = 5
POOL_TIMEOUT_S: Final = 5  # a request waits so long for a connection
LONGEST_STATEMENT_S: Final = 10  # inside a transaction, waiting for locks included
IDLE_IN_TRANSACTION_S: Final = 30  # a worker that hangs must not hold its locks for ever

STOPPED: Final = "due to statement timeout"
"""What PostgreSQL says of a statement that was stopped."""
LATE: Final = f"no further statement {STOPPED}: the request has read for too long"

LOST: Final = (OperationalError, InterfaceError)


class _Until(threading.local):
    """Until when the request of this thread may read."""

    request = math.inf


class Postgres(PooledPsycopg3Database):  # type: ignore[misc]  # playhouse is not typed
    """A pool of `connections`; a statement outside a transaction is stopped after `limit_s`."""

    field_types: ClassVar[dict[str, str]] = {
        **PooledPsycopg3Database.field_types,
        # SQLite's integers have 64 bits, and its texts are compared byte by byte.
        "AUTO": "BIGSERIAL",
        "INT": "BIGINT",
        "TEXT": 'TEXT COLLATE "C"',
    }

    def __init__(self, address: str, *, limit_s: float | None, connections: int) -> None:
        self._limit_s = limit_s
        self._until = _Until()
        super().__init__(
            address,
            max_connections=connections,
            timeout=POOL_TIMEOUT_S,
            connect_timeout=CONNECT_TIMEOUT_S,
            target_session_attrs="read-write",  # of several hosts, the one that is the primary now
            application_name="bai-wx",
        )

    def started(self) -> None:
        """Note that a request begins in this thread: its reads may begin until `limit_s` from now."""
        self._until.request = time.monotonic() + self._limit_s if self._limit_s else math.inf

    def finished(self) -> None:
        """Give this thread's connection back to the pool."""
        self._until.request = math.inf
        self.close()

    def disconnect(self) -> None:
        """Close every connection of the pool."""
        self.close()
        self.close_all()

    def connect(self, reuse_if_open: bool = False) -> Any:
        """Take a connection from the pool. Raises: `OperationalError` when none gets free in time."""
        try:
            return super().connect(reuse_if_open)
        except MaxConnectionsExceeded as exc:
            raise OperationalError("every connection of the pool is in use") from exc

    def begin(self, isolation_level: str | int | None = None) -> None:
        """Begin a transaction; nothing is lost by beginning it again on another connection."""
        begin = f"BEGIN; SET LOCAL statement_timeout = '{LONGEST_STATEMENT_S}s'"
        self._twice(lambda: self.connection().execute(begin))

    def execute_sql(self, sql: str, params: Any = None, **options: Any) -> Any:
        """Run a statement; a read outside a transaction once more after a lost connection."""
        if time.monotonic() > self._until.request and not self.in_transaction():
            raise OperationalError(LATE)
        if self.in_transaction() or not sql.startswith("SELECT"):
            return super().execute_sql(sql, params, **options)
        ask = super().execute_sql
        return self._twice(lambda: ask(sql, params, **options))

    def run(self, sql: str, values: Any) -> Any:
        """Run a prepared read on the driver itself and return its cursor."""
        return self.execute_sql(sql, values)

    def _twice(self, work: Any) -> Any:
        try:
            return work()
        except LOST:
            if not self._is_lost():
                raise
            self.manual_close()
            return work()

    def _is_lost(self) -> bool:
        """Whether this thread's connection, if it has one, no longer leads anywhere."""
        connection = self._state.conn
        return connection is not None and bool(connection.closed)

    def _connect(self) -> Any:
        connection = super()._connect()
        limit_ms = int((self._limit_s or 0) * 1000)
        connection.execute(
            f"SET statement_timeout = {limit_ms};"
            f"SET idle_in_transaction_session_timeout = '{IDLE_IN_TRANSACTION_S}s'"
        )
        return connection

    def _is_closed(self, conn: psycopg.Connection[Any]) -> bool:
        # Peewee asks the server at each checkout. A lost connection is noticed by the first statement.
        return conn.closed
