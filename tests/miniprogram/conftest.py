"""A demo shop of the mini program's suites, and what its suites are told."""

import sys
import time
from collections.abc import Iterator

import pytest

from tests import node
from tests.api import tokens
from tests.running import Client, Server


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all suites, each with users of its own; nothing they did broke the contract."""
    with Server(tmp_path_factory.mktemp("miniprogram") / "home") as running:
        yield running
        assert "against the contract" not in running.log
        assert "Traceback" not in running.log


@pytest.fixture(scope="session")
def expired(server: Server) -> str:
    """A token of the user `demo-expired` that held until an hour ago."""
    user = Client(server.url).login("expired")
    claims = tokens.claims_of(user) | {"exp": int(time.time()) - tokens.HOUR_S}
    return tokens.signed(claims, tokens.key_of(server, user.user_id))


@pytest.fixture(scope="session")
def environment(server: Server, expired: str) -> dict[str, str]:
    """What the suites find in their environment."""
    node.install_once(node.TOOLS)
    return {
        "SERVER_URL": server.url,
        "EXPIRED_TOKEN": expired,
        "DATABASE": str(server.database),
        "PYTHON": sys.executable,
    }
