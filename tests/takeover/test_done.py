"""A whole take-over of each version: rows, files, tokens, answers, a second run, and the way back.

All of it stands in one file, so that one process makes the directories, and each of them once.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.clients.visitors import OldVisitor
from tests.clients.wx import MiniProgram
from tests.databases import without_sql
from tests.pocketbase_versions import BEFORE_FIELDS, NEWEST, PocketBase
from tests.running import Server
from tests.takeover import back, verdicts
from tests.takeover.asking import Asker, ask_for_all
from tests.takeover.making import Made, stored
from tests.takeover.mangled import UNKNOWN_STATE, UNKNOWN_WORD
from tests.takeover.moving import Run, take_over
from tests.takeover.shapes import STAFF, USERS


@dataclass(frozen=True)
class Moved:
    """A home that took a PocketBase over, and serves now."""

    made: Made
    server: Server
    first: Run
    second: Run


@pytest.fixture(scope="module")
def moved(made: Made, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Moved]:
    """A home of its own for each version, taken over twice before it served."""
    server = Server(tmp_path_factory.mktemp("moved") / "home", demo=True)
    first = take_over(server, made.pb_data)
    report_is_right = verdicts.wrong_in(first.report, made, server)
    assert report_is_right == []
    second = take_over(server, made.pb_data)
    with server:
        yield Moved(made, server, first, second)
    assert "against the contract" not in server.log
    assert "Traceback" not in server.log


def test_every_token_is_good_where_it_comes_from(made: Made, tmp_path: Path) -> None:
    """PocketBase itself takes each of them, after the mangled rows were written, too."""
    pocketbase = PocketBase(made.version, tmp_path)
    shutil.copytree(made.folder, tmp_path, dirs_exist_ok=True)
    path = f"/api/collections/{USERS}/auth-refresh"
    with pocketbase.running():
        for token in made.tokens:
            record = pocketbase.ask("POST", path, {}, token.text)["record"]
            assert record["openid"] == token.openid


def test_every_kind_is_written(made: Made) -> None:
    """Rows by the API, files, thumbnails, what we have no place for, and what no API lets in."""
    size = made.shop.size
    orders = sum(kind.collection == "tbl_order" for kind, _ in made.mangled)
    assert made.rows["tbl_order"] == size.orders + orders
    assert made.rows["view_goods"] == made.rows["tbl_product_list"]
    assert made.rows[STAFF.name] == 1
    assert len(made.files) == size.files - 1, "one is altered"
    assert all({path.suffix for path in stored(made, each)} > {".attrs"} for each in made.files)
    assert any(made.pb_data.glob("storage/*/*/thumbs_*/*"))
    names = [kind.name for kind, _ in made.mangled]
    assert len(names) == len(set(names)) > 50


def test_a_second_run_changes_nothing(moved: Moved) -> None:
    """Rows that were refused are refused again, with the same reasons."""
    assert moved.second.report["changes"] == 0
    assert moved.second.report["refused"] == moved.first.report["refused"]


def test_every_token_is_still_good(moved: Moved) -> None:
    asker = Asker(moved.server.url)
    for token in moved.made.tokens:
        status, body = asker.ask("POST", "/cart/list", token.text, {})
        assert status == 200, (token.how, body)
        assert {line["cart_owner"] for line in body["items"]} <= {token.openid}
    asker.close()


def test_nobody_else_comes_in(moved: Moved) -> None:
    """Users who were disabled or deleted, superusers, people of another collection."""
    asker = Asker(moved.server.url)
    for token in moved.made.barred:
        assert asker.ask("POST", "/cart/list", token.text, {})[0] == 401, token.how
    asker.close()


def test_every_list_and_row_is_answered(moved: Moved) -> None:
    """Each answer is held against the contract by the server, whose log is looked at afterwards."""
    asked = ask_for_all(moved.server.url, moved.made.tokens)
    assert asked.wrong == []
    assert asked.rows > 300


def test_a_user_of_the_old_client_goes_on(moved: Moved) -> None:
    """It keeps its token, finds what it had, and orders."""
    token = moved.made.tokens[1]
    program = MiniProgram(moved.server.url)
    visitor = OldVisitor(program)
    visitor.token = token.text
    lines = [line for line in visitor.items("/cart/list", {}) if line["cart_status"] == "active"]
    orders = visitor.items("/order/list", {})
    assert lines
    assert orders
    offered = next(line for line in lines if line["product"]["prod_list_status"] == "on_sale")
    order = visitor.record(
        "/order/create", {"order_source": "cart", "cart_ids": [offered["cart_id"]]}
    )
    price, pieces = offered["product_basic_price"], offered["cart_product_quantity"]
    assert order["order_amount"] == pytest.approx(price * pieces, abs=0.001)
    assert len(visitor.items("/order/list", {})) == len(orders) + 1
    visitor.token = visitor.asked("/system/refresh-token", {})["token"]
    assert visitor.token != token.text
    assert visitor.items("/cart/list", {})
    program.close()


@without_sql
@pytest.mark.parametrize("made", [BEFORE_FIELDS], indirect=True)
def test_there_and_back_again(moved: Moved, tmp_path: Path) -> None:
    """The real PocketBase serves what is exported, and what is taken over from there is as it was."""
    if moved.made.shop.shape.is_related:
        pytest.skip(
            "one of both is enough here; bench/takeover goes there and back with each version"
        )
    ours = back.refreshed(moved.server.url, moved.made.tokens)
    found = back.there_and_back(moved.server, ours, tmp_path)
    assert found.wrong == []
    assert (found.rows > 300, found.files, found.tokens) == (True, len(moved.made.files), len(ours))


@pytest.mark.parametrize("made", [NEWEST], indirect=True)
def test_a_map_names_words_that_nobody_knows(made: Made, tmp_path: Path) -> None:
    """A dry run with it tells of the same rows but for the one whose state it names."""
    words = tmp_path / "map.yaml"
    words.write_text(f"words: {{tbl_order.order_status: {{{UNKNOWN_WORD}: confirmed}}}}", "utf-8")
    server = Server(tmp_path / "home")
    report = take_over(server, made.pb_data, "--dry-run", "--map", str(words)).report
    [unknown] = [row["id"] for kind, row in made.mangled if kind.name == UNKNOWN_STATE]
    refused = {each["id"] for each in report["refused"]}
    assert refused
    assert unknown not in refused
    assert not server.home.exists() or not server.database.exists()
