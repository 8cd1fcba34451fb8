"""`kill -9` at random moments, of starting too, under clients that fill carts and order them.

What a client was told is there afterwards, exactly as told, once, and nothing is half done.
"""

import json
import os
import random
import signal
import threading
import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests

from tests import databases
from tests.running import Client, Server

CLIENTS = 16
WORKERS = 2
LONGEST_LIFE_S = 1.2  # from the server's first answer to its end
LONGEST_START_S = 1.0  # from its process to its end, healthy or not
STARTS_KILLED = 0.25  # of the starts after a kill
FIRST_STARTS = 4  # on an empty home, killed; half of them as soon as there is a database
LONGEST_FILLING_S = 0.15  # from the database to the end: migration, demo shop, contract
DEMO_PRODUCTS = 10  # on sale
PATIENCE_S = 60  # for one request to be acknowledged, across restarts
RETRY_PAUSE_S = 0.03
RUNS = Path(__file__).parents[2] / "docs" / "runs"

Row = dict[str, Any]


@dataclass
class Journal:
    """What one client was told: its rows by business id, as they were last acknowledged."""

    lines: dict[str, Row] = field(default_factory=dict)
    orders: dict[str, Row] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)
    retries: int = 0
    cut_off: int = 0  # requests the server died over


class Shopper:
    """A client that fills its cart and orders it until told to stop, whatever happens between."""

    def __init__(self, client: Client, products: list[str], stop: threading.Event, seed: str):
        self.journal = Journal()
        self._client, self._products, self._stop = client, products, stop
        self._random = random.Random(seed)

    def shop(self) -> None:
        """Fill and order until stopped; every request is repeated until it is acknowledged."""
        while not self._stop.is_set():
            lines = [self._put(p) for p in self._some_products()]
            self._change_mind(lines)
            if not self._stop.is_set():  # so that some lines stay active
                self._order([line for line in lines if line not in self.journal.deleted])

    def _some_products(self) -> list[str]:
        return self._random.sample(self._products, self._random.randint(1, 4))

    def _put(self, product: str) -> str:
        quantity = self._random.randint(1, 20)
        body = {"cart_product_id": product, "cart_product_quantity": quantity}
        before = self._active_quantity(product)
        line = self._once("/cart/create", body)
        assert line["cart_product_quantity"] == before + quantity, "added exactly once"
        self.journal.lines[line["cart_id"]] = line
        cart_id: str = line["cart_id"]
        return cart_id

    def _active_quantity(self, product: str) -> int:
        return sum(
            line["cart_product_quantity"]
            for cart_id, line in self.journal.lines.items()
            if line["cart_product_id"] == product
            and line["cart_status"] == "active"
            and cart_id not in self.journal.deleted
        )

    def _change_mind(self, lines: list[str]) -> None:
        """Add to one line, or set its quantity, or throw it out, or leave it."""
        cart_id = self._random.choice(lines)
        match self._random.randrange(4):
            case 0:
                self._put(self.journal.lines[cart_id]["cart_product_id"])
            case 1:
                body = {"cart_id": cart_id, "cart_product_quantity": self._random.randint(1, 99)}
                self.journal.lines[cart_id] = self._until_acknowledged("/cart/update", body)
            case 2 if len(lines) > 1:
                self._delete(cart_id)

    def _delete(self, cart_id: str) -> None:
        # A delete whose answer was lost finds nothing to delete when it is repeated.
        self._until_acknowledged("/cart/delete", {"cart_id": cart_id}, also=404)
        self.journal.deleted.add(cart_id)

    def _order(self, cart_ids: list[str]) -> None:
        order = self._once("/order/create", {"order_source": "cart", "cart_ids": cart_ids})
        self.journal.orders[order["order_id"]] = order
        for cart_id in cart_ids:
            self.journal.lines[cart_id]["cart_status"] = "ordered"

    def _once(self, path: str, body: Row) -> Row:
        """Create under a key of its own, so that repeating does not create twice."""
        return self._until_acknowledged(path, body, headers={"Idempotency-Key": str(uuid.uuid4())})

    def _until_acknowledged(self, path: str, body: Row, *, also: int = 200, **options: Any) -> Row:
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            answer = None
            try:
                answer = self._client.hook(path, body, **options)
            except requests.RequestException as exc:
                self.journal.cut_off += "refused" not in str(exc)
            if answer is not None and answer.status_code in (200, also):
                data: Row = answer.json()["data"]
                return data
            assert answer is None or answer.status_code == 503, f"{path} {body}: {answer.text}"
            self.journal.retries += 1
            time.sleep(RETRY_PAUSE_S)
        raise TimeoutError(f"{path} was not acknowledged in {PATIENCE_S} s")


