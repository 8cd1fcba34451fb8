"""Long runs in parts of under an hour: each part is whole by itself, a file remembers those that are done."""

import json
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import TypedDict

from bench.failures import BenchFailed
from bench.fuzzing import side_by_side
from bench.soaking import soak
from tests.contract import test_schemathesis as contract
from tests.failover.drill import drill, shop
from tests.failover.test_failover import fail_over, kill_a_replica, pause_the_database
from tests.stories import test_kill

RUNS = Path(__file__).parent.parent / "docs" / "runs"
A_MINUTE_OF_SCHEMATHESIS = 7_000  # requests at most; an undisturbed machine sends as many
ROUNDS = 3  # of Schemathesis in a part, at most
ENOUGH_FOR_ALL = 50_000  # requests after which every operation must have succeeded often
ACCIDENTS = (
    ("replica killed", kill_a_replica),
    ("database paused", pause_the_database),
    ("failover", fail_over),
)
ACCIDENT_S, ACCIDENT_ORDERS = 20, 600
KILLS = 20
FUZZERS = 2


class Part(TypedDict):
    """What one part came to: `done` counts towards the goal, `cells` are its row; `wrong` is best empty."""

    done: int
    cells: list[str]
    wrong: list[str]


class State(TypedDict):
    """What the file remembers between parts."""

    kind: str
    parts: list[Part]


@dataclass(frozen=True)
class Kind:
    """A kind of long run."""

    title: str
    unit: str
    columns: tuple[str, ...]
    goal: int
    minutes: float
    part: Callable[[Path, float], Part]


def schemathesis(folder: Path, minutes: float) -> Part:
    """Every phase and check as a guest and two users at once, with a seed of its own."""
    size = contract.Size(
        requests=min(round(minutes * A_MINUTE_OF_SCHEMATHESIS), 100_000),
        round_s=round(minutes * 60),
        rounds=ROUNDS,
    )
    with contract.shop(folder) as (server, operations):
        found = contract.drive(server, folder, operations, size)
    wrong = list(found.failures)
    if found.requests >= ENOUGH_FOR_ALL:
        wrong += [
            f"{name}: 2xx {times} times" for name, times in found.seldom(operations, size).items()
        ]
    cells = [str(found.seed), f"{found.requests:,}", f"{found.exempted.total():,}"]
    cells += [str(len(found.failures))]
    return Part(done=found.requests, cells=cells, wrong=wrong)


def orders(folder: Path, minutes: float) -> Part:
    """Accidents of databases and replicas on PostgreSQL, then kills of the server on SQLite, and again."""
    until, done, wrong = time.monotonic() + minutes * 60, 0, list[str]()
    happened: Counter[str] = Counter()
    for number in count():
        with shop(folder / f"shop-{number}") as running:
            for name, happen in ACCIDENTS:
                options = {"seconds": ACCIDENT_S, "orders": ACCIDENT_ORDERS, "after": 50}
                report = drill(running, name, happen, **options)
                done, happened[name] = done + report.orders.acknowledged, happened[name] + 1
                wrong += [] if report.is_clean else [str(report)]
        outcome = test_kill.drill(folder / f"killed-{number}", kills=KILLS)
        done, happened["kill -9"] = done + outcome.orders, happened["kill -9"] + outcome.kills
        wrong += [] if outcome.is_clean else [str(outcome)]
        if time.monotonic() > until:
            break
    named = [*(name for name, _ in ACCIDENTS), "kill -9"]
    return Part(
        done=done,
        cells=[f"{done:,}", *(str(happened[name]) for name in named), str(len(wrong))],
        wrong=wrong,
    )


def soaked(folder: Path, minutes: float) -> Part:
    """Writers and faults beside them, for all the minutes."""
    found = soak(folder, minutes * 60)
    cells = [f"{found.writes:,}", f"{found.faults:,}", str(found.undeclared), str(found.different)]
    cells += [", ".join(f"{mib:.0f} ± {share:.1%}" for mib, share in found.memory)]
    return Part(done=1, cells=cells, wrong=found.wrong)


def fuzz(_: Path, minutes: float) -> Part:
    """Heads, bodies, filters and forms that no client would write."""
    seed = random.SystemRandom().randrange(2**31)
    found = side_by_side(minutes * 60, FUZZERS, seed)
    statuses: Counter[str] = Counter()
    for each in found:
        statuses.update(each["statuses"])
    wrong = [text for each in found for text in each["wrong"]]
    told = ", ".join(f"{status}: {times:,}" for status, times in sorted(statuses.items()))
    return Part(
        done=statuses.total(),
        cells=[str(seed), f"{statuses.total():,}", told, str(len(wrong))],
        wrong=wrong,
    )


