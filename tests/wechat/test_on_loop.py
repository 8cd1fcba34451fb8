"""The client on the event loop: what a thread gets of each answer, a task gets too."""

import asyncio
import threading
from collections.abc import Callable

import pytest

from bai_wx.errors import ApiError, WechatCodeInvalid, WechatUnavailable
from bai_wx.wechat.calls import NotSent
from bai_wx.wechat.client import SESSION_PATH, Session, WeChatClient
from bai_wx.wechat.errcodes import ErrCode
from bai_wx.wechat.standin import StandIn
from bai_wx.wechat.standin_api import openid_of
from tests.wechat.player import HANG_UP, Player

MakeClient = Callable[..., WeChatClient]
CodesAsked = Callable[[str], list[str]]
Outcome = Callable[[WeChatClient, str], object]

ALICE = Session(openid_of("alice"), "")
WHOLE = b'HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n{"openid": "oA"}'
PROXIES = ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy")


def in_thread(client: WeChatClient, code: str) -> object:
    try:
        return client.code_to_session(code)
    except ApiError as exc:
        return type(exc)


@pytest.fixture
def on_loop(runner: asyncio.Runner) -> Outcome:
    def ask(client: WeChatClient, code: str) -> object:
        try:
            return runner.run(client.session_of(code))
        except ApiError as exc:
            return type(exc)

    return ask


@pytest.fixture(params=["thread", "loop"])
def outcome(request: pytest.FixtureRequest, on_loop: Outcome) -> Outcome:
    return in_thread if request.param == "thread" else on_loop


@pytest.mark.parametrize(
    "code",
    [
        *("demo-alice", "demo-小明", "demo-a b&c=d#e%00", "demo-\x00", "err-once--1-alice"),
        *("err-40029", "err-40163", "err-45011", "err-40226", "err-40013", "err-40125", "err--1"),
        *("err-40164", "err-99999", "html-x", "array-x", "empty-x", "blank-x", "huge-x"),
        *("redirect-x", "status-500", "status-404", "drop-x", "cut-x", "anything"),
        *("", "x" * 513, "\ud800"),
    ],
)
def test_outcome_is_that_of_a_thread_and_so_is_how_often_wechat_is_asked(
    make_client: MakeClient, standin: StandIn, code: str, on_loop: Outcome
) -> None:
    outcome = on_loop(make_client(), code)
    asked = len(standin.requests)
    standin.stop()
    with StandIn() as fresh:
        assert in_thread(make_client(base_url=fresh.base_url), code) == outcome
        assert len(fresh.requests) == asked


@pytest.mark.parametrize("code", ["slow-2-alice", "drip-x"])
def test_deadline_ends_it_and_nobody_asks_again(
    make_client: MakeClient, codes_asked: CodesAsked, code: str, on_loop: Outcome
) -> None:
    assert on_loop(make_client(timeout_s=0.3), code) is WechatUnavailable
    assert codes_asked(SESSION_PATH) == [code]


def test_one_deadline_covers_both_tries(
    make_client: MakeClient, standin: StandIn, codes_asked: CodesAsked, on_loop: Outcome
) -> None:
    standin.fail_next(SESSION_PATH, ErrCode.SYSTEM_BUSY)
    assert on_loop(make_client(timeout_s=0.6), "slow-3-alice") is WechatUnavailable
    assert codes_asked(SESSION_PATH) == ["slow-3-alice"] * 2


def test_refused_connection_is_tried_again(
    client: WeChatClient, standin: StandIn, codes_asked: CodesAsked, on_loop: Outcome
) -> None:
    """The server comes back while the client pauses: the one retry finds it."""
    standin.stop()
    back = threading.Timer(0.03, standin.start)
    back.start()
    assert on_loop(client, "demo-alice") == ALICE
    back.join()
    assert codes_asked(SESSION_PATH) == ["demo-alice"]


def test_broken_connection_is_not_tried_again(on_loop: Outcome) -> None:
    with Player([HANG_UP]) as player:
        assert on_loop(WeChatClient("wx", "s", player.url), "any") is WechatUnavailable
        assert player.connections == [1]


