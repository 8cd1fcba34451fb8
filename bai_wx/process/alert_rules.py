"""What operators are told of: rules over what was counted, and how often they are told.

All of it is plain data and the monotonic time that it is given: `alerts` reads the counters and sends.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

BURST_S: Final = 60
BURST: Final = 20  # answers of 5xx in that time
BURST_PART: Final = 0.001  # of all answers: at thousands a second twenty are no burst
REMIND_S: Final = 6 * 3600  # of what lasts
SAME_KIND_S: Final = 30 * 60
MOST_AN_HOUR: Final = 20
HOUR_S: Final = 3600
MIB: Final = 1024**2

WECHAT_CODES: Final = {
    "40125": "WECHAT_SECRET 无效，用户无法登录。请在微信公众平台核对 AppSecret",
    "40164": "本机 IP 不在微信的白名单里，无法换取手机号。请在微信公众平台的“IP 白名单”里加入它",
}
"""What WeChat says that only an operator can mend."""


@dataclass(frozen=True)
class Snapshot:
    """What is known at one moment. Counters only grow."""

    answers: float = 0
    failures: float = 0
    """Answers of 5xx."""
    died: int = 0
    """Workers that ended without being told to, those that hung among them."""
    hung: int = 0
    wechat: Mapping[str, float] = field(default_factory=dict)
    """How often WeChat gave each of `WECHAT_CODES`."""
    low_disks: Mapping[str, int] = field(default_factory=dict)
    """Folders on disks that are nearly full, and the bytes that are free there."""
    is_damaged: bool = False
    """Whether SQLite's file is damaged, gone, or another one."""
    late_backup: str = ""
    """How long ago the last good backup was, where that is too long."""


@dataclass(frozen=True)
class Event:
    """Something to be told: its kind, a Chinese sentence, and how often it happened."""

    kind: str
    text: str
    count: int = 1


class Watch:
    """Compares each snapshot with those before."""

    def __init__(self, first: Snapshot) -> None:
        self._before = first
        self._window: deque[tuple[float, float, float]] = deque()
        self._told_at: dict[str, float] = {}

    def events(self, now: Snapshot, at: float) -> list[Event]:
        """What has happened since the snapshot before. `at`: monotonic seconds."""
        found = [
            *self._bursts(now, at),
            *_deaths(self._before, now),
            *_wechat(self._before, now),
            *self._lasting(now, at),
        ]
        self._before = now
        return found

    def _bursts(self, now: Snapshot, at: float) -> Iterator[Event]:
        if not self._window:
            self._window.append((at, self._before.answers, self._before.failures))
        while len(self._window) > 1 and self._window[1][0] <= at - BURST_S:
            self._window.popleft()
        _, answers, failures = self._window[0]
        self._window.append((at, now.answers, now.failures))
        failed, answered = now.failures - failures, now.answers - answers
        if failed >= BURST and failed >= answered * BURST_PART:
            self._window.clear()
            yield Event(
                "5xx",
                f"一分钟内 {answered:.0f} 个请求中有 {failed:.0f} 个回答了 5xx。请看日志",
                round(failed),
            )

    def _lasting(self, now: Snapshot, at: float) -> Iterator[Event]:
        """What lasts is told when it begins, and again every few hours."""
        lasting = {event.kind: event for event in _states(now)}
        for kind in self._told_at.keys() - lasting.keys():
            del self._told_at[kind]
        for kind, event in lasting.items():
            if at - self._told_at.get(kind, at - REMIND_S) >= REMIND_S:
                self._told_at[kind] = at
                yield event


def _deaths(before: Snapshot, now: Snapshot) -> Iterator[Event]:
    died, hung = now.died - before.died, now.hung - before.hung
    if died > 0 or hung > 0:
        count = max(died, hung)
        of_them = f"，其中 {hung} 个是因为失去响应" if hung > 0 else ""
        yield Event("worker", f"{count} 个工作进程意外结束{of_them}，已另起新的。请看日志", count)


def _wechat(before: Snapshot, now: Snapshot) -> Iterator[Event]:
    for code, text in WECHAT_CODES.items():
        count = round(now.wechat.get(code, 0) - before.wechat.get(code, 0))
        if count > 0:
            yield Event(f"wechat-{code}", f"微信返回 {code}：{text}", count)


def _states(now: Snapshot) -> Iterator[Event]:
    for place, free in now.low_disks.items():
        yield Event(f"disk-{place}", f"磁盘空间不足：{place} 只剩 {free // MIB} MiB")
    if now.is_damaged:
        yield Event("database", "数据库文件已损坏或被换掉，已停止写入。请看日志，并从备份恢复")
    if now.late_backup:
        yield Event("backup", f"备份太久没有成功：{now.late_backup}。请运行 bai-wx doctor")


class Pace:
    """Lets so many messages through, and counts the others."""

    def __init__(self) -> None:
        self._last: dict[str, float] = {}
        self._held: dict[str, int] = {}
        self._sent: deque[float] = deque()

    def message(self, event: Event, at: float) -> str | None:
        """The text to be sent, None where it is too soon: it is counted then. `at`: monotonic seconds."""
        while self._sent and self._sent[0] <= at - HOUR_S:
            self._sent.popleft()
        is_soon = at - self._last.get(event.kind, at - SAME_KIND_S) < SAME_KIND_S
        held = self._held.get(event.kind, 0)
        if is_soon or len(self._sent) >= MOST_AN_HOUR:
            self._held[event.kind] = held + event.count
            return None
        self._last[event.kind], self._held[event.kind] = at, 0
        self._sent.append(at)
        return f"{event.text}{f'（上次通知之后还有 {held} 次没有通知）' if held else ''}"
