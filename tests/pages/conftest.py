"""The demo shop with its pages, a shop that is none."""

import os
from collections.abc import Iterator
from importlib.util import find_spec

import pytest

from tests.missing import missing
from tests.running import Server

REAL_APP = {"WECHAT_APPID": "wx1234567890abcdef", "WECHAT_SECRET": "s" * 32}


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The demo shop; two workers, so that a page and what it asks for come from different ones."""
    with Server(tmp_path_factory.mktemp("pages") / "home", workers=2) as running:
        yield running
        assert "Traceback" not in running.log


@pytest.fixture(scope="session")
def real_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A shop of a real app, in an environment where the extra `docs` is as good as not installed."""
    folder = tmp_path_factory.mktemp("real")
    shadow = (
        folder / "flask_openapi_scalar"
    )  # found before the package itself, and without its file
    shadow.mkdir()
    (shadow / "__init__.py").touch()
    path = os.pathsep.join(filter(None, [str(folder), os.environ.get("PYTHONPATH")]))
    with Server(folder / "home", demo=False, PYTHONPATH=path, **REAL_APP) as running:
        yield running
        assert "Traceback" not in running.log


@pytest.fixture(scope="session")
def scalar() -> None:
    """Skips the test that asks, or fails it in CI, where the extra `docs` is not installed."""
    if find_spec("flask_openapi_scalar") is None:
        missing("showing the contract needs the extra `docs`")
