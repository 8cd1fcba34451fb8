"""The way back: `bai-wx export --pocketbase`, looked at through the real PocketBase that serves it.

Covers: bai_wx/contract/pocketbase.py, bai_wx/transfer/pocketbase/export_pb.py
Covers: bai_wx/transfer/pocketbase/new_database.py
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from bai_wx.record.collections import COLLECTIONS
from tests.api.pictures import picture
from tests.pocketbase_versions import NEWEST, PocketBase
from tests.running import Client, Server
from tests.takeover.empty_pocketbase import layout

USERS, CART, PAPERS = "tbl_auth_users", "tbl_cart", "tbl_attachments"
DIR = "/api/collections"
LONG = 9000  # characters
MOST = "?perPage=1000"
OLD_SECRET = ("pbc_1", "p" * 50, "2999-01-01 00:00:00.000Z", "2999-01-08 00:00:00.000Z")


@dataclass(frozen=True)
class Way:
    """The server that was exported, what the command told, and the PocketBase that serves the export."""

    server: Server
    told: dict[str, Any]
    lines: dict[str, list[dict[str, Any]]]
    """Every row of the server by collection, as `bai-wx export DIR` writes it."""
    pocketbase: PocketBase
    root: str
    alice: Client
    bob: Client
    deleted: Client
    """A user with a line in the cart whose row was deleted; the token is of before."""
    paper: dict[str, Any]
    """Alice's identity paper."""

    def rows(self, collection: str, token: str) -> dict[str, dict[str, Any]]:
        """What PocketBase lists of a collection, by record id."""
        path = f"{DIR}/{collection}/records{MOST}"
        return {row["id"]: row for row in self.pocketbase.ask("GET", path, None, token)["items"]}

    def stored(self, sql: str) -> list[tuple[Any, ...]]:
        """Read the exported database itself."""
        with closing(sqlite3.connect(self.pocketbase.database)) as connection:
            return connection.execute(sql).fetchall()


@pytest.fixture(scope="module")
def way(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Way]:
    """The demo shop with two users, a cart each, deleted rows, and a file that is lost."""
    folder = tmp_path_factory.mktemp("way-back")
    server = Server(folder / "home")
    pocketbase = PocketBase(NEWEST, folder / "there")
    with server:
        alice, bob = (Client(server.url).login(name) for name in ("way-alice", "way-bob"))
        deleted = Client(server.url).login("way-carol")
        paper = _fill(server, alice, bob, deleted)
        told = json.loads(
            server.command(
                "export", "--pocketbase", "--plain-private", str(pocketbase.pb_data), "--json"
            ).stdout
        )
        server.command("export", str(folder / "lines"))
        lines = {name: _lines(folder / "lines" / f"{name}.jsonl") for name in COLLECTIONS}
        pocketbase.add_superuser()
        with pocketbase.running():
            root = pocketbase.superuser_token()
            yield Way(server, told, lines, pocketbase, root, alice, bob, deleted, paper)


def _fill(server: Server, alice: Client, bob: Client, deleted: Client) -> dict[str, Any]:
    products = alice.get("/collections/tbl_product_list/records").json()["items"]
    for user, product in ((deleted, products[3]), (alice, products[0]), (bob, products[1])):
        line = {"cart_product_id": product["id"], "cart_product_quantity": 2}
        made = user.data("/cart/create", line)
    bob.data("/cart/delete", {"cart_id": made["cart_id"]})
    bob.data("/cart/create", line)
    alice.data("/order/create", {"order_source": "product", "items": [_item(products[2])]})
    server.change(USERS, deleted.user_id, is_delete=1)
    pictures = [_upload(alice, name) for name in ("paper.png", "lost.png")]
    server.change("tbl_product_list", products[0]["id"], prod_list_description="长" * LONG)
    server.change(PAPERS, pictures[0]["id"], attachments_is_identity=1)
    (server.home / "files" / PAPERS / pictures[1]["id"] / pictures[1]["attachments_link"]).unlink()
    server.write(
        "INSERT INTO old_secret (collection_id, secret, kept, ends) VALUES (?, ?, ?, ?)",
        *OLD_SECRET,
    )
    return pictures[0]


def _item(product: dict[str, Any]) -> dict[str, Any]:
    return {"prod_list_id": product["prod_list_id"], "quantity": 1}


def _upload(user: Client, name: str) -> dict[str, Any]:
    form = {"attachments_link": (name, picture("PNG"))}
    answer = user.request("POST", f"/collections/{PAPERS}/records", files=form)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_pocketbases_own_part_is_what_the_binary_makes(tmp_path: Path) -> None:
    """Tables, migrations, settings and collections; `tests/takeover/empty_pocketbase.py` writes them anew."""
    pocketbase = PocketBase(NEWEST, tmp_path)
    pocketbase.command("migrate", "up")
    kept = files("bai_wx.transfer.pocketbase").joinpath("empty.json").read_text("utf-8")
    assert json.loads(kept) == layout(pocketbase.pb_data)


