"""Servers that are attacked, and figures that are told."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bai_wx.wechat.standin import StandIn
from tests.running import Server

Say = Callable[[str], None]


@pytest.fixture
def say(request: pytest.FixtureRequest) -> Say:
    """Print a figure of the test."""

    def told(figure: str) -> None:
        print(f"{request.node.name}: {figure}")

    return told


@pytest.fixture(scope="module")
def wechat() -> Iterator[StandIn]:
    """A WeChat that tells which codes it was asked about."""
    with StandIn() as running:
        yield running


@pytest.fixture
def serving(tmp_path: Path, wechat: StandIn) -> Callable[..., Server]:
    """Make servers that ask this WeChat; name only the settings that the test is about."""
    made = iter(range(100))

    def make(*, workers: int = 1, **settings: str) -> Server:
        known = {
            "WECHAT_APPID": wechat.appid,
            "WECHAT_SECRET": wechat.secret,
            "WECHAT_API_BASE": wechat.base_url,
        }
        home = tmp_path / f"home{next(made)}"
        return Server(home, workers=workers, demo=False, **{**known, **settings})

    return make
