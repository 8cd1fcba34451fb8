"""A SQLite file of each module's own, with the collection of `sample` beside the real ones."""

from collections.abc import Iterator

import pytest
from peewee import Database

from bai_wx.database.connection import connect, disconnect
from tests.databases import migrated_address
from tests.dialect.sample import Sample


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Every table and no row."""
    database = connect(migrated_address(tmp_path_factory.mktemp("records")))
    database.create_tables([Sample])
    yield database
    disconnect()


@pytest.fixture
def empty(database: Database) -> Database:
    """The same without the samples of the tests before."""
    Sample.delete().execute()
    return database
