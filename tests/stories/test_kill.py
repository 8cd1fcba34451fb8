"""`kill -9` at random moments, of starting too, under clients that fill carts and order them.

What a client was told is there afterwards, exactly as told, once, and nothing is half done.
"""

import os
import random
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import databases
from tests.databases import IS_POSTGRES
from tests.processes import children, is_running
from tests.running import Client, Server
from tests.stories.accounts import Account, half_made
from tests.stories.shoppers import PATIENCE_S, Shopper, products_of
from tests.tree import RUNS

CLIENTS = 16
WORKERS = 2
LONGEST_LIFE_S = 1.2  # from the server's first answer to its end
LONGEST_START_S = 1.0  # from its process to its end, healthy or not
STARTS_KILLED = 0.25  # of the starts after a kill
FIRST_STARTS = 4  # on an empty home, killed; half of them as soon as there is a database
LONGEST_FILLING_S = 0.15  # from the database to the end: migration, demo shop, contract
DEMO_PRODUCTS = 10  # on sale
PAGE = "kill-200-postgresql.md" if IS_POSTGRES else "kill-200.md"
CHECK = "`bt_index_check` of every index" if IS_POSTGRES else "`PRAGMA integrity_check`"
ENVIRONMENT = "BAI_WX_TEST_DATABASE=postgresql " if IS_POSTGRES else ""
COMMAND = f"{ENVIRONMENT}tox -e long -- tests/stories/test_kill.py"


@dataclass(kw_only=True)
class Outcome(Account):
    """What was told and what was found after the kills."""

    kills: int
    killed_starts: int
    seed: int
    seconds: float = 0.0
    orders: int = 0  # of the acknowledged rows
    retries: int = 0
    cut_off: int = 0
    integrity: str = ""

    def __str__(self) -> str:
        return f"{super().__str__()}, kills {self.kills}, during start-up {self.killed_starts}"

    @property
    def is_clean(self) -> bool:
        """Whether nothing is lost, half made, there twice or corrupt."""
        return super().is_clean and self.integrity == "ok"


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
    outcome = Outcome(kills=kills, killed_starts=killed_starts, seed=seed)
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
    return Shopper(client, products_of(client), stop, f"{seed}-{number}")


def _kill(server: Server, chance: random.Random) -> None:
    """Kill -9 the parent and everything it started, in any order, and see them gone."""
    assert server.process is not None
    pids = [server.process.pid, *children(server.process.pid)]
    chance.shuffle(pids)
    for pid in pids:
        with suppress(ProcessLookupError):  # a child ends with its parent
            os.kill(pid, signal.SIGKILL)
    server.kill()
    deadline = time.monotonic() + PATIENCE_S
    while any(is_running(pid) for pid in pids):
        assert time.monotonic() < deadline, "a killed process is still there"
        time.sleep(0.01)


def _compare(outcome: Outcome, server: Server, shoppers: list[Shopper]) -> None:
    for shopper in shoppers:
        outcome.retries += shopper.journal.retries
        outcome.cut_off += shopper.journal.cut_off
        outcome.orders += len(shopper.journal.orders)
        outcome.compare_lines(shopper)
        outcome.compare_orders(shopper)
    outcome.half_made = half_made(server)
    outcome.integrity = databases.integrity(server.address)


def test_nothing_is_lost_or_half_made_after_10_kills(tmp_path: Path) -> None:
    """Ten kills under 16 clients, and some of starting: every acknowledged row is there, as told, once."""
    outcome = drill(tmp_path / "home", kills=10)
    assert outcome.acknowledged > 10 * CLIENTS
    assert outcome.cut_off > 0, "no kill hit a request"
    assert outcome.is_clean, outcome


@pytest.mark.long
def test_nothing_is_lost_or_half_made_after_200_kills(tmp_path: Path) -> None:
    """The same 200 times; what came out is written to docs/runs."""
    outcome = drill(tmp_path / "home", kills=200)
    RUNS.mkdir(parents=True, exist_ok=True)
    (RUNS / PAGE).write_text(_page(outcome), encoding="utf-8")
    assert outcome.is_clean, outcome


def _page(outcome: Outcome) -> str:
    return f"""# `kill -9`, 200 times{", on PostgreSQL" if IS_POSTGRES else ""}

Written by `{COMMAND}` ({time.strftime("%Y-%m-%d", time.gmtime())}).

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
| {CHECK} | {outcome.integrity} |

lost: an acknowledged row that is not there exactly as acknowledged · half-made: an order that is
not the sum of its items or disagrees with its lines, a line ordered without an order · duplicated:
a row nobody was told of.
"""
