"""A shop at work while something goes wrong: buyers that never give up, readers, and what each was answered."""

import math
import secrets
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import requests

from tests import databases
from tests.faults.steps import first_product, put_into_cart
from tests.running import Client, Server
from tests.stories.accounts import Account, half_made
from tests.stories.shoppers import PATIENCE_S, RETRY_PAUSE_S, Shopper, products_of

LISTED = "/collections/tbl_product_list/records?perPage=30"
READ_PAUSE_S = 0.01
NOBODY = 0  # stands for the status where nobody answers


@dataclass
class Reader:
    """Asks for a list and for its own cart, again and again."""

    client: Client
    stop: threading.Event
    statuses: Counter[int] = field(default_factory=Counter)
    took_s: list[float] = field(default_factory=list)

    def read(self) -> None:
        """Until told to stop."""
        while not self.stop.is_set():
            self._ask("GET", LISTED, None)
            self._ask("POST", "/cart/list", {})
            time.sleep(READ_PAUSE_S)

    def _ask(self, method: str, path: str, body: dict[str, str] | None) -> None:
        began = time.monotonic()
        try:
            status = self.client.request(method, path, json=body).status_code
        except requests.ConnectionError:
            status = NOBODY
            time.sleep(RETRY_PAUSE_S)
        self.took_s.append(time.monotonic() - began)
        self.statuses[status] += 1


@dataclass
class Work:
    """What goes on in the shop, and a client of nobody else's to ask with."""

    server: Server
    probe: Client
    product: str
    shoppers: list[Shopper]
    readers: list[Reader]

    def write(self) -> requests.Response:
        """One write of the probe's."""
        return put_into_cart(self.probe, self.product)

    @property
    def orders(self) -> int:
        """How many were acknowledged."""
        return sum(len(shopper.journal.orders) for shopper in self.shoppers)

    def reads(self) -> Counter[int]:
        """What readers were answered so far."""
        return sum((reader.statuses for reader in self.readers), Counter[int]())

    def forget_reads(self) -> None:
        """Begin the readers' figures anew."""
        for reader in self.readers:
            reader.statuses, reader.took_s = Counter(), []

    def read_p99_ms(self) -> float:
        """The 99th percentile of a read so far, in milliseconds."""
        took = sorted(t for reader in self.readers for t in list(reader.took_s))
        return 1000 * took[max(0, math.ceil(len(took) * 0.99) - 1)]


@contextmanager
def at_work(server: Server, *, buyers: int = 4, readers: int = 2) -> Iterator[Work]:
    """Buyers and readers at work; whatever one of them must not meet is raised at the end."""
    stop, seed = threading.Event(), secrets.token_hex(4)
    guest = Client(server.url)
    products = products_of(guest)
    shoppers = [
        Shopper(guest.login(f"buyer-{n}"), products, stop, f"{seed}-{n}") for n in range(buyers)
    ]
    reading = [Reader(guest.login(f"reader-{n}"), stop) for n in range(readers)]
    probe = guest.login("probe")
    with ThreadPoolExecutor(buyers + readers) as pool:
        busy = [pool.submit(each.shop) for each in shoppers]
        busy += [pool.submit(each.read) for each in reading]
        try:
            yield Work(server, probe, first_product(probe), shoppers, reading)
        finally:
            stop.set()
        for each in busy:
            each.result(PATIENCE_S)


@dataclass(kw_only=True)
class Outcome(Account):
    """What was told and found, whether the database is whole, and how often clients had to ask again."""

    orders: int = 0
    retries: int = 0
    integrity: str = ""

    def __str__(self) -> str:
        return f"{super().__str__()}, orders {self.orders}, sent again {self.retries}"

    @property
    def is_clean(self) -> bool:
        """Whether nothing is lost, half made, there twice or corrupt."""
        return super().is_clean and self.integrity == "ok"


def compare(work: Work) -> Outcome:
    """Compare what the buyers were told with what is there."""
    done = Outcome(orders=work.orders)
    for shopper in work.shoppers:
        done.compare_lines(shopper)
        done.compare_orders(shopper)
        done.retries += shopper.journal.retries
    done.half_made = half_made(work.server)
    done.integrity = databases.integrity(work.server.address)
    return done
