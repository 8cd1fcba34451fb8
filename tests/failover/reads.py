"""Clients who write public records and read them at once, and what a shop with read replicas tells of it."""

import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from uuid import uuid4

import requests

from bai_wx.database.connection import connect, disconnect
from bai_wx.process import schema
from bai_wx.record.collections import public_tables
from tests.api.pictures import PDF
from tests.failover.cluster import DATABASE
from tests.failover.read_replicas import ReadReplicas
from tests.paths import ATTACHMENTS, COMPANIES, PRODUCTS
from tests.running import STRONG, Client, Server

WRITERS: Final = 8
"""Users who write at the same time."""
CHANGED: Final = ("company_name", "company_remark")
"""An index finds the first: such a list waits on the event loop. One by the other waits in a thread."""
READER: Final = "reader"
METRICS: Final = "a-token-of-the-read-replicas"
PATIENCE_S: Final = 30
LONGEST_WAIT_S: Final = 0.7
"""Between a write and its read, where they do not follow at once."""
_READS: Final = re.compile(r'^bai_wx_public_reads_total\{result="(\w+)"\} (\S+)$', re.MULTILINE)
_LAGS: Final = re.compile(
    r'^bai_wx_replica_lag_seconds_bucket\{replica="\d",le="([^"]+)"\} (\S+)$', re.MULTILINE
)


@dataclass
class Shop:
    """Everything that serves: a primary, two standbys, and servers as on two machines."""

    cluster: ReadReplicas
    servers: list[Server]

    def settings(self, reads: str) -> dict[str, str]:
        """Those of a server that reads at these standbys."""
        return {
            "BAI_WX_DATABASE": self.cluster.address,
            "BAI_WX_DATABASE_READS": reads.replace("postgres@", f"{READER}@"),
            "BAI_WX_SECRET": STRONG,
            "BAI_WX_METRICS": METRICS,
        }

    def counted(self) -> Counter[str]:
        """What became of the reads of public records so far, and the lag by its buckets, of all servers."""
        found: Counter[str] = Counter()
        for server in self.servers:
            headers = {"Authorization": f"Bearer {METRICS}"}
            text = requests.get(f"{server.url}/metrics", headers=headers, timeout=PATIENCE_S).text
            for result, count in _READS.findall(text):
                found[result] += int(float(count))
            for bound, count in _LAGS.findall(text):
                found[f"lag {bound}"] += int(float(count))
        return found

    def await_reads_at_replicas(self) -> float:
        """Read until each worker has a replica that it asks. Returns: the seconds that took."""
        began = time.monotonic()
        in_a_row, before = 0, self.counted()
        while in_a_row < 3:
            assert time.monotonic() < began + PATIENCE_S, before
            for server in self.servers:
                for _ in range(12):  # on connections of their own: enough to meet each worker
                    assert Client(server.url).get(PRODUCTS).status_code == 200
            now = self.counted()
            is_replicas = now["no_replica"] == before["no_replica"]
            in_a_row, before = in_a_row + 1 if is_replicas else 0, now
        return time.monotonic() - began


@contextmanager
def shop(folder: Path) -> Iterator[Shop]:
    """Start everything on 127.0.0.1; stop all of it, whatever happens.

    Whoever reads at the standbys may read public tables alone there: anything else would be refused.
    """
    with ExitStack() as stack:
        cluster = stack.enter_context(ReadReplicas())
        schema.migrate(connect(cluster.address))
        disconnect()
        tables = ", ".join(sorted(public_tables()))
        cluster.primary.ask(f"CREATE ROLE {READER} LOGIN")
        cluster.primary.ask(f"GRANT SELECT ON {tables} TO {READER}", DATABASE)
        running = Shop(cluster, [])
        for number, workers in enumerate((2, 1), 1):
            folder_of_it = folder / f"server-{number}"
            server = Server(folder_of_it, workers=workers, **running.settings(cluster.reads))
            server.start()
            stack.callback(server.kill)
            running.servers.append(server)
        yield running
        for server in running.servers:
            assert "Traceback" not in server.log
        for node in cluster.replicas:
            assert "permission denied" not in cluster.log_of(node)


@dataclass
class Pairs:
    """What came of pairs of a write and a read of it."""

    what: str
    pairs: int = 0
    at_once: int = 0  # reads that followed their write without a pause
    missed: list[str] = field(default_factory=list)  # reads that did not show the write
    reads: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    def __str__(self) -> str:
        answered = {name: n for name, n in self.reads.items() if not name.startswith("lag")}
        return (
            f"{self.what}: pairs {self.pairs}, of them at once {self.at_once}, "
            f"own writes not read {len(self.missed)}; "
            f"public reads {sum(answered.values())}: at a replica {_share(self.reads)}, "
            f"at the primary for an own write {self.reads['own_write']}, "
            f"for want of a replica {self.reads['no_replica']}, failed {self.reads['failed']}; "
            f"lag at most {_lag(self.reads, 0.5)} (half of the looks), {_lag(self.reads, 0.99)} (99 in 100); "
            f"{self.seconds:.0f} s"
        )