@dataclass
class Outcome:
    """What was told and what was found. Lost, half-made and duplicated are empty, or it failed."""

    kills: int
    killed_starts: int
    seed: int
    seconds: float = 0.0
    acknowledged: int = 0
    retries: int = 0
    cut_off: int = 0
    found: int = 0
    lost: list[str] = field(default_factory=list)
    half_made: list[str] = field(default_factory=list)
    duplicated: list[str] = field(default_factory=list)
    integrity: str = ""

    def __str__(self) -> str:
        return (
            f"acknowledged {self.acknowledged}, found {self.found}, lost {len(self.lost)}, "
            f"half-made {len(self.half_made)}, duplicated {len(self.duplicated)}, "
            f"kills {self.kills}, during start-up {self.killed_starts}"
        )

    @property
    def is_clean(self) -> bool:
        """Whether nothing is lost, half made, there twice or corrupt."""
        wrong = [*self.lost, *self.half_made, *self.duplicated]
        return not wrong and self.found == self.acknowledged and self.integrity == "ok"


def drill(home: Path, kills: int) -> Outcome:
    """Kill the server `kills` times under load, then compare the journals with what is there.

    A share of the starts after a kill is killed as well, and so are the first ones on an empty home.
    """
    seed = random.SystemRandom().randrange(2**32)
    chance = random.Random(seed)
    print(f"\nseed {seed}")
    began = time.monotonic()
    server = Server(home, workers=WORKERS)
    killed_starts = _kill_first_starts(server, chance)
    server.start()
    port = int(server.url.rpartition(":")[2])
    stop = threading.Event()
    shoppers = [_shopper(server.url, number, stop, seed) for number in range(CLIENTS)]
    with ThreadPoolExecutor(CLIENTS) as pool:
        shopping = [pool.submit(shopper.shop) for shopper in shoppers]
        try:
            for number in range(kills):
                time.sleep(chance.uniform(0, LONGEST_LIFE_S))
                _kill(server, chance)
                if chance.random() < STARTS_KILLED:
                    _kill_starting(server, chance, port)
                    killed_starts += 1
                server.start(port)
                if (number + 1) % 20 == 0:
                    print(f"{number + 1} kills, {time.monotonic() - began:.0f} s", flush=True)
        finally:
            stop.set()
        for done in shopping:
            done.result(PATIENCE_S)
    outcome = Outcome(kills, killed_starts, seed)
    _compare(outcome, server, shoppers)
    outcome.seconds = time.monotonic() - began
    assert server.stop() == 0
    print(f"{outcome} (cut off {outcome.cut_off}, repeated {outcome.retries})", flush=True)
    return outcome


def _kill_first_starts(server: Server, chance: random.Random) -> int:
    """Kill starts on an empty home; the next one must come up with the whole shop."""
    for number in range(FIRST_STARTS):
        server.empty()
        _kill_starting(server, chance, filling=number % 2 == 0)
        with server:
            listed = Client(server.url).get("/collections/tbl_product_list/records").json()
            assert listed["totalItems"] == DEMO_PRODUCTS, "the demo shop is whole"
    return FIRST_STARTS


def _kill_starting(
    server: Server, chance: random.Random, port: int = 0, *, filling: bool = False
) -> None:
    """Start, and kill at a random moment; `filling` waits for the database's file first."""
    server.spawn(port)
    deadline = time.monotonic() + PATIENCE_S
    while filling and not databases.is_made(server.address):
        assert time.monotonic() < deadline, "no database was made"
        time.sleep(0.001)
    time.sleep(chance.uniform(0, LONGEST_FILLING_S if filling else LONGEST_START_S))
    _kill(server, chance)


def _shopper(url: str, number: int, stop: threading.Event, seed: int) -> Shopper:
    client = Client(url).login(f"shopper-{number}")
    listed = client.get("/collections/tbl_product_list/records?perPage=100").json()["items"]
    return Shopper(client, [item["id"] for item in listed], stop, f"{seed}-{number}")


def _kill(server: Server, chance: random.Random) -> None:
    """Kill -9 the parent and everything it started, in any order, and see them gone."""
    assert server.process is not None
    pids = [server.process.pid, *_children(server.process.pid)]
    chance.shuffle(pids)
    for pid in pids:
        with suppress(ProcessLookupError):  # a child ends with its parent
            os.kill(pid, signal.SIGKILL)
    server.kill()
    deadline = time.monotonic() + PATIENCE_S
    while any(_is_running(pid) for pid in pids):
        assert time.monotonic() < deadline, "a killed process is still there"
        time.sleep(0.01)


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"  # a zombie has let go of its files and sockets


def _compare(outcome: Outcome, server: Server, shoppers: list[Shopper]) -> None:
    for shopper in shoppers:
        journal = shopper.journal
        outcome.retries += journal.retries
        outcome.cut_off += journal.cut_off
        _compare_rows(outcome, "cart_id", journal.lines, shopper, "/cart/list")
        _compare_rows(outcome, "order_id", journal.orders, shopper, "/order/list")
    outcome.half_made = half_made(server)
    outcome.integrity = databases.integrity(server.address)


