"""Public records are read at standbys: each user sees what it wrote, whatever the standbys do.

Covers: bai_wx/database/own_writes.py, bai_wx/database/public_reads.py, bai_wx/database/replicas.py
Covers: bai_wx/database/replica_check.py, bai_wx/database/thread_reads.py, bai_wx/database/watch.py
Covers: bai_wx/record/own_write.py, models/standing.py
"""

import asyncio
import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from bai_wx.database.connection import another
from bai_wx.database.replica_check import findings
from bai_wx.database.replicas import Replicas, Standby, standbys_of
from tests.failover.cluster import DATABASE, Node
from tests.failover.read_replicas import ReadReplicas, replayed
from tests.failover.reads import (
    LONGEST_WAIT_S,
    WRITERS,
    Shop,
    read_meanwhile,
    shop,
    write_and_read,
)
from tests.paths import ATTACHMENTS, CART_RECORDS, ORDER_RECORDS, PRODUCTS
from tests.running import Client
from tests.tree import RUNS

LIMIT_S = 2.0  # of a read
PAIRS, LONG_PAIRS = 170, 4_000
DELAY_S = 0.7
PAUSED_S = 3.0
LONGEST_HOLD_S = 2.5


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """One shop for all: each test leaves it whole."""
    with shop(tmp_path_factory.mktemp("reads")) as whole:
        yield whole


@contextmanager
def _undisturbed(cluster: ReadReplicas) -> Iterator[None]:
    yield


@contextmanager
def _one_late(cluster: ReadReplicas) -> Iterator[None]:
    """One standby shows a commit so much later, the other at once."""
    late = cluster.replicas[0]
    _set(late, "recovery_min_apply_delay", f"{int(DELAY_S * 1000)}ms")
    try:
        yield
    finally:
        _set(late, "recovery_min_apply_delay", "0")


@contextmanager
def _both_stand_still(cluster: ReadReplicas) -> Iterator[None]:
    """Each standby stops replaying again and again, and goes on."""
    stop, choice = threading.Event(), random.Random(7)  # to be repeated

    def disturb() -> None:
        while not stop.is_set():
            node = choice.choice(cluster.replicas)
            with _held(node):
                stop.wait(choice.uniform(0, LONGEST_HOLD_S))

    disturbing = threading.Thread(target=disturb)
    disturbing.start()
    try:
        yield
    finally:
        stop.set()
        disturbing.join()


DISTURBANCES = {
    "two replicas": _undisturbed,
    f"one replica {DELAY_S:g} s late": _one_late,
    "replay stops now and then": _both_stand_still,
}


@pytest.mark.parametrize("what", DISTURBANCES)
def test_users_read_what_they_wrote(what: str, running: Shop) -> None:
    """At either of two servers and whichever worker, also where a standby shows it later."""
    running.await_reads_at_replicas()
    with DISTURBANCES[what](running.cluster):
        report = write_and_read(running, what, PAIRS, seed=1)
    assert report.pairs == PAIRS
    assert not report.missed
    assert report.reads["replica"] > 0
    assert report.reads["own_write"] > 0


@pytest.mark.parametrize(
    ("path", "query", "because"),
    [
        pytest.param(PRODUCTS, {}, "replica", id="a public list"),
        pytest.param(PRODUCTS, {"filter": "prod_list_name ~ 'a'"}, "replica", id="a long one"),
        pytest.param(
            PRODUCTS, {"filter": "prod_list_icon.attachments_remark != 'x'"}, "replica", id="joined"
        ),
        pytest.param(PRODUCTS, {"expand": "prod_list_icon"}, "replica", id="expanded"),
        pytest.param(ATTACHMENTS, {"sort": "-created"}, "replica", id="papers among them"),
        pytest.param(
            PRODUCTS,
            {"filter": "tbl_cart_via_cart_product_id.cart_product_quantity > 0"},
            "private",
            id="carts in a filter",
        ),
        pytest.param(
            PRODUCTS, {"sort": "tbl_cart_via_cart_product_id.created"}, "private", id="in a sort"
        ),
        pytest.param(
            PRODUCTS, {"expand": "tbl_cart_via_cart_product_id"}, "private", id="in an expand"
        ),
        pytest.param(CART_RECORDS, {}, "", id="carts"),
        pytest.param(CART_RECORDS, {"expand": "cart_product_id"}, "", id="products of carts"),
        pytest.param(ORDER_RECORDS, {}, "", id="orders"),
    ],
)
def test_what_has_an_owner_is_read_at_the_primary(
    path: str, query: dict[str, str], because: str, running: Shop
) -> None:
    """The standbys would refuse it: who reads there may read public tables alone."""
    user = Client(running.servers[1].url).login("a-careful-reader")
    products = user.get(PRODUCTS).json()["items"]
    body = {"cart_product_id": products[0]["id"], "cart_product_quantity": 1}
    user.data("/cart/create", body)
    running.await_reads_at_replicas()
    before = running.counted()
    assert user.get(path, params=query).status_code == 200
    counted = running.counted() - before
    found = {name for name in counted if not name.startswith("lag")}
    assert found == {*filter(None, [because]), *(["replica"] if because == "private" else [])}


