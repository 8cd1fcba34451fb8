"""The database itself: what bounds a statement, and what must not be bounded."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from peewee import IntegrityError, OperationalError

from bai_wx.database.connection import (
    connect,
    database,
    disconnect,
    request_connection,
    retry_if_refused,
    was_stopped,
)
from tests.databases import new_address

LIMIT_S = 0.001
TOGETHER_S = 0.5  # each of many reads takes some milliseconds
BEGINS = 1000
"""SQLite looks at the clock once in some hundred of them."""


def test_a_read_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    """Counting to a hundred million takes seconds."""
    connect(f"sqlite:///{tmp_path}/a.db", limit_s=LIMIT_S)
    endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 100000000)"
    with pytest.raises(OperationalError, match="interrupted"):
        database.execute_sql(f"{endless} SELECT COUNT(*) FROM n").fetchall()
    disconnect()


def test_reads_of_one_request_have_their_time_together(tmp_path: Path) -> None:
    """Many that are short each are stopped as well; the next request begins anew."""
    connect(new_address(tmp_path), limit_s=TOGETHER_S)
    short = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 5000)"
    with request_connection:
        with pytest.raises(OperationalError) as stopped:
            _run_often(f"{short} SELECT COUNT(*) FROM n")
        assert was_stopped(stopped.value)
    database.execute_sql("SELECT 1").fetchall()
    disconnect()


def test_a_transaction_begins_whenever_the_last_read_was(tmp_path: Path) -> None:
    """A BEGIN that is stopped after it took the lock would keep it for ever."""
    connect(f"sqlite:///{tmp_path}/a.db", limit_s=LIMIT_S)
    database.execute_sql("CREATE TABLE t (x)")
    for _ in range(BEGINS):
        database.execute_sql("SELECT 1").fetchall()
        time.sleep(LIMIT_S)
        with database.atomic():
            database.execute_sql("INSERT INTO t VALUES (1)")
    assert database.execute_sql("SELECT COUNT(*) FROM t").fetchone() == (BEGINS,)
    disconnect()


@retry_if_refused
def _put(names: list[str]) -> str:
    """Insert the next of the names, after a row that says that this was tried."""
    with database.atomic():
        name = names.pop(0)
        database.execute_sql(f"INSERT INTO tried VALUES ({database.param})", (name,))
        database.execute_sql(f"INSERT INTO taken VALUES ({database.param})", (name,))
        return name


@pytest.fixture
def taken(tmp_path: Path) -> Iterator[None]:
    """Names of which `a` is taken, so that a unique index refuses it."""
    connect(new_address(tmp_path))
    database.execute_sql("CREATE TABLE tried (name TEXT)")
    database.execute_sql("CREATE TABLE taken (name TEXT UNIQUE)")
    database.execute_sql("INSERT INTO taken VALUES ('a')")
    yield
    disconnect()


def _tried() -> list[str]:
    return [name for (name,) in database.execute_sql("SELECT name FROM tried").fetchall()]


@pytest.mark.usefixtures("taken")
def test_what_an_index_refuses_is_done_once_more() -> None:
    """Nothing of the first time is left."""
    assert _put(["a", "b", "c"]) == "b"
    assert _tried() == ["b"]


@pytest.mark.usefixtures("taken")
def test_what_an_index_lets_in_is_done_once() -> None:
    """The next name is not taken."""
    assert _put(names := ["b", "c"]) == "b"
    assert names == ["c"]


@pytest.mark.usefixtures("taken")
def test_what_is_refused_twice_is_refused() -> None:
    """There is no third time."""
    names = ["a", "a", "b"]
    with pytest.raises(IntegrityError):
        _put(names)
    assert (names, _tried()) == (["b"], [])


@pytest.mark.usefixtures("taken")
def test_another_error_is_not_tried_again() -> None:
    """Only an index that refuses says that somebody was quicker."""
    names: list[str] = []
    with pytest.raises(IndexError):
        _put(names)
    assert _tried() == []


def _run_often(sql: str) -> None:
    for _ in range(10_000):
        database.execute_sql(sql).fetchall()
