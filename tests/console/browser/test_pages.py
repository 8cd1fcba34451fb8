"""Every page of the console in Chromium, at both widths; in English too in `tox -e long`.

The pages are those of the authorization table, so a new one is looked at as soon as it has its line there.
"""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Literal

import pytest

from bai_wx.console.roles import Role
from tests import browser
from tests.console.authorization import Line, Standing, lines
from tests.console.browser.looking import (
    LANGUAGES,
    WIDTHS,
    assert_whole,
    grave_barriers,
    keep,
    visit,
)
from tests.console.shop import Console
from tests.console.test_authorization import PLACE
from tests.console.visitor import address

if TYPE_CHECKING:  # it is an extra
    from playwright.sync_api import Browser, Page

LATER_PART_MS = 90_000
"""The part of the settings that comes later is a command of low priority: a busy machine lets it wait."""
SCHEMES: tuple[Literal["light", "dark"], ...] = ("dark", "light")
PARTS = (
    "/_api/",
    "/_files/",
    "/static/",
    "/attachments/",
    "/documents/",
    "/products/",
    "/settings/findings",
)
"""The beginnings of addresses that answer no page."""
PAGES = [
    line
    for line in lines()
    if line.method == "GET"
    and line.status == 200
    and line.level.admits(Standing.ADMIN)
    and not line.path.startswith((*PARTS, "/login"))
]


CHINESE_IN_CI = ["zh", pytest.param("en", marks=pytest.mark.long)]


def name_of(line: Line) -> str:
    """A page's name in reports and files."""
    return re.sub(r"\W+", "-", line.path.replace("{key}", line.key)).strip("-") or "overview"


@pytest.fixture(scope="module")
def desks(
    chromium: "Browser", console: Console
) -> "Iterator[dict[str, tuple[Page, browser.Findings]]]":
    """An admin's page in each language. It goes from address to address, and keeps the program's files."""
    with ExitStack() as stack:
        yield {
            language: stack.enter_context(visit(chromium, console, Role.ADMIN, language))
            for language in LANGUAGES
        }


@pytest.mark.parametrize("language", CHINESE_IN_CI)
@pytest.mark.parametrize("line", PAGES, ids=name_of)
def test_each_page_is_whole(
    desks: "dict[str, tuple[Page, browser.Findings]]", console: Console, line: Line, language: str
) -> None:
    row = console.first(line.key) if line.key else "x"
    path = PLACE.sub(row, line.path.replace("{key}", line.key))
    query = {name: value.replace("{pk}", row) for name, value in line.query.items()}
    page, found = desks[language]
    found.forget()
    page.set_viewport_size(browser.DESKTOP)
    page.goto(f"{console.url}/console{address(path, query)}")
    page.locator(".spinner-border").first.wait_for(state="hidden", timeout=LATER_PART_MS)
    assert page.locator("html").get_attribute("lang", timeout=1000) == language
    for width in WIDTHS:
        page.set_viewport_size({**browser.PHONE, "width": width})
        assert_whole(page, found, console)
        keep(page, name_of(line), language, width)
    if language == "zh":
        page.set_viewport_size(browser.DESKTOP)
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            assert grave_barriers(page) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_login_page_is_whole(chromium: "Browser", console: Console, language: str) -> None:
    with visit(chromium, console, None, language) as (page, found):
        page.goto(f"{console.url}/console/")
        for width in WIDTHS:
            page.set_viewport_size({**browser.PHONE, "width": width})
            assert_whole(page, found, console)
            keep(page, "login", language, width)
        assert grave_barriers(page) == []
