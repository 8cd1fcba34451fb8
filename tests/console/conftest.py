"""One demo shop with operators for all tests of the console, and an empty database for each module."""

from collections.abc import Iterator

import pytest
from peewee import Database

from bai_wx.database.connection import connect, disconnect
from tests.console import shop
from tests.databases import migrated_address


@pytest.fixture(scope="session")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[shop.Console]:
    """A running shop with an operator of each role, a customer, and rows of every collection."""
    with shop.opened(tmp_path_factory.mktemp("console") / "home") as opened:
        yield opened


@pytest.fixture(scope="module")
def empty_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A database with every table and no row, for all tests of a module."""
    connected = connect(migrated_address(tmp_path_factory.mktemp("empty")))
    yield connected
    disconnect()


@pytest.fixture
def rolled_back(empty_shop: Database) -> Iterator[Database]:
    """The same, whose rows of this test are gone after it: a database of its own would take longer."""
    with empty_shop.atomic() as whole:
        yield empty_shop
        whole.rollback()
