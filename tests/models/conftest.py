"""A migrated SQLite file of each test's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from peewee import Database

from models import schema
from models.database import connect, disconnect
from tests.databases import new_address


@pytest.fixture
def empty_database(tmp_path: Path) -> Iterator[Database]:
    """A database without a table."""
    database = connect(new_address(tmp_path))
    yield database
    disconnect()


@pytest.fixture
def database(empty_database: Database) -> Database:
    """A database with every table and no row."""
    schema.migrate(empty_database)
    return empty_database
