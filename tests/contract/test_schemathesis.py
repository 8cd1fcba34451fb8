"""Schemathesis over the whole contract: every phase, every check, a guest and two logged-in users.

The three run at once against two workers, with the settings of `schemathesis.toml` that strangers use. A
part of the requests is given ids that exist (`feed.py`). Whatever a fitting request is refused with must
stand in the table of `exemptions.py` as well.
"""

import json
import os
import random
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from tests.contract.errand import Errand
from tests.contract.exemptions import EXEMPTIONS, exemptions_of
from tests.databases import IS_POSTGRES
from tests.running import Client, Server
from tests.tree import ROOT, RUNS

SETTINGS = ROOT / "schemathesis.toml"
HOOKS = re.compile(r"^hooks = .*$", re.MULTILINE)  # ours, which load those of the settings
GUEST, USERS = "guest", ("alice", "bob")
VICTIM = "carol"  # whose ids the guest knows
EXAMPLES = 25  # an operation, each time its turn in fuzzing comes
COUNTED_EXAMPLES = {GUEST: 10, "alice": 20, "bob": 30}  # where its turn comes once
FEWER_EXAMPLES = {GUEST: 5, "alice": 10, "bob": 15}
PHASES = "--phases=examples,coverage,fuzzing,stateful"
POSITIVE = ["--mode=positive"]
DOCUMENT = "openapi.json"  # a copy: given the address, Schemathesis leaves that operation out


@dataclass(frozen=True)
class Size:
    """How much to do. A round runs every phase once, or goes on with fuzzing and stateful testing."""

    requests: int  # at least, of all actors
    round_s: int  # that a round fills; where it does not, what the slowest machine may need
    rounds: int  # at most; another one only while there is too little
    fills_time: bool = True
    successes: int = 50  # of every operation, all actors together
    seed: int | None = None  # another one each time where it is None
    examples: dict[str, int] = field(default_factory=lambda: COUNTED_EXAMPLES)  # where they count


# Counted, not timed: Schemathesis ends fuzzing when its time is over, wherever it is among the
# operations, and on a busy machine the last ones had hardly a request.
CI = Size(requests=3_000, round_s=900, rounds=2, fills_time=False, successes=20, seed=20261125)
ON_POSTGRES = replace(
    CI, requests=2_000, successes=10, examples=FEWER_EXAMPLES
)  # its SQL alone is new
LONG = Size(requests=100_000, round_s=900, rounds=5)
STARTING_S = 120  # beyond the time Schemathesis is given, to load and to report


@dataclass
class Traffic:
    """What the runs were answered, summed."""

    seed: int
    seconds: float = 0.0
    answered: Counter[str] = field(default_factory=Counter)  # "<operationId> <status>"
    probed: Counter[str] = field(default_factory=Counter)  # the same, other methods
    exempted: Counter[str] = field(default_factory=Counter)  # "<check>: <reason>"
    links: Counter[str] = field(default_factory=Counter)  # covered, by actor: the best round's
    failures: list[str] = field(default_factory=list)  # reports of runs that found something

    @property
    def requests(self) -> int:
        """How many requests were sent."""
        return self.answered.total() + self.probed.total()

    def successes(self, operation_id: str) -> int:
        """How many requests of this operation were answered 2xx."""
        return sum(self.statuses(operation_id, "2").values())

    def statuses(self, operation_id: str, first: str = "") -> dict[str, int]:
        """The operation's answers by status."""
        found = (key.split() for key in sorted(self.answered))
        return {
            status: self.answered[f"{name} {status}"]
            for name, status in found
            if name == operation_id and status.startswith(first)
        }

    def seldom(self, operations: list[str], size: Size) -> dict[str, int]:
        """The operations that hardly ever succeeded."""
        written = [name for name in operations if not self.statuses(name, "501")]
        successes = {operation_id: self.successes(operation_id) for operation_id in written}
        return {name: times for name, times in successes.items() if times < size.successes}

    def is_enough(self, operations: list[str], size: Size) -> bool:
        """Whether there were requests and successes enough."""
        return self.requests >= size.requests and not self.seldom(operations, size)

    def add(self, run: "Run") -> None:
        """Add what one run counted."""
        counted = json.loads(run.counts.read_text("utf-8"))
        covered = re.search(r"API Links: +(\d+) covered", run.report.read_text("utf-8"))
        self.links[run.name] = max(self.links[run.name], int(covered[1]) if covered else 0)
        self.answered.update(counted["answered"])
        self.probed.update(counted["probed"])
        self.exempted.update(counted["exempted"])


