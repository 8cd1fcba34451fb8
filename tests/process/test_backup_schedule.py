"""`serve` backs up by itself: when one is due, once for all replicas, and again where it failed.

Covers: bai_wx/process/background.py, bai_wx/process/backup_process.py, bai_wx/process/schedule.py
"""

import fcntl
import os
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from peewee import Database

from bai_wx.database.connection import another
from bai_wx.process import schedule as schedules
from bai_wx.process.backup_process import BACKING_UP, BUSY_S, LOCK_NAME, back_up_if_due
from bai_wx.process.inherited import Inherited, share_memory
from bai_wx.process.schedule import BACKUP, BACKUP_LOCK, Schedule
from bai_wx.process.settings import Settings
from bai_wx.record import backups, clock
from tests.databases import IS_POSTGRES, without_sql
from tests.failover.cluster import programs
from tests.running import Server

EVERY_S = 3600
PATIENCE_S = 30


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:
    """A shop that is backed up each hour, whose database is connected."""
    environment = {
        "BAI_WX_HOME": str(tmp_path / "home"),
        "BAI_WX_DATABASE": database.database if IS_POSTGRES else f"sqlite:///{database.database}",
        "BAI_WX_BACKUP_TO": str(tmp_path / "backups"),
        "BAI_WX_BACKUP_EVERY": "1h",
        "BAI_WX_BACKUP_KEEP": "2",
        **({"BAI_WX_PG_BIN": str(programs())} if IS_POSTGRES else {}),
    }
    settings = Settings.from_environment(environment, tmp_path)
    settings.make_home()
    return settings


def made(settings: Settings) -> int:
    """How many backups there are."""
    return len(list(Path(settings.backup_to).glob("bai-wx-*.tar")))


@pytest.mark.parametrize(
    ("age_s", "is_due"),
    [
        pytest.param(None, True, id="never"),
        pytest.param(60, False, id="a minute ago"),
        pytest.param(EVERY_S + 1, True, id="an hour ago"),
        pytest.param(-8 * 86_400, True, id="in eight days, before the clock was set back"),
    ],
)
def test_a_backup_is_made_when_it_is_due(
    age_s: float | None, is_due: bool, settings: Settings
) -> None:
    if age_s is not None:
        backups.note_success(settings.backup_to, clock.text_of(time.time() - age_s), 1)
    wait_s = back_up_if_due(settings)
    assert made(settings) == is_due
    assert wait_s == EVERY_S if is_due else EVERY_S - 70 < wait_s <= EVERY_S - 60
    back_up_if_due(settings)
    assert made(settings) == is_due


def test_one_process_of_all_replicas_makes_it(settings: Settings) -> None:
    """Another replica is at it: this one looks again later."""
    with held(settings):
        assert back_up_if_due(settings) == BUSY_S
        assert made(settings) == 0
    assert back_up_if_due(settings) == EVERY_S
    assert made(settings) == 1


def held(settings: Settings) -> "closing[Holder]":
    """The lock as another process has it."""
    return closing(Holder(settings))


class Holder:
    """Another replica that backs up."""

    def __init__(self, settings: Settings) -> None:
        if IS_POSTGRES:
            self._database = another(settings.database)
            self._database.execute_sql("SELECT pg_advisory_lock(%s)", (BACKING_UP,))
        else:
            self._descriptor = os.open(settings.home / LOCK_NAME, os.O_RDWR | os.O_CREAT)
            fcntl.flock(self._descriptor, fcntl.LOCK_EX)

    def close(self) -> None:
        """End it."""
        if IS_POSTGRES:
            # A backend that ends gives its locks back some time after its client has gone.
            self._database.execute_sql("SELECT pg_advisory_unlock(%s)", (BACKING_UP,))
            self._database.disconnect()  # type: ignore[attr-defined]
        else:
            os.close(self._descriptor)


@pytest.fixture
def inherited() -> Iterator[Inherited]:
    """What two workers of one server share."""
    descriptor = share_memory(BACKUP_LOCK, 1)
    yield Inherited({BACKUP_LOCK: descriptor}, 0, os.getpid(), [])
    os.close(descriptor)


@without_sql
@pytest.mark.parametrize(
    ("program", "least_s", "most_s"),
    [
        pytest.param("print('{\"wait_s\": 77}')", 70, 77, id="what it says"),
        pytest.param("print('{\"wait_s\": 86400}')", 3590, 3600, id="an hour at most"),
        pytest.param("print('?')", 50, 60, id="what nobody understands"),
        pytest.param("raise SystemExit(1)", 50, 60, id="a failure"),
    ],
)
def test_the_next_look_is_when_the_process_says(
    program: str,
    least_s: float,
    most_s: float,
    inherited: Inherited,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing waits for it: each look returns at once."""
    command = [sys.executable, "-c", program]
    monkeypatch.setattr(schedules, "program", lambda *_: command)
    schedule = Schedule(inherited, replace(BACKUP, start_s=0.0), 86_400.0)
    until = time.monotonic() + PATIENCE_S
    schedule.look()
    while schedule.next_look < time.monotonic() + 1 and time.monotonic() < until:
        schedule.look()
        time.sleep(0.02)
    assert least_s < schedule.next_look - time.monotonic() <= most_s


@without_sql
def test_serve_backs_up_and_tells_who_asks(tmp_path: Path) -> None:
    """Two workers, one backup, which is whole; then the doctor knows it."""
    folder = tmp_path / "backups"
    settings = {"BAI_WX_BACKUP_TO": str(folder), "BAI_WX_LOG": "info:"}  # in its usual form
    with Server(tmp_path / "home", workers=2, **settings) as server:
        until = time.monotonic() + PATIENCE_S
        while not list(folder.glob("*.tar")) and time.monotonic() < until:
            time.sleep(0.1)
        [backup] = folder.glob("*.tar")
        assert server.command("verify", str(backup)).stdout.startswith(f"{backup} is whole: ")
        doctor = server.command("doctor", check=False).stdout
        assert "ok   backup: the last good one is of" in doctor
        assert list(folder.glob("*.tar")) == [backup]
    [line] = [line for line in server.log.splitlines() if "backed up: " in line]
    assert orjson.loads(line)["logger"] == "bai_wx.server"  # as the lines around it


@without_sql
@pytest.mark.parametrize(
    ("place", "said"),
    [
        pytest.param("home/files/backups", "where the uploaded files are", id="among the files"),
        pytest.param("taken/backups", "cannot be made: Not a directory", id="below a file"),
    ],
)
def test_a_place_that_cannot_be_used_stops_the_start(place: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    server = Server(tmp_path / "home", BAI_WX_BACKUP_TO=f"{tmp_path}/{place}")
    with pytest.raises(AssertionError) as told:
        server.start()
    assert "Error: BAI_WX_BACKUP_TO" in str(told.value)
    assert said in str(told.value)
