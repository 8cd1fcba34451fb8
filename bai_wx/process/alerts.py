"""Tells a group's robot what operators must know, from a process beside the workers.

It reads what they count in shared memory, every few seconds, so no request waits for it. What a robot does
disturbs nobody either: a message that is not taken is sent again for a while, and a line of the log says so.
"""

import logging
import os
import shutil
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from bai_wx import metrics
from bai_wx.contract import loader
from bai_wx.database.connection import connect
from bai_wx.database.damage import SHARED_STATE
from bai_wx.process.alert_robots import Robot, RobotError, headed
from bai_wx.process.alert_rules import WECHAT_CODES, Pace, Snapshot, Watch
from bai_wx.process.backup_moment import BackupMoment
from bai_wx.process.inherited import METRICS, Inherited
from bai_wx.process.log import log_to_stderr
from bai_wx.process.settings import Settings
from bai_wx.process.shared_metrics import declare
from bai_wx.process.supervisor import BEAT, COUNTS, DIED, HUNG
from bai_wx.record import clock
from bai_wx.transfer.parent_death import die_with

log = logging.getLogger("bai_wx.server")

LOOK_S: Final = 3
RETRY_S: Final = 30
KEPT_S: Final = 3600  # that a message is tried for
MOST_KEPT: Final = 20
DELAY_S: Final = 2 * 3600  # that a backup may take, and be late
LEAST_FREE_BYTES: Final = 500 * 1024 * 1024  # as `doctor` has it
LEAST_FREE_PART: Final = 0.05  # of a small disk
WATCHING: Final = "people are alerted of what happens from now on"
NEEDED: Final = frozenset({METRICS, COUNTS, "damage"})
"""What the process keeps of all that workers inherit."""


class Source:
    """Where snapshots are taken."""

    def __init__(self, settings: Settings, inherited: Inherited) -> None:
        self._counts, self._damage = inherited.memory(COUNTS), inherited.memory("damage")
        if not metrics.attach(inherited.memory(METRICS)):
            log.warning(
                "the contract is another than at the start: no alert of 5xx until a restart"
            )
        self._backups = Backups(settings)
        file = settings.database_file
        self._places = {str(settings.home), *([str(file.parent)] if file else [])}
        self._wechat = {
            code: [
                metrics.WECHAT_ANSWERS.series(call=call, errcode=code)
                for call in metrics.WECHAT_ANSWERS.labels["call"]
            ]
            for code in WECHAT_CODES
        }

    def snapshot(self) -> Snapshot:
        """What is known now."""
        return Snapshot(
            answers=metrics.requests_answered(),
            failures=metrics.requests_answered(500),
            died=BEAT.unpack_from(self._counts, DIED)[0],
            hung=BEAT.unpack_from(self._counts, HUNG)[0],
            wechat={code: sum(s.total() for s in each) for code, each in self._wechat.items()},
            low_disks=dict(low_disks(self._places)),
            is_damaged=any(SHARED_STATE.unpack_from(self._damage)),
            late_backup=self._backups.late(),
        )


class Backups:
    """How long ago the shop was backed up, where the settings have it done."""

    def __init__(self, settings: Settings, now: Callable[[], float] = time.time) -> None:
        self._moment = BackupMoment(settings.backup_to) if settings.backup_to else None
        self._allowed_s = settings.backup_every_s + max(DELAY_S, settings.backup_every_s * 0.1)
        self._now, self._began = now, now()
        if self._moment is not None:
            connect(settings.database, limit_s=LOOK_S)

    def late(self) -> str:
        """When the last good one was, in words, where that is too long ago."""
        if self._moment is None:
            return ""
        last = self._moment.now()
        if self._now() - (last or self._began) <= self._allowed_s:
            return ""
        return f"上一次是 {clock.text_of(last)}" if last else "启动以来还没有过"


def low_disks(places: set[str]) -> Iterator[tuple[str, int]]:
    """Those places whose disk is nearly full, and the bytes that are free there."""
    for place in sorted(places):
        with suppress(OSError):
            found = shutil.disk_usage(place)
            if found.free < min(LEAST_FREE_BYTES, found.total * LEAST_FREE_PART):
                yield place, found.free


@dataclass(frozen=True)
class _Message:
    text: str
    since: float


class Outbox:
    """Messages that wait for the robot."""

    def __init__(self, robot: Robot, clock: Callable[[], float] = time.monotonic) -> None:
        self._robot, self._clock = robot, clock
        self._waiting: deque[_Message] = deque(maxlen=MOST_KEPT)
        self._not_before = 0.0

    def put(self, text: str) -> None:
        """Let a message wait."""
        self._waiting.append(_Message(text, self._clock()))

    def empty(self) -> None:
        """Send what waits, unless the robot has just refused; what has waited for too long is dropped."""
        while self._waiting and self._clock() >= self._not_before:
            first = self._waiting[0]
            try:
                self._robot.send(first.text)
            except RobotError as exc:
                self._not_before = self._clock() + RETRY_S
                if self._clock() - first.since < KEPT_S:
                    log.warning("an alert is not sent yet: %s", exc)
                    return
                log.warning("an alert is given up: %s", exc)
            self._waiting.popleft()


def start(settings: Settings, inherited: Inherited) -> int:
    """Start the process, where there is a robot. Returns: its id, else 0. It ends with the parent."""
    if not settings.alert_url:
        return 0
    pid = os.fork()
    if pid:
        return pid
    try:
        die_with(inherited.parent)
        _watch(settings, inherited)
    finally:
        os._exit(1)


def main(said: str) -> int:
    """Watch in the place of a process that has ended. `said` is `Inherited` as JSON. Returns: the status."""
    inherited = Inherited.from_json(said)
    die_with(inherited.parent)
    settings = Settings.from_environment()
    log_to_stderr(settings.log, is_server=True)
    declare(loader.load(loader.CONTRACT_ROOT, cache=settings.home))
    _watch(settings, inherited)
    return 1


def _watch(settings: Settings, inherited: Inherited) -> None:
    """Look until this process is killed. Where it cannot even begin it ends: the supervisor starts another."""
    for name, descriptor in inherited.descriptors.items():
        if name not in NEEDED:  # a socket that it kept open would not be closed by a stop
            os.close(descriptor)
    with suppress(OSError):  # a sandbox may forbid it
        os.nice(10)
    try:
        _look(Source(settings, inherited), Outbox(Robot(settings.alert_url)))
    except Exception:
        log.exception("the alerts failed")


def _look(source: Source, outbox: Outbox) -> None:
    watch, pace = Watch(source.snapshot()), Pace()
    log.info(WATCHING)
    while True:
        time.sleep(LOOK_S)
        try:
            for event in watch.events(source.snapshot(), time.monotonic()):
                text = pace.message(event, time.monotonic())
                if text is not None:
                    log.info("alert: %s", event.kind)
                    outbox.put(headed(text))
            outbox.empty()
        except Exception:  # the edge: what waits would be lost with this process
            log.exception("the alerts failed")
