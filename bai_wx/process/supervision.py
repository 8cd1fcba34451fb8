"""What the supervisor is told, and what it knows of each child. It imports next to nothing, as that does."""

import time
from typing import TypedDict


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
    helpers: list[int]
    """Other children, which end with us."""


class Reloaded(TypedDict):
    """What the reload program prints."""

    from_dotenv: dict[str, str]
    database_file: str
    database_identity: list[int]


class Settings(TypedDict):
    """What workers are started with."""

    environment: dict[str, str]
    from_dotenv: list[str]
    database_file: str
    database_identity: list[int]


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
