"""A headless Chromium, and what a page said while it was looked at.

Chromium is Debian's (`apt-get install chromium fonts-noto-cjk`), driven by the extra `browser`; nothing is
downloaded. Where either is missing a test is skipped by name, and under `CI=true` it fails.
A module of tests launches it once: the fixture `chromium` of `tests/conftest.py`, or a fixture of the scope
`module` around `launched()`. Not of the session: while Playwright runs, no other test of the process can call
`asyncio.run`.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.missing import missing

if TYPE_CHECKING:  # it is an extra
    from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response

NAMES = ("chromium", "chromium-browser", "google-chrome")
DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
WAIT_MS = 30_000  # for an element or a page; on a busy machine a big script takes seconds
ERROR_STATUS = 400
LEFT = "net::ERR_ABORTED"  # what was still asked for when another page was gone to
OVERFLOW = """() => [...document.querySelectorAll('body *')]
  .filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .map(e => e.tagName + '.' + e.className)"""
_running: "list[Browser]" = []


@dataclass
class Findings:
    """What went wrong on a page, and every address it asked for."""

    console_errors: list[str] = field(default_factory=list)
    failed_requests: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def nothing_wrong(self) -> None:
        """Raises: `AssertionError` which shows each error of the console and each request that failed."""
        assert self.console_errors == [], self.console_errors
        assert self.failed_requests == [], self.failed_requests

    def forget(self) -> None:
        """Begin anew, for a page that is used for another address."""
        for found in (self.console_errors, self.failed_requests, self.asked):
            found.clear()

    def outside(self, origin: str) -> list[str]:
        """The addresses asked for that are neither of this origin nor made by the page itself."""
        own = (f"{origin}/", "data:", "blob:", "about:")
        return [address for address in self.asked if not address.startswith(own)]


@contextmanager
def launched() -> "Iterator[Browser]":
    """One browser. Where there is none the test that asks is skipped, or fails under `CI=true`.

    Playwright runs once in a process: where a fixture of the session has a browser, this is that one.
    """
    if _running:
        yield _running[0]
        return
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("looking at pages needs Python's playwright, which the extra `browser` installs")
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        missing("looking at pages needs Chromium (Debian: apt-get install chromium fonts-noto-cjk)")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        _running.append(chromium)
        try:
            yield chromium
        finally:
            _running.clear()
            chromium.close()


@contextmanager
def visit(
    chromium: "Browser", *, width: int = DESKTOP["width"], dark: bool = False, **options: Any
) -> "Iterator[tuple[Page, Findings]]":
    """An empty page in a context of its own, so without anybody's storage, and its findings.

    Args: `width` in CSS pixels, 390 being a phone; `options` are those of Playwright's `new_context`.
    """
    size = PHONE if width == PHONE["width"] else {**DESKTOP, "width": width}
    scheme = "dark" if dark else "light"
    context = chromium.new_context(
        **{"viewport": size, "color_scheme": scheme, "locale": "zh-CN", **options}
    )
    context.set_default_timeout(WAIT_MS)
    try:
        page = context.new_page()
        yield page, watched(page)
    finally:
        context.close()


def watched(page: "Page") -> Findings:
    """Collect what a page says from now on."""
    found = Findings()

    def say(message: "ConsoleMessage") -> None:
        if message.type == "error":
            found.console_errors.append(f"{message.text} ({message.location.get('url', '')})")

    def answer(response: "Response") -> None:
        if response.status >= ERROR_STATUS:
            found.failed_requests.append(f"{response.status} {response.url}")

    def fail(request: "Request") -> None:
        if request.failure == LEFT:
            return
        found.failed_requests.append(f"{request.failure} {request.url}")

    page.on("console", say)
    page.on("pageerror", lambda error: found.console_errors.append(str(error)))
    page.on("request", lambda request: found.asked.append(request.url))
    page.on("response", answer)
    page.on("requestfailed", fail)
    return found


def wider_than_the_screen(page: "Page") -> list[str]:
    """The elements for whose sake a page would be scrolled sideways, as `TAG.class`."""
    root = "document.documentElement"
    if page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth"):
        return []
    found: list[str] = page.evaluate(OVERFLOW)
    return found or ["the document"]
