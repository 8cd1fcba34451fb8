"""Standbys of PostgreSQL that are asked for public rows, as long as each is known not to be far behind.

The primary is asked how far its log is, a standby how far it has replayed it. What the primary had written when
it was asked, a standby shows once it has replayed that position. So a lag is known without comparing clocks,
where nobody writes, and of a standby that is cut off. A standby also says which is the oldest transaction whose
end it has not seen: those of lower numbers are shown.

What is known lies in the worker, and is asked anew four times a second while there are public reads.
"""

import asyncio
import logging
import math
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Final

import psycopg
from psycopg.conninfo import conninfo_to_dict

from bai_wx.database.connecting import CONNECTING, Connecting
from bai_wx.database.pipeline_pool import Pipelines
from bai_wx.database.thread_reads import ThreadConnections
from bai_wx.database.watch import PERIOD_S, Row, Watch
from bai_wx.metrics import MOST_REPLICAS, PUBLIC_READS, REPLICA_LAG

MAX_LAG_S: Final = 2.0  # behind the primary, at most; a standby further behind is not asked
_POSITIONS: Final = int(2 * MAX_LAG_S / PERIOD_S)
"""Of the primary's log, that are remembered."""

_WHOSE: Final = "(SELECT system_identifier FROM pg_control_system()), current_database()"
ASK_PRIMARY: Final = f"SELECT (pg_current_wal_flush_lsn() - '0/0')::bigint, {_WHOSE}"
ASK_STANDBY: Final = f"""
    SELECT (pg_last_wal_replay_lsn() - '0/0')::bigint, {_WHOSE},
    pg_snapshot_xmin(pg_current_snapshot())::text::bigint, pg_is_in_recovery()
"""

_log = logging.getLogger("bai_wx.database")

_REPLICA, _OWN_WRITE, _NO_REPLICA = (
    PUBLIC_READS.series(result=result) for result in ("replica", "own_write", "no_replica")
)

Connect = Callable[[], "psycopg.Connection[Any]"]


class Standby(Connecting):
    """Opens connections to one host of `BAI_WX_DATABASE_READS`."""

    SETTING: ClassVar[str] = "BAI_WX_DATABASE_READS"

    def __init__(self, parameters: dict[str, Any], limit_s: float | None) -> None:
        """`parameters` are those of libpq, `limit_s` the time limit of a statement."""
        self._limit_s = limit_s
        self.shown = f"{parameters.get('host', '')}:{parameters.get('port', 5432)}"
        # Which of them is a standby is asked again and again: any may be the primary tomorrow.
        connecting = {**CONNECTING, "target_session_attrs": "any"}
        super().__init__(parameters.pop("dbname", ""), **{**parameters, **connecting})

    def open(self) -> "psycopg.Connection[Any]":
        """Open a connection that can only read. Raises: `OperationalError`."""
        connection: psycopg.Connection[Any] = self._connect()
        connection.execute("SET default_transaction_read_only = on")
        return connection


def standbys_of(address: str, limit_s: float | None) -> list[Standby]:
    """One for each host of the address. Raises: `ValueError` where it cannot be taken apart."""
    parameters = conninfo_to_dict(address)
    hosts = str(parameters.get("host") or "").split(",")
    ports = str(parameters.get("port") or "").split(",")
    if not parameters.get("dbname"):
        raise ValueError("names no database; write postgresql://user@host1,host2/name")
    if len(ports) not in (1, len(hosts)) or len(hosts) > MOST_REPLICAS or not all(hosts):
        raise ValueError(
            f"must name from 1 to {MOST_REPLICAS} hosts, with one port for all or one for each"
        )
    each_port = ports if len(ports) == len(hosts) else ports * len(hosts)
    return [
        Standby({**parameters, "host": host, **({"port": port} if port else {})}, limit_s)
        for host, port in zip(hosts, each_port, strict=True)
    ]


