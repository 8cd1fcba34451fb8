"""PostgreSQL as our models use it: what bounds a statement, and what a lost connection costs.

Covers: bai_wx/database/connecting.py
"""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from peewee import Database, IntegrityError, InternalError, OperationalError

from bai_wx.database.connection import (
    FAILURES,
    connect,
    database,
    disconnect,
    snapshot,
    was_stopped,
)
from bai_wx.errors import Unstorable
from models.users import User
from tests import databases
from tests.databases import IS_POSTGRES, Cluster, migrated_address
from tests.factories import make_user

pytestmark = pytest.mark.skipif(not IS_POSTGRES, reason="SQLite has no connection to lose")

LIMIT_S = 0.5
DEAD = "/nobody/listens/here"


@pytest.fixture
def address(tmp_path: Path) -> str:
    """A migrated database of the test's own."""
    return migrated_address(tmp_path)


@pytest.fixture
def shop(address: str) -> Iterator[Database]:
    """The same, connected as a worker is."""
    yield connect(address, limit_s=LIMIT_S)
    disconnect()


@pytest.fixture(scope="module")
def own_cluster() -> Iterator[Cluster]:
    """A server that may be stopped."""
    cluster = Cluster()
    yield cluster
    cluster.remove()


def end_every_connection(address: str) -> None:
    """As a restart of the server does, or a proxy that has had enough."""
    sql = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
    )
    databases.read(address, f"{sql} AND pid <> pg_backend_pid()")


def names(address: str) -> list[str]:
    """Who is there, past our own connections."""
    rows = databases.read(address, "SELECT users_name FROM tbl_auth_users ORDER BY seq")
    return [row["users_name"] for row in rows]


# --- bounds ---


def test_a_read_that_takes_too_long_is_stopped(shop: Database) -> None:
    """And the connection is as good as before."""
    with pytest.raises(OperationalError) as stopped:
        shop.execute_sql("SELECT pg_sleep(60)")
    assert was_stopped(stopped.value)
    assert shop.execute_sql("SELECT 1").fetchone() == (1,)


def test_a_command_is_not_stopped(address: str) -> None:
    """An export takes as long as it takes."""
    connected = connect(address)
    assert connected.execute_sql("SHOW statement_timeout").fetchone() == ("0",)
    with connected.atomic():
        assert connected.execute_sql("SHOW statement_timeout").fetchone() == ("0",)
    disconnect()


def test_a_writer_that_waits_too_long_for_a_lock_is_no_bad_query(shop: Database) -> None:
    """It failed through no fault of its client, who may try again."""
    make_user(openid="locked")

    def lock() -> Any:
        return User.select().where(User.openid == "locked").for_update().first()

    def wait() -> None:
        with database.atomic():
            database.execute_sql("SET LOCAL lock_timeout = '50ms'")
            lock()

    with database.atomic():
        lock()
        with pytest.raises(OperationalError) as late:
            in_a_thread(wait)
    assert not was_stopped(late.value)


def test_a_pool_that_is_used_up_says_so(address: str) -> None:
    """After waiting for a while."""
    connect(address, limit_s=LIMIT_S, connections=1)
    database.execute_sql("SELECT 1")
    with pytest.raises(OperationalError, match="in use"):
        in_a_thread(lambda: database.execute_sql("SELECT 1"))
    database.obj.finished()
    assert in_a_thread(lambda: database.execute_sql("SELECT 1").fetchone()) == (1,)
    disconnect()


# --- lost connections ---


def read() -> Any:
    """A read outside a transaction."""
    return User.select().count()


def write_in_a_transaction() -> None:
    """What every write of ours is."""
    with database.atomic():
        make_user(users_name="new")


@pytest.mark.parametrize("work", [read, write_in_a_transaction])
def test_what_begins_on_a_lost_connection_begins_again(
    shop: Database, address: str, work: Callable[[], Any]
) -> None:
    """Nothing was done on it; other idle connections, which are lost too, are not tried."""
    warm = threading.Barrier(3)

    def take() -> None:
        database.execute_sql("SELECT 1")
        warm.wait(10)
        database.obj.finished()

    with ThreadPoolExecutor(3) as pool:
        for done in [pool.submit(take) for _ in range(3)]:
            done.result()
    end_every_connection(address)
    work()


def test_a_write_outside_a_transaction_is_never_repeated(shop: Database, address: str) -> None:
    """It may have been done."""
    read()
    end_every_connection(address)
    with pytest.raises(FAILURES):
        User.update(users_name="x").execute()
    assert read() == 0


@pytest.mark.parametrize("moment", ["after the write", "before the write"])
def test_a_transaction_that_loses_its_connection_fails(
    shop: Database, address: str, moment: str
) -> None:
    """Also when all that was left was its COMMIT: nothing of it is there, and the next one works."""

    @database.atomic()  # type: ignore[misc]
    def write() -> None:
        if moment == "before the write":
            end_every_connection(address)
        make_user(users_name="lost")
        end_every_connection(address)

    with pytest.raises(FAILURES):
        write()
    write_in_a_transaction()
    assert names(address) == ["new"]