KINDS = {
    "schemathesis": Kind(
        title="Long runs: Schemathesis",
        unit="requests",
        columns=("seed", "requests", "exempted", "runs with failures"),
        goal=300_000,
        minutes=15,
        part=schemathesis,
    ),
    "orders": Kind(
        title="Long runs: acknowledged orders through accidents and kills",
        unit="acknowledged orders",
        columns=("orders", *(name for name, _ in ACCIDENTS), "`kill -9`", "not clean"),
        goal=100_000,
        minutes=45,
        part=orders,
    ),
    "soak": Kind(
        title="Long runs: the soak with faults",
        unit="parts",
        columns=(
            "writes",
            "faults",
            "undeclared 5xx",
            "pieces that differ",
            "MiB of each worker, its own",
        ),
        goal=1,
        minutes=30,
        part=soaked,
    ),
    "fuzz": Kind(
        title="Long runs: fuzzed requests",
        unit="requests",
        columns=("seed", "requests", "answers", "wrong"),
        goal=2_000_000,
        minutes=45,
        part=fuzz,
    ),
}


def read_state(file: Path, kind: str, *, resume: bool) -> State:
    """What was done so far. Raises: `BenchFailed` where that is not what was asked for."""
    if not file.exists():
        return State(kind=kind, parts=[])
    if not resume:
        raise BenchFailed(f"{file} has a run: --resume goes on with it, another --state begins one")
    try:
        state: State = json.loads(file.read_text("utf-8"))
        if state["kind"] != kind:
            raise BenchFailed(f"{file} is of {state['kind']}, not of {kind}")
        _ = [(part["done"], part["cells"], part["wrong"]) for part in state["parts"]]
    except (ValueError, KeyError, TypeError) as exc:
        raise BenchFailed(f"{file} is no state of a long run") from exc
    return state


def write_state(file: Path, state: State) -> None:
    """Replace the file at once: a run that is killed leaves the old one or the new one."""
    new = file.with_name(f"{file.name}.new")
    new.write_text(json.dumps(state, indent=1), "utf-8")
    new.replace(file)


def append(page: Path, kind: str, row: list[str]) -> None:
    """Add a part's row to the page of its kind; the page is made with its head where there is none."""
    asked = KINDS[kind]
    if not page.exists():
        names = ("finished", "commit", "minutes", *asked.columns, f"{asked.unit} in all")
        page.write_text(
            f"# {asked.title}\n\nWritten by `bench/long {kind}`, a row a part. *In all* counts the parts of"
            f" one run (`--state`).\n\n| {' | '.join(names)} |\n|{' --- |' * len(names)}\n",
            "utf-8",
        )
        if page.parent == RUNS:
            _list(page, asked.title)
    with page.open("a", encoding="utf-8") as file:
        file.write(f"| {' | '.join(row)} |\n")


def _list(page: Path, title: str) -> None:
    """Name a new page in docs/runs.md, which has them in the order of their files."""
    index = RUNS.parent / "runs.md"
    head, listed, tail = index.read_text("utf-8").partition("- [")
    lines = {*(listed + tail).splitlines(), f"- [{title}](runs/{page.name})"}
    index.write_text(head + "".join(f"{line}\n" for line in sorted(lines, key=_file)), "utf-8")


def _file(line: str) -> str:
    return line.rpartition("(")[2]


def run(
    kind: str,
    state_file: Path,
    *,
    page: Path,
    resume: bool,
    parts: int,
    minutes: float,
    goal: int,
    commit: str,
) -> list[str]:
    """Do so many parts, or fewer when the goal is reached. Returns: what was wrong in the last one.

    A part that is stopped in its middle counts for nothing; the next run does it anew with another seed.
    """
    state = read_state(state_file, kind, resume=resume)
    for _ in range(parts):
        total = sum(part["done"] for part in state["parts"])
        if total >= goal:
            break
        print(f"part {len(state['parts']) + 1}: {total:,} of {goal:,} so far", flush=True)
        began = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            part = KINDS[kind].part(Path(folder), minutes)
        state["parts"].append(part)
        write_state(state_file, state)
        took = (time.monotonic() - began) / 60
        finished = datetime.now(UTC).strftime("%Y-%m-%d %H:%M")
        total += part["done"]
        append(page, kind, [finished, commit, f"{took:.1f}", *part["cells"], f"{total:,}"])
        print(f"part {len(state['parts'])}: {', '.join(part['cells'])}", flush=True)
        if part["wrong"]:
            return part["wrong"]
    total = sum(part["done"] for part in state["parts"])
    print(f"{total:,} of {goal:,} {KINDS[kind].unit}", flush=True)
    return []
