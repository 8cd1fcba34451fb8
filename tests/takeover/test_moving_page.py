"""docs/moving-from-pocketbase.md is typed as it stands, from the rehearsal to the way back.

Only the block `once` is not, which installs: what is installed here is the checkout.
"""

import re
import shutil
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest
import requests

from bench.peers import free_port
from tests.databases import without_sql
from tests.docs.pages import text
from tests.failover.proxy import caddy
from tests.pocketbase_versions import NEWEST, PocketBase, binary
from tests.takeover.machine import Machine
from tests.takeover.making import Made, Token
from tests.takeover.names import record_id
from tests.takeover.shapes import USERS

pytestmark = without_sql

PAGE: Final = "docs/moving-from-pocketbase.md"
BLOCK: Final = re.compile(r'^```(\w+)(?: title="([^"\n]+)")?\n(.*?)^```$', re.DOTALL | re.MULTILINE)
INSTALLING: Final = "once"
PATIENCE_S: Final = 15

OLD_UNIT: Final = """[Service]
ExecStart=/srv/pocketbase/pocketbase serve --http 127.0.0.1:8070 --dir /srv/pocketbase/pb_data
"""
CADDY_UNIT: Final = """[Service]
ExecStart=/usr/bin/env {environment} {caddy} run {config}
ExecReload=/usr/bin/env {environment} {caddy} reload {config} --address {admin}
"""
CONFIG: Final = "--config /etc/caddy/Caddyfile --adapter caddyfile"
OLD_SITE: Final = """https://shop.example.com {
	handle_path /pb/* {
		reverse_proxy 127.0.0.1:8070
	}
	reverse_proxy 127.0.0.1:8070
}
"""
OLD_MIGRATION: Final = (
    'migrate((app) => { app.save(new Collection({ name: "tbl_product_list", type: "base" })); });\n'
)
"""What PocketBase's dashboard wrote when a collection was made: it can be done once."""

RULES: Final = [
    ("cart_owner = @request.auth.openid", "tbl_cart"),
    ("order_owner = @request.auth.openid", "tbl_order"),
]
"""Carts and orders are listed to their owners, as in a shop without hooks for them."""

BEFORE: Final = """systemctl start pocketbase
systemctl start caddy
curl -fsS --retry 30 --retry-all-errors --retry-delay 1 https://shop.example.com/pb/api/health
"""
"""How the machine is found: PocketBase serves, behind the proxy."""

LISTED: Final = ("tbl_product_list", "tbl_document", "tbl_cart", "tbl_order")

Blocks = list[tuple[str, str, str]]


def blocks(page: str) -> Blocks:
    """The blocks of a page: language, title, text."""
    return BLOCK.findall(text(page))


@dataclass
class Evening:
    """What was seen on the way: what blocks printed by a word of theirs, and statuses of tokens by the hour."""

    printed: dict[str, str] = field(default_factory=dict)
    statuses: dict[str, set[int]] = field(default_factory=dict)
    line: str = ""
    """The record id of a cart line that was made when this server served."""

    kept: int = 0
    """How many rows PocketBase lists to the line's owner, back again."""


class Shop:
    """The site, as phones see it: behind the proxy, whoever serves."""

    def __init__(self, site: str, tokens: list[Token]) -> None:
        self._site, self._tokens = site, tokens
        self.ours: list[str] = []

    def ask(self, method: str, path: str, token: str, body: Any = None) -> requests.Response:
        headers = {"Authorization": token}
        return requests.request(
            method, f"{self._site}{path}", json=body, headers=headers, timeout=30
        )

    def statuses(self, tokens: list[str], prefix: str = "/pb/api") -> set[int]:
        """What a refresh of each token answers."""
        path = f"{prefix}/collections/{USERS}/auth-refresh"
        return {self.ask("POST", path, token).status_code for token in tokens}

    @property
    def old(self) -> list[str]:
        """The tokens that PocketBase gave out."""
        return [each.text for each in self._tokens]

    def refresh(self) -> None:
        """Exchange every token, as phones do. One that is not refreshable comes back as it was."""
        for token in self.old:
            answer = self.ask("POST", "/pb/api/system/refresh-token", token, {})
            assert answer.status_code == 200, answer.text
            if (fresh := answer.json()["data"]["token"]) != token:
                self.ours.append(fresh)

    def add_to_cart(self) -> str:
        """Put a product into the first user's cart. Returns: the line's record id."""
        body = {"cart_product_id": record_id("product", 2), "cart_product_quantity": 3}
        answer = self.ask("POST", "/pb/api/cart/create", self.ours[0], body)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["data"]["pb_id"])


@pytest.fixture(scope="module")
def evening(
    made_by: Callable[[str], Made], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Evening]:
    """The whole page, typed."""
    ports = {f"127.0.0.1:{n}": f"127.0.0.1:{free_port()}" for n in (8070, 8071, 8090, 2019)}
    site = f"http://127.0.0.1:{free_port()}"
    names = {**ports, "--port 8090": f"--port {ports['127.0.0.1:8090'].rpartition(':')[2]}"}
    root = tmp_path_factory.mktemp("evening")
    machine = Machine(root, {**names, "https://shop.example.com": site})
    made = made_by(NEWEST)
    _furnish(machine, made)
    shop, seen = Shop(site, made.tokens), Evening()
    with machine:
        machine.follow(BEFORE)
        seen.statuses["before"] = shop.statuses(shop.old)
        for language, title, block in blocks(PAGE):
            if language == "bash" and title != INSTALLING:
                pasted = shop.old[0] if "read -r" in block else ""
                seen.printed[block] = machine.follow(block, pasted)
                _look(block, shop, seen)
        yield seen


