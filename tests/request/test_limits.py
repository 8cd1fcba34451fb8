"""Limits shared through a real Redis: counted together, and counted alone while it is away."""

import asyncio
import logging
import re
import socket
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bai_wx.errors import TooManyRequests
from bai_wx.request import limits
from bai_wx.request.limits import (
    KEY_PREFIX,
    RedisCounter,
    SharedLimits,
    counted_as,
    request_limits,
    shown,
)
from tests.databases import new_address
from tests.redis_server import PASSWORD, RedisServer
from tests.running import Client, Server

CLIENTS = 8


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    """One Redis for the tests that leave it running."""
    with RedisServer() as running:
        yield running


@pytest.fixture
def own_redis() -> Iterator[RedisServer]:
    """A Redis that a test may kill."""
    with RedisServer() as running:
        yield running


def ask(urls: list[str], times: int, **headers: str) -> Counter[int]:
    """Ask each server so often at once, on connections of its own. Returns: statuses and how many."""

    def once(number: int) -> int:
        return Client(urls[number % len(urls)]).get("/health", headers=headers).status_code

    with ThreadPoolExecutor(CLIENTS) as pool:
        return Counter(pool.map(once, range(times)))


def test_two_replicas_let_one_client_pass_the_limit_once(
    tmp_path: Path, redis: RedisServer
) -> None:
    """Whichever of four workers it meets; another address has a limit of its own."""
    together = {
        "BAI_WX_DATABASE": new_address(tmp_path),
        "BAI_WX_REDIS": redis.url,
        "BAI_WX_LIMITS": "20/hour",
        "BAI_WX_TRUSTED_PROXIES": "127.0.0.1",
    }
    with (
        Server(tmp_path / "one", workers=2, **together) as one,
        Server(tmp_path / "two", workers=2, **together) as two,
    ):
        urls = [one.url, two.url]
        # Each start asked once, as 127.0.0.1.
        assert ask(urls, 60, **{"X-Forwarded-For": "203.0.113.7"}) == {200: 20, 429: 40}
        assert ask(urls, 30, **{"X-Forwarded-For": "203.0.113.8"}) == {200: 20, 429: 10}
        assert ask(urls, 30) == {200: 18, 429: 12}
        refused = Client(two.url).get("/health", headers={"X-Forwarded-For": "203.0.113.7"})
        assert 1 <= int(refused.headers["Retry-After"]) <= 3600
        assert PASSWORD not in one.log + two.log


def test_without_redis_each_replica_counts_alone(tmp_path: Path) -> None:
    """As ever: per worker."""
    with (
        Server(tmp_path / "one", BAI_WX_LIMITS="20/hour") as one,
        Server(tmp_path / "two", BAI_WX_LIMITS="20/hour") as two,
    ):
        assert ask([one.url, two.url], 60) == {200: 38, 429: 22}  # and each start asked once


@pytest.mark.parametrize(
    "stops", [pytest.param("kill", id="killed"), pytest.param("pause", id="hanging")]
)
def test_a_server_whose_redis_is_away_goes_on(
    tmp_path: Path, own_redis: RedisServer, stops: str
) -> None:
    """It answers, counts alone, says so once, and never what the password is."""
    with Server(tmp_path / "home", BAI_WX_REDIS=own_redis.url, BAI_WX_LIMITS="20/hour") as server:
        getattr(own_redis, stops)()
        assert ask([server.url], 60) == {200: 20, 429: 40}
        assert server.log.count("each worker counts alone") == 1
        assert PASSWORD not in server.log


