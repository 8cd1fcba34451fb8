"""A demo shop of the SDKs' own, and their base address."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from pocketbase import PocketBase

from tests.api import tokens
from tests.api.pictures import picture
from tests.paths import ATTACHMENTS
from tests.running import Client, Server
from tests.sdk.python_sdk import logged_in, sdk


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all suites, each with users of its own; nothing they did broke the contract."""
    with Server(tmp_path_factory.mktemp("sdk") / "home") as running:
        yield running
        assert "against the contract" not in running.log
        assert "Traceback" not in running.log


@pytest.fixture(scope="session")
def base(server: Server) -> str:
    """What an SDK is given as the server's address: our paths begin with `/pb`."""
    return f"{server.url}/pb"


@pytest.fixture(scope="session")
def expired(server: Server) -> str:
    """A token that held until an hour ago."""
    user = Client(server.url).login("expired")
    claims = tokens.claims_of(user) | {"exp": int(time.time()) - tokens.HOUR_S}
    return tokens.signed(claims, tokens.key_of(server, user.user_id))


@pytest.fixture(scope="session")
def paper(server: Server) -> dict[str, Any]:
    """The identity paper of the user `demo-js-papers`."""
    owner = Client(server.url).login("js-papers")
    files = {"attachments_link": ("paper.png", picture("PNG", 300, 200), "image/png")}
    made = owner.request("POST", ATTACHMENTS, files=files).json()
    server.change("tbl_attachments", made["id"], attachments_is_identity=1)
    return dict(made)


@pytest.fixture
def guest(base: str) -> Iterator[PocketBase]:
    """The Python SDK's client of somebody without a token."""
    with sdk(base) as client:
        yield client


@pytest.fixture
def user(base: str, request: pytest.FixtureRequest) -> Iterator[PocketBase]:
    """The Python SDK's client of a user of the test's own."""
    name = request.node.name.removeprefix("test_").partition("[")[0]
    with logged_in(base, f"py-{name[:40]}") as client:
        yield client
