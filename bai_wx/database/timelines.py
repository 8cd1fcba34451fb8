"""Which of several hosts is the primary, by PostgreSQL's timelines: each promotion begins a new one.

A primary that stood still or was cut off while another took its place answers again when it is back, until
whoever keeps it stops it. It takes no write, as its standby has left it, but what it reads out is old.
"""

import threading
from collections.abc import Mapping
from typing import Any, Final, NamedTuple, Self

import psycopg
from peewee import OperationalError
from psycopg.conninfo import conninfo_to_dict

ASK: Final = (
    "SELECT system_identifier, ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::int"
    " FROM pg_control_system() WHERE NOT pg_is_in_recovery()"
)
"""The timeline that is written now; that of the control file is of the last checkpoint."""


class Timeline(NamedTuple):
    """A database cluster and how often a standby of it was promoted."""

    system: int
    number: int

    def is_before(self, other: Self) -> bool:
        """Whether the other one began later. Those of two clusters have nothing to do with each other."""
        return self.system == other.system and self.number < other.number


class Timelines:
    """The newest timeline that this process has met, and the hosts with the one that had it first.

    So a host that says nothing costs its seconds once, and not at each connection.
    """

    def __init__(self, address: str) -> None:
        self._lock = threading.Lock()
        self._newest: Timeline | None = None
        self._hosts = _hosts(conninfo_to_dict(address))

    @property
    def hosts(self) -> dict[str, str]:
        """What to connect with besides the address: nothing where it names one host."""
        if not self._hosts:
            return {}
        hosts, ports = zip(*self._hosts, strict=True)
        return {"host": ",".join(hosts), **({"port": ",".join(ports)} if any(ports) else {})}

    def met(self, connection: "psycopg.Connection[Any]") -> bool:
        """Note a new connection. Returns: whether its primary was promoted since the one before.

        Raises: `OperationalError` where a newer primary was met before. It closes the connection.
        """
        found = _timeline(connection)
        if found is None:
            return False
        with self._lock:
            before = self._newest
            if before is not None and found.is_before(before):
                connection.close()
                raise OperationalError(
                    "BAI_WX_DATABASE: this server was primary before another one"
                )
            self._newest = found
            used = connection.info.host, str(connection.info.port)
            self._hosts = sorted(
                self._hosts, key=lambda each: (each[0], each[1] or used[1]) != used
            )
        return before is not None and found != before


def _timeline(connection: "psycopg.Connection[Any]") -> Timeline | None:
    """The server's timeline. Returns: None where it does not tell, as services that are no plain PostgreSQL."""
    try:
        row = connection.execute(ASK).fetchone()
    except (psycopg.ProgrammingError, psycopg.NotSupportedError):
        return None
    return Timeline(*row) if row else None


def _hosts(given: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The hosts of an address that names several, each with its port where it names those."""
    hosts = str(given.get("host", "")).split(",")
    if len(hosts) < 2 or "hostaddr" in given:
        return []
    ports = str(given.get("port", "")).split(",")
    return list(zip(hosts, ports * len(hosts) if len(ports) == 1 else ports, strict=True))