class Replica:
    """One standby as a worker knows it."""

    def __init__(
        self,
        number: int,
        standby: Standby,
        loop: asyncio.AbstractEventLoop,
        primary: "Primary",
        limit_s: float,
    ) -> None:
        """`number` is its place in the setting, from 1 on."""
        self._primary = primary
        self.pipelines = Pipelines(
            standby.open, standby.open, loop, limit_s=limit_s, own_limit_s=limit_s
        )
        self.of_threads = ThreadConnections(standby.open)
        self.name = f"{standby.SETTING} {standby.shown}"
        self.watch = Watch(self.name, standby.open, ASK_STANDBY, self._told, self._lost)
        self._lag = REPLICA_LAG.distribution(str(number))
        self._is_of_another: bool = False
        self.shows_until = -math.inf
        """A moment, by `time.monotonic()`: what was committed before it is shown."""
        self.shows_below = 0
        """Transactions of lower numbers are shown, or were rolled back."""

    def _told(self, asked_at: float, row: Row) -> None:
        position, system, name, oldest, is_standby = row
        whose, was_of_another = self._primary.whose, self._is_of_another
        self._is_of_another = whose is not None and whose != (system, name)
        if self._is_of_another and not was_of_another:
            _log.warning("%s is no standby of BAI_WX_DATABASE: nothing is read there", self.name)
        if not is_standby or position is None or whose is None or self._is_of_another:
            self.shows_until = -math.inf
            return
        self.shows_below = oldest
        shown = self._primary.moment_of(position)
        if shown is not None:
            self.shows_until = max(self.shows_until, shown)
            self._lag.observe(time.monotonic() - self.shows_until)

    def _lost(self) -> None:
        """Have whoever waits for it ask the primary."""
        self.shows_until, self.shows_below = -math.inf, 0
        self.close_connections()

    def close_connections(self) -> None:
        """Have whatever is read there fail."""
        self.pipelines.renew()
        self.of_threads.hang_up()


class Primary:
    """How far the primary's log was, and when."""

    def __init__(self, connect: Connect) -> None:
        self.watch = Watch("the primary", connect, ASK_PRIMARY, self._told, self._lost)
        self.whose: tuple[Any, ...] | None = None
        """The cluster and the database."""
        self._positions: deque[tuple[float, int]] = deque(maxlen=_POSITIONS)

    def moment_of(self, position: int) -> float | None:
        """The last moment at which the log was no further than this, of those that are remembered."""
        return next((at for at, written in reversed(self._positions) if written <= position), None)

    def renew(self) -> None:
        """Ask on another connection, and forget what the last one said."""
        self.watch.hang_up()
        self._lost()

    def _told(self, asked_at: float, row: Row) -> None:
        position, *whose = row
        if tuple(whose) != self.whose:
            self._lost()
        self.whose = tuple(whose)
        self._positions.append((asked_at, position))

    def _lost(self) -> None:
        # Another may be the primary next, whose log went another way.
        self._positions.clear()


class Replicas:
    """Those of one event loop."""

    def __init__(
        self,
        standbys: Sequence[Standby],
        primary: Connect,
        loop: asyncio.AbstractEventLoop,
        limit_s: float,
    ) -> None:
        """`limit_s`: a connection that does not answer for so long is closed."""
        self.loop = loop
        self._primary = Primary(primary)
        self._all = [
            Replica(number, standby, loop, self._primary, limit_s)
            for number, standby in enumerate(standbys, 1)
        ]
        self._turn = 0

    def look(self) -> None:
        """Ask the servers for a while, on the event loop."""
        now = time.monotonic()
        self._primary.watch.want(now)
        for each in self._all:
            each.watch.want(now)

    def chosen(self, own_write: int) -> Replica | None:
        """The one for a request whose user wrote last in this transaction; 0 where it wrote in none."""
        now = time.monotonic()
        near = [each for each in self._all if now - each.shows_until <= MAX_LAG_S]
        fit = [each for each in near if own_write < each.shows_below]
        if not fit:
            (_OWN_WRITE if near else _NO_REPLICA).inc()
            return None
        self._turn += 1
        _REPLICA.inc()
        return fit[self._turn % len(fit)]

    def renew(self) -> None:
        """Know nothing of them until the primary of now was asked: that of before may answer still."""
        self._primary.renew()
        for each in self._all:
            each.shows_until = -math.inf

    def close(self) -> None:
        """Close every connection."""
        self._primary.watch.close()
        for each in self._all:
            each.watch.close()
            each.pipelines.close()
            each.of_threads.hang_up()
