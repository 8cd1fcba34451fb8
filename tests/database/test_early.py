"""Reads that are asked for before anybody waits for them: outside a transaction, and with one that begins next.

Covers: bai_wx/database/early.py
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from peewee import IntegrityError

from bai_wx.database import waiting
from bai_wx.database.postgres import Postgres
from tests.databases import IS_POSTGRES, new_address

pytestmark = pytest.mark.skipif(not IS_POSTGRES, reason="SQLite has no round trip to share")


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Postgres]:
    """A database with one table, used as a worker uses it."""
    made = Postgres(new_address(tmp_path), limit_s=2, connections=2)
    made.execute_sql("CREATE TABLE seen (n BIGINT UNIQUE)")
    yield made
    made.disconnect()


def on_loop(*works: Callable[[], Any]) -> list[Any]:
    """Do these one after the other in greenlets of one event loop."""

    async def main() -> list[Any]:
        return [await waiting.answered(work) for work in works]

    return asyncio.run(main())


def test_what_is_asked_early_is_read_before_what_comes_after(shop: Postgres) -> None:
    """Its rows are as of the moment it was asked, whenever they are looked at."""

    def work() -> tuple[Any, Any]:
        early = shop.ask("SELECT COUNT(*) FROM seen", ())
        shop.run("INSERT INTO seen VALUES (1)", ())
        late = shop.run("SELECT COUNT(*) FROM seen", ()).fetchone()
        return early().fetchone(), late

    assert on_loop(work) == [((0,), (1,))]


def test_two_asked_early_are_looked_at_in_any_order(shop: Postgres) -> None:
    """Each has its own rows."""

    def work() -> tuple[Any, Any]:
        first, second = (shop.ask("SELECT %s::bigint", (n,)) for n in (1, 2))
        return second().fetchone(), first().fetchone()

    assert on_loop(work) == [((2,), (1,))]


def test_what_was_asked_on_a_lost_connection_is_asked_again(shop: Postgres) -> None:
    """It reads, so it may be."""

    def warm() -> None:
        shop.run("SELECT 1", ()).fetchone()

    def work() -> Any:
        early = shop.ask("SELECT pg_terminate_backend(pg_backend_pid()), 1 WHERE false", ())
        lost = shop.ask("SELECT 7::bigint", ())
        with shop.atomic():
            shop.run(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
                " AND datname = current_database()",
                (),
            ).fetchall()
        return early().fetchall(), lost().fetchone(), shop.run("SELECT 8::bigint", ()).fetchone()

    assert on_loop(warm, work)[1] == ([], (7,), (8,))


def test_an_error_is_raised_where_it_is_looked_at(shop: Postgres) -> None:
    """Not where it was asked."""

    def work() -> Any:
        early = shop.ask("SELECT 1 / (SELECT COUNT(*) FROM seen)", ())
        after = shop.run("SELECT 3::bigint", ()).fetchone()
        with pytest.raises(Exception, match="division by zero"):
            early()
        return after

    assert on_loop(work) == [(3,)]


def test_a_joining_read_goes_with_the_next_transaction(shop: Postgres) -> None:
    """It is the first that the transaction reads, on its connection."""

    def work() -> tuple[Any, Any]:
        joining = shop.ask_joining("SELECT pg_backend_pid(), COUNT(*) FROM seen", ())
        with shop.atomic():
            shop.run("INSERT INTO seen VALUES (1)", ())
            own = shop.run("SELECT pg_backend_pid(), COUNT(*) FROM seen", ()).fetchone()
        return joining().fetchone(), own

    ((joined, own),) = on_loop(work)
    assert joined == (own[0], 0)
    assert own[1] == 1


def test_a_joining_read_is_read_without_a_transaction_too(shop: Postgres) -> None:
    """Where none is begun."""

    def work() -> Any:
        return shop.ask_joining("SELECT 5::bigint", ())().fetchone()

    assert on_loop(work) == [(5,)]


def test_a_joining_read_outlives_a_transaction_that_failed(shop: Postgres) -> None:
    """Whether or not its rows came before the failure."""

    def work() -> Any:
        joining = shop.ask_joining("SELECT 5::bigint", ())
        with pytest.raises(IntegrityError), shop.atomic():
            shop.run("INSERT INTO seen VALUES (1), (1)", ())
        return joining().fetchone()

    assert on_loop(work) == [(5,)]


def test_a_joining_read_has_time_of_its_own(shop: Postgres) -> None:
    """Where the transaction has failed after all of the request's."""

    def work() -> Any:
        shop.started()
        joining = shop.ask_joining("SELECT 5::bigint", ())
        here = waiting.current()
        assert here is not None
        here.until = 0.0
        return joining().fetchone()

    assert on_loop(work) == [(5,)]


def test_what_is_waited_for_is_not_the_requests_time(shop: Postgres) -> None:
    """A connection that takes long to open, a lock, a transaction: reads after it may begin."""
    connect = shop._on_loop._connect
    slow = iter((1.0, 0.0, 0.0, 0.0))

    def connect_slowly() -> Any:
        time.sleep(next(slow))
        return connect()

    shop._on_loop._connect = connect_slowly
    shop._limit_s = 0.5

    def work() -> Any:
        shop.started()
        shop.run("SELECT 1", ()).fetchone()
        with shop.atomic():
            shop.run("SELECT pg_sleep(1)", ()).fetchone()
        return shop.run("SELECT 7::bigint", ()).fetchone()

    assert on_loop(work) == [(7,)]


@pytest.mark.parametrize(
    "write",
    [
        pytest.param(lambda shop: shop.run("INSERT INTO seen VALUES (1)", ()), id="alone"),
        pytest.param(
            lambda shop: shop.atomic()(lambda: shop.run("INSERT INTO seen VALUES (1)", ()))(),
            id="in a transaction",
        ),
        pytest.param(
            lambda shop: shop.atomic()(
                lambda: shop.run_unseen("INSERT INTO seen VALUES (1)", ())
            )(),
            id="unseen",
        ),
    ],
)
def test_nothing_is_written_where_it_may_not_be(
    write: Callable[[Postgres], Any], shop: Postgres
) -> None:
    """`before_writing` is asked before a commit, and before a write outside a transaction."""

    def refuse() -> None:
        raise PermissionError

    def work() -> None:
        here = waiting.current()
        assert here is not None
        here.before_writing = refuse
        with pytest.raises(PermissionError):
            write(shop)

    on_loop(work)
    assert shop.execute_sql("SELECT COUNT(*) FROM seen").fetchone() == (0,)