def test_redis_counts_again_when_it_is_back(
    own_redis: RedisServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Each way is told once; what was counted alone meanwhile is forgotten."""
    monkeypatch.setattr(limits, "PAUSE_S", 0)
    caplog.set_level(logging.WARNING, "bai_wx.limits")

    async def story() -> list[str]:
        async with shared("3/hour", own_redis.url) as counting:
            told = [await outcome(counting, "a") for _ in range(2)]
            own_redis.kill()
            told += [await outcome(counting, "a") for _ in range(4)]
            own_redis.start()
            return told + [await outcome(counting, "a") for _ in range(4)]

    told = asyncio.run(story())
    assert told == ["ok"] * 2 + ["ok"] * 3 + ["429"] + ["ok"] * 3 + ["429"]
    assert own_redis.keys() == [f"{KEY_PREFIX}:LIMITER/a/3/1/hour"]
    assert [record.message.partition(" (")[0].partition(":")[0] for record in caplog.records] == [
        "Redis 127.0.0.1",
        "Redis 127.0.0.1",
    ]
    assert PASSWORD not in caplog.text


def test_a_lost_redis_is_left_alone_for_a_while() -> None:
    """One that takes connections and says nothing costs one wait, not one a request."""

    async def story(url: str) -> None:
        async with shared("1000/hour", url) as counting:
            for _ in range(200):
                await counting.count("a")

    with socket.create_server(("127.0.0.1", 0)) as silent:
        asyncio.run(story(f"redis://127.0.0.1:{silent.getsockname()[1]}/0"))
        silent.setblocking(False)
        silent.accept()[0].close()
        with pytest.raises(BlockingIOError):
            silent.accept()


@asynccontextmanager
async def shared(rules: str, url: str) -> AsyncIterator[SharedLimits]:
    """Limits in Redis, closed at the end."""
    counter = RedisCounter(url)
    try:
        yield SharedLimits(rules, counter, limits.OwnLimits(rules))
    finally:
        await counter.close()


async def outcome(counting: limits.Limits, client: str) -> str:
    """Count one request and tell what became of it."""
    try:
        waiting = counting.count(client)
        if waiting is not None:
            await waiting
    except TooManyRequests:
        return "429"
    return "ok"


def told_by(counting: limits.OwnLimits, client: str) -> int:
    """How many seconds a client is told to wait; 0 when it may ask."""
    try:
        counting.count(client)
    except TooManyRequests as refused:
        return refused.retry_after_s or -1
    return 0


def test_a_window_begins_with_a_clients_first_request_and_ends_for_itself() -> None:
    """Each client has its own; what is refused does not make it longer."""
    moment = 100.0
    counting = limits.OwnLimits("2/10 second", lambda: moment)
    assert [told_by(counting, "a") for _ in range(4)] == [0, 0, 10, 10]
    moment = 104.5
    assert [told_by(counting, "a"), told_by(counting, "b")] == [6, 0]
    moment = 110.0
    assert [told_by(counting, "a") for _ in range(3)] == [0, 0, 10]
    assert [told_by(counting, "b") for _ in range(2)] == [0, 5]


def test_memory_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows that ended go, and the oldest where there are too many."""
    monkeypatch.setattr(limits, "MOST_CLIENTS", 3)
    moment = 0.0
    counting = limits.OwnLimits("1/10 second", lambda: moment)
    assert [told_by(counting, each) for each in "abcd"] == [0] * 4
    assert [told_by(counting, each) for each in "dca"] == [10, 10, 0]
    moment = 20.0
    told_by(counting, "e")
    assert list(counting._rules[0]._windows) == ["e"]


WALL_CLOCK = {
    "bai_wx/process/alert_robots.py": "a signature holds the moment it was made",
    "bai_wx/record/clock.py": "the moments that rows carry",
    "bai_wx/files/store.py": "compared with a file's own moment",
    "bai_wx/record/idempotency.py": "compared with a row's moment",
    "bai_wx/record/ids.py": "ids are in the order of their making, across restarts and machines",
    "bai_wx/record/old_secrets.py": "a row says until when old tokens usually live",
    "bai_wx/record/signing_secrets.py": "a secret holds until its tokens end by it",
    "bai_wx/cli/secret.py": "a secret holds until its tokens end by it",
    "bai_wx/metrics/shared.py": "the moment of a start, to whoever reads the metrics",
    "bai_wx/console/retention.py": "compared with a row's moment",
    "bai_wx/cli/shop.py": "names a file",
    "bai_wx/record/upkeep.py": "compared with a row's moment",
    "bai_wx/cli/data.py": "compared with a row's moment",
    "bai_wx/process/retention_process.py": "the hour of the next night",
    "bai_wx/process/backup_process.py": "compared with the moment of the last backup",
    "bai_wx/process/doctor.py": "compared with the moment of the last backup",
    "bai_wx/transfer/backup/making.py": "the moment that an archive's entries carry",
    "bai_wx/transfer/backup/targets.py": "since when a bucket says that an upload has not ended",
    "bai_wx/request/limits.py": "the library adds Redis' seconds to it, we take it away",
    "bai_wx/request/tokens.py": "a token says until when it holds, to whoever reads it",
    "bai_wx/transfer/pocketbase/new_database.py": "PocketBase notes when it was migrated",
    "bai_wx/wechat/standin_api.py": "WeChat's watermark",
    "bai_wx/transfer/loading/journal.py": "compared with a row's moment",
    "bai_wx/console/transfers/imports.py": "compared with a row's moment, which another process wrote",
    "bai_wx/console/transfers/uploads.py": "compared with a file's own moment",
    "bai_wx/console/accounts/sessions.py": "compared with a row's moment",
    "bai_wx/console/accounts/throttle.py": "compared with a row's; a clock set back makes nobody wait",
    "bai_wx/console/accounts/totp.py": "an authenticator's codes are made of it",
}
"""Who may ask what time it is. Everything that lasts is measured on the monotonic clock."""


def test_what_lasts_is_measured_on_the_monotonic_clock() -> None:
    """The wall clock may be set, and then nothing that waits may wait for days."""
    root = Path(__file__).parents[2]
    folders = ("bai_wx", "handlers", "models")
    modules = [path for folder in folders for path in (root / folder).rglob("*.py")]
    asks = re.compile(r"time\.time\(|datetime\.now\(|utcnow\(")
    found = {str(p.relative_to(root)) for p in modules if asks.search(p.read_text("utf-8"))}
    assert found == set(WALL_CLOCK)


@pytest.mark.parametrize(
    ("address", "told"),
    [
        pytest.param("redis://user:pw@redis.example.com/0", "redis.example.com:6379", id="host"),
        pytest.param("rediss://:pw@10.0.0.1:6380/0", "10.0.0.1:6380", id="port"),
        pytest.param("unix:///run/redis.sock?password=pw", "/run/redis.sock", id="socket"),
    ],
)
def test_the_log_names_a_redis_without_its_password(address: str, told: str) -> None:
    """Wherever the password stands."""
    assert shown(address) == f"Redis {told}"


def test_limits_off_ask_no_redis(redis: RedisServer) -> None:
    """Nothing is waited for."""
    assert request_limits("off", "off", "off", redis.url).count("a", "user") is None


def test_in_redis_users_and_codes_are_counted_apart_from_addresses(redis: RedisServer) -> None:
    """One request counts once for each; what is only looked at is not counted."""

    async def story() -> list[str]:
        asked = request_limits("9/hour", "2/hour", "1/hour", redis.url)
        counting = asked.count("203.0.113.9", "auser0000000000")
        assert counting is not None
        await counting
        told = [await outcome(asked.users, "auser0000000000") for _ in range(2)]
        told += [await outcome(asked.clients, "203.0.113.9") for _ in range(2)]
        told.append(await checked(asked.codes, "203.0.113.9"))
        told += [
            await outcome(asked.codes, "203.0.113.9"),
            await checked(asked.codes, "203.0.113.9"),
        ]
        assert isinstance(asked.clients, SharedLimits)
        await asked.clients._counter.close()
        return told

    assert asyncio.run(story()) == ["ok", "429", "ok", "ok", "ok", "ok", "429"]


async def checked(counting: limits.Limits, client: str) -> str:
    """See whether one more may be counted."""
    try:
        waiting = counting.check(client)
        if waiting is not None:
            await waiting
    except TooManyRequests:
        return "429"
    return "ok"


def test_what_is_looked_at_is_not_counted() -> None:
    """Until the limit is reached, and again when its window ended."""
    moment = 0.0
    counting = limits.OwnLimits("2/10 second", lambda: moment)
    for _ in range(3):
        counting.check("a")
    counting.count("a")
    counting.check("a")
    counting.count("a")
    with pytest.raises(TooManyRequests) as refused:
        counting.check("a")
    assert refused.value.retry_after_s == 10
    counting.check("b")
    moment = 10.0
    counting.check("a")


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        pytest.param("203.0.113.7", "203.0.113.7", id="IPv4"),
        pytest.param("2001:db8:1:2::1", "2001:db8:1:2::/64", id="IPv6"),
        pytest.param("2001:DB8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64", id="its neighbour"),
        pytest.param("2001:db8:1:3::1", "2001:db8:1:3::/64", id="another network"),
        pytest.param("::ffff:203.0.113.7", "203.0.113.7", id="IPv4 in IPv6"),
        pytest.param("fe80::1%eth0", "fe80::/64", id="with a zone"),
        pytest.param("no:address", "no:address", id="no address"),
        pytest.param("", "", id="unknown"),
    ],
)
def test_a_client_has_its_whole_network(address: str, counted: str) -> None:
    """Of IPv6 everybody has 2^64 addresses: counted one by one they would have no limit."""
    assert counted_as(address) == counted


def test_a_user_is_counted_at_whatever_address() -> None:
    """A guest is counted by address alone."""
    asked = request_limits("100/hour", "3/hour", "off")
    for number in range(3):
        asked.count(f"203.0.113.{number}", "auser0000000000")
    with pytest.raises(TooManyRequests):
        asked.count("203.0.113.200", "auser0000000000")
    asked.count("203.0.113.200", "another00000000")
    asked.count("203.0.113.200", "")