@contextmanager
def shop(folder: Path) -> Iterator[tuple[Server, list[str]]]:
    """A server with some orders the operator has moved on; with it, the contract's operations."""
    with Server(folder / "home", workers=2) as server:
        for name in (*USERS, VICTIM):
            client = Client(server.url).login(name)
            confirmed, completed = _order(client), _order(client)
            server.command("order", "move", confirmed, "confirmed")
            server.command("order", "move", completed, "confirmed")
            server.command("order", "move", completed, "completed")
            company = client.hook(
                "/collections/tbl_company/records", {"company_name": f"{name} 有限公司"}
            )
            assert company.status_code == 200, company.text
        document = Client(server.url).get("/openapi.json")
        (folder / DOCUMENT).write_bytes(document.content)
        paths = document.json()["paths"]
        methods = [method for path in paths.values() for method in path.values()]
        yield server, [operation["operationId"] for operation in methods]


def _order(client: Client) -> str:
    (product,) = client.get("/collections/tbl_product_list/records?perPage=1").json()["items"]
    items = [{"prod_list_id": product["prod_list_id"], "quantity": 1}]
    order_id: str = client.data("/order/create", {"order_source": "product", "items": items})[
        "order_id"
    ]
    return order_id


def drive(server: Server, folder: Path, operations: list[str], size: Size) -> Traffic:
    """Run Schemathesis as each actor at once until there is enough, and sum up what it counted."""
    traffic = Traffic(seed=size.seed or random.SystemRandom().randrange(2**31))
    began = time.monotonic()
    _settings(server, folder)
    for number in range(size.rounds):
        if traffic.is_enough(operations, size) or traffic.failures:
            break
        actors = (GUEST, *USERS)
        runs = [Run(server, folder, name, traffic.seed + number, size) for name in actors]
        for run in _finished(runs, size.round_s):
            traffic.add(run)
            if run.status != 0:
                traffic.failures.append(run.report.read_text("utf-8"))
        print(f"round {number + 1}: {traffic.requests} requests", flush=True)
    traffic.seconds = time.monotonic() - began
    return traffic


def _settings(server: Server, folder: Path) -> None:
    """Write Schemathesis' settings for each actor; each user is to be refused the other's rows."""
    tokens = {name: Client(server.url).login(name).token for name in USERS}
    logins = [
        {
            "name": name,
            "fixedHeaders": [{"name": "Authorization", "value": f"Bearer {token}"}],
        }
        for name, token in tokens.items()
    ]
    (folder / "logins.json").write_text(json.dumps({"auth": logins}), encoding="utf-8")
    shared = HOOKS.sub('hooks = "tests.contract.traffic"', SETTINGS.read_text("utf-8"))
    (folder / f"{GUEST}.toml").write_text(f"{shared}\n[auth]\nauto-signup = false\n", "utf-8")
    for name in USERS:
        (folder / f"{name}.toml").write_text(
            f'{shared}\n[auth.wfc]\npath = "logins.json"\nuser = "{name}"\npeers = {list(USERS)}\n',
            "utf-8",
        )


class Run:
    """One `schemathesis run` as one actor; its report and its counts go to files."""

    def __init__(self, server: Server, folder: Path, name: str, seed: int, size: Size) -> None:
        self.name, self.status = name, -1
        self.report = folder / f"{name}-{seed}.txt"
        self.counts = folder / f"{name}-{seed}.json"
        self._folder, self._url, self._seed, self._size = folder, server.url, seed, size

    def start(self) -> subprocess.Popen[bytes]:
        """Start it."""
        with self.report.open("wb") as report:
            return subprocess.Popen(
                [sys.executable, "-m", "schemathesis.cli", *self._options()],
                cwd=self._folder,
                env={
                    **os.environ,
                    "PYTHONPATH": str(ROOT),
                    "BAI_WX_TRAFFIC": self._errand().to_text(),
                    "NO_PROXY": "127.0.0.1",
                },
                stdout=report,
                stderr=subprocess.STDOUT,
            )

    def _errand(self) -> Errand:
        is_guest = self.name == GUEST
        owner = Client(self._url).login(VICTIM if is_guest else self.name)
        return Errand(
            url=self._url,
            token=owner.token,
            openid=owner.openid,
            is_guest=is_guest,
            seed=f"{self._seed}-{self.name}",
            counts=str(self.counts),
        )

    def _amount(self) -> list[str]:
        """How much it sends: what fills the time, or what is counted.

        Coverage, the dearest phase, lists the same requests whoever sends them, and a request that is wrong is
        refused to one as to the other. So where they are counted the first user alone goes through it, and the
        second sends what fits alone.
        """
        if self._size.fills_time:
            return [f"--max-time={self._size.round_s}", f"--max-examples={EXAMPLES}", PHASES]
        counted = f"--max-examples={self._size.examples[self.name]}"
        if self.name == USERS[0]:
            return [counted, PHASES]
        return [counted, PHASES.replace("coverage,", ""), *([] if self.name == GUEST else POSITIVE)]

    def _options(self) -> list[str]:
        return [
            f"--config-file={self.name}.toml",
            "run",
            DOCUMENT,
            f"--url={self._url}",
            "--checks=all",
            "--continue-on-failure",
            *self._amount(),
            f"--seed={self._seed}",
            "--generation-database=none",
            "--suppress-health-check=all",
            "--warnings=off",
            "--request-timeout=20",
            "--no-color",
        ]


