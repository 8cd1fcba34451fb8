"""A demo shop of the mini program's client, the client built, and what its suites are told."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

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
def client() -> Path:
    """The client's folder, installed and built."""
    return node.build_client()


@pytest.fixture(scope="session")
def environment(server: Server, client: Path) -> dict[str, str]:
    """What the suites find in their environment; with claims and key they sign tokens of `demo-expired`."""
    user = Client(server.url).login("expired")
    return {
        "SERVER_URL": server.url,
        "CLIENT": str(client / "miniprogram_dist" / "index.js"),
        "TOKEN_CLAIMS": json.dumps(tokens.claims_of(user)),
        "TOKEN_KEY": tokens.key_of(server, user.user_id),
        "DATABASE": str(server.database),
        "PYTHON": sys.executable,
    }
