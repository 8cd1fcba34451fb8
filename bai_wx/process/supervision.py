"""What the supervisor is told, and what it knows of each child. It imports next to nothing, as that does."""

import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, NotRequired, TypedDict

from bai_wx.process.listening import listening

SCRAPES = "scrapes"
"""The name of the inherited socket where Prometheus asks."""
PAUSE_S, MAX_PAUSE_S = 0.5, 30.0  # before a child is started again: longer when they die soon
SOON_S = 10


class Plan(TypedDict):
    """What `serve` hands over. Nothing in it is secret: it stands in the list of processes."""

    workers: list[int]
    """Their process ids; the number of each is its place in the list."""
    command: list[str]
    """Starts a worker, with one argument more: what it inherits, as JSON."""
    reload: list[str]
    """Reads the settings anew, checks them, and prints `Reloaded` as JSON on its last line."""
    descriptors: dict[str, int]
    """What every worker inherits: `listener`, `beats`, `counts`, and more that is not ours to know."""
    from_dotenv: list[str]
    """Names in the environment that `.env` set."""
    database_file: str
    """The embedded database, or `""`."""
    database_identity: list[int]
    scrapes: list[Any]
    """Host and port where Prometheus asks, `[]` for none."""
    alerts: list[str]
    """Starts the process that alerts people, as `command` starts a worker."""
    alerting: int
    """The id of that process; 0 where nobody is to be alerted."""
    helpers: list[int]
    """Other children, which end with us."""


class Reloaded(TypedDict):
    """What the reload program prints."""

    from_dotenv: dict[str, str]
    database_file: str
    database_identity: list[int]
    # A release before, put in our place, prints neither: its workers listen where they did.
    scrapes: NotRequired[list[Any]]
    alerts: NotRequired[bool]


class Settings(TypedDict):
    """What workers are started with."""

    environment: dict[str, str]
    from_dotenv: list[str]
    database_file: str
    database_identity: list[int]
    scrapes: list[Any]
    descriptors: dict[str, int]
    alerts: bool
    """Whether there is somebody to alert."""


class Worker:
    """A child that serves."""

    def __init__(self, pid: int, number: int) -> None:
        self.pid, self.number = pid, number
        self.began = time.monotonic()
        self.beat = 0  # it has served when there was one
        self.missed_beats = 0
        self.kill_at: float | None = None
        """When it is killed, once it was told to stop."""
        self.is_retired = False
        """Whether it was told to exit: it is not replaced then."""


class Pause:
    """How long to wait before a child is started again."""

    def __init__(self) -> None:
        self.seconds, self.until = PAUSE_S, 0.0

    def begin(self, *, died_soon: bool = True) -> None:
        """Wait from now on, longer each time where they die soon."""
        self.seconds = min(self.seconds * 2, MAX_PAUSE_S) if died_soon else PAUSE_S
        self.until = time.monotonic() + self.seconds


class Alerts:
    """The child that alerts people. It is started again when it dies, and anew with new settings."""

    def __init__(self, pid: int, start: Callable[[], int]) -> None:
        """`start` starts another and returns its id. It may raise `OSError`."""
        self.pid = pid
        """0 while it does not run."""
        self.pause = Pause()
        self._start, self._began = start, time.monotonic()
        self._is_outdated = False

    def start(self) -> None:
        """Start it, unless a pause is on."""
        self._began = time.monotonic()
        if self._began < self.pause.until:
            return
        try:
            self.pid = self._start()
        except OSError as problem:
            self.pause.begin()
            log(f"nobody is alerted: {problem}; trying again in {self.pause.seconds:g} s")

    def renew(self) -> None:
        """Let it end, so that it starts anew with the settings of now."""
        self.pause = Pause()
        if self.pid:
            self._is_outdated = True
            os.kill(self.pid, signal.SIGKILL)

    def on_exit(self) -> None:
        """Note that it has ended."""
        pid, self.pid = self.pid, 0
        if not self._is_outdated:
            self.pause.begin(died_soon=time.monotonic() - self._began < SOON_S)
            pause = f"starting another in {self.pause.seconds:g} s"
            log(f"process {pid}, which alerts people, ended; {pause}")
        self._is_outdated = False


def with_scrapes(descriptors: dict[str, int], before: list[Any], now: list[Any]) -> dict[str, int]:
    """The descriptors with a socket at this address. Raises: `ListenError`."""
    if now == before:
        return descriptors
    others = {name: fd for name, fd in descriptors.items() if name != SCRAPES}
    return {**others, SCRAPES: listening(*now)} if now else others


def outlived(old: Settings, new: Settings) -> Iterator[int]:
    """The sockets that the old settings had and the new ones have not."""
    found = old["descriptors"].get(SCRAPES)
    if found is not None and found != new["descriptors"].get(SCRAPES):
        yield found


def log(words: str, level: str = "warning") -> None:
    """Write a line in the form that `bai_wx.process.log` chooses for the workers, without what that imports."""
    form = os.environ.get("BAI_WX_LOG", "").lower().rpartition(":")[2]
    if form == "json" or (form != "text" and not sys.stderr.isatty()):
        seconds, nanoseconds = divmod(time.time_ns(), 1_000_000_000)
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
        said = {
            "time": f"{moment}.{nanoseconds // 1000:06}Z",
            "level": level,
            "logger": "bai_wx.supervisor",
            "message": words,
        }
        words = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    with suppress(OSError, ValueError):  # nobody may be listening any more
        sys.stderr.write(words + "\n")
        sys.stderr.flush()
