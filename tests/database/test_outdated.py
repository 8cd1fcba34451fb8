"""Statements whose prepared name, or whose rows' types, the server has no more: they are asked anew.

Covers: bai_wx/database/pipelines.py, bai_wx/database/transactions.py, bai_wx/database/postgres.py
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest
from peewee import OperationalError, ProgrammingError

from bai_wx.database.postgres import Postgres
from bai_wx.database.waiting import answered
from tests.databases import IS_POSTGRES, new_address

pytestmark = pytest.mark.skipif(not IS_POSTGRES, reason="SQLite prepares each anew")

OFTEN = 8
"""How often each is asked until it surely has a name: psycopg's threads give one to the sixth."""
READ = "SELECT name FROM thing WHERE id = %s"


@pytest.fixture
def address(tmp_path: Path) -> str:
    """A database with a table of one row."""
    made = new_address(tmp_path)
    change(made, "CREATE TABLE thing (id bigint PRIMARY KEY, name text NOT NULL)")
    change(made, "INSERT INTO thing VALUES (1, 'one')")
    return made


@pytest.fixture
def shop(address: str) -> Iterator[Postgres]:
    """It, used as a worker uses it."""
    made = Postgres(address, limit_s=2, connections=2)
    yield made
    made.disconnect()


def change(address: str, sql: str) -> None:
    """Change the database beside the server, as its operator does."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(sql)


def reading(shop: Postgres) -> list[Any]:
    """A request that reads once."""
    shop.started()
    try:
        return list(shop.run(READ, [1]).fetchall())
    finally:
        shop.finished()


def in_transaction(shop: Postgres) -> list[Any]:
    """A request that reads in a transaction."""
    shop.started()
    try:
        with shop.atomic():
            return list(shop.run(READ, [1]).fetchall())
    finally:
        shop.finished()


def later_in_transaction(shop: Postgres) -> list[Any]:
    """A request whose transaction has asked something else before."""
    shop.started()
    try:
        with shop.atomic():
            shop.run("SELECT 1", []).fetchall()
            return list(shop.run(READ, [1]).fetchall())
    finally:
        shop.finished()


def forgetting(shop: Postgres) -> None:
    """What a pooler does between its clients."""
    shop.started()
    shop.run("DEALLOCATE ALL", [])
    with suppress(OperationalError), shop.atomic():  # its COMMIT may have no name any more
        shop.run("DEALLOCATE ALL", []).fetchall()
    shop.finished()


async def often(work: Callable[[Postgres], list[Any]], shop: Postgres) -> list[Any]:
    """The answers of a request that is asked often."""
    return [await answered(lambda: work(shop)) for _ in range(OFTEN)]


@pytest.mark.parametrize(
    "work", [pytest.param(reading, id="read"), pytest.param(in_transaction, id="transaction")]
)
def test_a_column_gets_another_type(
    work: Callable[[Postgres], list[Any]], shop: Postgres, address: str
) -> None:
    """The very next request is answered."""

    async def main() -> list[Any]:
        before = await often(work, shop)
        change(address, "ALTER TABLE thing ALTER COLUMN name TYPE varchar")
        return before + await often(work, shop)

    assert asyncio.run(main()) == [[("one",)]] * 2 * OFTEN


@pytest.mark.parametrize(
    "work", [pytest.param(reading, id="read"), pytest.param(in_transaction, id="transaction")]
)
def test_the_server_forgets_its_names(
    work: Callable[[Postgres], list[Any]], shop: Postgres
) -> None:
    async def main() -> list[Any]:
        before = await often(work, shop)
        await answered(lambda: forgetting(shop))
        return before + await often(work, shop)

    assert asyncio.run(main()) == [[("one",)]] * 2 * OFTEN


def test_what_is_outdated_in_the_middle_of_a_transaction_is_lost_once(
    shop: Postgres, address: str
) -> None:
    """As with a lost connection, which is 503: nothing was committed, and the next one is done."""

    async def main() -> list[Any]:
        await often(later_in_transaction, shop)
        change(address, "ALTER TABLE thing ALTER COLUMN name TYPE varchar")
        with pytest.raises(OperationalError, match="cached plan"):
            await answered(lambda: later_in_transaction(shop))
        return await often(later_in_transaction, shop)

    assert asyncio.run(main()) == [[("one",)]] * OFTEN


def test_a_thread_asks_anew(shop: Postgres, address: str) -> None:
    """In a transaction it is as on the event loop."""
    before = [reading(shop) for _ in range(OFTEN)]
    change(address, "ALTER TABLE thing ALTER COLUMN name TYPE varchar")
    assert before + [reading(shop) for _ in range(OFTEN)] == [[("one",)]] * 2 * OFTEN
    change(address, "ALTER TABLE thing ALTER COLUMN name TYPE text")
    with pytest.raises(OperationalError, match="cached plan"):
        in_transaction(shop)
    assert in_transaction(shop) == [("one",)]


def test_what_is_skipped_twice_is_answered(shop: Postgres) -> None:
    """It was skipped with a neighbour, and its text's name with another that failed."""
    text, failing = "SELECT %s::text AS popular", "SELECT pg_sleep(0.1), 1 / (%s::int * 0)"

    def asking(sql: str, value: Any) -> Awaitable[Any]:
        return asyncio.ensure_future(answered(lambda: list(shop.run(sql, [value]).fetchall())))

    async def main() -> list[Any]:
        shop.started()
        await asking("SELECT %s::int", 1)
        first = [asking(failing, 1), asking(text, "first")]
        await asyncio.sleep(0.01)
        return await asyncio.gather(
            *first, asking(failing, 1), asking(text, "second"), return_exceptions=True
        )

    failed, first, failed_too, second = asyncio.run(main())
    assert (first, second) == ([("first",)], [("second",)])
    assert "division by zero" in f"{failed} {failed_too}"


def test_what_was_asked_before_a_failure_in_a_savepoint_is_read(shop: Postgres) -> None:
    """On the event loop as in a thread."""

    def work() -> Any:
        shop.started()
        with shop.atomic():
            look = shop.ask("SELECT %s::int", [42])
            with pytest.raises(ProgrammingError), shop.atomic():
                shop.run("SELECT nothing", []).fetchall()
            return list(look().fetchall())

    async def main() -> Any:
        return await answered(work)

    assert asyncio.run(main()) == [(42,)]
    assert work() == [(42,)]


def test_transactions_do_not_depend_on_the_role(shop: Postgres, address: str) -> None:
    """What they read under a lock is what others have committed, whatever its default is."""
    name = psycopg.conninfo.conninfo_to_dict(address)["dbname"]
    change(address, f"ALTER DATABASE \"{name}\" SET default_transaction_isolation = 'serializable'")

    def work() -> Any:
        shop.started()
        with shop.atomic():
            return shop.run("SHOW transaction_isolation", []).fetchone()

    async def main() -> Any:
        return await answered(work)

    assert asyncio.run(main()) == ("read committed",)
    assert work() == ("read committed",)
