"""`serve` removes by itself what is older than it is kept: each night, by one process of all replicas."""

import os
import subprocess
import time
from pathlib import Path

import orjson
import pytest
from peewee import Database

from bai_wx.database.connection import connect, disconnect
from bai_wx.process.background import alone
from bai_wx.process.programs import program
from bai_wx.process.retention_process import LOCK_NAME, RETAINING, remove_expired, until_night
from bai_wx.process.schedule import RETENTION
from bai_wx.process.settings import Settings
from bai_wx.record import clock
from bai_wx.record.spending import WINDOW_S, Spending
from tests.databases import IS_POSTGRES, without_sql
from tests.running import Server

NIGHT = "2026-01-05 04:00:00"
ROWS = ("yesterday", "today")


def spend() -> None:
    """One window that has ended, and one that has not."""
    for owner, ends in zip(ROWS, (clock.ago(1), clock.ago(-WINDOW_S)), strict=True):
        Spending.create(owner=owner, kind="", used=1, ends=ends)


def left() -> list[str]:
    """Whose rows are there."""
    return [row.owner for row in Spending.select()]


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:
    """A shop whose database is connected."""
    address = database.database if IS_POSTGRES else f"sqlite:///{database.database}"
    environment = {"BAI_WX_HOME": str(tmp_path / "home"), "BAI_WX_DATABASE": address}
    settings = Settings.from_environment(environment, tmp_path)
    settings.make_home()
    spend()
    return settings


def test_the_process_removes_what_is_over(settings: Settings) -> None:
    """It tells when the next night is, and the log how many rows there were."""
    environment = {
        **os.environ,
        "BAI_WX_HOME": str(settings.home),
        "BAI_WX_DATABASE": settings.database,
    }
    command = [*program(RETENTION.module, "main"), str(os.getpid())]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert 0 < orjson.loads(done.stdout)["wait_s"] <= RETENTION.longest_wait_s
    assert "removed what is older than it is kept: spending 1" in done.stderr
    assert left() == ["today"]


def test_one_process_of_all_replicas_does_it(settings: Settings) -> None:
    """While another is at it, nothing is done here."""
    if not IS_POSTGRES:
        with alone(settings, RETAINING, LOCK_NAME) as is_first:
            assert is_first
            remove_expired(settings)
        assert left() == list(ROWS)
    remove_expired(settings)
    assert left() == ["today"]


@without_sql
@pytest.mark.parametrize(
    ("now", "wait_s"),
    [
        pytest.param("2026-01-05 03:59:00", 60, id="a minute before"),
        pytest.param(NIGHT, 24 * 3600, id="at the hour"),
        pytest.param("2026-01-05 04:00:01", 24 * 3600 - 1, id="just after"),
        pytest.param("2026-01-05 16:30:00", 11.5 * 3600, id="in the afternoon"),
    ],
)
def test_the_next_night_is_told(now: str, wait_s: float) -> None:
    """In the server's own time."""
    moment = time.mktime(time.strptime(now, "%Y-%m-%d %H:%M:%S"))
    assert until_night(moment) == wait_s


@without_sql
@pytest.mark.long
def test_serve_removes_it_a_minute_after_its_start(tmp_path: Path) -> None:
    """Two workers, once."""
    with Server(tmp_path / "home", workers=2) as server:
        connect(f"sqlite:///{tmp_path}/home/bai-wx.db")
        spend()
        until = time.monotonic() + RETENTION.start_s + 30
        while len(left()) > 1 and time.monotonic() < until:
            time.sleep(1)
        assert left() == ["today"]
        disconnect()
    assert server.log.count("removed what is older than it is kept: spending 1") == 1
