"""What changes with new settings beside the workers: the socket for scrapes, and who alerts people.

Covers: bai_wx/process/listening.py
"""

import json
import logging
import os
import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from bai_wx.process import log as workers_log
from bai_wx.process.listening import ListenError, listening
from bai_wx.process.supervision import SCRAPES, Alerts, Settings, log, outlived, with_scrapes
from tests.databases import without_sql
from tests.faults.steps import eventually
from tests.tree import ROOT

pytestmark = without_sql

WORKER = """
import json, os, struct, sys, time
told = json.loads(sys.argv[1])
os.pwrite(told["descriptors"]["beats"], struct.pack("<Q", 1), 8 * told["number"])
print("worker", os.getpid(), "scrapes" in told["descriptors"], flush=True)
time.sleep(60)
"""
PARENT = """
import json, os, signal, sys
from bai_wx.process.inherited import share_memory
from bai_wx.process.listening import listening
from bai_wx.process.supervisor import BEAT, COUNTS, COUNTS_SIZE, HEARD_SIGNALS, become_supervisor
plan = json.loads(sys.argv[1])
plan["descriptors"] = {
    "listener": share_memory("listener", 1),
    "beats": share_memory("beats", 4 * BEAT.size),
    COUNTS: share_memory(COUNTS, COUNTS_SIZE),
}
if plan["scrapes"]:
    plan["descriptors"]["scrapes"] = listening(*plan["scrapes"])
signal.pthread_sigmask(signal.SIG_BLOCK, HEARD_SIGNALS)
first = [*plan["command"], json.dumps({"descriptors": plan["descriptors"], "number": 0})]
plan["workers"] = [os.posix_spawn(first[0], first, os.environ, setsigmask=())]
become_supervisor(plan)
"""
OF_NOW = {"from_dotenv": {}, "database_file": "", "database_identity": []}


def python(program: str) -> list[str]:
    """The command of a program that imports nothing of ours."""
    return [sys.executable, "-S", "-c", program]


@contextmanager
def supervised(
    folder: Path, reloaded: dict[str, Any], scrapes: list[object] | None = None
) -> Iterator[tuple["subprocess.Popen[bytes]", Callable[[str], list[str]]]]:
    """A supervisor of one worker that does nothing, with the settings that SIGHUP brings.

    Yields: it, and what gives the lines of its output that begin with a word.
    """
    plan = {
        "command": python(WORKER),
        "reload": python(f"print({json.dumps(reloaded)!r}, end='')"),
        "alerts": python("print('alerting', flush=True); import time; time.sleep(60)"),
        "alerting": 0,
        "from_dotenv": [],
        "database_file": "",
        "database_identity": [],
        "scrapes": scrapes or [],
        "helpers": [],
    }
    output = folder / "output"
    command = [sys.executable, "-c", PARENT, json.dumps(plan)]
    with output.open("wb") as file:
        process = subprocess.Popen(command, cwd=ROOT, stdout=file, stderr=file)

    def lines(word: str) -> list[str]:
        return [line for line in output.read_text().splitlines() if line.startswith(word)]

    try:
        assert eventually(lambda: len(lines("worker ")) == 1)
        yield process, lines
    finally:
        process.terminate()
        assert process.wait(20) == 0


def settings(scrapes: list[object], descriptors: dict[str, int]) -> Settings:
    """Settings that differ in nothing else."""
    return {
        "environment": {},
        "from_dotenv": [],
        "database_file": "",
        "database_identity": [],
        "scrapes": scrapes,
        "descriptors": descriptors,
        "alerts": False,
    }


@pytest.mark.parametrize(
    ("before", "now", "is_kept"),
    [
        pytest.param(["127.0.0.1", 0], ["127.0.0.1", 0], True, id="the same"),
        pytest.param([], ["127.0.0.1", 0], False, id="one where none was"),
        pytest.param(["127.0.0.1", 0], ["localhost", 0], False, id="another"),
        pytest.param(["127.0.0.1", 0], [], False, id="none any more"),
        pytest.param([], [], True, id="still none"),
    ],
)
def test_the_socket_for_scrapes_is_that_of_the_settings(
    before: list[object], now: list[object], is_kept: bool
) -> None:
    """What is handed on is inherited; what is outlived is known, so that it can be closed."""
    old = settings(before, with_scrapes({"beats": 99}, [], before))
    new = settings(now, with_scrapes(old["descriptors"], before, now))
    assert new["descriptors"]["beats"] == 99
    assert (SCRAPES in new["descriptors"]) is bool(now)
    assert (old["descriptors"] == new["descriptors"]) is is_kept
    gone = [] if is_kept or not before else [old["descriptors"][SCRAPES]]
    assert list(outlived(old, new)) == gone
    sockets = {each["descriptors"].get(SCRAPES) for each in (old, new)} - {None}
    assert all(os.get_inheritable(each) for each in sockets if each is not None)
    for each in sockets:
        assert each is not None
        os.close(each)


