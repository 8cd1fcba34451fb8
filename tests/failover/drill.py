"""A shop of two replicas behind the proxy, buyers that never give up, and an accident in the middle."""

import secrets
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Generic, TypeVar

from tests.failover.cluster import Cluster
from tests.failover.patroni_cluster import PatroniCluster
from tests.failover.proxy import Proxy
from tests.running import Client, Server
from tests.stories.accounts import Account, half_made
from tests.stories.shoppers import Shopper, products_of

BUYERS = 200
PAUSE_S = 0.25  # before the same request is sent again
LINES = 1  # so that about as many buyers wait for an order as for a cart line
PATIENCE_S = 120  # for what a slow machine has not ordered in time, and for all to come to an end
LOGINS_AT_ONCE = 16


AnyCluster = TypeVar("AnyCluster", Cluster, PatroniCluster)
WORDS = """\
lost: an acknowledged order or cart line that is not there exactly as acknowledged · duplicated: a row
nobody was told of, or a key that gives another order now · half-made: an order that is not the sum
of its items or disagrees with its lines, a line ordered without an order."""
"""What the words of the drills' figures mean."""


@dataclass
class Shop(Generic[AnyCluster]):
    """Everything that serves: a pair of databases, two replicas, the proxy."""

    cluster: AnyCluster
    replicas: list[Server]
    proxy: Proxy


@dataclass
class Report:
    """What the buyers were told and what was found."""

    accident: str
    seconds: float = 0.0
    orders: Account = field(default_factory=Account)
    lines: Account = field(default_factory=Account)
    after: int = 0  # orders acknowledged after the accident was over
    repeated: int = 0  # orders acknowledged only when sent again with the same key
    changed: list[str] = field(default_factory=list)  # keys that give another order now
    longest_wait_s: float = 0.0  # without any order acknowledged

    def __str__(self) -> str:
        return (
            f"{self.accident}: orders acknowledged {self.orders.acknowledged}, "
            f"orders found {self.orders.found}, after it {self.after}, "
            f"retried with the same key {self.repeated}, "
            f"lost {len(self.orders.lost + self.lines.lost)}, "
            f"duplicated {len(self.orders.duplicated + self.lines.duplicated + self.changed)}, "
            f"half-made {len(self.orders.half_made)}; "
            f"longest time without an order {self.longest_wait_s:.1f} s"
        )

    @property
    def is_clean(self) -> bool:
        """Whether nothing is lost, half made or there twice."""
        return self.orders.is_clean and self.lines.is_clean and not self.changed


@contextmanager
def shop(folder: Path, *, synchronous: bool = True) -> Iterator[Shop[Cluster]]:
    """Start everything on 127.0.0.1; stop all of it, whatever happens."""
    with (
        Cluster(synchronous=synchronous) as cluster,
        serving(folder, cluster) as shop,
    ):
        yield shop


@contextmanager
def serving(folder: Path, cluster: AnyCluster) -> Iterator[Shop[AnyCluster]]:
    """Start two replicas on these databases, and the proxy."""
    with ExitStack() as stack:
        settings = {
            "BAI_WX_DATABASE": cluster.address,
            "BAI_WX_SECRET": secrets.token_urlsafe(48),
            "BAI_WX_TRUSTED_PROXIES": "127.0.0.1",
        }
        replicas = [Server(folder / f"replica-{n}", **settings) for n in (1, 2)]
        for replica in replicas:
            replica.start()
            stack.callback(replica.kill)
        proxy = stack.enter_context(Proxy(folder / "proxy", [each.url for each in replicas]))
        yield Shop(cluster, replicas, proxy)


def drill(
    running: Shop[AnyCluster],
    accident: str,
    happen: Callable[[Shop[AnyCluster]], None],
    *,
    seconds: float,
    orders: int,
    after: int,
    keys: bool = True,
) -> Report:
    """Let buyers order for so long and until there are so many orders; in the middle it happens.

    `after` of the orders come when the accident is over, however long that takes on a busy machine.
    `happen` returns when the accident is over. `keys=False` shows what clients without keys get.
    """
    stop, began = threading.Event(), time.monotonic()
    buyers = _buyers(running.proxy.url, stop, keys=keys)
    with ThreadPoolExecutor(BUYERS) as pool:
        shopping = [pool.submit(buyer.shop) for buyer in buyers]
        try:
            _until(time.monotonic() + seconds / 2, orders // 2, buyers, shopping)
            happen(running)
            over = time.monotonic()
            _until(over + seconds / 2, max(orders, _ordered(buyers) + after), buyers, shopping)
        finally:
            stop.set()
        for done in shopping:
            done.result(PATIENCE_S)
    report = Report(accident)
    _compare(report, running, buyers, over)
    report.seconds = time.monotonic() - began
    print(f"\n{report}", flush=True)
    return report


def _buyers(url: str, stop: threading.Event, *, keys: bool) -> list[Shopper]:
    products, seed = products_of(Client(url)), secrets.token_hex(4)

    def buyer(number: int) -> Shopper:
        client = Client(url).login(f"buyer-{seed}-{number}")
        options = {"most_lines": LINES, "keys": keys}
        return Shopper(client, products, stop, f"{seed}-{number}", pause_s=PAUSE_S, **options)

    with ThreadPoolExecutor(LOGINS_AT_ONCE) as pool:
        return list(pool.map(buyer, range(BUYERS)))


def _until(moment: float, orders: int, buyers: list[Shopper], shopping: list[Future[None]]) -> None:
    """Wait for the moment, and for so many orders. Raises: what a buyer met that it must not meet."""
    late = moment + PATIENCE_S
    while time.monotonic() < moment or _ordered(buyers) < orders:
        for done in shopping:
            if done.done():
                done.result()
        assert time.monotonic() < late, f"{_ordered(buyers)} orders of {orders} in time"
        time.sleep(0.1)


def _ordered(buyers: list[Shopper]) -> int:
    return sum(len(buyer.journal.orders) for buyer in buyers)


def _compare(report: Report, running: Shop[AnyCluster], buyers: list[Shopper], over: float) -> None:
    moments = sorted(m for buyer in buyers for m in buyer.journal.ordered_at.values())
    report.after = sum(moment > over for moment in moments)
    report.longest_wait_s = max(b - a for a, b in pairwise(moments))
    for buyer in buyers:
        report.orders.compare_orders(buyer)
        report.lines.compare_lines(buyer)
        report.repeated += len(buyer.journal.repeated)
        report.changed += list(_changed(buyer))
    report.orders.half_made = half_made(running.replicas[0])


def _changed(buyer: Shopper) -> Iterator[str]:
    """The orders whose request, sent once more with its key, is answered with another order."""
    for order_id, (key, body) in buyer.journal.repeated.items():
        answer = buyer.client.hook("/order/create", body, headers={"Idempotency-Key": key})
        again = answer.json()["data"]
        if answer.status_code != 200 or again["order_id"] != order_id:
            yield f"{order_id}: its key gives {answer.text}"