def _finished(runs: list[Run], seconds: int) -> list[Run]:
    """Let all run at once and wait for them; one that does not end in time fails."""
    deadline = time.monotonic() + seconds + STARTING_S
    started = [run.start() for run in runs]
    try:
        for run, process in zip(runs, started, strict=True):
            run.status = process.wait(max(deadline - time.monotonic(), 1))
    finally:
        for process in started:
            process.kill()
    return runs


def table(traffic: Traffic, operations: list[str]) -> str:
    """The answers by operation, and the exemptions that were used, in Markdown."""
    lines = ["| operation | requests | 2xx | 3xx | refused |", "| --- | ---: | ---: | ---: | --- |"]
    for operation_id in operations:
        refused = {**traffic.statuses(operation_id, "4"), **traffic.statuses(operation_id, "5")}
        redirected = sum(traffic.statuses(operation_id, "3").values())
        lines.append(
            f"| {operation_id} | {sum(traffic.statuses(operation_id).values())} "
            f"| {traffic.successes(operation_id)} | {redirected or ''} "
            f"| {', '.join(f'{status}: {times}' for status, times in refused.items())} |"
        )
    lines += [
        f"| other methods | {traffic.probed.total()} | | | |",
        f"| **all** | {traffic.requests} | | | |",
        "",
        "| exempted | times |",
        "| --- | ---: |",
        *(f"| {reason} | {times} |" for reason, times in traffic.exempted.most_common()),
    ]
    return "\n".join(lines)


def judge(traffic: Traffic, operations: list[str], size: Size) -> None:
    """Fail for any failed check, too few requests, or an operation that hardly ever succeeded."""
    assert not traffic.failures, "\n".join(traffic.failures)
    assert traffic.requests >= size.requests
    seldom = traffic.seldom(operations, size)
    assert not seldom, f"answered 2xx fewer than {size.successes} times: {seldom}"


def test_schemathesis_finds_nothing(tmp_path: Path) -> None:
    """Thousands of requests, every operation 2xx often enough, zero failures; however long it takes."""
    size = ON_POSTGRES if IS_POSTGRES else CI
    with shop(tmp_path) as (server, operations):
        traffic = drive(server, tmp_path, operations, size)
    print(f"\nseed {traffic.seed}, {traffic.seconds:.0f} s, links {dict(traffic.links)}\n")
    print(table(traffic, operations))
    judge(traffic, operations, size)


@pytest.mark.long
def test_schemathesis_finds_nothing_in_100000_requests(tmp_path: Path) -> None:
    """The same with 100,000 requests; the table goes to docs/runs."""
    with shop(tmp_path) as (server, operations):
        traffic = drive(server, tmp_path, operations, LONG)
    RUNS.mkdir(parents=True, exist_ok=True)
    (RUNS / "schemathesis-100k.md").write_text(_page(traffic, operations), encoding="utf-8")
    judge(traffic, operations, LONG)


def test_every_exemption_has_a_reason() -> None:
    """The table names operations, says and a reason in each row, and no row twice."""
    assert all(row.operations and row.says and row.reason for row in EXEMPTIONS)
    assert len(EXEMPTIONS) == len(set(EXEMPTIONS))


@pytest.mark.parametrize(
    ("operation_id", "body", "said"),
    [
        pytest.param(
            "company_create",
            {"company_remark": "a\0"},
            "company_remark validation_invalid_format",
            id="record",
        ),
        pytest.param(
            "cart_update", {"cart_remark": "\0"}, "validation_failed cart_remark", id="hook"
        ),
        pytest.param(
            "batch",
            {"requests": [{"method": "POST", "body": {"company_remark": "\0"}}]},
            "company_remark validation_invalid_format",
            id="batch",
        ),
    ],
)
def test_a_nul_excuses_its_own_field_on_postgresql(operation_id: str, body: Any, said: str) -> None:
    """On SQLite, which keeps it, nothing is excused; nor is another field, or a text without one."""
    assert bool(exemptions_of(operation_id, [said], body)) == IS_POSTGRES
    assert not exemptions_of(
        operation_id, [said], json.loads(json.dumps(body).replace("\\u0000", "a"))
    )
    assert not exemptions_of(operation_id, [said, "company_name validation_invalid_format"], body)


def _page(traffic: Traffic, operations: list[str]) -> str:
    return f"""# Schemathesis, 100,000 requests

Written by `tox -e long -- tests/contract/test_schemathesis.py`
on {time.strftime("%Y-%m-%d", time.gmtime())}, seed {traffic.seed}, in {traffic.seconds / 60:.0f} minutes.
All phases (examples, coverage, fuzzing, stateful) and all checks, as a guest and two logged-in
users at once, two workers, every answer checked against its schema.
Runs with failures: {len(traffic.failures)}. Links followed, of 79 in the contract and those
Schemathesis infers: {", ".join(f"{name} {times}" for name, times in traffic.links.items())}.

{table(traffic, operations)}
"""
