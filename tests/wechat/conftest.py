"""A stand-in on loopback and clients that ask it."""

import asyncio
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import pytest
import trustme
import uvloop

from bai_wx.errors import ApiError
from bai_wx.wechat.client import WeChatClient
from bai_wx.wechat.standin import StandIn
from tests.wechat.player import Player
from tests.wechat.ways import InThread, OnLoop, Way, server_side, trusting

Outcome = object
AtOnce = Callable[..., list[Outcome]]


@pytest.fixture
def standin() -> Iterator[StandIn]:
    with StandIn() as running:
        yield running


@pytest.fixture
def make_client(standin: StandIn) -> Callable[..., WeChatClient]:
    """Clients of the stand-in; name only what the test is about."""

    def make(**differing: Any) -> WeChatClient:
        known = {"appid": standin.appid, "secret": standin.secret, "base_url": standin.base_url}
        return WeChatClient(**{**known, "timeout_s": 5.0, **differing})

    return make


@pytest.fixture
def client(make_client: Callable[..., WeChatClient]) -> WeChatClient:
    return make_client()


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    """An event loop as the server has it, which stands still whenever a test does not run it."""
    runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)
    yield runner
    with warnings.catch_warnings():
        # Connections are kept to the end. uvloop says so, and never ends where that is an error.
        warnings.simplefilter("ignore", ResourceWarning)
        runner.close()


@pytest.fixture
def at_once() -> AtOnce:
    """Run a function in `threads` threads from one starting shot; their results or `ApiError`s."""

    def run(threads: int, work: Callable[[int], Outcome]) -> list[Outcome]:
        barrier = Barrier(threads)

        def one(number: int) -> Outcome:
            barrier.wait(10)
            try:
                return work(number)
            except ApiError as exc:
                return exc

        with ThreadPoolExecutor(threads) as pool:
            return list(pool.map(one, range(threads)))

    return run


@pytest.fixture
def codes_asked(standin: StandIn) -> Callable[[str], list[str]]:
    """The codes that reached a path, in order."""
    return lambda path: [request.code for request in standin.requests if request.path == path]


@pytest.fixture
def on_loop(runner: asyncio.Runner) -> Callable[..., OnLoop]:
    """Ask a server on the event loop."""
    return partial(OnLoop, runner)


@pytest.fixture(params=["thread", "loop"])
def way(request: pytest.FixtureRequest, on_loop: Callable[..., OnLoop]) -> Callable[[str], Way]:
    """Ask a server in either way."""
    return InThread if request.param == "thread" else on_loop


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(params=["plain", "tls"])
def play(
    request: pytest.FixtureRequest, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Player]]:
    """Make servers, plain and by TLS with a certificate that the environment's bundle knows."""
    if request.param == "plain":
        yield Player
        return
    with trusting(authority, monkeypatch):
        yield partial(Player, tls=server_side(authority, "localhost"))