def test_doctor_tries_the_standbys(running: Shop) -> None:
    """It says how far behind each is, and which cannot be read at."""
    late, other = running.cluster.replicas
    replayed(running.cluster.primary, other)
    with _held(late):
        running.cluster.primary.ask("CREATE TABLE IF NOT EXISTS noise (n int)")
        found, is_fit = _doctors(running.cluster, running.cluster.reads)
    assert f"127.0.0.1:{late.port} is more than 2 s behind" in found
    assert f"127.0.0.1:{other.port} is " in found
    assert not is_fit
    replayed(running.cluster.primary, late)
    assert _doctors(running.cluster, running.cluster.reads)[1]


def test_a_standby_of_another_database_is_not_read_at(
    running: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    """Doctor names it; a worker says so in its log once, and asks the primary."""
    reads = running.cluster.reads.replace(f"/{DATABASE}", "/postgres")
    found, is_fit = _doctors(running.cluster, reads)
    assert "is no standby of BAI_WX_DATABASE" in found
    assert not is_fit
    (primary,) = standbys_of(running.cluster.address, LIMIT_S)
    assert _chosen_on_a_loop(standbys_of(reads, LIMIT_S), primary) == {None}
    told = [each.getMessage() for each in caplog.records]
    assert sum("is no standby of BAI_WX_DATABASE" in each for each in told) == len(told) == 2
    right = standbys_of(running.cluster.reads, LIMIT_S)
    assert len(_chosen_on_a_loop(right, primary) - {None}) == len(right)


def _chosen_on_a_loop(standbys: list[Standby], primary: Standby) -> set[str | None]:
    """On a loop in a thread of its own: a browser of another test may have one in this."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(_chosen(standbys, primary))).result()


def kill_one(cluster: ReadReplicas) -> None:
    """A standby dies, and is started again."""
    cluster.replicas[0].kill()
    time.sleep(1)
    cluster.replicas[0].start()


def kill_both(cluster: ReadReplicas) -> None:
    """No standby is left for a while."""
    for node in cluster.replicas:
        node.kill()
    time.sleep(1)
    for node in cluster.replicas:
        node.start()


def pause_one(cluster: ReadReplicas) -> None:
    """A standby stands still, its connections open."""
    cluster.replicas[0].pause(PAUSED_S)


def hold_both(cluster: ReadReplicas) -> None:
    """The standbys answer, and lag further and further behind a primary that is written to."""
    with _held(cluster.replicas[0]), _held(cluster.replicas[1]):
        until = time.monotonic() + PAUSED_S
        while time.monotonic() < until:
            cluster.primary.ask(
                "CREATE TABLE IF NOT EXISTS noise (n int); INSERT INTO noise VALUES (1)"
            )
            time.sleep(0.1)


ACCIDENTS: dict[str, Callable[[ReadReplicas], None]] = {
    "a replica killed": kill_one,
    "a replica paused": pause_one,
    "both replicas lag": hold_both,
}
LONG_ACCIDENTS = {**ACCIDENTS, "both replicas killed": kill_both}


@pytest.mark.parametrize("what", ACCIDENTS)
def test_public_lists_are_answered_whatever_happens_to_standbys(what: str, running: Shop) -> None:
    """By another standby or by the primary, and by the standbys again when they are back."""
    report = read_meanwhile(running, what, ACCIDENTS[what])
    assert report.answers > 0
    assert not report.refused


def test_a_promoted_standby_is_no_longer_read_at(running: Shop) -> None:
    """It goes its own way from there on. Last: nobody takes it back."""

    def promote(cluster: ReadReplicas) -> None:
        node = cluster.replicas[0]
        node.run("pg_ctl", "promote", "-w", "-D", str(node.data))
        time.sleep(1)

    report = read_meanwhile(running, "a replica promoted", promote)
    assert not report.refused
    report = write_and_read(running, "after the promotion", 50, seed=2)
    assert not report.missed
    (lost,) = running.cluster.replicas[0].ask(
        "SELECT count(*) FROM pg_stat_activity WHERE usename = 'reader' AND query LIKE '%tbl_%'"
        " AND state_change > now() - interval '1 s'"
    )
    assert lost == (0,)


@pytest.mark.long
def test_users_read_what_they_wrote_in_10_000_pairs(tmp_path: Path) -> None:
    """Writes the record of the run."""
    lines = []
    with shop(tmp_path) as running:
        for seed, (what, disturbed) in enumerate(DISTURBANCES.items(), 11):
            running.await_reads_at_replicas()
            with disturbed(running.cluster):
                report = write_and_read(running, what, LONG_PAIRS, seed=seed)
            assert not report.missed
            lines.append(str(report))
        for name, happen in LONG_ACCIDENTS.items():
            read = read_meanwhile(running, name, happen)
            assert not read.refused
            lines.append(str(read))
    RUNS.mkdir(parents=True, exist_ok=True)
    (RUNS / "read-replicas.md").write_text(_page(lines), encoding="utf-8")


def _page(lines: list[str]) -> str:
    told, day = "\n".join(lines), time.strftime("%Y-%m-%d", time.gmtime())
    return f"""# Public reads at two replicas of PostgreSQL

Written by `tox -e failover -- tests/failover/test_reads.py -m long` ({day}).

A primary PostgreSQL 18 and two standbys that confirm nothing, and two servers with
`BAI_WX_DATABASE_READS`, of two workers and of one. {WRITERS} users create or rename companies and
upload files, each write followed by a read of it on another connection: a view or a filtered list,
at either server. Six reads in ten follow at once, the others within {LONGEST_WAIT_S} s. Meanwhile
nothing happens, or one standby shows each commit {DELAY_S} s late, or either stops replaying for up
to {LONGEST_HOLD_S} s.

Then guests and a user read the products without a pause while a standby is killed and started
again, both are, one stands still for {PAUSED_S:g} s (SIGSTOP), and both replay nothing for
{PAUSED_S:g} s.

```
{told}
```

A lag is what a server may assume at most: it looks four times a second.
"""


def _doctors(cluster: ReadReplicas, reads: str) -> tuple[str, bool]:
    """What `bai-wx doctor` says of standbys, and whether all can be read at."""
    primary = another(cluster.address)
    try:
        found = list(findings(reads, primary))
    finally:
        primary.disconnect()  # type: ignore[attr-defined]  # ours has it
    return "; ".join(told for told, _ in found), all(is_fit for _, is_fit in found)


async def _chosen(standbys: list[Standby], primary: Standby) -> set[str | None]:
    """Which replicas a worker's first second of reads is given."""
    replicas = Replicas(standbys, primary.open, asyncio.get_running_loop(), LIMIT_S)
    chosen: set[str | None] = set()
    try:
        until = time.monotonic() + 1
        while time.monotonic() < until:
            replicas.look()
            replica = replicas.chosen(0)
            chosen.add(replica.name if replica else None)
            await asyncio.sleep(0.02)
    finally:
        replicas.close()
    return chosen


def _set(node: Node, name: str, value: str) -> None:
    node.ask(f"ALTER SYSTEM SET {name} = '{value}'")
    node.ask("SELECT pg_reload_conf()")


@contextmanager
def _held(node: Node) -> Iterator[None]:
    """Have a standby receive, and replay nothing."""
    node.ask("SELECT pg_wal_replay_pause()")
    try:
        yield
    finally:
        node.ask("SELECT pg_wal_replay_resume()")
