"""The database itself: what bounds a statement, and what must not be bounded."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from peewee import OperationalError

from models.database import (
    WouldWrite,
    connect,
    database,
    disconnect,
    nothing_written,
    release,
    started,
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
    started()
    with pytest.raises(OperationalError) as stopped:
        _run_often(f"{short} SELECT COUNT(*) FROM n")
    assert was_stopped(stopped.value)
    release()
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


def test_where_nothing_may_be_written_no_transaction_begins(tmp_path: Path) -> None:
    """Reads are done, other threads write meanwhile, and afterwards this one does too."""
    connect(f"sqlite:///{tmp_path}/a.db")
    with nothing_written():
        assert database.execute_sql("SELECT 1").fetchone() == (1,)
        with ThreadPoolExecutor(1) as other:
            other.submit(_write).result()
        with pytest.raises(WouldWrite):
            _write()
    _write()


def _write() -> None:
    try:
        with database.atomic():
            database.execute_sql("CREATE TABLE IF NOT EXISTS t (x)")
    finally:
        disconnect()


def _run_often(sql: str) -> None:
    for _ in range(10_000):
        database.execute_sql(sql).fetchall()
