"""Schemathesis over the whole contract: every phase, every check, a guest and two logged-in users.

The three run at once against two workers. A part of the requests is given ids that exist
(`feed.py`); failures are dropped only where the table of `exemptions.py` names them.
"""

import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.contract.errand import Errand
from tests.contract.exemptions import EXEMPTIONS
from tests.running import Client, Server

ROOT = Path(__file__).parents[2]
RUNS = ROOT / "docs" / "runs"
GUEST, USERS = "guest", ("alice", "bob")
VICTIM = "carol"  # whose ids the guest knows
SUCCESSES = 50  # of every operation, all actors together
DOCUMENT = "openapi.json"  # a copy: given the address, Schemathesis leaves that operation out


@dataclass(frozen=True)
class Size:
    """How much to do, for each actor."""

    examples: int  # of fuzzing, an operation
    stories: int  # of stateful testing, all together
    requests: int  # at least, of all actors
    seconds: int


CI = Size(examples=40, stories=100, requests=5_000, seconds=330)
LONG = Size(examples=900, stories=3_000, requests=100_000, seconds=4 * 3600)


@dataclass
class Traffic:
    """What the runs were answered, summed."""

    seed: int
    seconds: float = 0.0
    answered: Counter[str] = field(default_factory=Counter)  # "<operationId> <status>"
    probed: Counter[str] = field(default_factory=Counter)  # the same, other methods
    exempted: Counter[str] = field(default_factory=Counter)  # "<check>: <reason>"
    failures: list[str] = field(default_factory=list)

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

    def add(self, counts: Path) -> None:
        """Add what one run counted."""
        counted = json.loads(counts.read_text("utf-8"))
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


def drive(server: Server, folder: Path, size: Size) -> Traffic:
    """Run Schemathesis as each actor at once and sum up what they counted."""
    traffic = Traffic(seed=random.SystemRandom().randrange(2**31))
    began = time.monotonic()
    logins = _logins(server, folder)
    runs = {
        name: _start(server, folder, size, name, logins, traffic.seed) for name in (GUEST, *USERS)
    }
    try:
        for name, run in runs.items():
            left = size.seconds - (time.monotonic() - began)
            if run.wait(max(left, 1)) != 0:
                traffic.failures.append((folder / f"{name}.txt").read_text("utf-8"))
    finally:
        for run in runs.values():
            run.kill()
    traffic.seconds = time.monotonic() - began
    for name in runs:
        traffic.add(folder / f"{name}.json")
    return traffic


def _logins(server: Server, folder: Path) -> Path:
    """Write both users' tokens, so that each can be refused the other's rows."""
    users = [(name, Client(server.url).login(name).token) for name in USERS]
    headers = [
        {
            "name": name,
            "fixedHeaders": [{"name": "Authorization", "value": f"Bearer {token}"}],
        }
        for name, token in users
    ]
    path = folder / "logins.json"
    path.write_text(json.dumps({"auth": headers}), encoding="utf-8")
    return path


def _start(
    server: Server, folder: Path, size: Size, name: str, logins: Path, seed: int
) -> subprocess.Popen[bytes]:
    """Start `schemathesis run` as this actor; its report goes to a file."""
    owner = Client(server.url).login(VICTIM if name == GUEST else name)
    errand = Errand(
        url=server.url,
        token=owner.token,
        openid=owner.openid,
        is_guest=name == GUEST,
        seed=f"{seed}-{name}",
        counts=str(folder / f"{name}.json"),
    )
    settings = folder / f"{name}.toml"
    settings.write_text(
        f"[phases.fuzzing.generation]\nmax-examples = {size.examples}\n"
        f"[phases.stateful.generation]\nmax-examples = {size.stories}\n"
    )
    options = [
        f"--url={server.url}",
        "--phases=examples,coverage,fuzzing,stateful",
        "--checks=all",
        "--continue-on-failure",
        f"--seed={seed}",
        "--generation-database=none",
        "--suppress-health-check=all",
        "--warnings=off",
        "--request-timeout=20",
        "--no-color",
    ]
    if name != GUEST:
        options += [f"--auth-wfc={logins}", f"--auth-wfc-user={name}"]
    with (folder / f"{name}.txt").open("wb") as report:
        return subprocess.Popen(
            [
                *(sys.executable, "-m", "schemathesis.cli", f"--config-file={settings}"),
                *("run", str(folder / DOCUMENT), *options),
            ],
            cwd=folder,
            env={
                **os.environ,
                "PYTHONPATH": str(ROOT),
                "SCHEMATHESIS_HOOKS": "tests.contract.traffic",
                "BAI_WX_TRAFFIC": errand.to_text(),
                "NO_PROXY": "127.0.0.1",
            },
            stdout=report,
            stderr=subprocess.STDOUT,
        )


def table(traffic: Traffic, operations: list[str]) -> str:
    """The answers by operation, and the exemptions that were used, in Markdown."""
    lines = ["| operation | requests | 2xx | 3xx | 4xx |", "| --- | ---: | ---: | ---: | --- |"]
    for operation_id in operations:
        refused = traffic.statuses(operation_id, "4")
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
    seldom = {o: traffic.successes(o) for o in operations if traffic.successes(o) < SUCCESSES}
    assert not seldom, f"answered 2xx fewer than {SUCCESSES} times: {seldom}"


def test_schemathesis_finds_nothing(tmp_path: Path) -> None:
    """At least 5,000 requests, every operation 2xx at least 50 times, zero failures."""
    with shop(tmp_path) as (server, operations):
        traffic = drive(server, tmp_path, CI)
    print(f"\nseed {traffic.seed}, {traffic.seconds:.0f} s\n\n{table(traffic, operations)}")
    judge(traffic, operations, CI)


@pytest.mark.long
def test_schemathesis_finds_nothing_in_100000_requests(tmp_path: Path) -> None:
    """The same with 100,000 requests; the table goes to docs/runs."""
    with shop(tmp_path) as (server, operations):
        traffic = drive(server, tmp_path, LONG)
    RUNS.mkdir(parents=True, exist_ok=True)
    (RUNS / "schemathesis-100k.md").write_text(_page(traffic, operations), encoding="utf-8")
    judge(traffic, operations, LONG)


def test_every_exemption_has_a_reason() -> None:
    """The table names operations, says and a reason in each row, and no row twice."""
    assert all(row.operations and row.says and row.reason for row in EXEMPTIONS)
    assert len(EXEMPTIONS) == len(set(EXEMPTIONS))


def _page(traffic: Traffic, operations: list[str]) -> str:
    return f"""# Schemathesis, 100,000 requests

Written by `tox -e long -- tests/contract/test_schemathesis.py`
on {time.strftime("%Y-%m-%d", time.gmtime())}, seed {traffic.seed}, in {traffic.seconds / 60:.0f} minutes.
All phases (examples, coverage, fuzzing, stateful) and all checks, as a guest and two logged-in
users at once, two workers, every answer checked against its schema.
Runs with failures: {len(traffic.failures)}.

{table(traffic, operations)}
"""
