"""One fuzzing process: requests that no client would write, and a server of its own that answers them.

    python -m bench.fuzzing FOLDER SECONDS SEED

The last line of stdout is what came of it, as JSON.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from heapq import heappush, heappushpop
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit

from bench.exchanges import HANGS, NO_HTTP, Exchanges
from bench.failures import told
from bench.fuzz_inputs import MAY_BE_CUT, Inputs
from tests.running import Client, Server

ROOT = Path(__file__).parent.parent
TOP = 10
SHOWN = 160  # bytes of a request
WAVE = 100  # requests of a kind that are sent together
WAVES = 40  # of each kind with the same pieces
USUAL = 9  # waves whose median is what a wave of this kind costs
LOOKS = 10  # at the worker's memory
DEAR_MS, DEAR_SHARE = (
    10.0,
    2.0,
)  # what a wave costs beyond its kind's others before it is looked at more closely

TRACE = b"\nTraceback (most recent call last):\n"
"""A line of its own: the requests have words of our code too, and the log tells of them inside its lines."""


@dataclass
class Fuzz:
    """Sends requests and remembers what came."""

    server: Server
    kinds: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    dearest: list[tuple[float, str, str]] = field(default_factory=list)
    mib: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._worker = worker_of(self.server)
        address = urlsplit(self.server.url)
        self._exchanges = Exchanges(str(address.hostname), address.port or 80, self._note)
        self._costs: dict[str, list[float]] = {}
        self._looks_closer = False

    def wave(self, kind: str, requests: list[bytes]) -> None:
        """Send some at once; where they cost much, look which of them does."""
        self.kinds[kind] += len(requests)
        ms = self._cost_ms(kind, requests)
        costs = self._costs.setdefault(kind, [])
        if costs and ms > median(costs) * DEAR_SHARE + DEAR_MS:
            self._look_closer(kind, requests)
        self._costs[kind] = [*costs[1 - USUAL :], ms]

    def finish(self) -> None:
        """Wait for the last answers, and look whether the server is as it was."""
        self._exchanges.finish()
        self._exchanges.close()
        if worker_of(self.server) != self._worker:
            self.wrong.append("the worker is another one now")
        log = self.server.home.parent / f"{self.server.home.name}.log"
        self.wrong += [f"a trace in the log: {text}" for text in traces(log)]

    def _look_closer(self, kind: str, requests: list[bytes]) -> None:
        """Send them again by halves, each time the dearer one, down to a single request."""
        self._exchanges.finish()
        self._looks_closer = True
        dearer = requests
        while len(dearer) > 1:
            middle = len(dearer) // 2
            halves = (dearer[:middle], dearer[middle:])
            dearer = max(halves, key=self._whole_cost_ms)
        ms = self._whole_cost_ms(dearer)
        self._looks_closer = False
        row = (round(ms, 1), kind, _shown(dearer[0]).replace("|", "\\|"))
        if len(self.dearest) < TOP:
            heappush(self.dearest, row)
        else:
            heappushpop(self.dearest, row)

    def _cost_ms(self, kind: str, requests: list[bytes]) -> float:
        before = self._cpu_ms()
        self._exchanges.run(requests, may_be_cut=kind in MAY_BE_CUT)
        return self._cpu_ms() - before

    def _whole_cost_ms(self, requests: list[bytes]) -> float:
        before = self._cpu_ms()
        self._exchanges.run(requests)
        self._exchanges.finish()
        return self._cpu_ms() - before

    def _note(self, request: bytes, said: str) -> None:
        self.statuses[said] += int(not self._looks_closer)  # what is sent again is counted once
        is_bad = said in (NO_HTTP, HANGS) or (said[0] == "5" and said not in ("501", "503", "505"))
        if is_bad:
            self.wrong.append(f"{said}: {_shown(request)}")

    def _cpu_ms(self) -> float:
        total = 0
        for task in Path(f"/proc/{self._worker}/task").glob("*/schedstat"):
            with suppress(OSError):
                total += int(task.read_text().split()[0])
        return total / 1e6


def worker_of(server: Server) -> int:
    """The process that answers; the server's other one stands in for WeChat."""
    found = [
        pid
        for pid in server.workers()
        if b"wechat.standin" not in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]
    return found[0] if found else 0


def traces(log: Path) -> Iterator[str]:
    """The beginnings of the traces in a log, which may be long."""
    kept = b""
    with log.open("rb") as file:
        while block := file.read(2**20):
            text = kept + block
            _, found, after = text.partition(TRACE)
            if found:
                yield (after + file.read(SHOWN))[:SHOWN].decode(errors="replace")
                return
            kept = text[-len(TRACE) :]


def _shown(request: bytes) -> str:
    return ascii(request[:SHOWN]).replace("`", "'")


def side_by_side(seconds: float, processes: int, first_seed: int) -> list[dict[str, Any]]:
    """Let several processes fuzz, each a server of its own. Returns: what each of them found."""
    with tempfile.TemporaryDirectory() as folder:
        running = [
            subprocess.Popen(
                [
                    *(sys.executable, "-m", "bench.fuzzing", f"{folder}/{number}"),
                    *(str(seconds), str(first_seed + number)),
                ],
                stdout=subprocess.PIPE,
                text=True,
                cwd=ROOT,
            )
            for number in range(processes)
        ]
        try:
            return [json.loads(each.communicate()[0].splitlines()[-1]) for each in running]
        finally:
            for each in running:
                each.terminate()


def main(folder: str, seconds: str, first_seed: str) -> None:
    """Fuzz for so long."""
    with Server(Path(folder) / "home", BAI_WX_CHECK_RESPONSES="") as server:
        fuzz = Fuzz(server)
        inputs = Inputs(Client(server.url).login("fuzz").token, int(first_seed))
        until = time.monotonic() + float(seconds)
        every = float(seconds) / LOOKS
        next_look = time.monotonic()
        for kind in _turns(inputs):
            if time.monotonic() >= until:
                break
            fuzz.wave(kind, inputs.of(kind, WAVE))
            if time.monotonic() >= next_look:
                fuzz.mib.append(max(server.resident_mib()))
                next_look += every
        fuzz.mib.append(max(server.resident_mib()))
        fuzz.finish()
    said = {name: getattr(fuzz, name) for name in ("kinds", "statuses", "wrong", "dearest", "mib")}
    print(json.dumps(said), flush=True)


def _turns(inputs: Inputs) -> Iterator[str]:
    """The kinds in turn, without end; other pieces are drawn from time to time."""
    while True:
        for _ in range(WAVES):
            yield from inputs.kinds
        inputs.draw()


if __name__ == "__main__":
    with told():  # whoever stops it stops its server
        main(*sys.argv[1:])
