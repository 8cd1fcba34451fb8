"""Transactions of requests that wait on the event loop: what is sent when, and what a failure undoes.

Covers: bai_wx/database/transactions.py, bai_wx/database/own_pool.py, bai_wx/database/on_loop.py
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from peewee import IntegrityError, InternalError, OperationalError

from bai_wx.database import own_pool, transactions
from bai_wx.database.own_pool import MOST_TRANSACTIONS
from bai_wx.database.postgres import Postgres
from bai_wx.database.transactions import Transaction
from bai_wx.database.waiting import answered
from bai_wx.errors import Unstorable
from tests import databases
from tests.databases import IS_POSTGRES, new_address

pytestmark = pytest.mark.skipif(not IS_POSTGRES, reason="SQLite has no round trips")

LIMIT_S = 0.5


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Postgres]:
    """A database with one table, used as a worker uses it."""
    made = Postgres(new_address(tmp_path), limit_s=LIMIT_S, connections=2)
    made.execute_sql("CREATE TABLE t (a INT PRIMARY KEY, b TEXT)")
    yield made
    made.disconnect()


@pytest.fixture
def trips(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What was sent at once, in turn: the beginnings of the statements."""
    sent: list[list[str]] = []
    send = Transaction._send

    def noted(self: Transaction, deferred: Any) -> None:
        sent.append([each.asked[0].split()[0] for each in deferred])
        send(self, deferred)

    monkeypatch.setattr(transactions.Transaction, "_send", noted)
    return sent


def run(*works: Callable[[], Any]) -> list[Any]:
    """Do all of this at once, each as a request on one event loop."""

    async def main() -> list[Any]:
        doing: list[Awaitable[Any]] = [answered(work) for work in works]
        return await asyncio.gather(*doing, return_exceptions=True)

    return asyncio.run(main())


def insert(shop: Postgres, number: int, text: str = "") -> None:
    """A write that nobody looks at."""
    shop.run_unseen("INSERT INTO t VALUES (%s, %s)", [number, text])


def rows(shop: Postgres) -> list[Any]:
    """What is in the table, by a thread's own connection."""
    return [tuple(row.values()) for row in databases.read(shop.database, "SELECT a FROM t")]


def test_what_nobody_looks_at_goes_with_the_commit(shop: Postgres, trips: list[list[str]]) -> None:
    def work() -> None:
        with shop.atomic():
            shop.run("SELECT 1", [])
            insert(shop, 1)
            insert(shop, 2)

    assert run(work) == [None]
    assert rows(shop) == [(1,), (2,)]
    assert trips == [["BEGIN", "SELECT"]]


def test_what_was_asked_goes_together(shop: Postgres, trips: list[list[str]]) -> None:
    """In the order it was asked in, whichever is looked at first."""

    def work() -> Any:
        with shop.atomic():
            insert(shop, 1, "x")
            first = shop.ask("SELECT b FROM t WHERE a = %s", [1])
            second = shop.ask("SELECT %s::int", [7])
            return second().fetchone(), first().fetchone()

    assert run(work) == [((7,), ("x",))]
    assert trips == [["BEGIN", "INSERT", "SELECT", "SELECT"]]


def test_a_write_alone_is_committed(shop: Postgres) -> None:
    def work() -> None:
        with shop.atomic():
            insert(shop, 1)

    assert run(work) == [None]
    assert rows(shop) == [(1,)]


def test_a_refused_write_is_raised_where_its_atomic_ends(shop: Postgres) -> None:
    """The outer transaction goes on."""

    def work() -> str:
        with shop.atomic():
            insert(shop, 1)
            try:
                with shop.atomic():
                    insert(shop, 1)
            except IntegrityError:
                insert(shop, 2)
                return "refused"
        return "done"

    assert run(work) == ["refused"]
    assert rows(shop) == [(1,), (2,)]


def test_a_refused_write_of_a_whole_transaction_leaves_nothing(shop: Postgres) -> None:
    def work() -> None:
        with shop.atomic():
            insert(shop, 1)
            insert(shop, 2)
            insert(shop, 1)

    (problem,) = run(work)
    assert isinstance(problem, IntegrityError)
    assert rows(shop) == []
    assert shop._on_loop.use[0] == 0, "its connection was not given back"


@pytest.mark.parametrize("writes", [1, 2])
def test_more_refused_transactions_than_connections(writes: int, shop: Postgres) -> None:
    """Each gives its connection back, whether or not it was asked anything before its COMMIT."""

    def refused() -> None:
        with shop.atomic():
            for _ in range(writes):
                insert(shop, 1)

    def work() -> None:
        with shop.atomic():
            insert(shop, 2)

    run(lambda: insert(shop, 1))
    problems = run(*[refused] * (2 * MOST_TRANSACTIONS), work)
    assert {type(problem) for problem in problems[:-1]} == {IntegrityError}
    assert problems[-1] is None


