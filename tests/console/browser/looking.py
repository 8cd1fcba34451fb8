"""How the tests look at the console: as an operator, in a language, at a width, with nothing going wrong."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bai_wx.console.roles import Role
from tests import browser
from tests.console.shop import Console
from tests.console.visitor import SESSION
from tests.missing import missing

if TYPE_CHECKING:  # it is an extra
    from playwright.sync_api import Browser, Page

LANGUAGES = ("zh", "en")
WIDTHS = (1280, 390)
GRAVE = frozenset({"serious", "critical"})
SHOTS = os.environ.get("BAI_WX_SHOTS", "")
"""A folder that keeps a picture of every page, in both languages and widths."""

AXE = """async () => {
  const options = {resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']};
  const found = await axe.run(document, options);
  return found.violations.map(each => [each.impact, each.id,
    each.nodes.map(node => [node.html, node.any.map(any => any.message)])]);
}"""


@contextmanager
def visit(
    chromium: "Browser", console: Console, role: Role | None = None, language: str = "zh"
) -> "Iterator[tuple[Page, browser.Findings]]":
    """An empty page of an operator who is logged in, or of nobody, and what is found on it."""
    values = {"language": language}
    if role is not None:
        values[SESSION] = console.of(role).cookies[SESSION]
    with browser.visit(chromium, reduced_motion="reduce") as (page, found):
        page.context.add_cookies([_cookie(name, value) for name, value in values.items()])
        yield page, found


def _cookie(name: str, value: str) -> Any:
    is_secure = name.startswith("__Host-")
    kept = {"name": name, "value": value, "domain": "127.0.0.1", "path": "/"}
    return kept | {"secure": is_secure, "httpOnly": is_secure, "sameSite": "Strict"}


def assert_whole(page: "Page", found: browser.Findings, console: Console) -> None:
    """Nothing failed, nothing came from elsewhere, and nothing is scrolled sideways at either width."""
    found.nothing_wrong()
    assert found.outside(console.url) == []
    assert browser.wider_than_the_screen(page) == []


def grave_barriers(page: "Page") -> list[Any]:
    """What axe finds that shuts somebody out: impact, rule, elements."""
    page.evaluate(_axe())
    return [each for each in page.evaluate(AXE) if each[0] in GRAVE]


@cache
def _axe() -> str:
    try:
        return (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
    except ImportError:
        missing("looking for barriers needs axe, which the extra `browser` installs")


def keep(page: "Page", name: str, language: str, width: int) -> None:
    """Keep a picture of the whole page, where a folder is named for it."""
    if SHOTS:
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{SHOTS}/{name}-{language}-{width}.png", full_page=True)
