"""The table of where work runs. `dispatch` looks into it when a request's body is here.

An operation's kind of work is known at the start. Of a request two things are asked then: whether it may take
long, and, where WeChat is asked about a code, whether it holds one.
"""

from enum import Enum, auto
from typing import NamedTuple

from bai_wx.contract.spec import Spec


class Work(Enum):
    """What an operation does, as far as it matters to others who wait."""

    NO_DATABASE = auto()
    """It says that the server is well, even where the database is not."""
    READ = auto()
    WRITE = auto()
    WAIT = auto()
    """It waits for WeChat or for the storage of files."""
    READINESS = auto()
    """It says whether the worker can serve: it waits for the database, and for nobody's turn there."""


class Way(Enum):
    """Where a request is checked and answered."""

    HERE = auto()
    """On the event loop: it takes microseconds."""
    WAITING_HERE = auto()
    """On the event loop too; others go on there while it waits for the database."""
    WRITE_QUEUE = auto()
    """On the event loop, with the other writes of the moment and one COMMIT."""
    DATABASE_POOL = auto()
    LONG_READ_POOL = auto()
    WAITING_POOL = auto()
    READINESS_POOL = auto()


class Ways(NamedTuple):
    """The way of a request that is short, and of one that may take long."""

    short: Way
    long: Way


EMBEDDED = {
    Work.NO_DATABASE: Ways(Way.HERE, Way.HERE),
    Work.READ: Ways(Way.HERE, Way.LONG_READ_POOL),
    Work.WRITE: Ways(Way.WRITE_QUEUE, Way.DATABASE_POOL),
    Work.WAIT: Ways(Way.WAITING_POOL, Way.WAITING_POOL),
    Work.READINESS: Ways(Way.READINESS_POOL, Way.READINESS_POOL),
}
"""With SQLite: a local statement takes microseconds, and there is one writer."""

REMOTE = {
    Work.NO_DATABASE: Ways(Way.HERE, Way.HERE),
    Work.READ: Ways(Way.WAITING_HERE, Way.LONG_READ_POOL),
    Work.WRITE: Ways(Way.WAITING_HERE, Way.DATABASE_POOL),
    Work.WAIT: Ways(Way.WAITING_POOL, Way.WAITING_POOL),
    Work.READINESS: Ways(Way.READINESS_POOL, Way.READINESS_POOL),
}
"""With PostgreSQL: a statement goes over a network."""

WAITS = frozenset({"wechat", "upload"})
"""A handler that asks for one of these waits for others."""


def work_of(spec: Spec, wanted: frozenset[str]) -> Work:
    """Say what an operation does, by its contract and the arguments that its handler asks for."""
    if spec.definition.get("x-needs-no-database"):
        return Work.NO_DATABASE
    if not wanted.isdisjoint(WAITS):
        return Work.WAIT
    if "readiness" in wanted:
        return Work.READINESS
    if spec.method == "GET" or spec.definition.get("x-read-only"):
        return Work.READ
    return Work.WRITE
