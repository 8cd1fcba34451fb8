"""No acknowledged order is lost, half made or made twice: not with the primary database killed, not with
a replica of the server killed, not while the database stands still, not during an upgrade.
"""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.failover.cluster import DATABASE, Cluster
from tests.failover.drill import WORDS, Report, Shop, drill, shop
from tests.tree import RUNS

LONG_RUNS = 5
PAUSED_S = 5
EXPANSION = (  # what a migration may do while the code before it still serves
    "SET lock_timeout = '2s'; ALTER TABLE tbl_order ADD COLUMN order_next TEXT NOT NULL DEFAULT ''",
    "CREATE INDEX CONCURRENTLY order_next_of ON tbl_order (order_next)",
)
STALLED_S = 1  # the network between the databases, before the primary dies
NOTICED_S = 2  # from its death to the promotion


def fail_over(running: Shop[Cluster]) -> None:
    """The standby hears nothing for a moment, the primary dies, and the standby takes its place.

    What was committed in that moment is on the primary alone: whoever is told of it loses it.
    """
    primary = running.cluster.primary
    with primary.held_replication():
        time.sleep(STALLED_S)
        primary.kill()
    time.sleep(NOTICED_S)
    running.cluster.fail_over()


def kill_a_replica(running: Shop[Cluster]) -> None:
    """A replica of the server dies and is started again on its port."""
    replica = running.replicas[1]
    port = int(replica.url.rpartition(":")[2])
    replica.kill()
    time.sleep(1)
    replica.start(port)


def pause_the_database(running: Shop[Cluster]) -> None:
    """The primary stands still, and goes on."""
    running.cluster.primary.pause(PAUSED_S)


def upgrade(running: Shop[Cluster]) -> None:
    """The schema grows while both replicas serve; then they are replaced one after the other."""
    for change in EXPANSION:
        running.cluster.primary.ask(change, DATABASE)
    for replica in running.replicas:
        port = int(replica.url.rpartition(":")[2])
        assert replica.stop() == 0
        replica.start(port)


def replica_drill(running: Shop[Cluster]) -> Report:
    """Orders, and a replica of the server killed and started again in the middle."""
    report = drill(running, "replica killed", kill_a_replica, seconds=5, orders=300, after=50)
    assert report.is_clean, (report.orders, report.lines, report.changed)
    assert report.after >= 50
    assert report.repeated > 0
    return report


def pause_drill(running: Shop[Cluster]) -> Report:
    """Orders, and the database paused in the middle."""
    report = drill(running, "database paused", pause_the_database, seconds=5, orders=300, after=50)
    assert report.is_clean, (report.orders, report.lines, report.changed)
    assert report.after >= 50
    assert report.longest_wait_s > PAUSED_S / 2, "nobody noticed the pause"
    return report


def upgrade_drill(running: Shop[Cluster]) -> Report:
    """Orders, and an upgrade in the middle."""
    report = drill(running, "upgrade", upgrade, seconds=5, orders=300, after=50)
    assert report.is_clean, (report.orders, report.lines, report.changed)
    assert report.after >= 50
    return report


def failover_drill(running: Shop[Cluster]) -> Report:
    """A thousand orders with a failover in the middle; then the pair is made whole again."""
    report = drill(running, "failover", fail_over, seconds=8, orders=1_000, after=100)
    assert report.is_clean, (report.orders, report.lines, report.changed)
    assert report.orders.acknowledged >= 1_000
    assert report.after >= 100
    assert report.repeated >= 50
    running.cluster.follow(running.cluster.standby, running.cluster.primary)
    return report


DRILLS = {
    "replica": replica_drill,
    "pause": pause_drill,
    "upgrade": upgrade_drill,
    "failover": failover_drill,
}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop[Cluster]]:
    """One shop for all drills: each leaves it whole, the failover last."""
    with shop(tmp_path_factory.mktemp("failover")) as whole:
        yield whole


@pytest.mark.parametrize("name", DRILLS)
def test_no_acknowledged_order_is_lost(name: str, running: Shop[Cluster]) -> None:
    DRILLS[name](running)


@pytest.mark.long
def test_no_acknowledged_order_is_lost_in_five_runs(tmp_path: Path) -> None:
    """Each drill five times, each in a shop of its own; what came out is written to docs/runs."""
    reports = []
    for name, drilled in DRILLS.items():
        for number in range(LONG_RUNS):
            with shop(tmp_path / f"{name}-{number}") as whole:
                reports.append(drilled(whole))
    RUNS.mkdir(parents=True, exist_ok=True)
    (RUNS / "failover-5.md").write_text(_page(reports), encoding="utf-8")


def _page(reports: list[Report]) -> str:
    lines = "\n".join(str(report) for report in reports)
    return f"""# The failover drill, five times

Written by `tox -e failover -- tests/failover -m long` ({time.strftime("%Y-%m-%d", time.gmtime())}).

A primary PostgreSQL 18 and a synchronous standby, two replicas of the server behind `deploy/Caddyfile`,
and buyers who put a line into their cart and order it, again and again, with an `Idempotency-Key` each.
What is not acknowledged they send again with the same key. In the middle something happens:

- failover: nothing more reaches the standby; {STALLED_S} s later the primary and all its processes are killed
  with `kill -9`, and {NOTICED_S} s after that the standby is promoted;
- replica killed: one of the two servers is killed with `kill -9` and started again a second later;
- database paused: all processes of the primary stand still for {PAUSED_S} s (SIGSTOP, SIGCONT);
- upgrade: a column and an index are added, then the replicas are stopped and started one after the other.

Afterwards what the buyers were told is compared with the lists they see, the database with itself, and
every order that had to be retried is sent once more with its key: the same order must come back.

```
{lines}
```

{WORDS}
"""
