"""A database of each test's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from peewee import Database

from models.database import connect, disconnect
from tests.databases import migrated_address, new_address


@pytest.fixture
def empty_database(tmp_path: Path) -> Iterator[Database]:
    """A database without a table."""
    database = connect(new_address(tmp_path))
    yield database
    disconnect()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A database with every table and no row."""
    database = connect(migrated_address(tmp_path))
    yield database
    disconnect()
