"""One demo shop with operators for all tests of the console."""

from collections.abc import Iterator

import pytest

from tests.console import shop


@pytest.fixture(scope="session")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[shop.Console]:
    """A running shop with an operator of each role, a customer, and rows of every collection."""
    with shop.opened(tmp_path_factory.mktemp("console") / "home") as opened:
        yield opened
