"""Somebody else holds the database's locks for long: writes are told to come again, and reads go on."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests import databases
from tests.drills.load import Work, at_work, compare
from tests.faults.steps import eventually, serving
from tests.running import Server

WORKERS = 2
LATEST_S = 7.0
"""A write waits for five seconds, for its turn and for the lock together; the rest is a busy machine's."""
TABLE = "tbl_cart"
"""What every write of the buyers touches. Several tables would be locked in another order than theirs."""
GROWS_MIB = 16
BACK_S = 15
SETTLES_S = 0.2  # what was done before is answered


@contextmanager
def locked(server: Server) -> Iterator[None]:
    """Nobody else can write."""
    if databases.IS_POSTGRES:
        import psycopg

        with psycopg.connect(server.address) as other:
            other.execute(f"LOCK TABLE {TABLE} IN EXCLUSIVE MODE")
            yield
            other.rollback()
        return
    with closing(sqlite3.connect(server.database, isolation_level=None, timeout=10)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def threads(server: Server) -> int:
    """How many threads the workers have."""
    return sum(len([*Path(f"/proc/{pid}/task").iterdir()]) for pid in serving(server))


def _settle(work: Work) -> None:
    """Wait until no order comes any more: what was committed before may be answered late."""
    seen = -1
    while seen != work.orders:
        seen = work.orders
        time.sleep(SETTLES_S)


def drill(home: Path, held_s: float) -> None:
    """Buyers and readers while the locks are held; then all is as before."""
    with Server(home, workers=WORKERS) as server:
        with at_work(server, buyers=4) as work:
            assert eventually(lambda: work.orders > 20)
            waits: list[float] = []
            told: list[tuple[int, str]] = []
            with locked(server):
                _settle(work)
                before, rss_mib, had = work.orders, sum(server.resident_mib()), threads(server)
                work.forget_reads()
                ends = time.monotonic() + held_s

                def write() -> None:
                    while time.monotonic() < ends:
                        began = time.monotonic()
                        answer = work.write()
                        waits.append(time.monotonic() - began)
                        told.append((answer.status_code, answer.headers.get("Retry-After", "")))

                writer = threading.Thread(target=write)
                writer.start()
                writer.join(held_s + 2 * LATEST_S)
                assert not writer.is_alive()
                reads, p99_ms = work.reads(), work.read_p99_ms()
                during, grew_mib = work.orders - before, sum(server.resident_mib()) - rss_mib
            freed = time.monotonic()
            assert eventually(lambda: work.write().status_code == 200, BACK_S)
            back_s = time.monotonic() - freed
            assert eventually(lambda: work.orders > before + during + 20, BACK_S)
            more = threads(server) - had
        done = compare(work)
    print(
        f"\nlocks held {held_s:g} s: writes {sorted(set(told))} after {max(waits):.1f} s at most,"
        f" orders {during}, reads {dict(reads)}, p99 {p99_ms:.0f} ms; memory {grew_mib:+.1f} MiB,"
        f" threads {more:+d}; back after {back_s:.2f} s; {done}"
    )
    assert {status for status, _ in told} == {503}
    assert all(int(after) >= 1 for _, after in told)
    assert max(waits) < LATEST_S
    assert during == 0
    assert set(reads) == {200}
    assert grew_mib < GROWS_MIB
    assert done.is_clean, done
    assert "Traceback" not in server.log


def test_writes_are_told_to_come_again_while_the_lock_is_held(tmp_path: Path) -> None:
    """For as long as a write waits, so that it is told."""
    drill(tmp_path / "home", 1)


@pytest.mark.long
def test_writes_are_told_to_come_again_while_the_lock_is_held_for_60_s(tmp_path: Path) -> None:
    """Nothing piles up: memory stays, and the first write after it is done at once."""
    drill(tmp_path / "home", 60)
