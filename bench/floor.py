"""How far from the limit: uvicorn with nothing behind it, our edge alone, SQLite in a plain loop."""

import subprocess
import sys
from itertools import count, islice
from pathlib import Path

from bench import loops
from bench.load import measure
from bench.peers import WORKERS, Ours, Peer
from bench.results import Results, median
from bench.table import number, table
from bench.workloads import WORKLOADS, Ask, Workload

HELLO, EDGE, LOOP = "bare ASGI", "our health path", "SQLite loop"


class Hello(Peer):
    """The bare application, run as ours is: uvloop, httptools, as many processes."""

    name = "hello"

    def command(self) -> list[str]:
        options = ["--loop", "uvloop", "--http", "httptools", "--lifespan", "off"]
        options += ["--no-access-log", "--no-server-header", "--log-level", "warning"]
        options += ["--port", str(self.port), "--workers", str(WORKERS)]
        return [sys.executable, "-m", "uvicorn", "bench.hello:app", *options]


NOTHING = Workload("W0", "nothing", lambda _prefix, _sample, _token: [Ask("GET", Peer.health)])


_SEEDS = count()
"""Others each time, so that no name is inserted twice."""


def measure_floor(results: Results, ours: Ours, rounds: int, seconds: int) -> None:
    """Add the floor of every workload measured; `ours` runs on SQLite, and its database grows."""
    with Hello(ours.folder.parent / "hello") as hello:
        peers: dict[str, Peer] = {HELLO: hello, EDGE: ours}
        rates = {
            name: median(measure(peer, NOTHING, seconds).rate for _ in range(rounds))
            for name, peer in peers.items()
        }
    for key in results.loads:
        loop = median(_loops(ours.database, key, seconds) for _ in range(rounds))
        results.floor[key] = {**rates, LOOP: loop}


def _loops(database: Path, workload: str, seconds: int) -> float:
    """Requests a second of as many processes as ours has, together."""
    command = [sys.executable, "-m", loops.__name__, str(database), workload, str(seconds)]
    started = [
        subprocess.Popen([*command, str(seed)], stdout=subprocess.PIPE, text=True)
        for seed in islice(_SEEDS, WORKERS)
    ]
    said = [process.communicate(timeout=seconds + 30)[0] for process in started]
    return sum(map(float, said))


def floors(results: Results) -> str:
    """What could not be quicker, and what of it ours reaches, as a table."""
    names = (HELLO, EDGE, LOOP)
    rows = []
    for key, rates in results.floor.items():
        rate = results.median(key, results.peers[0], "rate")
        cells = [f"{number(rates[name])} · {100 * rate / rates[name]:.0f} %" for name in names]
        rows.append([f"{key} {WORKLOADS[key].title}", number(rate), *cells])
    head = ["workload", f"{results.peers[0]}, req/s"]
    return table([*head, *(f"{name}, req/s · ours of it" for name in names)], rows)
