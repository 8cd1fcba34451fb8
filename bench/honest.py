"""An honest client beside hostile connections, timed request by request."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import requests

from tests.running import Client, Server

PATIENCE_S = 30
LOOK_S = 0.2
ROOT = Path(__file__).parent.parent


@dataclass
class Beside:
    """What the honest client saw: milliseconds of each answered request, and how many were not."""

    ms: list[float] = field(default_factory=list)
    refused: int = 0
    worker_mib: float = 0.0

    def percentile(self, share: float) -> float:
        """The time that so large a share of the requests stayed below."""
        ordered = sorted(self.ms) or [float("inf")]
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def fill(server: Server, *, documents: int, products: int) -> None:
    """Import long documents and many products, so that a hostile list is work."""
    words = "<p>铝合金 socket 一二三 &amp; more</p>" * 2_500  # some 100 KB
    server.take(
        {
            "tbl_document": [
                {
                    "document_id": f"D-SLOW-{number}",
                    "document_title": f"说明书 {number}",
                    "document_status": "有效",
                    "document_content": words,
                }
                for number in range(documents)
            ],
            "tbl_product_list": [
                {
                    "prod_list_id": f"P-SLOW-{number}",
                    "prod_list_name": f"开关 {number}",
                    "prod_list_basic_price": 9.5,
                    "prod_list_status": "on_sale",
                }
                for number in range(products)
            ],
        }
    )


def beside(server: Server, kind: str, connections: int, seconds: float) -> Beside:
    """View and order for so long beside hostile connections of a kind, or beside nobody."""
    found = Beside()
    shopper = Client(server.url).login("honest")
    product = shopper.get("/collections/tbl_product_list/records").json()["items"][0]
    with _watched(server, found), _attacked(server.url, kind, connections, seconds):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            _shop(shopper, product, found)
    return found


def _shop(shopper: Client, product: dict[str, str], found: Beside) -> None:
    """View a product, add it to the cart and order the line."""
    _timed(found, shopper, "GET", f"/collections/tbl_product_list/records/{product['id']}")
    wanted = {"cart_product_id": product["id"], "cart_product_quantity": 1}
    line = _timed(found, shopper, "POST", "/cart/create", wanted)
    if line is not None and line.status_code == 200:
        order = {"order_source": "cart", "cart_ids": [line.json()["data"]["cart_id"]]}
        _timed(found, shopper, "POST", "/order/create", order)


def _timed(
    found: Beside, shopper: Client, method: str, path: str, body: object = None
) -> requests.Response | None:
    began = time.perf_counter()
    with suppress(requests.RequestException):
        answer = shopper.request(method, path, **({} if body is None else {"json": body}))
        found.ms.append((time.perf_counter() - began) * 1000)
        found.refused += answer.status_code != 200
        return answer
    found.ms.append((time.perf_counter() - began) * 1000)
    found.refused += 1
    return None


@contextmanager
def _attacked(url: str, kind: str, connections: int, seconds: float) -> Iterator[None]:
    if not kind:
        yield
        return
    command = [sys.executable, "-m", "bench.hostile", kind, url, str(connections), str(seconds)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as attackers:
        assert attackers.stdout is not None
        try:
            assert attackers.stdout.readline() == "attacking\n", f"{kind} did not begin"
            yield
        finally:
            attackers.kill()


@contextmanager
def _watched(server: Server, found: Beside) -> Iterator[None]:
    """Look at the workers' memory again and again; the largest counts."""
    done = threading.Event()

    def watch() -> None:
        while not done.wait(LOOK_S):
            with suppress(OSError, IndexError, ValueError):  # a worker that is being replaced
                found.worker_mib = max(found.worker_mib, *server.resident_mib())

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join(PATIENCE_S)
