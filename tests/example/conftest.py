"""One browser, one demo shop and one renderer of the example for the whole suite."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests import browser
from tests.example import phone

if TYPE_CHECKING:  # it is an extra
    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def chromium() -> "Iterator[Browser]":
    """The browser of all tests."""
    with browser.launched() as launched:
        yield launched


@pytest.fixture(scope="session")
def sample() -> Iterator[str]:
    """The address of the renderer with the sample that its own tests use."""
    with phone.renderer(phone.SAMPLE) as url:
        yield url
