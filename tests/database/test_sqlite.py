"""Several works in one transaction of SQLite: each by itself in what fails, all of them in what is kept."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from peewee import OperationalError

from bai_wx.database.connection import (
    Busy,
    another,
    checkpoint,
    connect,
    database,
    disconnect,
    empty_log,
    map_file,
    together,
)
from bai_wx.database.damage import SHARED_STATE, Guard
from bai_wx.database.sqlite import LONG_LOG_PAGES, MAIN_THREAD_PRAGMAS
from tests.databases import IS_POSTGRES

pytestmark = pytest.mark.skipif(IS_POSTGRES, reason="PostgreSQL has more than one writer")

PAGES = 40  # a small disk
FILLING = """
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
    INSERT INTO t SELECT ?1 FROM n
"""


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Path]:
    """A database with one table."""
    path = tmp_path / "a.db"
    connect(f"sqlite:///{path}", limit_s=1)
    database.execute_sql("CREATE TABLE t (x)")
    yield path
    disconnect()


def add(*numbers: int) -> int:
    """Write these, in a transaction of the work's own; a negative one is refused after it was written."""
    with database.atomic():
        for number in numbers:
            database.execute_sql("INSERT INTO t VALUES (?)", (number,))
            if number < 0:
                raise ValueError(number)
    return numbers[-1]


def refused(work: Callable[[], int]) -> int:
    """Answer whatever happens, as an operation does."""
    try:
        return work()
    except (ValueError, OperationalError, sqlite3.OperationalError):
        return -1


def kept(file: Path) -> list[int]:
    """What somebody else sees."""
    with closing(sqlite3.connect(file)) as other:
        return [row[0] for row in other.execute("SELECT x FROM t ORDER BY rowid")]


def works(*groups: tuple[int, ...]) -> list[Callable[[], int]]:
    """A work of each group of numbers."""
    return [partial(refused, partial(add, *group)) for group in groups]


def test_a_work_that_fails_undoes_itself_alone(file: Path) -> None:
    """The ones before and after it are kept, and nothing of it."""
    assert together(works((1, 2), (3, -3), (4,))) == [2, -1, 4]
    assert kept(file) == [1, 2, 4]


def test_inner_transactions_fail_one_by_one(file: Path) -> None:
    """A transaction in a transaction in a transaction, the innermost refused."""

    def outer() -> int:
        with database.atomic():
            add(1)
            refused(partial(add, 2, -2))
            return add(3)

    assert together([outer]) == [3]
    assert kept(file) == [1, 3]


def test_nothing_is_kept_before_all_is_done(file: Path) -> None:
    """Others see the works all at once."""
    seen = []

    def look() -> int:
        seen.append(kept(file))
        return 0

    together([*works((1,)), look])
    assert seen == [[]]
    assert kept(file) == [1]


def test_another_writer_is_told_at_once(file: Path) -> None:
    """And when it is done, the works are; whoever waits for it elsewhere waits as before."""
    done: list[int] = []
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Busy):
            together([partial(done.append, 1)])
        assert not database.in_transaction()
        other.execute("COMMIT")
    assert (together(works((2,))), done, kept(file)) == ([2], [], [2])
    assert database.execute_sql("PRAGMA busy_timeout").fetchone() == (5000,)


def test_a_full_disk_keeps_nothing_of_any_work(file: Path) -> None:
    """SQLite may take back the whole transaction; then what follows must not commit by itself."""
    database.execute_sql(f"PRAGMA max_page_count={PAGES}")
    full = [*works((1,)), *works(tuple(range(PAGES * 1000))), *works((2,))]
    with pytest.raises(OperationalError):
        together(full)
    assert kept(file) == []
    assert (together(works((3,))), kept(file)) == ([3], [3])


def test_a_checkpoint_lets_the_log_begin_anew(file: Path) -> None:
    """Whatever was written, its size stays: the next write goes to its beginning."""
    sizes = []
    for _ in range(3):
        together(works(tuple(range(5_000))))
        sizes.append((file.parent / "a.db-wal").stat().st_size)
        checkpoint()
    assert len(kept(file)) == 15_000
    assert sizes[2] < 1.5 * sizes[0]


def fill_log() -> None:
    """Write more than a log may hold before it begins anew."""
    text = "x" * 3_000  # a row a page
    together([lambda: database.execute_sql(FILLING, (text, LONG_LOG_PAGES + 10)) and 0])


def log_size(file: Path) -> int:
    """How long the log is on the disk."""
    return (file.parent / f"{file.name}-wal").stat().st_size


