"""Statements of many requests on few connections: each gets its own rows, and none a neighbour's failure.

Covers: bai_wx/database/waiting.py, bai_wx/database/pipeline_pool.py, bai_wx/database/rows.py
"""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from peewee import OperationalError, ProgrammingError

from bai_wx.database.pipeline_pool import MOST
from bai_wx.database.pipelines import PREPARED
from bai_wx.database.postgres import Postgres
from bai_wx.database.waiting import answered
from tests import databases
from tests.databases import IS_POSTGRES, new_address

pytestmark = pytest.mark.skipif(not IS_POSTGRES, reason="SQLite has no connection to share")

LIMIT_S = 0.5
Ask = Callable[..., Awaitable[Any]]


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Postgres]:
    """An empty database, used as a worker uses it."""
    made = Postgres(new_address(tmp_path), limit_s=LIMIT_S, connections=2)
    yield made
    made.disconnect()


def asking(shop: Postgres, sql: str, *values: Any) -> Callable[[], list[tuple[Any, ...]]]:
    """A request that reads once."""

    def work() -> list[tuple[Any, ...]]:
        shop.started()
        try:
            found: list[tuple[Any, ...]] = shop.run(sql, values).fetchall()
            return found
        finally:
            shop.finished()

    return work


def run(work: Callable[[], Awaitable[Any]]) -> Any:
    """Do it on an event loop of its own."""

    async def main() -> Any:
        return await work()

    return asyncio.run(main())


@pytest.mark.parametrize(
    ("sql", "values", "row"),
    [
        pytest.param("SELECT %s::text", ("开'\\",), ("开'\\",), id="text"),
        pytest.param("SELECT %s::bigint, %s::bigint", (1, 2**40), (1, 2**40), id="numbers"),
        pytest.param("SELECT %s::float8, %s::boolean", (0.1, True), (0.1, True), id="others"),
        pytest.param("SELECT %s::bytea", (b"\0\xff",), (b"\0\xff",), id="bytes"),
        pytest.param("SELECT %s::text, NULL", (None,), (None, None), id="nothing"),
        pytest.param("SELECT '100%%', %s::text", ("%s",), ("100%", "%s"), id="percent signs"),
        pytest.param("SELECT %s::text = 'a'", ("a\0",), (False,), id="a NUL finds nothing"),
        pytest.param("SELECT 1 WHERE %s = ANY(%s)", (2, [1, 2]), (1,), id="a list"),
    ],
)
def test_values_come_and_go_as_in_a_thread(
    sql: str, values: tuple[Any, ...], row: tuple[Any, ...], shop: Postgres
) -> None:
    """The first time as they are, then by a prepared statement."""

    async def often() -> list[Any]:
        return [await answered(asking(shop, sql, *values)) for _ in range(3)]

    assert run(often) == [[row]] * 3
    assert asking(shop, sql, *values)() == [row]


def test_each_gets_its_own(shop: Postgres) -> None:
    """A thousand at once, every tenth of which fails, on no more connections than there may be."""

    async def one(number: int) -> Any:
        sql = "SELECT nothing" if number % 10 == 0 else "SELECT %s::int, pg_sleep(0.001)::text"
        return await answered(asking(shop, sql, *([number] if number % 10 else [])))

    async def all_of_them() -> list[Any]:
        found = await asyncio.gather(*map(one, range(1000)), return_exceptions=True)
        assert sum(shop.pool_use()) <= MOST
        return found

    for number, found in enumerate(run(all_of_them)):
        if number % 10:
            assert found == [(number, "")]
        else:
            assert isinstance(found, ProgrammingError)


def test_a_slow_one_is_stopped_and_others_are_not(shop: Postgres) -> None:
    """At the request's limit of time, by the server; its neighbours wait no longer than that."""

    async def both() -> list[Any]:
        slow = answered(asking(shop, "SELECT pg_sleep(9)"))
        quick = (answered(asking(shop, "SELECT %s::int", n)) for n in range(20))
        return await asyncio.gather(slow, *quick, return_exceptions=True)

    stopped, *others = run(both)
    assert isinstance(stopped, OperationalError)
    assert str(stopped) == "interrupted"
    assert others == [[(n,)] for n in range(20)]


@pytest.mark.parametrize("is_under_way", [True, False], ids=["under way", "idle"])
def test_a_lost_connection_is_replaced(is_under_way: bool, shop: Postgres) -> None:
    """A read that met the loss is sent once more; nobody hears of it."""
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'bai-wx'"
    end += " AND pid <> pg_backend_pid() AND datname = current_database()"

    async def through_it() -> list[Any]:
        await answered(asking(shop, "SELECT 1"))
        reading = [answered(asking(shop, "SELECT 7, pg_sleep(0.2)::text")) for _ in range(5)]
        tasks = [asyncio.ensure_future(each) for each in (reading if is_under_way else [])]
        await asyncio.sleep(0.1)
        await asyncio.to_thread(databases.read, shop.database, end)
        tasks += [] if is_under_way else [asyncio.ensure_future(each) for each in reading]
        return await asyncio.gather(*tasks)

    assert run(through_it) == [[(7, "")]] * 5


def test_a_silent_server_is_given_up() -> None:
    """A read fails soon after its limit of time, where no thread is kept; the next one opens a connection."""
    cluster = databases.Cluster(durable=False)
    shop = Postgres(cluster.address, limit_s=LIMIT_S, connections=2)

    async def silenced() -> Any:
        await answered(asking(shop, "SELECT 1"))
        cluster.signal(signal.SIGSTOP)
        try:
            with pytest.raises(OperationalError, match="silent"):
                await asyncio.wait_for(answered(asking(shop, "SELECT 2")), 10)
        finally:
            cluster.signal(signal.SIGCONT)
        return await answered(asking(shop, "SELECT 3"))

    try:
        assert run(silenced) == [(3,)]
    finally:
        shop.disconnect()
        cluster.remove()


def test_many_texts_keep_few_prepared(shop: Postgres) -> None:
    """The server holds no more than so many a connection; one that was closed is prepared again."""
    texts = [f"SELECT {number}" for number in range(PREPARED + 50)]

    async def twice() -> Any:
        for _ in range(2):
            for text in texts:
                await answered(asking(shop, text))
        again = await answered(asking(shop, texts[0]))
        held = await answered(asking(shop, "SELECT count(*) FROM pg_prepared_statements"))
        return again, held

    again, [(held,)] = run(twice)
    assert again == [(0,)]
    assert held <= PREPARED


def test_an_end_that_the_event_loop_does_not_tell_is_noticed(tmp_path: Path) -> None:
    """libuv watches a socket no more that had an error, as that of a server that died with bytes unread has."""
    shop = Postgres(new_address(tmp_path), limit_s=60, connections=2)

    async def main() -> Any:
        [(pid,)] = await answered(asking(shop, "SELECT pg_backend_pid()"))
        pipelines = shop._on_loop._pipelines
        assert pipelines is not None
        pipelines.loop.remove_reader(pipelines._open[0]._socket)
        read = asyncio.create_task(answered(asking(shop, "SELECT 7::bigint, pg_sleep(1)::text")))
        await asyncio.sleep(0.1)  # it is sent
        shop.execute_sql("SELECT pg_terminate_backend(%s)", (pid,))
        return await read

    try:
        assert asyncio.run(main()) == [(7, "")]
    finally:
        shop.disconnect()
