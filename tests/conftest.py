"""Worlds for the tests: a real server on a real SQLite file, with the demo shop and two users."""

from collections.abc import Iterator

import pytest

from tests.running import Client, Server


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all tests that do not change it for others."""
    with Server(tmp_path_factory.mktemp("server") / "home") as running:
        yield running


@pytest.fixture
def guest(server: Server) -> Client:
    """Somebody without a token."""
    return Client(server.url)


@pytest.fixture(scope="module")
def alice(server: Server, request: pytest.FixtureRequest) -> Client:
    """A user of the module's own, so that modules do not share carts."""
    return Client(server.url).login(f"alice-{request.module.__name__.rpartition('.')[2]}")


@pytest.fixture(scope="module")
def bob(server: Server, request: pytest.FixtureRequest) -> Client:
    """Another user of the module's own."""
    return Client(server.url).login(f"bob-{request.module.__name__.rpartition('.')[2]}")
