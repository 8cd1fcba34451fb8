"""What the numbers are measured for: ratios, tails, memory and start-up, and which of them fall short."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from bench.results import Results, median
from bench.table import number, times

POCKETBASE, STOCK = "PocketBase", "stock Connexion"
RSS_MIB, START_S = 250, 1.0


class Goal(NamedTuple):
    """How many times the others' requests a second."""

    to_pocketbase: float
    to_stock: float = 0


Goals = Mapping[str, Goal]

ON_SQLITE: Goals = {
    "W1": Goal(3, 10),
    "W2": Goal(3, 10),
    "W3": Goal(3, 10),
    "W4": Goal(3, 10),
    "W5": Goal(4, 10),
    "W6": Goal(2, 3),
    "W7": Goal(2, 3),
    "W8": Goal(1, 3),
    "W9": Goal(3, 10),
}
ON_POSTGRES: Goals = {
    "W1": Goal(2),
    "W2": Goal(2.5),
    "W3": Goal(2.5),
    "W4": Goal(3),
    "W5": Goal(2.5),
    "W6": Goal(2),
    "W7": Goal(2),
    "W8": Goal(1.5),
    "W9": Goal(3),
}


def verdict(results: Results, goals: Goals = ON_SQLITE) -> str:
    """A line for each goal that was missed, or one that says that none was."""
    missed = [*_ratios(results, goals), *_tails(results), *_process(results)]
    return "\n".join(f"- {line}" for line in missed) or "- every goal is met"


def _ratios(results: Results, goals: Goals) -> Iterator[str]:
    for key, goal in goals.items():
        for peer, least in zip((POCKETBASE, STOCK), goal, strict=True):
            if key in results.loads and peer in results.peers:
                found = results.ratio(key, peer)
                if found < least:
                    yield f"{key}: {times(found)} {peer}'s requests a second, not {least:g}"


def _tails(results: Results) -> Iterator[str]:
    if POCKETBASE not in results.peers:
        return
    for key in filter(results.loads.__contains__, ON_SQLITE):
        ours, theirs = (
            results.median(key, peer, "p99_ms") for peer in (results.peers[0], POCKETBASE)
        )
        if ours > theirs:
            yield f"{key}: 99th percentile {number(ours)} ms, {POCKETBASE}'s {number(theirs)} ms"


def _process(results: Results) -> Iterator[str]:
    ours = results.peers[0]
    memory, start = results.rss_mib(ours), median(results.start_s[ours])
    if memory > RSS_MIB:
        yield f"memory: {memory:.0f} MiB resident, not {RSS_MIB}"
    if start > START_S:
        yield f"start-up: {start:.2f} s, not {START_S:.1f}"