@pytest.mark.parametrize("collection", sorted(COLLECTIONS))
def test_every_row_is_there_as_it_was(way: Way, collection: str) -> None:
    """Ids, moments, amounts, deleted rows, hidden fields; in the order they came."""
    there = way.rows(collection, way.root)
    lines = [{k: v for k, v in row.items() if k != "token_key"} for row in way.lines[collection]]
    assert way.told["rows"][collection] == len(lines)
    assert [{name: there[row["id"]][name] for name in row} for row in lines] == lines
    ids = [row for (row,) in way.stored(f"SELECT id FROM {collection} ORDER BY rowid")]
    assert ids == [row["id"] for row in lines]
    assert any(row["is_delete"] for row in way.lines[CART])


def test_token_keys_are_the_same_and_nobody_knows_a_password(way: Way) -> None:
    """PocketBase saves no user without a password."""
    there = {row[0]: row[1:] for row in way.stored(f"SELECT id, tokenKey, password FROM {USERS}")}
    for row in way.lines[USERS]:
        token_key, password = there[row["id"]]
        assert token_key == row["token_key"]
        assert len(password) == 60
    changed = {"users_tag": "回头客"}
    path = f"{DIR}/{USERS}/records/{way.alice.user_id}"
    assert way.pocketbase.ask("PATCH", path, changed, way.root)["users_tag"] == "回头客"


def test_tokens_of_ours_hold_there_and_theirs_here(way: Way) -> None:
    """Both servers sign alike: a client notices neither move."""
    for user in (way.alice, way.bob):
        answer = way.pocketbase.ask("POST", f"{DIR}/{USERS}/auth-refresh", None, user.token)
        assert answer["record"]["openid"] == user.openid
        back = Client(way.server.url, answer["token"])
        assert back.hook("/cart/list").status_code == 200
        assert way.pocketbase.ask("POST", "/api/files/token", None, user.token)["token"]


def test_files_are_there_with_what_pocketbase_knows_of_them(way: Way) -> None:
    """Every one but the lost one, which is told."""
    named = [row for row in way.lines[PAPERS] if row["attachments_link"]]
    [lost] = way.told["lost"]
    served = 0
    for row in named:
        place = f"{PAPERS}/{row['id']}/{row['attachments_link']}"
        status, body = way.pocketbase.send("GET", f"/api/files/{place}")
        if place == lost:
            assert status == 404
            continue
        path = way.server.home / "files" / place
        assert (status, body) == (200, path.read_bytes())
        served += 1
    assert served == way.told["files"] == len(named) - 1


def test_who_may_see_what(way: Way) -> None:
    """The contract's conditions are PocketBase's rules."""
    alice, bob = way.alice, way.bob
    for user in (alice, bob):
        lines = way.rows(CART, user.token).values()
        assert {line["cart_owner"] for line in lines} == {user.openid}
        assert not any(line["is_delete"] for line in lines)
    assert way.rows(CART, "") == way.rows(CART, way.deleted.token) == {}
    seen = {who: way.paper["id"] in way.rows(PAPERS, who) for who in (alice.token, bob.token, "")}
    assert seen == {alice.token: True, bob.token: False, "": False}
    assert way.rows("tbl_product_list", "").keys() < way.rows("tbl_product_list", way.root).keys()
    status, _ = way.pocketbase.send("GET", f"{DIR}/{USERS}/records", None, alice.token)
    assert status == 403


def test_clients_go_on_writing(way: Way) -> None:
    """Without a hook of ours business ids are made by PocketBase, so that a second row is not refused."""
    products = way.rows("tbl_product_list", "")
    made = []
    for product in list(products)[3:5]:
        line = {
            "cart_owner": way.alice.openid,
            "cart_product_id": product,
            "cart_product_quantity": 1,
        }
        path = f"{DIR}/{CART}/records"
        made.append(way.pocketbase.ask("POST", path, line, way.alice.token)["cart_id"])
        assert way.pocketbase.send("POST", path, line, way.bob.token)[0] == 400
        own = {**line, "cart_owner": way.deleted.openid}
        assert way.pocketbase.send("POST", path, own, way.deleted.token)[0] == 400
    assert len(set(made)) == 2
    assert all(each.startswith("CART-") for each in made)


def test_an_administrator_may_save_every_collection(way: Way) -> None:
    """PocketBase finds nothing in them that it would write otherwise."""
    for name in COLLECTIONS:
        there = way.pocketbase.ask("GET", f"{DIR}/{name}", None, way.root)
        saved = way.pocketbase.ask("PATCH", f"{DIR}/{name}", there, way.root)
        assert {**saved, "updated": ""} == {**there, "updated": ""}


def test_a_long_text_can_be_saved_there(way: Way) -> None:
    """As imports keep more than PocketBase's own 5,000 characters."""
    [product] = [
        row for row in way.lines["tbl_product_list"] if len(row["prod_list_description"]) == LONG
    ]
    path = f"{DIR}/tbl_product_list/records/{product['id']}"
    saved = way.pocketbase.ask("PATCH", path, {"prod_list_remark": "好"}, way.root)
    assert saved["prod_list_description"] == product["prod_list_description"]


def test_users_who_hold_tokens_of_another_secret_are_counted(way: Way) -> None:
    """Those end on PocketBase, which has one secret a collection."""
    assert way.told["users_of_old_tokens"] == sum(not row["is_delete"] for row in way.lines[USERS])


def test_only_its_owner_may_read_the_export(way: Way) -> None:
    """Secrets and token keys are in it."""
    assert way.pocketbase.pb_data.stat().st_mode & 0o077 == 0
