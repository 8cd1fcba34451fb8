"""What stands beside the contract is found by its path, and loaded once, when it is asked for."""

import asyncio
import threading

import pytest

from bai_wx.request.asgi import App, Receive, Scope, Send
from bai_wx.request.mounts import Mounts


async def application(_scope: Scope, _receive: Receive, _send: Send) -> None:
    """An application of nobody."""


@pytest.mark.parametrize(
    ("path", "is_found"),
    [
        pytest.param("/", True, id="the root"),
        pytest.param("//", False, id="the root twice"),
        pytest.param("/favicon.ico", False, id="below the root"),
        pytest.param("/pb/docs", True, id="a path"),
        pytest.param("/pb/docs/", True, id="a path with a slash"),
        pytest.param("/pb/docs/a/b", True, id="far below a path"),
        pytest.param("/pb/docsx", False, id="what begins alike"),
        pytest.param("/pb", False, id="above a path"),
        pytest.param("", False, id="no path"),
    ],
)
def test_an_application_has_its_path_and_all_below(path: str, is_found: bool) -> None:
    mounts = Mounts({"/": lambda: application, "/pb/docs": lambda: application})
    assert (asyncio.run(mounts.find(path)) is application) == is_found


def test_an_application_is_loaded_once_beside_the_event_loop() -> None:
    """Imports and templates take time, which no call of the API waits."""
    loaded: list[threading.Thread] = []

    def load() -> App:
        loaded.append(threading.current_thread())
        return application

    mounts = Mounts({"/": load, "/pb/docs": load})
    asyncio.run(mounts.find("/elsewhere"))
    assert loaded == []
    asyncio.run(mounts.find("/"))
    asyncio.run(mounts.find("/pb/docs/a"))
    assert len(loaded) == 1
    assert loaded[0] is not threading.current_thread()
