"""An operator of the console who opens a page every few seconds, as a browser loads it."""

import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from statistics import median
from typing import Self

import requests

from bench.failures import LoadFailed
from bench.peers import Ours
from tests.console.visitor import Visitor

NAME = "bench"
HOST = r'(?:http://[^/"]+)?'
PARTS = re.compile(rf'href="{HOST}(/console/static/[^"#]+)"|src="{HOST}(/(?:console|pb)/[^"#]+)"')
"""The scripts, styles and pictures of a page."""
KEPT = re.compile(r"max-age=(\d+)")
MENU = re.compile(rf'href="{HOST}(/console/[^"#?]*)"')
PATIENCE_S = 30


@dataclass
class Opened:
    """How long one page took, alone or with its files, in milliseconds; pages are by their path."""

    ms: dict[str, list[float]] = field(default_factory=dict)
    files: int = 0

    def median_ms(self, path: str) -> float:
        """The median time of a page without its files."""
        return median(self.ms[path])


class Operator:
    """An admin of a running server's console, with a session of its own."""

    def __init__(self, url: str, name: str, password: str) -> None:
        self._visitor = Visitor(url)
        answer = self._visitor.log_in(name, password)
        if answer.status_code != 303:
            raise LoadFailed(f"the console answered the login with {answer.status_code}")
        self.opened = Opened()
        self._kept_until: dict[str, float] = {}
        self.pages = self._found()
        self._turns = cycle(self.pages)

    @classmethod
    def of(cls, peer: Ours) -> Self:
        """Make an admin on the command line of a running server, and log in."""
        made = peer.run("operator", "create", NAME, "--role", "admin", "--make-password", "--json")
        return cls(peer.url, NAME, json.loads(made)["password"])

    def _found(self) -> list[str]:
        """The pages of the menu, and of each list the first row's own page and its form."""
        home = self._visitor.get("/console/").text
        listed = sorted({path for path in MENU.findall(home) if "/static/" not in path})
        rows = []
        for path in (path for path in listed if path.endswith("/list")):
            text = self._visitor.get(path).text
            root = path.removesuffix("/list")
            for verb in ("detail", "edit"):
                found = re.search(rf'"{HOST}({root}/{verb}\?pk=[^"&#]+)', text)
                rows += [found[1]] if found else []
        return [*listed, *rows]

    def open(self, path: str = "") -> None:
        """Open a page, the next one where none is named, and load its files as far as none is kept.

        Raises: `LoadFailed` for whatever is not answered with 200.
        """
        path = path or next(self._turns)
        began = time.perf_counter()
        text = self._get(path).text
        self.opened.ms.setdefault(path, []).append((time.perf_counter() - began) * 1000)
        for part in dict.fromkeys(style or other for style, other in PARTS.findall(text)):
            self._load(part.replace("&amp;", "&"))

    def _load(self, path: str) -> None:
        """Load a file, and keep it as long as a browser would."""
        if self._kept_until.get(path, 0) > time.monotonic():
            return
        answer = self._get(path)
        self.opened.files += 1
        if kept := KEPT.search(answer.headers.get("Cache-Control", "")):
            self._kept_until[path] = time.monotonic() + int(kept[1])

    def _get(self, path: str) -> requests.Response:
        answer = self._visitor.get(path)
        if answer.status_code != 200:
            raise LoadFailed(f"{path} was answered {answer.status_code}")
        return answer

    @contextmanager
    def working(self, every_s: float) -> Iterator[Self]:
        """Open a page every so many seconds, the first one after half of them."""
        done = threading.Event()
        failed: list[Exception] = []

        def work() -> None:
            wait_s = every_s / 2
            while not done.wait(wait_s):
                began = time.monotonic()
                try:
                    self.open()
                except Exception as problem:
                    failed.append(problem)
                    return
                wait_s = max(0.0, every_s - (time.monotonic() - began))

        worker = threading.Thread(target=work)
        worker.start()
        try:
            yield self
        finally:
            done.set()
            worker.join(PATIENCE_S)
        if failed:
            raise failed[0]
