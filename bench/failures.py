"""Why a run stops without numbers, each said in a line."""

import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

SOURCES = {
    "wrk": "the system's package `wrk`",
    "pocketbase": "pip install -e '.[bench]'",
}


class BenchFailed(RuntimeError):
    """What a run cannot go on from."""


class LoadFailed(BenchFailed):
    """A server refused requests or broke connections under load, or answered none."""


class Unlike(BenchFailed):
    """Two servers answer the same question differently: what they need is no ratio."""


class Missing(BenchFailed):
    """A program is not on the PATH."""


def need(*programs: str) -> None:
    """Raises: `Missing`, naming a program that is not there and where it comes from."""
    for program in programs:
        if not shutil.which(program):
            raise Missing(f"{program} is not on the PATH: {SOURCES[program]}")


@contextmanager
def told() -> Iterator[None]:
    """End the command with a failure's one line in place of its trace, and SIGTERM as Ctrl-C ends it:
    its servers with it.
    """
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    try:
        yield
    except BenchFailed as problem:
        sys.exit(f"{sys.argv[0]}: {problem}")
