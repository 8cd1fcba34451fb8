"""The documents make a site: every page is found, every link leads somewhere, nothing is asked of others."""

import functools
import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urldefrag, urljoin

import pytest
import yaml

from tests import browser
from tests.docs.pages import documents, text
from tests.missing import missing
from tests.tree import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser

LOADED = {"script": "src", "link": "href", "img": "src", "iframe": "src", "source": "src"}
README = "clients/miniprogram/README.md"
"""What docs/client.md shows."""

LOOKED_AT = ("index.html", "builder-notes.html", "client.html", "errors.html", "architecture.html")


class Page(HTMLParser):
    """What a page links to, loads, and can be linked to by."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.anchors: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.anchors |= {found.get("id", ""), found.get("name", "")}
        if tag == "a" and "href" in found:
            self.links.append(found["href"])
        if tag in LOADED and LOADED[tag] in found:
            self.loaded.append(found[LOADED[tag]])


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as `tox -e docs` does: a broken link between the documents ends it."""
    try:
        importlib.metadata.version("zensical")
    except importlib.metadata.PackageNotFoundError:
        missing("the site needs Zensical, which the extra `site` installs")
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(ROOT / "docs", folder / "docs")
    for name in "mkdocs.yml", README:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    command = [sys.executable, "-m", "zensical", "build", "--clean", "--strict"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "site"


@pytest.fixture(scope="session")
def pages(site: Path) -> dict[str, Page]:
    """Every page, by its path from the root of the site."""
    files = sorted(site.rglob("*.html"))
    return {str(path.relative_to(site)): Page(path.read_text("utf-8")) for path in files}


def target(page: str, link: str) -> tuple[str, str]:
    """Where a link leads inside the site, and its anchor."""
    path, anchor = urldefrag(urljoin(page, link) if urldefrag(link)[0] else f"{page}{link}")
    return unquote(path), unquote(anchor)


def is_outside(link: str) -> bool:
    return bool(re.match(r"[a-z]+:|//", link))


def test_each_link_leads_to_a_page_and_its_heading(site: Path, pages: dict[str, Page]) -> None:
    lost = []
    for name, page in pages.items():
        for link in filter(None, [*page.links, *page.loaded]):
            path, anchor = target(name, link)
            if is_outside(link) or name == "404.html":
                continue
            there = pages.get(path)
            if not (site / path).exists() or (there and anchor and anchor not in there.anchors):
                lost.append((name, link))
    assert lost == []


def test_each_document_is_found_from_the_first_page(pages: dict[str, Page]) -> None:
    found, waiting = {"index.html"}, ["index.html"]
    while waiting:
        name = waiting.pop()
        near = {target(name, link)[0] for link in pages[name].links if not is_outside(link)}
        waiting += sorted((near & set(pages)) - found)
        found |= near
    made = {f"{name.removeprefix('docs/').removesuffix('.md')}.html" for name in in_docs()}
    assert made - found == set()


def in_docs() -> list[str]:
    return [name for name in documents() if name.startswith("docs/")]


def test_no_page_loads_anything_from_elsewhere(pages: dict[str, Page]) -> None:
    assert [(n, it) for n, page in pages.items() for it in page.loaded if is_outside(it)] == []


@pytest.mark.parametrize("document", in_docs())
def test_a_document_links_to_documents_alone(document: str) -> None:
    """What stands outside docs/ is no page of the site: it is named by its path, in backticks."""
    links = re.findall(r"\]\(([^)#\s]+)", re.sub(r"```.*?```", "", text(document), flags=re.DOTALL))
    local = [
        Path(os.path.normpath(Path(document).parent / it)) for it in links if not is_outside(it)
    ]
    assert [str(path) for path in local if path.parts[0] != "docs"] == []


def test_the_clients_readme_and_its_page_define_the_same_links() -> None:
    """The text is one, the way to the other pages is not."""
    definition = re.compile(r"^\[([\w-]+)\]: (\S+)$", re.MULTILINE)
    links = [dict(definition.findall(text(name))) for name in (README, "docs/client.md")]
    there, here = ({k: Path(v).name for k, v in each.items()} for each in links)
    assert there == here
    assert [k for k, v in links[0].items() if not (ROOT / README).parent.joinpath(v).exists()] == []
    assert "](../" not in text(README)


def test_the_site_needs_no_plugin() -> None:
    class Loader(yaml.SafeLoader):
        """Reads the tag of the function that makes anchors as what it is given."""

    Loader.add_multi_constructor("tag:yaml.org,2002:python/", lambda *_: None)
    settings: dict[str, Any] = yaml.load(text("mkdocs.yml"), Loader)
    assert "plugins" not in settings
    assert settings["theme"]["font"] is False


@pytest.fixture(scope="session")
def origin(site: Path) -> Iterator[str]:
    """The site on a port of this machine."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            """Nothing: what failed is found by the page that asked."""

    handler = functools.partial(Quiet, directory=str(site))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_pages_are_shown_whole(chromium: "Browser", origin: str, width: int, dark: bool) -> None:
    """Nothing is wider than the screen, nothing fails, and nobody else is asked."""
    with browser.visit(chromium, width=width, dark=dark) as (page, findings):
        for name in LOOKED_AT:
            page.goto(f"{origin}/{name}")
            page.wait_for_load_state("networkidle")  # or leaving would end what is on its way
            assert browser.wider_than_the_screen(page) == []
        findings.nothing_wrong()
        assert findings.outside(origin) == []