def test_an_address_that_cannot_be_listened_on_is_told() -> None:
    with pytest.raises(ListenError, match=r"^cannot listen on 192\.0\.2\.1:1: "):
        listening("192.0.2.1", 1)


def test_a_socket_that_cannot_be_made_is_told() -> None:
    """As an IPv6 one where the machine has none: nothing else may come out, it would end the supervisor."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
    try:
        with pytest.raises(ListenError, match=r"^cannot listen on ::1:1: "):
            listening("::1", 1)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_settings_that_come_while_no_worker_lives_are_taken(tmp_path: Path) -> None:
    """The worker that is started next tries them; then who alerts people starts with them too."""
    new = {**OF_NOW, "scrapes": [], "alerts": True}
    with supervised(tmp_path, new, ["127.0.0.1", 0]) as (process, lines):
        (first,) = lines("worker ")
        os.kill(int(first.split()[1]), signal.SIGKILL)
        process.send_signal(signal.SIGHUP)
        assert eventually(lambda: len(lines("alerting")) == 1, 10)
        assert lines("worker ")[-1].endswith("False")


def test_a_reload_of_a_release_before_keeps_the_address(tmp_path: Path) -> None:
    """It says nothing of one, and its workers use the one that they inherit."""
    with supervised(tmp_path, OF_NOW, ["127.0.0.1", 0]) as (process, lines):
        process.send_signal(signal.SIGHUP)
        assert eventually(lambda: len(lines("worker ")) == 2, 10)
        assert [line.split()[2] for line in lines("worker ")] == ["True", "True"]
        said = "0 worker(s) left with the settings of before"
        assert eventually(lambda: said in tmp_path.joinpath("output").read_text(), 10)


def test_who_alerts_people_is_started_again_and_anew(capfd: pytest.CaptureFixture[str]) -> None:
    """After a pause where it died, at once where the settings are others, and never twice."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> int:
        started.append(subprocess.Popen(["sleep", "60"]))
        return started[-1].pid

    alerts = Alerts(0, start)
    alerts.start()
    started[0].send_signal(signal.SIGKILL)
    started[0].wait()
    alerts.on_exit()
    assert "which alerts people, ended; starting another in 1 s" in capfd.readouterr().err
    alerts.start()
    assert (alerts.pid, len(started)) == (0, 1)
    alerts.pause.until = time.monotonic()
    alerts.start()
    assert alerts.pid == started[1].pid
    alerts.renew()
    started[1].wait()
    alerts.on_exit()
    assert capfd.readouterr().err == ""
    alerts.start()
    assert alerts.pid == started[2].pid
    started[2].kill()
    started[2].wait()


def test_what_cannot_be_started_is_tried_again_later(capfd: pytest.CaptureFixture[str]) -> None:
    def start() -> int:
        raise OSError("no memory")

    alerts = Alerts(0, start)
    alerts.start()
    assert alerts.pid == 0
    assert "nobody is alerted: no memory; trying again in 1 s" in capfd.readouterr().err
    assert alerts.pause.until > time.monotonic()


@pytest.mark.parametrize("words", ["worker 7 ended", '没有 "房间"\n'], ids=["plain", "escaped"])
def test_a_line_has_the_form_of_the_workers(
    words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One log has one JSON: the same fields in the same order, without spaces, and times as exact."""
    monkeypatch.setenv("BAI_WX_LOG", "info:json")
    log(words, "error")
    record = logging.LogRecord("bai_wx.supervisor", logging.ERROR, "", 1, "%s", (words,), None)
    said, theirs = capsys.readouterr().err.rstrip("\n"), workers_log._json_lines().format(record)
    moments = [json.loads(line)["time"] for line in (said, theirs)]
    assert all(re.fullmatch(r"[-\d]{10}T[:\d]{8}\.\d{6}Z", moment) for moment in moments)
    assert said.replace(moments[0], "") == theirs.replace(moments[1], "")
