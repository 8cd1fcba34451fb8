"""Every page of the example, light and dark, of a user with a past; those of a guest; those without network."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.example import phone
from tests.example.phone import EXAMPLE, Phone
from tests.example.world import Lived, live
from tests.running import Server

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PAGES = phone.pages_of(EXAMPLE)
FIRST = PAGES[0]
SKELETON, ERROR = "c-components-skeleton-skeleton", "c-components-error-error"
FEWEST_LETTERS = 8


@pytest.fixture(scope="module")
def lived(server: Server) -> Lived:
    """The user whose pages are looked at."""
    return live(server, "pages")


@pytest.fixture(scope="module", params=[False, True], ids=["light", "dark"])
def user(
    request: pytest.FixtureRequest, chromium: "Browser", example: str, lived: Lived
) -> Iterator[Phone]:
    """The user's phone, logged in, in one theme."""
    with phone.visit(chromium, example, user=lived.user, dark=request.param) as visited:
        visited.open(FIRST)
        visited.log_in()
        visited.open(FIRST)
        yield visited


@pytest.fixture(scope="module")
def guest(chromium: "Browser", example: str) -> Iterator[Phone]:
    """The phone of somebody who has not logged in."""
    with phone.visit(chromium, example, user="nobody") as visited:
        visited.open(FIRST)
        yield visited


def looks_right(shown: Phone, file: Path) -> None:
    """Nothing on the console, nothing failed, nothing too wide, and something to see."""
    shown.findings.nothing_wrong()
    assert shown.overflowing() == []
    assert len(shown.text("body")) > FEWEST_LETTERS
    shown.screenshot(file)


@pytest.mark.parametrize("path", PAGES)
def test_page(user: Phone, lived: Lived, tmp_path: Path, path: str) -> None:
    user.relaunch(lived.address(path))
    assert user.path == path
    assert (
        user.screen.locator("c-components-skeleton-skeleton, c-components-error-error").count() == 0
    )
    looks_right(user, tmp_path / "page.png")


@pytest.mark.parametrize("path", PAGES)
def test_page_of_a_guest(guest: Phone, lived: Lived, tmp_path: Path, path: str) -> None:
    """A guest reads what is public, and is asked to log in elsewhere."""
    guest.relaunch(lived.address(path))
    looks_right(guest, tmp_path / "page.png")


@pytest.mark.parametrize("path", ["pages/products/products", "pages/document/document"])
def test_page_without_network(guest: Phone, lived: Lived, tmp_path: Path, path: str) -> None:
    """The page says so when the client has tried again in vain, and its button tries once more."""
    guest.connect(False)
    guest.relaunch(lived.address(path))
    guest.screen.locator(ERROR).wait_for()
    looks_right(guest, tmp_path / "page.png")
    guest.connect(True)
    guest.tap(f"{ERROR} wx-button")
    guest.screen.locator(ERROR).wait_for(state="detached")
    looks_right(guest, tmp_path / "page.png")