def _furnish(machine: Machine, made: Made) -> None:
    """Put PocketBase, ours and the proxy where the page has them."""
    pocketbase = Path(machine.here("/srv/pocketbase"))
    shutil.copytree(made.folder, pocketbase)
    shutil.copy(binary(NEWEST), pocketbase)
    (pocketbase / "pb_migrations").mkdir()
    (pocketbase / "pb_migrations" / "1700000000_old.js").write_text(OLD_MIGRATION)
    with closing(sqlite3.connect(pocketbase / "pb_data/data.db")) as connection, connection:
        connection.execute("INSERT INTO _migrations VALUES ('1700000000_old.js', 1700000000000000)")
        connection.executemany("UPDATE _collections SET listRule = ? WHERE name = ?", RULES)
    with PocketBase(NEWEST, pocketbase).running() as running:
        token = running.superuser_token()
        running.ask("POST", "/api/backups", {"name": "rehearsal.zip"}, token)
    command = f'#!/bin/sh\nexec "{sys.executable}" -m bai_wx.cli.main "$@"\n'
    machine.add_program("srv/bai-wx/venv/bin/bai-wx", command)
    units = "/etc/systemd/system"
    [ours] = [block for language, title, block in blocks(PAGE) if title.endswith("bai-wx.service")]
    machine.add_file(f"{units}/bai-wx.service", ours)
    machine.add_file(f"{units}/pocketbase.service", OLD_UNIT)
    folders = "XDG_DATA_HOME=/srv/caddy XDG_CONFIG_HOME=/srv/caddy"
    admin = "127.0.0.1:2019"
    environment = f"CADDY_ADMIN={admin} {folders}"
    unit = CADDY_UNIT.format(environment=environment, admin=admin, caddy=caddy(), config=CONFIG)
    machine.add_file(f"{units}/caddy.service", unit)
    machine.add_file("/etc/caddy/Caddyfile", OLD_SITE)


def _look(block: str, shop: Shop, seen: Evening) -> None:
    """Look at what a block has brought about."""
    if "rewrite /api/*" in block:
        shop.refresh()
        seen.statuses["switched"] = shop.statuses(shop.old)
        seen.statuses["switched, PocketBase's own addresses"] = shop.statuses(shop.old, "/api")
        seen.line = shop.add_to_cart()
    elif "drop-old" in block:
        eventually(lambda: shop.statuses(shop.old) == {401})
        seen.statuses["dropped, ours"] = shop.statuses(shop.ours)
    elif "export --pocketbase" in block:
        seen.statuses["back"] = shop.statuses(shop.ours)
        path = f"/pb/api/collections/tbl_cart/records?filter=id='{seen.line}'"
        answer = shop.ask("GET", path, shop.ours[0])
        assert answer.status_code == 200, (answer.text, seen.statuses)
        seen.kept = answer.json()["totalItems"]


def eventually(holds: Callable[[], bool]) -> None:
    """Wait until something holds, as a secret that was dropped does for seconds."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_nobody_is_logged_out(evening: Evening) -> None:
    assert set(evening.statuses) >= {"before", "switched", "dropped, ours", "back"}
    assert {
        hour: statuses for hour, statuses in evening.statuses.items() if statuses != {200}
    } == {}


def test_what_was_written_here_goes_back(evening: Evening) -> None:
    assert evening.kept == 1


def said(evening: Evening, word: str) -> list[str]:
    """What the blocks that have a word printed."""
    return [printed for block, printed in evening.printed.items() if word in block]


def test_the_map_says_what_a_word_means(evening: Evening) -> None:
    """The rehearsal refuses a product that is on offer in advance; with the map nothing is refused for it."""
    without, _as_json, with_map = said(evening, "$BACKUP")
    assert "预售" in without
    assert "预售" not in with_map


def test_both_are_compared(evening: Evening) -> None:
    """The token holds at both, and its user has the same carts and orders."""
    [compared] = said(evening, "read -r TOKEN")
    theirs, ours = compared.split("http://")[1:]
    assert "token 200" in theirs
    assert "token 200" in ours
    numbers = [
        dict(re.findall(r'^(\w+) "totalItems":(\d+)$', each, re.MULTILINE))
        for each in (theirs, ours)
    ]
    assert numbers[0].keys() == numbers[1].keys()
    assert len(numbers[0]) == 4


def test_the_doctor_tells_of_the_old_secret(evening: Evening) -> None:
    assert "secret" in said(evening, "bai-wx doctor")[-1]


def test_the_pages_show_the_same() -> None:
    """The Chinese page has the same blocks and as many sections."""
    twin = PAGE.replace(".md", ".zh.md")
    assert blocks(twin) == blocks(PAGE)
    one, other = (re.findall(r"^#+ ", text(page), re.MULTILINE) for page in (PAGE, twin))
    assert one == other