def test_what_a_savepoint_undoes_is_not_sent(shop: Postgres, trips: list[list[str]]) -> None:
    """It might fail, and take the transaction along."""

    def work() -> None:
        with shop.atomic():
            insert(shop, 1)
            try:
                with shop.atomic():
                    insert(shop, 1)
                    raise KeyError
            except KeyError:
                insert(shop, 2)

    assert run(work) == [None]
    assert rows(shop) == [(1,), (2,)]


def test_a_failed_transaction_commits_nothing(shop: Postgres) -> None:
    """Also where somebody has caught what failed."""

    def work() -> None:
        with shop.atomic():
            insert(shop, 1)
            try:
                shop.run("SELECT 1 / %s", [0])
            except Exception:  # whatever it is
                return

    (problem,) = run(work)
    assert isinstance(problem, InternalError)
    assert rows(shop) == []


def test_what_was_asked_beside_a_failure_fails_at_once(shop: Postgres) -> None:
    """It is not asked again, and nobody waits for it."""

    def work() -> Any:
        with shop.atomic():
            second = shop.ask("SELECT 1", [])
            try:
                shop.run("SELECT 1 / %s", [0])
            except Exception:  # whatever it is
                return second()

    (problem,) = run(work)
    assert isinstance(problem, InternalError)


def test_a_value_that_cannot_be_sent_leaves_no_open_transaction(shop: Postgres) -> None:
    """Its connection is nobody's afterwards, or has nothing of it."""

    def work() -> None:
        with shop.atomic():
            shop.run("INSERT INTO t VALUES (%s, %s)", [1, "x"])
            insert(shop, 2, "\ud800")

    for _ in range(2):
        (problem,) = run(work)
        assert isinstance(problem, UnicodeEncodeError)
    assert run(lambda: write(shop, 3)) == [None]
    assert rows(shop) == [(3,)]


def test_a_nul_is_refused_before_it_is_sent(shop: Postgres) -> None:
    """A read that searches for one finds nothing."""

    def write() -> None:
        with shop.atomic():
            insert(shop, 1, "a\0")

    def read() -> Any:
        with shop.atomic():
            return shop.ask("SELECT a FROM t WHERE b = %s", ["a\0"])().fetchall()

    refused, found = run(write, read)
    assert isinstance(refused, Unstorable)
    assert found == []


@pytest.mark.parametrize("is_in_use", [True, False], ids=["in use", "idle"])
def test_a_lost_connection(is_in_use: bool, shop: Postgres) -> None:
    """Before anything was asked on it, another one takes its place; later the transaction fails."""
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'bai-wx'"
    end += " AND pid <> pg_backend_pid() AND datname = current_database()"

    def work() -> None:
        with shop.atomic():
            if is_in_use:
                shop.run("SELECT 1", [])
                databases.read(shop.database, end)
            insert(shop, 1)

    async def main() -> Any:
        await answered(lambda: write(shop, 0))
        if not is_in_use:
            await asyncio.to_thread(databases.read, shop.database, end)
        return await asyncio.gather(answered(work), return_exceptions=True)

    (problem,) = asyncio.run(main())
    assert rows(shop) == [(0,)] if is_in_use else [(0,), (1,)]
    assert isinstance(problem, OperationalError) is is_in_use


def write(shop: Postgres, number: int) -> None:
    """One transaction."""
    with shop.atomic():
        insert(shop, number)


def test_more_transactions_than_connections(shop: Postgres) -> None:
    """They wait for one another, and no more connections are opened than there may be."""

    def work(number: int) -> Callable[[], None]:
        def done() -> None:
            with shop.atomic():
                shop.run("SELECT pg_sleep(0.01)", [])
                insert(shop, number)

        return done

    assert run(*(work(number) for number in range(50))) == [None] * 50
    assert len(rows(shop)) == 50
    assert sum(shop.pool_use()) <= MOST_TRANSACTIONS + 1  # that of the thread which made the table


def test_who_waits_too_long_for_a_connection_is_told(
    shop: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_pool, "QUEUE_S", 0.2)

    def slow() -> None:
        with shop.atomic():
            shop.run("SELECT pg_sleep(1)", [])

    *slow_ones, late = run(*[slow] * MOST_TRANSACTIONS, lambda: write(shop, 1))
    assert slow_ones == [None] * MOST_TRANSACTIONS
    assert isinstance(late, OperationalError)
    assert rows(shop) == []