def _compare_rows(
    outcome: Outcome, name: str, told: dict[str, Row], shopper: Shopper, path: str
) -> None:
    """Compare what a client was told with what it is shown now; deleted rows must not be shown."""
    shown = list(_all_pages(shopper._client, path))
    there = {row[name]: row for row in shown}
    outcome.acknowledged += len(told)
    for row_id, row in told.items():
        expected = None if row_id in shopper.journal.deleted else _lasting(row)
        actual = _lasting(there[row_id]) if row_id in there else None
        if expected == actual:
            outcome.found += 1
        else:
            outcome.lost.append(f"{row_id}: told {expected}, found {actual}")
    unknown = [row_id for row_id in there if row_id not in told]
    twice = [row_id for row_id, times in Counter(row[name] for row in shown).items() if times > 1]
    outcome.duplicated += unknown + twice


def _all_pages(client: Client, path: str) -> list[Row]:
    items: list[Row] = []
    while True:
        page = 1 + len(items) // 100
        data = client.data(path, {"page": page, "perPage": 100, "sort": "created"})
        items += data["items"]
        if page >= data["totalPages"]:
            return items


def _lasting(row: Row) -> Row:
    """What of a row an order does not change."""
    return {key: value for key, value in row.items() if key != "updated"}


def half_made(server: Server) -> list[str]:
    """Every order or line of the database that another one contradicts. Amounts are in fen."""
    wrong = []
    lines = {row["cart_id"]: row for row in server.rows("SELECT * FROM tbl_cart")}
    named: Counter[str] = Counter()
    for order in server.rows("SELECT * FROM tbl_order"):
        snap = json.loads(order["order_snap"])
        fen = [round(item["subtotal"] * 100) for item in snap["items"]]
        if not order["order_amount"] == sum(fen) == round(snap["total"] * 100):
            wrong.append(f"{order['order_id']}: the amount is not the sum of its items")
        cart_ids = order["order_source_id"].split(",")
        named.update(cart_ids)
        taken = [lines[cart_id] for cart_id in cart_ids if cart_id in lines]
        if [line["cart_status"] for line in taken] != ["ordered"] * len(cart_ids):
            wrong.append(f"{order['order_id']}: a line of it is missing or still active")
        quantities = [line["cart_product_quantity"] for line in taken]
        if quantities != [item["quantity"] for item in snap["items"]]:
            wrong.append(f"{order['order_id']}: its snapshot has other quantities than its lines")
        if {line["cart_owner"] for line in taken} != {order["order_owner"]}:
            wrong.append(f"{order['order_id']}: a line of it is somebody else's")
    for cart_id, line in lines.items():
        if named[cart_id] != (1 if line["cart_status"] == "ordered" else 0):
            wrong.append(f"{cart_id}: {line['cart_status']}, and {named[cart_id]} orders name it")
    return wrong


def test_nothing_is_lost_or_half_made_after_20_kills(tmp_path: Path) -> None:
    """Twenty kills under 16 clients, and some of starting: every acknowledged row is there, as told,
    once.
    """
    outcome = drill(tmp_path / "home", kills=20)
    assert outcome.acknowledged > 20 * CLIENTS
    assert outcome.cut_off > 0, "no kill hit a request"
    assert outcome.is_clean, outcome


@pytest.mark.long
def test_nothing_is_lost_or_half_made_after_200_kills(tmp_path: Path) -> None:
    """The same 200 times; what came out is written to docs/runs."""
    outcome = drill(tmp_path / "home", kills=200)
    RUNS.mkdir(parents=True, exist_ok=True)
    (RUNS / "kill-200.md").write_text(_page(outcome), encoding="utf-8")
    assert outcome.is_clean, outcome


def _page(outcome: Outcome) -> str:
    return f"""# `kill -9`, 200 times

Written by `tox -e long -- tests/stories/test_kill.py` ({time.strftime("%Y-%m-%d", time.gmtime())}).

{CLIENTS} clients filled carts and ordered them; the parent and its {WORKERS} workers were killed
with `kill -9` at random moments, up to {LONGEST_LIFE_S} s after each start, and started again on
the same port and database. About one in {1 / STARTS_KILLED:.0f} of these starts was killed too, up to
{LONGEST_START_S} s after its process began, and before all of them {FIRST_STARTS} first starts on an
empty home, half of these while the database was being made and filled. Every client repeated what
was not acknowledged, creates with their `Idempotency-Key`. Afterwards everything the clients had
been told was compared with the lists they see, and the database with itself.

```
{outcome}
```

| | |
| --- | --- |
| seed of the moments | {outcome.seed} |
| minutes | {outcome.seconds / 60:.1f} |
| requests that had to be repeated | {outcome.retries} |
| of these, requests the server died over | {outcome.cut_off} |
| `PRAGMA integrity_check` | {outcome.integrity} |

lost: an acknowledged row that is not there exactly as acknowledged · half-made: an order that is
not the sum of its items or disagrees with its lines, a line ordered without an order · duplicated:
a row nobody was told of.
"""
