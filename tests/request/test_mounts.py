"""What stands beside the contract is found by its path, and loaded once, when it is asked for."""

import pytest

from bai_wx.request.asgi import Receive, Scope, Send
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
    assert (mounts.find(path) is application) == is_found


def test_an_application_is_loaded_once_when_it_is_asked_for() -> None:
    loaded = []

    def load() -> object:
        loaded.append(1)
        return application

    mounts = Mounts({"/": load, "/pb/docs": load})
    mounts.find("/elsewhere")
    assert loaded == []
    mounts.find("/")
    mounts.find("/pb/docs/a")
    assert loaded == [1]
