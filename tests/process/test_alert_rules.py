"""When operators are told, as tables: what was counted, and what is said of it."""

from dataclasses import replace
from typing import Any

import pytest

from bai_wx.process.alert_rules import (
    HOUR_S,
    MIB,
    MOST_AN_HOUR,
    REMIND_S,
    SAME_KIND_S,
    Event,
    Pace,
    Snapshot,
    Watch,
)
from tests.databases import without_sql

pytestmark = without_sql
QUIET = Snapshot(answers=1000, failures=5, died=2, hung=1, wechat={"40125": 3})


@pytest.mark.parametrize(
    ("changes", "kinds"),
    [
        pytest.param({}, [], id="nothing new"),
        pytest.param({"answers": 9000}, [], id="good answers"),
        pytest.param({"failures": 24}, [], id="19 answers of 5xx"),
        pytest.param({"failures": 25}, ["5xx"], id="20 of them"),
        pytest.param({"failures": 25, "answers": 22000}, [], id="20 among 21,000"),
        pytest.param({"died": 3}, ["worker"], id="a worker died"),
        pytest.param({"died": 3, "hung": 2}, ["worker"], id="one that hung"),
        pytest.param({"hung": 2}, ["worker"], id="one that hangs and is not gone yet"),
        pytest.param({"wechat": {"40125": 4}}, ["wechat-40125"], id="a bad secret"),
        pytest.param(
            {"wechat": {"40125": 3, "40164": 1}}, ["wechat-40164"], id="an address WeChat refuses"
        ),
        pytest.param({"low_disks": {"/home": MIB}}, ["disk-/home"], id="a full disk"),
        pytest.param({"is_damaged": True}, ["database"], id="a damaged database"),
        pytest.param({"late_backup": "2 天"}, ["backup"], id="no backup"),
        pytest.param({"died": 3, "is_damaged": True}, ["worker", "database"], id="two at once"),
    ],
)
def test_what_is_told(changes: dict[str, Any], kinds: list[str]) -> None:
    found = Watch(QUIET).events(replace(QUIET, **changes), 1000.0)
    assert [event.kind for event in found] == kinds


def test_a_text_says_what_and_how_often() -> None:
    now = replace(QUIET, died=5, hung=3, low_disks={"/srv": 7 * MIB})
    died, disk = Watch(QUIET).events(now, 0.0)
    assert died == Event(
        "worker", "3 个工作进程意外结束，其中 2 个是因为失去响应，已另起新的。请看日志", 3
    )
    assert disk.text == "磁盘空间不足：/srv 只剩 7 MiB"


@pytest.mark.parametrize(
    ("every_s", "told"),
    [
        pytest.param(1, True, id="two a second"),
        pytest.param(10, False, id="two in ten seconds"),
    ],
)
def test_a_burst_is_counted_over_a_minute(every_s: int, told: bool) -> None:
    """Slow drops of failures are none; a burst is told once for what it was of."""
    watch, now, events = Watch(QUIET), QUIET, list[Event]()
    for step in range(1, 31):
        now = replace(now, answers=now.answers + 4, failures=now.failures + 2)
        events += watch.events(now, float(step * every_s))
    assert bool(events) == told
    assert sum(event.count for event in events) <= 60


def test_what_lasts_is_told_again_after_hours_and_when_it_comes_back() -> None:
    watch, bad = Watch(QUIET), replace(QUIET, is_damaged=True)
    told = [
        bool(watch.events(now, at))
        for now, at in (
            (bad, 0.0),
            (bad, REMIND_S - 1.0),
            (bad, float(REMIND_S)),
            (QUIET, REMIND_S + 1.0),
            (bad, REMIND_S + 2.0),
        )
    ]
    assert told == [True, False, True, False, True]


def test_the_same_kind_is_told_once_in_half_an_hour_with_the_count_since() -> None:
    pace, event = Pace(), Event("worker", "坏了", 2)
    assert pace.message(event, 10.0) == "坏了"
    assert pace.message(event, 11.0) is None
    assert pace.message(event, 10.0 + SAME_KIND_S - 1) is None
    assert pace.message(Event("5xx", "另一件"), 12.0) == "另一件"
    assert pace.message(event, 10.0 + SAME_KIND_S) == "坏了（上次通知之后还有 4 次没有通知）"
    assert pace.message(event, 10.0 + 2 * SAME_KIND_S) == "坏了"


def test_so_many_of_all_kinds_are_told_in_an_hour() -> None:
    pace = Pace()
    texts = [pace.message(Event(f"kind-{n}", "坏了"), float(n)) for n in range(MOST_AN_HOUR + 5)]
    assert texts == ["坏了"] * MOST_AN_HOUR + [None] * 5
    assert pace.message(Event("kind-22", "坏了"), float(HOUR_S)) == (
        "坏了（上次通知之后还有 1 次没有通知）"
    )
    assert pace.message(Event("kind-23", "坏了"), float(HOUR_S)) is None
