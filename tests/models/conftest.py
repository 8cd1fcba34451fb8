"""A migrated SQLite file of each test's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from peewee import Database

from models import schema
from models.database import connect


@pytest.fixture
def empty_database(tmp_path: Path) -> Iterator[Database]:
    """A database without a table."""
    database = connect(f"sqlite:///{tmp_path}/shop.db")
    yield database
    database.close()


@pytest.fixture
def database(empty_database: Database) -> Database:
    """A database with every table and no row."""
    schema.migrate(empty_database)
    return empty_database
