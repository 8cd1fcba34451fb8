"""The shop of the API tests: the demo's goods, and rows of our own that no other test relies on."""

from collections.abc import Iterator
from zlib import crc32

import pytest

from tests.api import shop
from tests.running import Client, Server


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all tests that do not change it for others, with the tests' own goods.

    Whatever the tests did to it, it never broke its contract nor failed by a defect of ours.
    """
    with Server(tmp_path_factory.mktemp("api") / "home") as running:
        running.take(shop.ROWS)
        yield running
        assert "against the contract" not in running.log
        assert "Traceback" not in running.log


@pytest.fixture(scope="module")
def guest(server: Server) -> Client:
    """Somebody without a token."""
    return Client(server.url)


@pytest.fixture
def buyer(guest: Client, request: pytest.FixtureRequest) -> Client:
    """A user with an empty cart and without orders, of the test's own."""
    return guest.login(f"buyer-{crc32(request.node.nodeid.encode())}")
