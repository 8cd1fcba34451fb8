"""A shop for mini programs, and users of it who read answers in the old and in the new places."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from zlib import crc32

import pytest

from tests.api.pictures import PNG
from tests.clients.visitors import NewVisitor, OldVisitor, Visitor
from tests.clients.world import ROWS
from tests.clients.wx import MiniProgram
from tests.running import Server

Enter = Callable[..., Visitor]

TAKEN_OVER = os.environ.get("BAI_WX_TEST_TAKEN_OVER", "")
"""A home that holds the data of a PocketBase already; the visits are then paid to a copy of it."""


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all visits; it never broke its contract nor failed by a defect of ours."""
    home = tmp_path_factory.mktemp("clients") / "home"
    if TAKEN_OVER:
        shutil.copytree(TAKEN_OVER, home)
    with Server(home) as running:
        running.take(ROWS)
        yield running
        assert "against the contract" not in running.log
        assert "Traceback" not in running.log


@pytest.fixture
def network(server: Server) -> Iterator[MiniProgram]:
    """A mini program that was just opened."""
    program = MiniProgram(server.url)
    yield program
    program.close()


@pytest.fixture(params=[OldVisitor, NewVisitor], ids=["old places", "new places"])
def enter(network: MiniProgram, request: pytest.FixtureRequest) -> Enter:
    """Lets a user of the test's own in, told apart by a name; one client of each reading."""

    def enter(name: str = "me") -> Visitor:
        visitor: Visitor = request.param(network)
        visitor.login(f"wx-{crc32(request.node.nodeid.encode())}-{name}")
        return visitor

    return enter


@pytest.fixture
def visitor(enter: Enter) -> Visitor:
    """A user with an empty cart."""
    return enter()


@pytest.fixture
def guest(network: MiniProgram) -> Visitor:
    """Somebody without a token."""
    return OldVisitor(network)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A picture on the phone, as `chooseAvatar` hands it over."""
    file = tmp_path / "tmp_avatar.png"
    file.write_bytes(PNG)
    return file
