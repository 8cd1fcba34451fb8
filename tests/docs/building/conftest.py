"""A demo shop for the page for builders, and users of each test's own."""

from collections.abc import Iterator

import pytest

from tests.running import Client, Server


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One demo server; a test that changes a product changes it back."""
    with Server(tmp_path_factory.mktemp("building") / "home") as running:
        yield running


@pytest.fixture
def guest(server: Server) -> Client:
    """Somebody without a token."""
    return Client(server.url)


@pytest.fixture
def user(guest: Client, request: pytest.FixtureRequest) -> Client:
    """A user of the test's own, called after it."""
    return guest.login(request.node.name.removeprefix("test_").replace("_", "-")[:40])
