"""Opens connections to PostgreSQL, sets them up and refuses servers that do not fit."""

import math
import time
from typing import Any, ClassVar, Final

import psycopg
from peewee import OperationalError
from playhouse.postgres_ext import Psycopg3Database
from psycopg.conninfo import conninfo_to_dict

from bai_wx.database.timelines import Timelines

CONNECT_TIMEOUT_S: Final = 3  # for each host of the address
RECONNECT_PAUSE_S: Final = 1  # after a failed attempt, during which no thread tries to connect
IDLE_IN_TRANSACTION_S: Final = 30  # a worker that hangs must not hold its locks for ever

CONNECTING: Final = {
    "connect_timeout": CONNECT_TIMEOUT_S,
    "target_session_attrs": "read-write",  # of several hosts, the one that is the primary now
    "application_name": "bai-wx",
    "client_encoding": "UTF8",  # whatever the address or PGCLIENTENCODING says
    # A machine that is gone says nothing: without these a thread would wait for it for hours.
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,  # ms
}
PLANNING: Final = "SET join_collapse_limit = 1; SET jit = off"
"""The joins of a filter run in the order they are written, outwards from the list's row."""
MIN_SERVER_VERSION: Final = 18_00_00  # it brought `casefold`
HIGHEST_PORT: Final = 65_535
ENCODING: Final = "UTF8"  # others cannot hold every text that a client may send


class Connecting(Psycopg3Database):  # type: ignore[misc]  # playhouse is not typed
    """Opens connections, sets them up and refuses servers that do not fit."""

    SETTING: ClassVar[str] = "BAI_WX_DATABASE"
    """The setting that its address comes from."""

    _limit_s: float | None = None
    _next_attempt_at = -math.inf
    _timelines: Timelines | None = None
    connect_params: dict[str, Any]  # of Peewee's own

    def _was_promoted(self) -> None:
        """Called when a connection leads to another primary than the one before."""

    def _connect(self) -> psycopg.Connection[Any]:
        # Threads connect one after the other. When a server is down, only the first waits for it.
        if time.monotonic() < self._next_attempt_at:
            raise OperationalError("the database could not be reached a moment ago")
        if self._timelines is not None:
            self.connect_params = {**self.connect_params, **self._timelines.hosts}
        try:
            connection: psycopg.Connection[Any] = super()._connect()
        except psycopg.OperationalError as exc:
            self._next_attempt_at = time.monotonic() + RECONNECT_PAUSE_S
            # The driver's message takes several lines. It names hosts and users, never a password.
            raise OperationalError(f"{self.SETTING}: {' '.join(str(exc).split())}") from exc
        if connection.info.server_version < MIN_SERVER_VERSION:
            connection.close()
            raise OperationalError("this PostgreSQL is too old; it must be 18 or newer")
        encoding = connection.info.parameter_status("server_encoding")
        if encoding != ENCODING:
            connection.close()
            raise OperationalError(
                f"{self.SETTING}: its encoding is {encoding}; create it with ENCODING 'UTF8'"
            )
        if self._timelines is not None and self._timelines.met(connection):
            self._was_promoted()
        connection.execute(PLANNING)
        if self._limit_s is not None:
            connection.execute(
                f"SET statement_timeout = {int(self._limit_s * 1000)};"
                f" SET idle_in_transaction_session_timeout = '{IDLE_IN_TRANSACTION_S}s'"
            )
        return connection


def readable(address: str) -> str:
    """Return an address that the driver can parse. Raises: `ValueError`, which never shows it."""
    try:
        parts = conninfo_to_dict(address)
    except psycopg.ProgrammingError:
        # The driver's message quotes what it could not parse, which may be a password.
        raise ValueError(
            "is not understood; write postgresql://user:password@host/name,"
            " with what is no letter or digit of the password as %XX"
        ) from None
    ports = filter(None, str(parts.get("port") or "").split(","))
    if not all(port.isdecimal() and 0 < int(port) <= HIGHEST_PORT for port in ports):
        raise ValueError(f"names a port that cannot be; ports are 1 to {HIGHEST_PORT}")
    return address
