"""One browser, one demo shop and one renderer of the example for the whole suite."""

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests import browser, node
from tests.example import phone
from tests.running import Server

if TYPE_CHECKING:  # it is an extra
    from playwright.sync_api import Browser


@pytest.fixture(scope="module", autouse=True)
def cost(request: pytest.FixtureRequest) -> Iterator[None]:
    """Print what each part of the suite costs."""
    began = time.monotonic()
    yield
    print(f"\n{request.module.__name__}: {time.monotonic() - began:.1f} s")


@pytest.fixture(scope="session")
def chromium() -> "Iterator[Browser]":
    """The browser of all tests."""
    with browser.launched() as launched:
        yield launched


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The demo shop of all tests; nothing they did broke the contract."""
    with Server(tmp_path_factory.mktemp("example") / "home") as running:
        yield running
        assert "against the contract" not in running.log
        assert "Traceback" not in running.log


@pytest.fixture(scope="session")
def example(server: Server) -> Iterator[str]:
    """The address of the renderer with the example, whose client is built as it ships."""
    node.build_client()
    with phone.renderer(phone.EXAMPLE, server.url) as url:
        yield url


@pytest.fixture(scope="session")
def sample() -> Iterator[str]:
    """The address of the renderer with the sample that its own tests use."""
    with phone.renderer(phone.SAMPLE) as url:
        yield url
