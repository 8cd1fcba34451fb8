"""Two servers measured in alternating pairs, so that what slows the machine down slows both."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import comb
from statistics import median

from bench.load import measure
from bench.peers import Peer
from bench.workloads import Workload
from tests.processes import cpu_s

CONFIDENCE = 0.95


@dataclass
class Pairs:
    """What the pairs of one workload measured: requests a second, µs of CPU a request, bytes an answer."""

    title: str
    now: list[float] = field(default_factory=list)
    before: list[float] = field(default_factory=list)
    cpu_now: list[float] = field(default_factory=list)
    cpu_before: list[float] = field(default_factory=list)
    bytes_now: float = 0.0
    bytes_before: float = 0.0

    @property
    def ratios(self) -> list[float]:
        """Now to before, pair by pair, the smallest first."""
        return sorted(a / b for a, b in zip(self.now, self.before, strict=True))

    @property
    def median(self) -> float:
        """The median of the ratios."""
        return median(self.ratios)

    @property
    def low(self) -> float:
        """The lower end of the median's interval."""
        return interval(self.ratios)[0]

    @property
    def high(self) -> float:
        """Its upper end."""
        return interval(self.ratios)[1]

    @property
    def rate_now(self) -> float:
        """The median rate of this code."""
        return median(self.now)

    @property
    def rate_before(self) -> float:
        """The median rate of the other."""
        return median(self.before)

    @property
    def cpu_us_now(self) -> float:
        """The median CPU a request of this code."""
        return median(self.cpu_now)

    @property
    def cpu_us_before(self) -> float:
        """The median CPU a request of the other."""
        return median(self.cpu_before)

    def falls_short(self, least: float) -> bool:
        """Whether the whole interval lies below."""
        return self.high < least


def interval(ratios: Sequence[float]) -> tuple[float, float]:
    """Both ends of the 95 % interval of the median of these ratios, the smallest of which is first."""
    outside = rank(len(ratios))
    return ratios[outside], ratios[-1 - outside]


def rank(pairs: int) -> int:
    """How many ratios at either end lie outside the interval of the median.

    Source: the sign test; each ratio is as likely below the true median as above it.
    """
    outside, tail = 0, 0.0
    while True:
        tail += comb(pairs, outside) / 2**pairs
        if 2 * tail > 1 - CONFIDENCE:
            return max(outside - 1, 0) if outside else 0
        outside += 1


def measure_pairs(
    now: Peer, before: Peer, workloads: Sequence[Workload], pairs: int, seconds: int
) -> list[Pairs]:
    """Measure so many pairs of each workload, each the other way round than the one before it.

    Both servers start anew for each: two starts of one server differ by some percent, for as long as they run.
    """
    found = {workload.key: Pairs(f"{workload.key} {workload.title}") for workload in workloads}
    for number in range(pairs):
        both = (now, before) if number % 2 else (before, now)
        for peer in both:
            peer.stop()
            peer.start()
            for workload in workloads:
                measure(peer, workload, 1)
        for workload in workloads:
            for peer in both:
                _measure_one(peer, workload, seconds, found[workload.key], is_now=peer is now)
        print(f"pair {number + 1} of {pairs}", file=sys.stderr, flush=True)
    return list(found.values())


def _measure_one(
    peer: Peer, workload: Workload, seconds: int, found: Pairs, *, is_now: bool
) -> None:
    used = cpu_s(peer.pid)
    load = measure(peer, workload, seconds)
    cost_us = (cpu_s(peer.pid) - used) / load.requests * 1e6
    if is_now:
        found.now.append(load.rate)
        found.cpu_now.append(cost_us)
        found.bytes_now = load.answer_bytes
    else:
        found.before.append(load.rate)
        found.cpu_before.append(cost_us)
        found.bytes_before = load.answer_bytes
