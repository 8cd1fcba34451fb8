"""What many writes ask for beside themselves: a log that is copied, a file that is not mapped."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bai_wx.database.connection import connect, database, disconnect
from bai_wx.database.housekeeping import BURST, CHECKPOINT_EVERY, Housekeeping
from bai_wx.database.sqlite import MAIN_THREAD_PRAGMAS
from tests.databases import IS_POSTGRES

pytestmark = pytest.mark.skipif(IS_POSTGRES, reason="PostgreSQL looks after its own files")

PATIENCE_S = 20
MAPPED, UNMAPPED = MAIN_THREAD_PRAGMAS["mmap_size"], 0


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Path]:
    """A database whose only table is in the log, not yet in the file."""
    path = tmp_path / "a.db"
    connect(f"sqlite:///{path}")
    database.execute_sql("CREATE TABLE t (x)")
    yield path
    disconnect()


def mapped() -> int:
    """How much of the file this thread's connection may map."""
    return int(database.execute_sql("PRAGMA mmap_size").fetchone()[0])


def noting(*writes: int) -> Callable[[Housekeeping], None]:
    """What notes these writes, one group at a time."""

    def note(housekeeping: Housekeeping) -> None:
        for number in writes:
            housekeeping.note(number)

    return note


def tidied(note: Callable[[Housekeeping], None]) -> None:
    """Note in an event loop, and let what that started end."""

    async def run() -> None:
        with ThreadPoolExecutor(1) as executor:
            note(Housekeeping(executor))

    asyncio.run(run())


@pytest.mark.parametrize(
    ("writes", "is_copied"),
    [
        pytest.param([CHECKPOINT_EVERY - 1], False, id="too few"),
        pytest.param([CHECKPOINT_EVERY - 1, 1], True, id="enough"),
    ],
)
def test_the_log_is_copied_after_so_many_writes(
    file: Path, writes: list[int], is_copied: bool
) -> None:
    """In a thread: the table is in the file then."""
    before = file.stat().st_size
    tidied(noting(*writes))
    assert (file.stat().st_size > before) == is_copied


@pytest.mark.parametrize(
    ("writes", "size"),
    [
        pytest.param([1] * (BURST - 1), MAPPED, id="a few"),
        pytest.param([BURST], MAPPED, id="the first many: since when is not known"),
        pytest.param([BURST, BURST], UNMAPPED, id="many at once"),
    ],
)
def test_the_file_is_not_mapped_in_a_burst(file: Path, writes: list[int], size: int) -> None:
    """Other workers' commits would take the mapping away each time."""
    assert mapped() == MAPPED
    tidied(noting(*writes))
    assert mapped() == size


def test_it_is_mapped_again_when_the_burst_is_over(file: Path) -> None:
    """By itself, after a while without one."""

    async def run() -> None:
        with ThreadPoolExecutor(1) as executor:
            noting(BURST, BURST, BURST)(Housekeeping(executor))
            assert mapped() == UNMAPPED
            async with asyncio.timeout(PATIENCE_S):
                while mapped() != MAPPED:
                    await asyncio.sleep(0.01)

    asyncio.run(run())
