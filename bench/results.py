"""The numbers of a run: every measurement of every round, and what is said of them."""

import json
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self


@dataclass(frozen=True)
class Load:
    """What wrk measured once.

    `rss_mib` is the server's memory in the middle of it; `answer_bytes` an answer's mean size, head included.
    """

    rate: float
    p50_ms: float
    p99_ms: float
    requests: int
    rss_mib: float
    answer_bytes: float = 0.0


@dataclass
class Results:
    """Measurements by workload and peer, a round each; the first peer is the one compared."""

    peers: list[str]
    loads: dict[str, dict[str, list[Load]]] = field(default_factory=dict)
    start_s: dict[str, list[float]] = field(default_factory=dict)
    pss_mib: dict[str, float] = field(default_factory=dict)
    floor: dict[str, dict[str, float]] = field(default_factory=dict)
    """Requests a second of what could not be quicker, by workload and name."""
    about: dict[str, str] = field(default_factory=dict)

    def add(self, workload: str, peer: str, load: Load) -> None:
        """Keep one measurement."""
        of_peers = self.loads.setdefault(workload, {name: [] for name in self.peers})
        of_peers[peer].append(load)

    def median(self, workload: str, peer: str, what: str) -> float:
        """The median over the rounds of `rate`, `p50_ms`, `p99_ms` or `answer_bytes`."""
        return median(getattr(load, what) for load in self.loads[workload][peer])

    def ratio(self, workload: str, other: str, of: str = "") -> float:
        """How many times the other's requests a second a peer (the first) answers: median of the rounds'."""
        of_peers = self.loads[workload]
        return ratio(
            [load.rate for load in of_peers[of or self.peers[0]]],
            [load.rate for load in of_peers[other]],
        )

    def rss_mib(self, peer: str) -> float:
        """The most memory a peer's processes held in any measurement."""
        return max(load.rss_mib for rounds in self.loads.values() for load in rounds[peer])

    def to_json(self) -> dict[str, Any]:
        """Everything, as JSON can hold it."""
        return asdict(self)

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> Self:
        """Read what `to_json` gave."""
        loads = {
            key: {peer: [Load(**load) for load in rounds] for peer, rounds in of_peers.items()}
            for key, of_peers in kept["loads"].items()
        }
        return cls(**{**kept, "loads": loads})


def keep(file: Path, kept: Mapping[str, Any]) -> None:
    """Write numbers as JSON."""
    file.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def kept_in(file: Path) -> dict[str, Any]:
    """Read what `keep` wrote."""
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


def median(numbers: Iterable[float]) -> float:
    """The middle one."""
    return float(statistics.median(numbers))


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The median of the rounds' ratios: what slows a whole round down slows both."""
    return median(a / b for a, b in zip(ours, theirs, strict=True))
