"""A take-over that is killed with -9 at any step goes on when it is run again, as if it never had been.

A child process takes over and kills itself: before, between and after what it writes.
"""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bai_wx.database import connection
from bai_wx.database.connection import connect, disconnect
from bai_wx.files.folder import Folder
from bai_wx.files.store import FileStore
from tests.databases import migrated_address
from tests.takeover.by_hand import ByHand, attachment, cart_line, product, row_id, user
from tests.takeover.here import bring, contents

FILES = 6


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> ByHand:
    """Rows of several chunks and files, whose second chunk has a refused row in it."""
    made = ByHand(tmp_path_factory.mktemp("source") / "pb_data")
    made.add("tbl_auth_users", *(user(n) for n in range(3)))
    made.add("tbl_attachments", *(attachment(n) for n in range(FILES)))
    made.add("tbl_product_list", *(product(n) for n in range(260)))
    made.change("tbl_product_list", row_id("product", 255), prod_list_id="P-0")
    made.add("tbl_cart", *(cart_line(n) for n in range(20)))
    for number in range(FILES):
        made.add_file(row_id("picture", number), f"picture_{number}.png", b"%d" % number * 1000)
    return made


def killed(address: str, work: Callable[[], object]) -> bool:
    """Do the work in a child process on a database. Returns: whether it was killed."""
    child = os.fork()
    if child == 0:
        try:
            connect(address)
            work()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


class Death:
    """Kills this process at the given call."""

    def __init__(self, at: int) -> None:
        self._left = at

    def __call__(self, *_: Any) -> None:
        self._left -= 1
        if self._left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)


class DyingFolder(Folder):
    """A folder of files in which a process dies."""

    def __init__(self, root: Path, death: Death, *, midway: bool) -> None:
        super().__init__(root)
        self._death, self._midway = death, midway

    def put_file(self, collection: str, record_id: str, name: str, source: Path, mime: str) -> None:
        """Die in the middle of a file, or after it."""
        if self._midway:
            folder = self._root / collection / record_id
            folder.mkdir(parents=True, exist_ok=True)
            (folder / ".copy.part").write_bytes(b"half")
            self._death()
        super().put_file(collection, record_id, name, source, mime)
        self._death()


def dies_in_statement(source: Path, files: Path, at: int) -> None:
    """Die after so many inserts: between the rows and the journal, or before the commit."""
    death, insert = Death(at), connection.database.obj.insert_rows

    def insert_and_die(*arguments: Any) -> None:
        insert(*arguments)
        death()

    connection.database.obj.insert_rows = insert_and_die
    bring(source, FileStore.at(str(files)))


def dies_after_chunk(source: Path, files: Path, at: int) -> None:
    bring(source, FileStore.at(str(files)), progress=Death(at))


def dies_in_file(source: Path, files: Path, at: int) -> None:
    bring(source, FileStore(DyingFolder(files, Death(at), midway=True)))


def dies_after_file(source: Path, files: Path, at: int) -> None:
    bring(source, FileStore(DyingFolder(files, Death(at), midway=False)))


MOMENTS = [
    *(pytest.param(dies_in_statement, at, id=f"insert {at}") for at in (1, 2, 5, 8)),
    *(pytest.param(dies_after_chunk, at, id=f"chunk {at}") for at in (1, 3)),
    *(pytest.param(dies_in_file, at, id=f"in file {at}") for at in (1, 4)),
    *(pytest.param(dies_after_file, at, id=f"after file {at}") for at in (1, FILES)),
]


def stored(files: Path) -> dict[str, bytes]:
    """Every file below a folder, hidden ones too."""
    return {str(p.relative_to(files)): p.read_bytes() for p in files.rglob("*") if p.is_file()}


@pytest.fixture(scope="module")
def undisturbed(
    source: ByHand, tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The rows and files of a run that nobody disturbs."""
    folder = tmp_path_factory.mktemp("undisturbed")
    connect(migrated_address(folder))
    bring(source.folder, FileStore.at(str(folder / "files")))
    found = contents(), stored(folder / "files")
    disconnect()
    return found


@pytest.mark.parametrize(("dies", "at"), MOMENTS)
def test_a_killed_take_over_goes_on(
    source: ByHand,
    undisturbed: tuple[dict[str, Any], dict[str, bytes]],
    tmp_path: Path,
    dies: Callable[[Path, Path, int], None],
    at: int,
) -> None:
    """Rows, their order and files are those of an undisturbed run, with nothing beside them."""
    address, files = migrated_address(tmp_path), tmp_path / "files"
    assert killed(address, lambda: dies(source.folder, files, at))
    connect(address)
    try:
        bring(source.folder, FileStore.at(str(files)))
        assert without_seq(contents()) == without_seq(undisturbed[0])
        assert stored(files) == undisturbed[1]
        assert bring(source.folder, FileStore.at(str(files))).changes == 0
    finally:
        disconnect()


def without_seq(found: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """Rows in their order: a sequence of PostgreSQL's is not rolled back."""
    return {
        name: [{key: row[key] for key in row if key != "seq"} for row in rows]
        for name, rows in found.items()
    }


def test_moved_files_are_never_in_neither_place(tmp_path: Path) -> None:
    """Killed after each file, it has every file in the source or stored, and noted before it leaves."""
    own = ByHand(tmp_path / "pb_data")
    own.add("tbl_attachments", *(attachment(n) for n in range(FILES)))
    for number in range(FILES):
        own.add_file(row_id("picture", number), f"picture_{number}.png", b"%d" % number)
    every, files = own.files(), tmp_path / "files"
    for at in (2, FILES):
        address = migrated_address(made(tmp_path, at))
        assert killed(
            address,
            lambda at=at: bring(
                own.folder, FileStore(DyingFolder(files, Death(at), midway=False)), moves=True
            ),
        )
        assert own.files() == every
    connect(address)
    bring(own.folder, FileStore.at(str(files)), moves=True)
    disconnect()
    assert own.files() == []
    assert sorted(Path(name).name for name in stored(files)) == every


def made(folder: Path, number: int) -> Path:
    """A folder of its own."""
    own = folder / str(number)
    own.mkdir()
    return own
