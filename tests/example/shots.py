"""Screenshots of a mini program's pages: `python -m tests.example.shots clients/example [page…] [--to FOLDER]`.

A page may carry a query (`'pages/product/product?id=…'`). Without pages all of app.json's are shown, light and
dark, to a user with a past; `--guest` shows them to a guest too, as `<page>.guest`. Prints what went wrong.
"""

import argparse
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests import browser
from tests.example import phone
from tests.example.phone import Phone
from tests.example.world import Lived, live
from tests.running import Server

if TYPE_CHECKING:
    from playwright.sync_api import Browser


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("app", type=Path)
    parser.add_argument("pages", nargs="*")
    parser.add_argument("--to", type=Path, default=Path("shots"))
    parser.add_argument("--guest", action="store_true", help="show the pages to a guest as well")
    parser.add_argument("--screen", action="store_true", help="one screen, not the whole page")
    given = parser.parse_args()
    given.pages = given.pages or phone.pages_of(given.app)
    with (
        tempfile.TemporaryDirectory() as home,
        Server(Path(home) / "home") as server,
        phone.renderer(given.app, server.url) as url,
        browser.launched() as chromium,
    ):
        lived = live(server, "shots")
        for is_guest in (False, True) if given.guest else (False,):
            for dark in (False, True):
                show(chromium, url, lived, given, is_guest=is_guest, dark=dark)


def show(
    chromium: "Browser",
    url: str,
    lived: Lived,
    given: argparse.Namespace,
    *,
    is_guest: bool,
    dark: bool,
) -> None:
    """Show the pages in one theme."""
    ending = f"{'.guest' if is_guest else ''}.{'dark' if dark else 'light'}.png"
    with phone.visit(chromium, url, user=lived.user, dark=dark) as visited:
        visited.open(phone.pages_of(given.app)[0])
        if not is_guest:
            visited.log_in()
        for path in given.pages:
            file = given.to / f"{path.split('?')[0].split('/')[-1]}{ending}"
            wide = look(visited, lived.address(path), file, whole=not given.screen)
            tell(file, visited.findings, wide)


def look(visited: Phone, address: str, file: Path, *, whole: bool) -> list[str]:
    """Open a page and keep its picture. Returns: what is wider than the screen."""
    try:
        visited.open(address)
        wide = visited.overflowing()
        visited.screenshot(file, whole=whole)
    except Exception as exc:
        visited.findings.console_errors.append(str(exc)[:400])
        return []
    return wide


def tell(file: Path, found: browser.Findings, wide: list[str]) -> None:
    """Print what went wrong on a page, and forget it."""
    wrong = [
        *found.console_errors,
        *found.failed_requests,
        *(f"wider than the screen: {each}" for each in wide),
    ]
    print(file, *(wrong or ["ok"]), sep="\n    ")
    found.console_errors.clear()
    found.failed_requests.clear()


if __name__ == "__main__":
    main()
