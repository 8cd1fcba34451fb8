"""What we start ends with us, also where nobody can end it: a `kill -9` runs no line of ours."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from bai_wx.transfer.parent_death import dying_with_us
from tests.databases import IS_POSTGRES, migrated_address, new_address, without_sql
from tests.failover.cluster import programs
from tests.processes import children, is_running
from tests.running import Server, command_line
from tests.tree import ROOT

WAIT_S = 20
PARENT = """
import subprocess, sys
from bai_wx.transfer.parent_death import dying_with_us
command = [sys.executable, "-c", "import time; time.sleep(60)"]
subprocess.run(dying_with_us(command) if sys.argv[1] == "ours" else command)
"""
OUTSIDE = "CREATE SCHEMA outside; CREATE TABLE outside.held (id int)"
"""A table that `pg_dump` waits for, and that no command of ours reads."""
SLOW = """
CREATE FUNCTION slow() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN PERFORM pg_sleep(60); END$$;
CREATE EVENT TRIGGER slow ON ddl_command_start EXECUTE FUNCTION slow()
"""
"""A database that looks empty, and in which each CREATE of `pg_restore` takes a minute."""


def eventually(is_so: Callable[[], object]) -> bool:
    """Whether it becomes so in time."""
    deadline = time.monotonic() + WAIT_S
    while time.monotonic() < deadline:
        if is_so():
            return True
        time.sleep(0.02)
    return False


def descendants(pid: int, words: str) -> list[int]:
    """The processes below this one whose command has these words."""
    found = []
    for child in children(pid):
        try:
            command = Path(f"/proc/{child}/cmdline").read_text().replace("\0", " ")
            found += ([child] if words in command else []) + descendants(child, words)
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


@without_sql
@pytest.mark.parametrize(
    ("how", "ends"),
    [
        pytest.param("ours", True, id="a child that dies with us"),
        pytest.param("as it is", False, id="another stays, so the test sees a difference"),
    ],
)
def test_a_child_of_a_killed_process_is_killed(how: str, ends: bool) -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT, how], cwd=ROOT)
    assert eventually(lambda: descendants(parent.pid, "-c import time"))
    (child,) = descendants(parent.pid, "-c import time")
    try:
        parent.kill()
        parent.wait(WAIT_S)
        time.sleep(0.2)  # in which one that stays might end
        assert eventually(lambda: is_running(child) is not ends)
    finally:
        if is_running(child):
            os.kill(child, signal.SIGKILL)


@without_sql
def test_a_program_that_cannot_be_run_is_told_in_a_line(tmp_path: Path) -> None:
    done = subprocess.run(
        dying_with_us([str(tmp_path / "no-program")]), capture_output=True, text=True, timeout=10
    )
    assert done.returncode == 127
    assert done.stderr == f"error: {tmp_path}/no-program cannot be run: No such file or directory\n"


@pytest.mark.skipif(not IS_POSTGRES, reason="of PostgreSQL's programs")
def test_a_killed_backup_takes_pg_dump_along(tmp_path: Path) -> None:
    """None holds a snapshot for hours, for which PostgreSQL would keep every dead row."""
    shop = shop_at(tmp_path / "shop", migrated_address(tmp_path))
    with psycopg.connect(shop.address) as database:
        database.execute(OUTSIDE)
        database.commit()
        database.execute("LOCK TABLE outside.held IN ACCESS EXCLUSIVE MODE")
        assert_taken_along(shop, ["backup", str(tmp_path / "shop.tar")], "--snapshot=")


@pytest.mark.long
@pytest.mark.skipif(not IS_POSTGRES, reason="of PostgreSQL's programs")
def test_a_killed_restore_takes_pg_restore_along(tmp_path: Path) -> None:
    """None fills a database for which nobody asks any more."""
    archive = str(tmp_path / "shop.tar")
    shop_at(tmp_path / "shop", migrated_address(tmp_path)).command("backup", archive)
    other = shop_at(tmp_path / "other", new_address(tmp_path))
    with psycopg.connect(other.address) as database:
        database.execute(SLOW)
    assert_taken_along(other, ["restore", archive], "--single-transaction")


def shop_at(home: Path, address: str) -> Server:
    """A shop whose commands find the programs of the PostgreSQL that the tests run on."""
    home.mkdir()
    return Server(home, BAI_WX_PG_BIN=str(programs()), BAI_WX_DATABASE=address)


def assert_taken_along(shop: Server, arguments: list[str], option: str) -> None:
    """Kill a command when it has started the program that has this option."""
    command = subprocess.Popen([*command_line(), *arguments], env=shop.environment)
    found: list[int] = []
    try:
        assert eventually(lambda: found.extend(descendants(command.pid, option)) or found)
        time.sleep(0.1)  # by now the program itself runs, and waits
    finally:
        command.kill()
        command.wait(WAIT_S)
    assert eventually(lambda: not any(map(is_running, found)))
