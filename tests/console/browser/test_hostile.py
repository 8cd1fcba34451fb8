"""A shop full of scripts in Chromium: every page shows them, none runs one."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from bai_wx.console.roles import Role
from tests import browser
from tests.console import hostile
from tests.console.authorization import Line
from tests.console.browser.looking import assert_whole, visit
from tests.console.browser.test_pages import PAGES, name_of
from tests.console.shop import Console
from tests.console.test_authorization import PLACE
from tests.console.visitor import address

if TYPE_CHECKING:  # it is an extra
    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="module")
def spoilt(console: Console) -> Iterator[None]:
    """The text stands everywhere."""
    with hostile.everywhere(console):
        yield


@pytest.fixture(scope="module")
def desk(chromium: "Browser", console: Console) -> "Iterator[tuple[Page, browser.Findings]]":
    """An admin's page, which goes from address to address."""
    with visit(chromium, console, Role.ADMIN) as opened:
        yield opened


@pytest.mark.usefixtures("spoilt")
@pytest.mark.parametrize("line", PAGES, ids=name_of)
def test_no_page_runs_a_stored_script(
    desk: "tuple[Page, browser.Findings]", console: Console, line: Line
) -> None:
    """The policy would stop one, and the browser would say so: it says nothing."""
    row = console.first(line.key) if line.key else "x"
    path = PLACE.sub(row, line.path.replace("{key}", line.key))
    query = {name: value.replace("{pk}", row) for name, value in line.query.items()}
    page, found = desk
    found.forget()
    page.goto(f"{console.url}/console{address(path, query)}")
    page.wait_for_timeout(50)
    assert page.evaluate("window.stolen") is None
    assert page.locator("img[src=x]").count() == 0
    assert_whole(page, found, console)
