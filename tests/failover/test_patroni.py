"""Patroni makes the standby the primary by itself, and no acknowledged order is lost or made twice, whichever
part of the cluster dies, stands still or is cut off. deploy/patroni/patroni.yml is used as it is.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.failover import hosts
from tests.failover.drill import BUYERS, WORDS, Report, Shop, drill, serving
from tests.failover.patroni_cluster import PatroniCluster, PatroniNode
from tests.tree import RUNS

ROUNDS = int(os.environ.get("FAILOVER_ROUNDS", "5"))
AWAY_S = 10  # that a node stays away while the other one serves
WITHOUT_ETCD_S = 30  # longer than a lease
WITHIN_S = 60  # orders go on: twice what is aimed at, for machines that are busy

Running = Shop[PatroniCluster]


def kill_postgres(running: Running) -> None:
    """PostgreSQL of the leader is killed, Patroni beside it is well."""
    leader, standby = running.cluster.leader, running.cluster.standby
    leader.kill_postgres()
    _taken_over(running.cluster, standby)


def kill_the_leaders_node(running: Running) -> None:
    """Patroni and PostgreSQL of the leader are killed at once; the node comes back."""
    leader, standby = running.cluster.leader, running.cluster.standby
    leader.kill()
    _taken_over(running.cluster, standby, leader.start)


def pause_the_leaders_node(running: Running) -> None:
    """Patroni and PostgreSQL of the leader stand still, and go on as if nothing had been."""
    leader, standby = running.cluster.leader, running.cluster.standby
    leader.pause()
    try:
        _taken_over(running.cluster, standby, leader.go_on)
    finally:
        leader.go_on()


def cut_the_leaders_network(running: Running) -> None:
    """The leader reaches nobody, neither etcd nor the standby nor the servers; then the cable is back."""
    leader, standby = running.cluster.leader, running.cluster.standby
    leader.host.cut_off()
    try:
        _taken_over(running.cluster, standby, leader.host.plug_in)
    finally:
        leader.host.plug_in()


def switch_over(running: Running) -> None:
    """An operator has the nodes change places."""
    standby = running.cluster.standby
    running.cluster.switch_over()
    _taken_over(running.cluster, standby)


def kill_the_standbys_node(running: Running) -> None:
    """Patroni and PostgreSQL of the standby are killed at once; the node comes back."""
    standby = running.cluster.standby
    standby.kill()
    time.sleep(AWAY_S)
    standby.start()
    running.cluster.await_whole()


def kill_etcd(running: Running) -> None:
    """Etcd is away for longer than a lease, and comes back."""
    running.cluster.etcd.kill()
    time.sleep(WITHOUT_ETCD_S)
    running.cluster.etcd.start()
    time.sleep(AWAY_S)
    running.cluster.await_whole()


def _taken_over(
    cluster: PatroniCluster, standby: PatroniNode, back: Callable[[], None] | None = None
) -> None:
    """The standby is the leader now; after a while the other node comes back and confirms commits again."""
    cluster.await_leader(standby)
    if back is not None:
        time.sleep(AWAY_S)
        back()
    cluster.await_whole()
    assert cluster.leader is standby


IN_CI = {"PostgreSQL of the leader killed": kill_postgres, "switchover": switch_over}
NEEDS_A_NETWORK = "network of the leader's node cut"
DRILLS = {
    **IN_CI,
    "node of the leader killed": kill_the_leaders_node,
    "node of the leader paused": pause_the_leaders_node,
    "node of the standby killed": kill_the_standbys_node,
    "etcd killed and back": kill_etcd,
    NEEDS_A_NETWORK: cut_the_leaders_network,
}


def run(name: str, running: Running) -> Report:
    """Orders, and the accident in the middle."""
    report = drill(running, name, DRILLS[name], seconds=4, orders=200, after=50)
    assert report.is_clean, (report.orders, report.lines, report.changed)
    assert report.after >= 50
    assert report.longest_wait_s < WITHIN_S
    return report


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One shop for all drills: each leaves it whole."""
    folder = tmp_path_factory.mktemp("patroni")
    with PatroniCluster() as cluster, serving(folder, cluster) as whole:
        yield whole


@pytest.mark.parametrize("name", IN_CI)
def test_no_acknowledged_order_is_lost(name: str, running: Running) -> None:
    run(name, running)


@pytest.mark.long
def test_no_acknowledged_order_is_lost_in_many_rounds(tmp_path: Path) -> None:
    """Every drill so many times, round by round; what came out is written to docs/runs."""
    why_not = hosts.why_not()
    reports: list[Report] = []
    names = [name for name in DRILLS if name != NEEDS_A_NETWORK or not why_not]
    with ExitStack() as stack:
        network = hosts.BESIDE if why_not else stack.enter_context(hosts.separate())
        cluster = stack.enter_context(PatroniCluster(network))
        running = stack.enter_context(serving(tmp_path, cluster))
        stack.callback(lambda: _write(reports))
        for _ in range(ROUNDS):
            reports += [run(name, running) for name in names]
    if why_not:
        pytest.skip(f"no cable was pulled: {why_not}")


def _write(reports: list[Report]) -> None:
    """Write the page; drills stand together."""
    RUNS.mkdir(parents=True, exist_ok=True)
    reports = sorted(reports, key=lambda report: list(DRILLS).index(report.accident))
    (RUNS / "patroni.md").write_text(_page(reports), encoding="utf-8")


def _page(reports: list[Report]) -> str:
    lines = "\n".join(str(report) for report in reports)
    rows = "\n".join(_row(name, reports) for name in DRILLS)
    date = time.strftime("%Y-%m-%d", time.gmtime())
    return f"""# Patroni's drills: failing over by itself under orders

Written by `tox -e failover -- tests/failover/test_patroni.py -m long` ({date}).

Two nodes of Patroni and PostgreSQL 18, each in a network namespace of its own, by `deploy/patroni/patroni.yml`
as it is; etcd, two replicas of the server behind `deploy/Caddyfile`, and {BUYERS} buyers who put a line into
their cart and order it, on and on, with an `Idempotency-Key` each. What is not acknowledged they send again
with the same key. All of it is on one machine, whose processors are busy.

A node that is killed, paused or cut off comes back {AWAY_S} s after the other one was the leader; etcd is away
for {WITHOUT_ETCD_S} s. Orders go on all the while, until the cluster is whole.

| drill | rounds | lost | duplicated | gap, s: each round |
| --- | --- | --- | --- | --- |
{rows}

The gap is the longest time without an acknowledged order.

```
{lines}
```

{WORDS}
"""


def _row(name: str, reports: list[Report]) -> str:
    ours = [report for report in reports if report.accident == name]
    lost = sum(len(each.orders.lost + each.lines.lost) for each in ours)
    twice = (each.orders.duplicated + each.lines.duplicated + each.changed for each in ours)
    gaps = " · ".join(f"{each.longest_wait_s:.1f}" for each in ours)
    return f"| {name} | {len(ours)} | {lost} | {sum(map(len, twice))} | {gaps} |"
