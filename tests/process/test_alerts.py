"""Alerts of a real server at a real robot: a dead worker is told, and a bad robot disturbs nobody.

Covers: bai_wx/process/backup_moment.py
"""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from peewee import Database

from bai_wx.process import alerts
from bai_wx.process.alert_robots import Robot
from bai_wx.process.alerts import KEPT_S, MOST_KEPT, RETRY_S, WATCHING, Backups, Outbox, low_disks
from bai_wx.process.settings import Settings
from bai_wx.record import backups, clock
from tests.databases import without_sql
from tests.faults.steps import In, eventually
from tests.process.robot import RobotServer, robot_server, says
from tests.running import Client, Server

pytestmark = without_sql


@pytest.fixture
def robot() -> Iterator[RobotServer]:
    """A robot on this machine."""
    with robot_server() as running:
        yield running


def test_a_server_tells_its_operators_and_nobody_the_key(
    robot: RobotServer, tmp_path: Path
) -> None:
    """A bad secret, then a dead worker, by one that took the place of a killed one; no log has the key."""
    with Server(tmp_path / "home", BAI_WX_ALERT_URL=robot.url) as server:
        assert server.process is not None
        parent = server.process.pid
        assert eventually(lambda: WATCHING in server.log)
        (first,) = watchers(server)
        os.kill(first, signal.SIGKILL)
        assert eventually(lambda: server.log.count(WATCHING) == 2)
        (watching,) = watchers(server)
        (worker,) = [pid for pid in server.workers() if _listens(pid)]
        refused = Client(server.url).hook("/wechat/login", {"users_wx_code": "err-40125"})
        assert refused.status_code == 500
        robot.await_text("微信返回 40125：WECHAT_SECRET 无效")
        os.kill(worker, signal.SIGKILL)
        began = time.monotonic()
        text = robot.await_text("工作进程意外结束")
        assert text.startswith("[bai-wx ")
        assert "1 个工作进程" in text
        assert time.monotonic() - began < 15
        robot.answer = says("", 500)
        assert Client(server.url).get("/health").status_code == 200
        assert server.stop() == 0
        assert not Path(f"/proc/{watching}").exists()
        assert not Path(f"/proc/{parent}").exists()
        assert "TOPSECRET" not in server.log


@pytest.mark.long
def test_sighup_takes_another_robot_and_none(robot: RobotServer, tmp_path: Path) -> None:
    """From none to one, to another, and to none again."""
    dotenv = tmp_path / ".env"
    with robot_server() as other, In(tmp_path) as server:
        assert server.process is not None
        assert watchers(server) == []
        for count, told in enumerate((robot, other), 1):
            dotenv.write_text(f"BAI_WX_ALERT_URL={told.url}\n")
            server.process.send_signal(signal.SIGHUP)
            assert eventually(lambda n=count: server.log.count(WATCHING) == n)  # type: ignore[misc]
            refused = Client(server.url).hook("/wechat/login", {"users_wx_code": "err-40125"})
            assert refused.status_code == 500
            told.await_text("微信返回 40125")
        dotenv.write_text("")
        server.process.send_signal(signal.SIGHUP)
        assert eventually(lambda: watchers(server) == [])
        assert len(robot.bodies) == 1
        assert "Traceback" not in server.log


def watchers(server: Server) -> list[int]:
    """The processes that alert people: no other gives way so much."""
    found = []
    for pid in server.workers():
        with suppress(FileNotFoundError, ProcessLookupError):
            found += [pid] if _niceness(pid) == 10 else []
    return found


def _niceness(pid: int) -> int:
    return os.getpriority(os.PRIO_PROCESS, pid)


def _listens(pid: int) -> bool:
    """Whether a child is a worker: it is forked, so its command line is that of `serve`, and not nice."""
    command = Path(f"/proc/{pid}/cmdline").read_bytes()
    return b"serve" in command and _niceness(pid) == 0


def test_a_message_waits_for_a_robot_that_is_away(robot: RobotServer) -> None:
    """It is sent again after a while, in its order, and given up after an hour."""
    now = [0.0]
    outbox = Outbox(Robot(robot.url), clock=lambda: now[0])
    robot.answer = says("", 503)
    for text in ("甲", "乙"):
        outbox.put(text)
    outbox.empty()
    outbox.empty()
    assert [m["text"] for m in robot.messages()] == ["甲"], "not again at once"
    now[0], robot.answer = float(RETRY_S), says("")
    outbox.empty()
    assert [m["text"] for m in robot.messages()] == ["甲", "甲", "乙"]
    robot.answer = says("", 503)
    outbox.put("丙")
    now[0] += KEPT_S
    outbox.empty()
    robot.answer = says("")
    now[0] += RETRY_S
    outbox.empty()
    assert [m["text"] for m in robot.messages()][3:] == ["丙"]


def test_so_many_messages_wait(robot: RobotServer) -> None:
    """The oldest are dropped."""
    outbox = Outbox(Robot(robot.url))
    for number in range(MOST_KEPT + 3):
        outbox.put(str(number))
    outbox.empty()
    assert [m["text"] for m in robot.messages()] == [str(n) for n in range(3, MOST_KEPT + 3)]


def test_a_low_disk_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that is not there is none."""
    places = {str(tmp_path), str(tmp_path / "gone")}
    monkeypatch.setattr(alerts, "LEAST_FREE_BYTES", 0)
    assert dict(low_disks(places)) == {}
    monkeypatch.setattr(alerts, "LEAST_FREE_BYTES", 1 << 62)
    monkeypatch.setattr(alerts, "LEAST_FREE_PART", 1.0)
    assert dict(low_disks(places)).keys() == {str(tmp_path)}


HOUR_S = 3600


@pytest.mark.parametrize(
    ("every", "last_h", "now_h", "late"),
    [
        pytest.param("1d", 0, 25, False, id="due an hour ago"),
        pytest.param("1d", 0, 27, True, id="due three hours ago"),
        pytest.param("1h", 0, 2.9, False, id="each hour, two late"),
        pytest.param("1h", 0, 3.1, True, id="each hour, more than two late"),
        pytest.param("1d", None, 25, False, id="none yet, a day after the start"),
        pytest.param("1d", None, 27, True, id="none yet, longer after it"),
    ],
)
def test_a_late_backup_is_noticed(
    database: Database, tmp_path: Path, every: str, last_h: float | None, now_h: float, late: bool
) -> None:
    """By the row that `bai-wx backup` writes; the one of another place does not count."""
    place = str(tmp_path / "backups")
    address = f"sqlite:///{database.database}"
    settings = Settings(tmp_path, address, backup_to=place, backup_every=every)
    began = 1_800_000_000.0
    backups.note_success("elsewhere", clock.text_of(began + now_h * HOUR_S), 1)
    if last_h is not None:
        backups.note_success(place, clock.text_of(began + last_h * HOUR_S), 1)
    now = [began]
    found = Backups(settings, now=lambda: now[0])
    assert found.late() == ""
    now[0] = began + now_h * HOUR_S
    assert bool(found.late()) == late


def test_without_scheduled_backups_none_is_late(tmp_path: Path) -> None:
    """The database is not even asked: there is none."""
    settings = Settings(tmp_path, f"sqlite:///{tmp_path}/none.db")
    assert Backups(settings, now=lambda: 9e9).late() == ""
