"""A phone that shows a mini program: Chromium with clients/tests/renderer, driven by fingers.

The renderer reads the shipped .wxml, .wxss, .ts and app.json; WeChat's own compilers read the first two.
"""

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from tests import browser, node

if TYPE_CHECKING:  # it is an extra
    from playwright.sync_api import Browser, FrameLocator, Locator, Page

RENDERER = node.TOOLS / "renderer" / "server.mjs"
SAMPLE = node.TOOLS / "renderer" / "sample"
EXAMPLE = node.CLIENT.parent / "example"
OWN_ADDRESS = "http://127.0.0.1:8090"
"""Where the example believes its server to be: the address of `bai-wx serve`'s default port."""

IDLE = "() => window.renderer.idle()"
LOGIN = """() => {
  const { createClient } = window.renderer.loader.load('bai-wx-miniprogram');
  return createClient({ baseUrl: window.renderer.options.baseUrl }).login();
}"""
TOP = "window.renderer.pages.top"
MOST_HEIGHT = 6000


def pages_of(app: Path) -> list[str]:
    """The paths of a mini program's pages, as app.json lists them."""
    return list(json.loads((app / "app.json").read_text("utf-8"))["pages"])


@contextmanager
def renderer(app: Path, server: str = "") -> Iterator[str]:
    """Serve a mini program to browsers; requests to its own address go to `server`. Yields: the address."""
    node.install_once(node.TOOLS)
    options = {"app": str(app), "origins": {OWN_ADDRESS: server} if server else {}}
    command = ["node", str(RENDERER), json.dumps(options)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        said = process.stdout.readline()
        if not said:
            raise AssertionError(process.stderr.read())
        try:
            yield json.loads(said)["url"]
        finally:
            process.terminate()


@dataclass
class Phone:
    """One visit of one user: what is on the screen, and fingers on it."""

    page: "Page"
    findings: browser.Findings
    url: str

    def open(self, path: str, **options: str) -> None:
        """Start the mini program anew at a page, such as `pages/product/product?id=…`."""
        self.page.goto(f"{self.url}/?{urlencode({'path': path, **options})}")
        self.settle()

    def relaunch(self, path: str) -> None:
        """Close every page and open this one, as the app itself would with `wx.reLaunch`."""
        self.page.evaluate("url => window.renderer.wx.reLaunch({ url })", f"/{path}")
        self.settle()

    def log_in(self) -> None:
        """Log the user in with the app's own client, as its login page does; the token is kept."""
        self.page.evaluate(LOGIN)

    def connect(self, connected: bool) -> None:
        """Take the phone's network away, or give it back."""
        self.page.request.post(f"{self.url}/phone", data={"connected": connected})

    @property
    def screen(self) -> "FrameLocator":
        """The page that is shown."""
        return self.page.frame_locator("#pages iframe:not([hidden])")

    @property
    def path(self) -> str:
        """The path of the page that is shown."""
        return str(self.page.evaluate(f"{TOP}.path"))

    @property
    def data(self) -> dict[str, Any]:
        """The data of the page that is shown."""
        return dict(self.page.evaluate(f"JSON.parse(JSON.stringify({TOP}.instance.data))"))

    def settle(self) -> None:
        """Wait until nothing is asked for any more and every picture is there."""
        self.page.evaluate(IDLE)

    def tap(self, target: "str | Locator") -> None:
        """Tap a part of the page, by CSS or as a locator, and wait for what it does."""
        found = self.screen.locator(target).first if isinstance(target, str) else target
        found.tap()
        self.settle()

    def tap_text(self, text: str) -> None:
        """Tap the words of the page."""
        self.tap(self.screen.get_by_text(text, exact=True).locator("visible=true").first)

    def tap_chrome(self, text: str) -> None:
        """Tap a word outside of the page: a tab, or the button of a question."""
        self.page.locator("#tabs, .mask").get_by_text(text, exact=True).tap()
        self.settle()

    def text(self, target: str) -> str:
        """The words of a part of the page."""
        return self.screen.locator(target).first.inner_text()

    def overflowing(self) -> list[str]:
        """The elements for whose sake the page could be scrolled sideways."""
        inside = "document.documentElement"
        frame = self.page.locator("#pages iframe:not([hidden])").element_handle().content_frame()
        assert frame is not None
        if frame.evaluate(f"{inside}.scrollWidth <= {inside}.clientWidth"):
            return []
        return list(frame.evaluate(browser.OVERFLOW)) or ["the page"]

    def screenshot(self, file: Path, *, whole: bool = False) -> None:
        """Keep what is on the screen; `whole` makes the screen as high as the page is for it."""
        file.parent.mkdir(parents=True, exist_ok=True)
        inside = f"{TOP}.frame.contentDocument.documentElement"
        more = int(self.page.evaluate(f"{inside}.scrollHeight - {inside}.clientHeight"))
        if whole and more > 0:
            self._make_high(min(browser.PHONE["height"] + more, MOST_HEIGHT))
        self.page.screenshot(path=str(file))
        if whole and more > 0:
            self._make_high(browser.PHONE["height"])

    def _make_high(self, height: int) -> None:
        self.page.set_viewport_size({"width": browser.PHONE["width"], "height": height})
        self.page.evaluate(
            f"document.getElementById('phone').style.setProperty('--height', '{height}px')"
        )
        self.settle()


@contextmanager
def visit(chromium: "Browser", url: str, *, user: str, dark: bool = False) -> Iterator[Phone]:
    """A phone of one user with the renderer at `url`; its storage is empty."""
    options: Mapping[str, Any] = {"has_touch": True, "is_mobile": True, "device_scale_factor": 2}
    with browser.visit(chromium, width=browser.PHONE["width"], dark=dark, **options) as (
        page,
        found,
    ):
        page.context.add_cookies([{"name": "user", "value": user, "url": url}])
        yield Phone(page, found, url)
