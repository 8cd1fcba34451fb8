"""Rounds: every peer asked in turn, so that what slows the machine down slows all of them."""

import sys
from collections.abc import Iterable, Sequence

from bench.load import CONNECTIONS, measure
from bench.memory import pss_mib
from bench.peers import Peer
from bench.results import Results
from bench.workloads import Workload

STARTS = 3


def run_rounds(
    peers: Sequence[Peer],
    workloads: Iterable[Workload],
    rounds: int,
    seconds: int,
    *,
    connections: int = CONNECTIONS,
) -> Results:
    """Measure each workload A B C A B C, after a second of it that does not count."""
    results = Results([peer.name for peer in peers])
    for workload in workloads:
        for peer in peers:
            measure(peer, workload, 1)
        for _ in range(rounds):
            for peer in peers:
                load = measure(peer, workload, seconds, connections=connections)
                results.add(workload.key, peer.name, load)
        rates = [f"{p.name} {results.median(workload.key, p.name, 'rate'):,.0f}" for p in peers]
        print(f"{workload.key:4}{', '.join(rates)} req/s", file=sys.stderr, flush=True)
    results.pss_mib = {peer.name: pss_mib(peer.pid) for peer in peers}
    return results


def time_starts(peers: Sequence[Peer], results: Results) -> None:
    """Time how soon each answers when started again on what it holds, the others stopped."""
    for peer in peers:
        peer.stop()
    for peer in peers:
        results.start_s[peer.name] = []
        for _ in range(STARTS):
            results.start_s[peer.name].append(peer.start())
            peer.stop()