class TestTogether:
    def test_same_code_at_once_is_asked_once_and_shared(
        self, client: WeChatClient, codes_asked: CodesAsked, runner: asyncio.Runner
    ) -> None:
        async def together() -> list[Session]:
            return await asyncio.gather(*(client.session_of("slow-0.3-alice") for _ in range(16)))

        assert runner.run(together()) == [ALICE] * 16
        assert codes_asked(SESSION_PATH) == ["slow-0.3-alice"]

    def test_error_is_shared_too(
        self, client: WeChatClient, codes_asked: CodesAsked, runner: asyncio.Runner
    ) -> None:
        async def together() -> list[object]:
            asked = (client.session_of("err-40029") for _ in range(16))
            return await asyncio.gather(*asked, return_exceptions=True)

        assert {type(outcome) for outcome in runner.run(together())} == {WechatCodeInvalid}
        assert codes_asked(SESSION_PATH) == ["err-40029"]

    @pytest.mark.parametrize("leader", ["a thread leads", "a task leads"])
    def test_a_thread_and_a_task_share_too(
        self, client: WeChatClient, codes_asked: CodesAsked, leader: str, runner: asyncio.Runner
    ) -> None:
        async def together() -> list[Session]:
            ways = [
                lambda: asyncio.to_thread(client.code_to_session, "slow-0.5-alice"),
                lambda: client.session_of("slow-0.5-alice"),
            ]
            first, second = ways if leader == "a thread leads" else reversed(ways)
            begun = asyncio.ensure_future(first())
            while not codes_asked(SESSION_PATH):
                await asyncio.sleep(0.01)
            return [await second(), await begun]

        assert runner.run(together()) == [ALICE] * 2
        assert codes_asked(SESSION_PATH) == ["slow-0.5-alice"]

    def test_different_codes_fly_side_by_side(
        self, client: WeChatClient, runner: asyncio.Runner
    ) -> None:
        async def together() -> list[Session]:
            asked = (client.session_of(f"slow-0.2-user{n}") for n in range(100))
            return await asyncio.gather(*asked)

        assert runner.run(together()) == [Session(openid_of(f"user{n}"), "") for n in range(100)]

    def test_who_gives_up_does_not_end_it_for_the_others(
        self, client: WeChatClient, runner: asyncio.Runner
    ) -> None:
        async def together() -> Session:
            leader = asyncio.ensure_future(client.session_of("slow-0.3-alice"))
            await asyncio.sleep(0)
            impatient = asyncio.ensure_future(client.session_of("slow-0.3-alice"))
            await asyncio.sleep(0.05)
            impatient.cancel()
            return await leader

        assert runner.run(together()) == ALICE


class TestProxy:
    """`requests` asks it, in a thread."""

    @pytest.fixture(autouse=True)
    def no_proxy_yet(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in PROXIES:
            monkeypatch.delenv(name, raising=False)

    def test_proxy_of_the_environment_is_asked(
        self, monkeypatch: pytest.MonkeyPatch, outcome: Outcome
    ) -> None:
        with Player([WHOLE]) as player:
            monkeypatch.setenv("HTTP_PROXY", player.url)
            client = WeChatClient("wx", "s", "http://wechat.invalid")
            monkeypatch.delenv("HTTP_PROXY")  # it was read once
            assert outcome(client, "any") == Session("oA", "")
        assert player.heard[0].head.startswith("GET http://wechat.invalid/sns/jscode2session?")

    def test_proxy_is_not_asked_about_what_it_is_not_for(
        self, monkeypatch: pytest.MonkeyPatch, outcome: Outcome
    ) -> None:
        with Player([WHOLE]) as player:
            monkeypatch.setenv("HTTP_PROXY", player.url)
            monkeypatch.setenv("NO_PROXY", "wechat.invalid")
            client = WeChatClient("wx", "s", "http://wechat.invalid", timeout_s=1)
            assert outcome(client, "any") is NotSent
        assert player.heard == []
