"""PocketBase with the hooks of docs/hooks-as-handlers.md, and a copy of ours with what they become."""

import contextlib
import json
import secrets
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

import requests

from tests.cli.test_contributing import chapter, write
from tests.conformance import rows
from tests.conformance.peer import Pair, PocketBase
from tests.docs.pages import text
from tests.docs.placing import Piece, pieces, place
from tests.followed import copy_of, typed
from tests.missing import missing
from tests.running import STRONG, Server

PAGE: Final = "docs/hooks-as-handlers.md"
USERS: Final = (
    *("create", "validation", "unique", "computed", "enrich", "route"),
    *("cron", "webhook", "role", "staff", "after"),
)
"""A user for each hook, so that none meets another's coupons."""

PRODUCT: Final = rows.base(
    "tbl_product_list", rows.product(0), 0, prod_list_name="台灯", prod_list_basic_price=199
)
ROOT_EMAIL, ROOT_PASSWORD = "conformance@example.com", secrets.token_hex(12)


FILES: Final = "handlers/coupon.py models/coupon.py bai_wx/cli/coupon.py bai_wx/cli/main.py"
"""The Python that the page is about."""


def shown(language: str) -> list[Piece]:
    """The page's pieces of a language."""
    return [each for each in pieces(text(PAGE)) if each.language == language]


def build(folder: Path) -> Path:
    """A copy of the checkout with the page's collection, as the page says. Returns: where it is."""
    copy = copy_of(folder)
    for block in chapter("To add a collection"):
        if block.language == "yaml":
            write(copy, block)
    python = shown("python")
    handlers = [each for each in python if each.file.startswith("handlers/")]
    for piece in [*shown("yaml"), *handlers]:
        place(copy, piece)
    typed(copy, "bai-wx scaffold")
    for piece in python:
        if piece not in handlers:
            place(copy, piece)
    typed(copy, f"ruff check -q --select I --fix {FILES}; ruff format -q {FILES}")
    return copy


class Robot:
    """A group's robot: it keeps what it is sent, by path."""

    def __init__(self) -> None:
        self.heard: dict[str, list[Any]] = {}
        heard = self.heard

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                heard.setdefault(self.path, []).append(json.loads(body))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> "Robot":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


@dataclass
class Both:
    """Both servers, and what is asked of them."""

    pair: Pair
    server: Server
    robot: Robot
    users: dict[str, rows.Row] = field(default_factory=dict)

    def ask(self, user: str, method: str, path: str, body: Any = None) -> list[requests.Response]:
        """Ask both the same as a user, below `/pb/api` and `/api`. Returns: our answer, and theirs."""
        token = self.pair.token(self.users[user])
        urls = (f"{self.pair.ours}/pb/api{path}", f"{self.pair.theirs}/api{path}")
        headers = {"Authorization": f"Bearer {token}"}
        return [
            requests.request(method, url, json=body, headers=headers, timeout=30) for url in urls
        ]

    def make(self, user: str, code: str, **values: Any) -> list[requests.Response]:
        """Have both make a coupon for a user."""
        body = {"coupon_owner": self.users[user]["openid"], "coupon_code": code, **values}
        return self.ask(user, "POST", "/collections/tbl_coupon/records", body)

    def run_cron(self, job: str) -> None:
        """Have PocketBase run a job now, as its dashboard does."""
        url = f"{self.pair.theirs}/api/"
        who = {"identity": ROOT_EMAIL, "password": ROOT_PASSWORD}
        path = "collections/_superusers/auth-with-password"
        token = requests.post(url + path, json=who, timeout=30).json()["token"]
        headers = {"Authorization": token}
        assert requests.post(f"{url}crons/{job}", headers=headers, timeout=30).ok


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Both]:
    """Build the copy, run both servers with the same users and the same product."""
    if shutil.which("pocketbase") is None:
        missing("no PocketBase: pip install -e '.[conformance]'")
    copy = build(folder)
    users = {name: _user(name, number) for number, name in enumerate(USERS)}
    given = {"tbl_auth_users": list(users.values()), "tbl_product_list": [PRODUCT]}
    with Robot() as robot, contextlib.chdir(copy):
        ours = Server(
            folder / "home",
            demo=False,
            BAI_WX_SECRET=STRONG,
            WECHAT_APPID="wx0",
            WECHAT_SECRET="none",
            WECOM_ROBOT=f"{robot.url}/ours",
        )
        ours.take(given)
        theirs = _pocketbase(folder, copy, robot)
        theirs.fill(given)
        theirs.run("superuser", "upsert", ROOT_EMAIL, ROOT_PASSWORD)
        with ours:
            theirs.start()
            try:
                yield Both(Pair(ours.url, theirs.url, STRONG), ours, robot, users)
            finally:
                theirs.stop()


def _user(name: str, number: int) -> rows.Row:
    level = "staff" if name == "staff" else ""
    return rows.user(name, f"oHOOKS-{name}", number, users_level=level)


def _pocketbase(folder: Path, copy: Path, robot: Robot) -> PocketBase:
    hooks = folder / "pb_hooks"
    hooks.mkdir()
    [name] = {piece.file for piece in shown("js")}
    (folder / name).write_text("\n".join(piece.text for piece in shown("js")), "utf-8")
    return PocketBase(
        folder / "pocketbase",
        STRONG,
        migrations=copy / "tests" / "conformance" / "pb_migrations",
        hooks=hooks,
        WECOM_ROBOT=f"{robot.url}/theirs",
    )