def test_a_long_read_keeps_nobody_from_checkpoint_or_write(file: Path) -> None:
    """The log grows meanwhile, and begins anew when the read is over."""
    fill_log()
    with closing(sqlite3.connect(file, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        assert reader.execute("SELECT COUNT(*) FROM t").fetchone() == (LONG_LOG_PAGES + 10,)
        fill_log()
        checkpoint()
        grown = log_size(file)
        fill_log()
        assert log_size(file) > grown
        assert reader.execute("SELECT COUNT(*) FROM t").fetchone() == (LONG_LOG_PAGES + 10,)
    checkpoint()
    longest = log_size(file)
    fill_log()
    assert log_size(file) == longest
    assert len(kept(file)) == 4 * (LONG_LOG_PAGES + 10)


def test_a_checkpoint_beside_another_writer_copies_what_is_committed(file: Path) -> None:
    """It waits for nobody: the log begins anew another time, and the writer's rows are kept."""
    fill_log()
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("INSERT INTO t VALUES (7)")
        checkpoint()
        assert file.stat().st_size > LONG_LOG_PAGES * 4_096
        other.execute("COMMIT")
    assert kept(file)[-1] == 7


@pytest.mark.parametrize(("is_on", "size"), [(False, 0), (True, MAIN_THREAD_PRAGMAS["mmap_size"])])
def test_what_is_read_is_the_same_mapped_or_not(file: Path, is_on: bool, size: int) -> None:
    """Also what this connection and others write afterwards."""
    together(works((1,)))
    map_file(is_on=is_on)
    assert database.execute_sql("PRAGMA mmap_size").fetchone() == (size,)
    together(works((2,)))
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("INSERT INTO t VALUES (3)")
    assert [row[0] for row in database.execute_sql("SELECT x FROM t")] == [1, 2, 3]


def test_what_is_removed_is_in_the_file_no_more(file: Path) -> None:
    """Whatever this SQLite does by itself: an erased person's rows must not stay in free pages and backups."""
    text = "13800138000 " * 20
    with database.atomic():
        database.execute_sql("INSERT INTO t VALUES (?)", (text,))
    checkpoint()
    assert text.encode() in file.read_bytes()
    with database.atomic():
        database.execute_sql("DELETE FROM t")
    checkpoint()
    assert b"13800138000" not in file.read_bytes()
    assert database.execute_sql("PRAGMA secure_delete").fetchone() == (1,)


def test_what_is_removed_is_in_the_log_no_more(file: Path) -> None:
    """A quiet shop writes for days into the log that has the page of before."""
    log = file.parent / f"{file.name}-wal"
    with database.atomic():
        database.execute_sql("INSERT INTO t VALUES ('13800138000')")
    with closing(sqlite3.connect(file, isolation_level=None)) as server:
        assert server.execute("SELECT COUNT(*) FROM t").fetchone() == (1,)
        with database.atomic():
            database.execute_sql("DELETE FROM t")
        assert b"13800138000" in log.read_bytes()
        assert empty_log()
        assert b"13800138000" not in log.read_bytes() + file.read_bytes()
        server.execute("INSERT INTO t VALUES (7)")
    assert kept(file) == [7]


def test_a_log_that_is_read_stays(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever empties it is told so, and the reader reads on."""
    monkeypatch.setattr("bai_wx.database.sqlite.EMPTYING_TRIES", 1)
    add(1)
    with closing(sqlite3.connect(file, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        assert reader.execute("SELECT COUNT(*) FROM t").fetchone() == (1,)
        add(2)
        assert not empty_log()
        assert reader.execute("SELECT COUNT(*) FROM t").fetchone() == (1,)
        reader.execute("COMMIT")
        assert empty_log()
    assert kept(file) == [1, 2]


@pytest.mark.parametrize(
    ("is_open", "is_lost", "is_in_place"),
    [
        pytest.param(False, False, True, id="the last connection took its log along"),
        pytest.param(True, False, True, id="one is open"),
        pytest.param(True, True, False, id="one is open, and the log was removed"),
        pytest.param(False, True, True, id="the next one has another log"),
    ],
)
def test_a_log_is_lost_only_to_who_writes_to_it(
    tmp_path: Path, is_open: bool, is_lost: bool, is_in_place: bool
) -> None:
    """A worker whose only connection was closed, after a scrape say, must go on to write."""
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path)) as made:
        made.executescript("PRAGMA journal_mode = WAL; CREATE TABLE t (x)")
    found = path.stat()
    guard = Guard(str(path), [found.st_dev, found.st_ino], bytearray(SHARED_STATE.size))
    guarded = another(f"sqlite:///{path}", limit_s=1, guard=guard)
    guarded.execute_sql("INSERT INTO t VALUES (1)")
    if not is_open:
        guarded.close()
    if is_lost:
        Path(f"{path}-wal").unlink(missing_ok=True)
    assert guard.is_in_place() is is_in_place
    if is_in_place:
        guarded.execute_sql("INSERT INTO t VALUES (2)")
        assert guard.is_in_place()
    guarded.close()