def test_a_read_in_a_transaction_is_not_repeated_outside_of_it(
    shop: Database, address: str
) -> None:
    """It would miss what the transaction has written."""

    @database.atomic()  # type: ignore[misc]
    def write_and_read() -> None:
        make_user()
        end_every_connection(address)
        read()

    with pytest.raises(FAILURES):
        write_and_read()


def test_a_server_that_restarts_is_found_again(own_cluster: Cluster) -> None:
    """Reads and transactions go on."""
    connected = connect(own_cluster.address, limit_s=LIMIT_S)
    connected.execute_sql("SELECT 1")
    own_cluster.restart()
    assert connected.execute_sql("SELECT 1").fetchone() == (1,)
    disconnect()


def test_a_server_that_is_gone_is_told_at_once(own_cluster: Cluster) -> None:
    """And found when it is back; meanwhile not every thread tries to connect."""
    connected = connect(own_cluster.address, limit_s=LIMIT_S)
    own_cluster.stop()
    try:
        for work in (lambda: connected.execute_sql("SELECT 1"), write_in_a_transaction):
            with pytest.raises(FAILURES):
                work()
        with pytest.raises(OperationalError, match="a moment ago"):
            connected.execute_sql("SELECT 1")
    finally:
        own_cluster.start()
    connected._next_attempt_at = 0.0  # type: ignore[attr-defined]  # instead of waiting for a second
    assert connected.execute_sql("SELECT 1").fetchone() == (1,)
    disconnect()


# --- several hosts, demotion ---


def test_the_first_host_that_takes_writes_is_used(address: str) -> None:
    """The others may be dead."""
    connected = connect(address.replace("?host=", f"?host={DEAD},"), limit_s=LIMIT_S)
    assert connected.execute_sql("SELECT 1").fetchone() == (1,)
    disconnect()


def test_a_host_that_takes_no_writes_is_no_primary(address: str) -> None:
    """A standby, or one that was demoted."""
    name = address.partition("?")[0].rpartition("/")[2]
    databases.write(address, f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    connected = connect(address, limit_s=LIMIT_S)
    with pytest.raises(OperationalError, match="read-only"):
        connected.execute_sql("SELECT 1")
    disconnect()


def test_a_demoted_primary_is_left(shop: Database) -> None:
    """Its first refusal fails one request; the connection does not come back to the pool."""
    shop.execute_sql("SET default_transaction_read_only = on")
    with pytest.raises(InternalError, match="read-only"):
        write_in_a_transaction()
    database.obj.finished()
    write_in_a_transaction()
    assert read() == 1


# --- transactions ---


def test_a_transaction_with_a_failed_statement_is_never_committed(shop: Database) -> None:
    """PostgreSQL would take the COMMIT for a ROLLBACK and say nothing."""
    make_user(openid="same")

    @database.atomic()  # type: ignore[misc]
    def go_on() -> None:
        make_user(openid="other")
        with suppress(IntegrityError):
            make_user(openid="same")

    with pytest.raises(InternalError, match="has failed"):
        go_on()
    assert read() == 1


def test_a_snapshot_sees_one_moment(shop: Database, address: str) -> None:
    """Whatever others write meanwhile."""
    with snapshot():
        assert read() == 0
        in_a_thread(write_in_a_transaction)
        assert read() == 0
    assert read() == 1


# --- texts ---


def test_a_nul_is_found_nowhere_and_kept_nowhere(shop: Database) -> None:
    """PostgreSQL's texts cannot hold one."""
    make_user(openid="a")
    assert User.select().where(User.openid == "a\0").count() == 0
    with database.atomic():
        assert User.select().where(User.openid == "\0").for_update().first() is None
        with pytest.raises(Unstorable):
            make_user(openid="b\0")
        make_user(openid="c")
    assert read() == 2


@pytest.mark.parametrize(
    "address",
    [
        pytest.param(f"postgresql://me:hushhush@/shop?host={DEAD}", id="nobody there"),
        pytest.param("postgresql://me:hushhush%zz@host/shop", id="an escape that is none"),
        pytest.param("mysql://me:hushhush@host/shop", id="another database"),
    ],
)
def test_the_password_is_told_to_nobody(address: str, caplog: pytest.LogCaptureFixture) -> None:
    """Neither by an error nor by the log."""
    with pytest.raises(Exception) as told:  # noqa: PT011  # whatever it is, it must not tell
        connect(address, limit_s=LIMIT_S).execute_sql("SELECT 1")
    assert "hush" not in f"{told.value!r} {told.value.__cause__!r} {caplog.text} {database.obj!r}"


def in_a_thread(work: Callable[[], Any]) -> Any:
    """Do it on another connection."""

    def run() -> Any:
        try:
            return work()
        finally:
            database.obj.finished()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()
