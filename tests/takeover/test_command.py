"""`bai-wx import-pocketbase`: what it says, what it refuses, and a dry run that writes nothing.

Covers: bai_wx/cli/takeover.py, bai_wx/process/rehearsal.py
"""

import fcntl
import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner, Result

from bai_wx.cli.main import main
from bai_wx.record import data_keys
from tests import databases
from tests.running import keep_validity, note_validity
from tests.takeover.by_hand import ByHand, attachment, cart_line, product, row_id, user

Command = Callable[..., Result]


@pytest.fixture
def source(tmp_path: Path) -> ByHand:
    """A small shop, of which one row is refused."""
    made = ByHand(tmp_path / "pb_data")
    made.add("tbl_auth_users", user()).add("tbl_attachments", attachment())
    made.add("tbl_product_list", product(0), product(1, prod_list_name=""))
    made.add("tbl_cart", cart_line())
    made.add_file(row_id("picture"), "picture_0.png", b"a picture")
    return made


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Where a home will be."""
    return tmp_path / "home"


@pytest.fixture
def address(tmp_path: Path) -> str:
    """A database without a table."""
    return databases.new_address(tmp_path)


@pytest.fixture
def command(
    home: Path, address: str, source: ByHand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Command:
    """Runs it on the source, or on what a test names."""
    monkeypatch.chdir(tmp_path)

    def run(*options: str, of: Path = source.folder, **environment: str) -> Result:
        own = {"BAI_WX_HOME": str(home), "BAI_WX_DATABASE": address, "PATH": ""}
        arguments = ["import-pocketbase", str(of), *options]
        if home.exists():
            note_validity(home)
        done = CliRunner().invoke(main, arguments, None, own | environment, prog_name="bai-wx")
        keep_validity(home)
        return done

    return run


def told(done: Result) -> dict[str, Any]:
    """The report in JSON."""
    assert done.exit_code == 0, done.stderr
    report: dict[str, Any] = orjson.loads(done.stdout)
    return report


def test_it_says_what_became_of_each_row(command: Command, home: Path) -> None:
    """In words, with the refused row's reason; progress goes to stderr."""
    done = command()
    assert done.exit_code == 0, done.stderr
    lines = done.stdout.splitlines()
    assert "tbl_product_list: 2 rows" in lines
    assert f"  tbl_product_list {row_id('product', 1)}: prod_list_name is required" in lines
    assert "  files stored: 1" in lines
    assert "tbl_product_list: 100 %, 0 s left: 2 rows" in done.stderr
    assert [path.name for path in (home / "files").rglob("*.png")] == ["picture_0.png"]
    assert not (home / ".take-over").exists()
    again = command()
    assert again.stdout.splitlines()[-1] == "nothing changed"


def test_a_dry_run_writes_nothing(
    command: Command, home: Path, address: str, source: ByHand
) -> None:
    """Neither where there is nothing yet, nor beside what is there; it says what would happen."""
    foretold = told(command("--dry-run", "--json"))
    assert not home.exists()
    assert not databases.is_made(address)
    happened = told(command("--json"))
    assert foretold | {"dry_run": False} == happened
    source.change("tbl_product_list", row_id("product"), prod_list_name="新")
    source.add("tbl_cart", cart_line(1))
    sql = "SELECT prod_list_name AS name FROM tbl_product_list"
    assert told(command("--dry-run", "--json"))["changes"] == 2
    assert databases.read(address, sql) == [{"name": "开关"}]
    assert told(command("--json"))["changes"] == 2


def test_a_dry_run_encrypts_numbers_as_the_run_does(
    command: Command, home: Path, source: ByHand
) -> None:
    """In a process that has met no key yet; it makes none, and needs the one that the database has."""
    source.add("tbl_auth_users", user(1, users_phone="13800138000"))
    data_keys.use(lambda make: ())
    foretold = told(command("--dry-run", "--json"))
    assert not home.exists()
    assert foretold | {"dry_run": False} == told(command("--json"))
    data_keys.use(lambda make: ())
    assert told(command("--dry-run", "--json"))["changes"] == 0
    (home / "data-key").rename(home / "elsewhere")
    refused = command("--dry-run")
    assert refused.exit_code == 1
    assert "the data key" in refused.stderr
    assert not (home / "data-key").exists()


def test_a_backup_is_taken_over(command: Command, source: ByHand, tmp_path: Path) -> None:
    backup = tmp_path / "backup.zip"
    with zipfile.ZipFile(backup, "w") as archive:
        for path in source.folder.rglob("*"):
            archive.write(path, path.relative_to(source.folder))
    report = told(command("--json", of=backup))
    assert (report["changes"], report["collections"]["tbl_attachments"]["files"]["stored"]) == (
        5,
        1,
    )
    refused = command("--files", "move", of=backup)
    assert "files cannot be moved out of a backup" in refused.stderr


@pytest.mark.parametrize(
    ("options", "says"),
    [
        pytest.param(["--files", "s3"], "--files s3 needs BAI_WX_FILES", id="no bucket"),
        pytest.param(["--map", "map.yaml"], "map.yaml", id="a map that is broken"),
    ],
)
def test_it_refuses_in_one_line(
    command: Command, tmp_path: Path, options: list[str], says: str
) -> None:
    (tmp_path / "map.yaml").write_text("collections: {tbl_nowhere: tbl_cart}")
    done = command(*options)
    assert done.exit_code == 1
    assert says in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert done.stdout == ""


def test_what_is_no_pocketbase_is_refused(command: Command, tmp_path: Path, source: ByHand) -> None:
    shutil.rmtree(source.folder)
    source.folder.mkdir()
    done = command()
    assert (done.exit_code, done.stdout) == (1, "")
    assert "has no data.db" in done.stderr


def test_a_second_one_at_once_is_refused(command: Command, home: Path) -> None:
    """The first keeps its folder locked."""
    folder = home / ".take-over"
    folder.mkdir(parents=True)
    descriptor = os.open(folder, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    done = command()
    os.close(descriptor)
    assert "a take-over runs already" in done.stderr
    assert command().exit_code == 0
