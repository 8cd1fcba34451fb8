"""The secret is rotated under orders: nobody is logged out, neither users nor operators, nor any open form."""

import json
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bai_wx.console.roles import Role
from tests.console.shop import make_operator
from tests.console.visitor import TOKEN, Visitor
from tests.databases import without_sql
from tests.drills.renewing import Renewer
from tests.faults.steps import In, eventually, first_product, serving
from tests.running import STRONG, Client, Server

CLIENTS = 16
WORKERS = 2
BETWEEN_S = 0.5  # before, between and after the rotations
LEARNED_S = 3.0  # a worker looks once a second
DOTENV = "BAI_WX_LIMITS=off\nBAI_WX_SECRET={}\nBAI_WX_ACCEPTED_SECRET={}\n"
REPLACED_S = 120
GIVEN = (STRONG, STRONG[::-1])


@dataclass
class Outcome:
    """What clients were answered, and what became of their tokens."""

    statuses: Counter[int]
    orders: int
    found: int
    renewed: int
    cut_off: int

    def __str__(self) -> str:
        return (
            f"orders acknowledged {self.orders}, found {self.found}, tokens renewed {self.renewed},"
            f" answers {dict(self.statuses)}, 401s {self.statuses[401]}, cut off {self.cut_off}"
        )


@contextmanager
def renewing(server: Server, clients: int = CLIENTS) -> Iterator[list[Renewer]]:
    """Clients at work; what any of them met is raised at the end."""
    stop = threading.Event()
    product = first_product(Client(server.url))
    users = [
        Renewer(Client(server.url).login(f"renewer-{number}"), product, stop)
        for number in range(clients)
    ]
    with ThreadPoolExecutor(clients) as pool:
        working = [pool.submit(user.work) for user in users]
        try:
            yield users
        finally:
            stop.set()
        for each in working:
            each.result(60)


def outcome(users: list[Renewer], server: Server) -> Outcome:
    """Compare what was told with the database."""
    told = set().union(*(user.orders for user in users))
    there = {str(row["order_id"]) for row in server.rows("SELECT order_id FROM tbl_order")}
    statuses: Counter[int] = Counter()
    for user in users:
        statuses.update(user.statuses)
    done = Outcome(
        statuses,
        len(told),
        len(told & there),
        sum(user.renewed for user in users),
        sum(user.cut_off for user in users),
    )
    print(f"\n{done}", flush=True)
    return done


def holds_at_every_worker(server: Server, token: str, tries: int = 24) -> set[bool]:
    """Whether a token holds, asked on so many connections that each worker is asked."""
    asked = (Client(server.url, token).hook("/cart/list").status_code for _ in range(tries))
    return {status == 200 for status in asked}


@without_sql
def test_a_secret_that_is_rotated_twice_logs_nobody_out(tmp_path: Path) -> None:
    """By the command, while 16 clients order, renew tokens and open papers, and an operator has a form open.

    Then the secrets before are dropped: within seconds their tokens end at every worker, and those of now stay.
    """
    with Server(tmp_path / "home", workers=WORKERS) as server:
        operator = Visitor(server.url)
        operator.log_in("keeper", make_operator(server, "keeper", Role.EDITOR))
        assert operator.get("/console/").status_code == 200
        before = Client(server.url).login("rotated")
        open_form = operator.token
        with renewing(server) as users:
            time.sleep(BETWEEN_S)
            for _ in range(2):
                server.command("secret", "rotate")
                time.sleep(BETWEEN_S)
        done = outcome(users, server)
        assert done.statuses[401] == 0
        assert set(done.statuses) == {200}
        assert done.orders == done.found > CLIENTS
        assert done.renewed > CLIENTS
        assert operator.get("/console/").status_code == 200
        assert operator.token != open_form, "the form of before has a token of its own secret"
        operator.cookies[TOKEN] = open_form
        assert operator.post("/console/logout").status_code == 303

        after = Client(server.url, before.token).data("/system/refresh-token")["token"]
        assert json.loads(server.command("secret", "drop-old", "--json").stdout)["own"] == 2
        assert eventually(lambda: holds_at_every_worker(server, before.token) == {False}, LEARNED_S)
        assert holds_at_every_worker(server, after) == {True}
        assert "Traceback" not in server.log
        assert "secrets stay" not in server.log


@pytest.mark.long
def test_a_given_secret_that_is_rotated_in_two_steps_logs_nobody_out(tmp_path: Path) -> None:
    """`BAI_WX_ACCEPTED_SECRET=NEW`, then both exchanged, by `.env` and SIGHUP."""
    dotenv = tmp_path / ".env"
    dotenv.write_text(DOTENV.format(GIVEN[0], ""))
    with In(tmp_path, workers=WORKERS) as server:
        with renewing(server) as users:
            for secrets in (GIVEN, GIVEN[::-1]):
                time.sleep(BETWEEN_S)
                dotenv.write_text(DOTENV.format(*secrets))
                assert eventually(_replaced(server), REPLACED_S), server.log
            time.sleep(BETWEEN_S)
        done = outcome(users, server)
    assert done.statuses[401] == 0
    assert set(done.statuses) == {200}
    assert done.orders == done.found > CLIENTS


def _replaced(server: Server) -> Callable[[], bool]:
    """Have all workers replaced. Returns: whether they are."""
    first = set(serving(server))
    assert server.process is not None
    server.process.send_signal(signal.SIGHUP)

    def is_done() -> bool:
        now = set(serving(server))
        return len(now) == WORKERS and not now & first

    return is_done