def write_and_read(running: Shop, what: str, pairs: int, *, seed: int) -> Pairs:
    """Have users write and read so many pairs, each at whatever worker takes the connection."""
    report, before, began = Pairs(what), running.counted(), time.monotonic()
    users = [Client(running.servers[0].url).login(f"writer-{seed}-{n}") for n in range(WRITERS)]
    each = [pairs // WRITERS + (n < pairs % WRITERS) for n in range(WRITERS)]
    with ThreadPoolExecutor(WRITERS) as pool:
        work = []
        for number, (user, count) in enumerate(zip(users, each, strict=True)):
            choice = random.Random(f"{seed} {number}")  # to be repeated
            work.append(pool.submit(_pairs_of, running, user, count, choice, report))
        for done in work:
            done.result()
    report.seconds = time.monotonic() - began
    report.reads = running.counted() - before
    print(f"\n{report}", flush=True)
    return report


def _pairs_of(
    running: Shop, user: Client, pairs: int, choice: random.Random, report: Pairs
) -> None:
    company = ""
    for _ in range(pairs):
        writer, reader = (_somewhere(running, user, choice) for _ in range(2))
        company, read = _write(writer, company, choice)
        at_once = choice.random() < 0.6
        if not at_once:
            time.sleep(choice.uniform(0, LONGEST_WAIT_S))
        problem = read(reader)
        report.pairs += 1
        report.at_once += at_once
        if problem:
            report.missed.append(problem)


def _somewhere(running: Shop, user: Client, choice: random.Random) -> Client:
    """The same user on a connection of its own: at either server, and whichever of its workers."""
    return Client(choice.choice(running.servers).url, user.token, user.openid, user.user_id)


def _write(
    writer: Client, company: str, choice: random.Random
) -> tuple[str, Callable[[Client], str]]:
    """Create or change a company, or upload a file.

    Returns: the company that may be changed next, and what reads it and says what is missing.
    """
    name, kind = uuid4().hex, choice.random()
    body = dict.fromkeys(CHANGED, name)
    if kind < 0.15:  # a share
        parts = {"attachments_link": ("a.pdf", PDF)}
        answer = writer.request("POST", ATTACHMENTS, files=parts, data={"attachments_remark": name})
        place = f"{ATTACHMENTS}/{_id_of(answer)}"
        return company, lambda reader: _missing(reader.get(place), "attachments_remark", name)
    if company and kind < 0.7:  # a share
        answer = writer.request("PATCH", f"{COMPANIES}/{company}", json=body)
    else:
        answer = writer.request("POST", COMPANIES, json=body)
    company = _id_of(answer)
    view, field_name = f"{COMPANIES}/{company}", choice.choice(["", *CHANGED])
    if not field_name:
        return company, lambda reader: _missing(reader.get(view), "company_name", name)
    query = {"filter": f"{field_name}='{name}'"}
    return company, lambda reader: _not_listed(reader.get(COMPANIES, params=query), company)


def _id_of(answer: requests.Response) -> str:
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


def _missing(answer: requests.Response, field_name: str, expected: str) -> str:
    if answer.status_code != 200:
        return f"{answer.status_code} for {expected}"
    found = answer.json()[field_name]
    return "" if found == expected else f"{found} for {expected}"


def _not_listed(answer: requests.Response, record_id: str) -> str:
    found = [item["id"] for item in answer.json().get("items", [])]
    return "" if found == [record_id] else f"{found} for {record_id}"


@dataclass
class Read:
    """What guests met who read public lists while something happened."""

    what: str
    answers: int = 0
    refused: Counter[int] = field(default_factory=Counter)
    longest_s: float = 0.0
    reads: Counter[str] = field(default_factory=Counter)
    back_s: float = 0.0

    def __str__(self) -> str:
        return (
            f"{self.what}: answers {self.answers}, other than 200 {dict(self.refused)}, "
            f"longest {self.longest_s:.2f} s; at a replica {_share(self.reads)}, "
            f"failed there and asked again at the primary {self.reads['failed']}; "
            f"replicas are asked again after {self.back_s:.1f} s"
        )


def read_meanwhile(running: Shop, what: str, happen: Callable[[ReadReplicas], None]) -> Read:
    """Have guests and a user read without a pause while something happens, and until it is over."""
    running.await_reads_at_replicas()
    report, before, stop = Read(what), running.counted(), threading.Event()
    user = Client(running.servers[0].url).login("reader")
    readers = [Client(each.url, token) for each in running.servers for token in ("", user.token)]
    with ThreadPoolExecutor(len(readers)) as pool:
        reading = [pool.submit(_read, reader, stop, report) for reader in readers]
        try:
            happen(running.cluster)
        finally:
            stop.set()
        for done in reading:
            done.result(PATIENCE_S)
    report.reads = running.counted() - before
    report.back_s = running.await_reads_at_replicas()
    print(f"\n{report}", flush=True)
    return report


def _read(reader: Client, stop: threading.Event, report: Read) -> None:
    while not stop.is_set():
        began = time.monotonic()
        status = reader.get(PRODUCTS).status_code
        report.longest_s = max(report.longest_s, time.monotonic() - began)
        report.answers += 1
        if status != 200:
            report.refused[status] += 1
        time.sleep(0.005)


def _share(reads: Counter[str]) -> str:
    left = reads["failed"] + reads["private"]
    all_of_them = reads["replica"] + reads["own_write"] + reads["no_replica"]
    return f"{100 * (reads['replica'] - left) / max(all_of_them, 1):.0f} %"


def _lag(reads: Counter[str], share: float) -> str:
    """The bound that so many of the looks were below."""
    looks = reads["lag +Inf"]
    bounds = sorted((float(n.removeprefix("lag ")), n) for n in reads if n.startswith("lag "))
    return next((f"{bound:g} s" for bound, name in bounds if reads[name] >= share * looks), "?")
