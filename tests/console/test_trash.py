"""Deleted rows of every collection are listed, looked at and restored.

Covers: bai_wx/console/pages.py, bai_wx/console/views/others.py
"""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import quote

import pytest

from bai_wx.console import writing
from bai_wx.console.acting import Acting
from bai_wx.console.roles import Role
from bai_wx.database.connection import connect, disconnect
from models.products import Product
from models.users import User
from tests.console.shop import PHONE, PRODUCT, Console
from tests.console.visitor import Visitor
from tests.running import Client

WANG = Acting("operator0000001", "小王", Role.EDITOR, "10.0.0.1")
ROWS = re.compile(r'href="[^"]*/trash/(\w+)/(\w+)"')
TRASH = "/console/trash"


@pytest.fixture
def deleted(console: Console) -> Iterator[Product]:
    """A product that Wang has deleted."""
    connect(console.server.address)
    values = {"prod_list_name": "旧台灯", "prod_list_basic_price": 12.5, "prod_list_tags": "<b>x"}
    row = writing.create(Product, values, WANG)
    writing.delete(Product, [row.id], WANG)
    yield row
    disconnect()


def listed(visitor: Visitor, query: str) -> list[str]:
    answer = visitor.get(f"{TRASH}{query}")
    assert answer.status_code == 200
    return [record_id for _, record_id in ROWS.findall(answer.text)]


@pytest.mark.parametrize(
    ("query", "is_listed"),
    [
        pytest.param("", True, id="all"),
        pytest.param("?collection=tbl_product_list", True, id="its collection"),
        pytest.param("?collection=tbl_order", False, id="another one"),
        pytest.param("?collection=no_such", True, id="no collection, so all"),
        pytest.param(f"?q={quote('台灯')}", True, id="a part of its name"),
        pytest.param("?q=nothing-of-it", False, id="another text"),
        pytest.param("?page=2&collection=tbl_product_list", False, id="a later page"),
        pytest.param("?page=x", True, id="no page, so the first"),
        pytest.param("?page=0", True, id="before the first"),
        pytest.param("?page=9999", False, id="far behind the last"),
    ],
)
def test_what_is_listed(console: Console, deleted: Product, query: str, is_listed: bool) -> None:
    assert (deleted.id in listed(console.of(Role.VIEWER), query)) is is_listed


def test_a_deleted_row_is_shown_with_who_deleted_it(console: Console, deleted: Product) -> None:
    answer = console.of(Role.VIEWER).get(f"{TRASH}/{PRODUCT}/{deleted.id}")
    text = unescape(answer.text)
    assert "¥12.50" in text
    assert "小王" in text
    assert "<b>x" not in answer.text


def test_a_viewer_restores_nothing(console: Console, deleted: Product) -> None:
    viewer = console.of(Role.VIEWER)
    path = f"{TRASH}/{PRODUCT}/{deleted.id}"
    assert "/restore" not in viewer.get(path).text
    assert viewer.post(f"{path}/restore").status_code == 403
    assert deleted.id in listed(viewer, "")


@pytest.mark.parametrize(
    ("chosen", "back"),
    [
        pytest.param("", "trash", id="all"),
        pytest.param(f"?collection={PRODUCT}", f"trash?collection={PRODUCT}", id="its collection"),
        pytest.param("?collection=no_such", "trash", id="no collection"),
    ],
)
def test_an_editor_restores_a_row(
    console: Console, deleted: Product, chosen: str, back: str
) -> None:
    editor = console.of(Role.EDITOR)
    writing_path = f"{TRASH}/{PRODUCT}/{deleted.id}/restore"
    answer = editor.post(writing_path + chosen)
    assert (answer.status_code, answer.headers["Location"].rpartition("/")[2]) == (303, back)
    assert "已恢复：旧台灯" in editor.get(f"{TRASH}?collection={PRODUCT}").text
    assert Client(console.url).get(f"/collections/{PRODUCT}/records/{deleted.id}").ok
    editor.post(writing_path)  # a second tap
    assert "已不在回收站中" in editor.get(TRASH).text


@pytest.mark.parametrize("place", [f"{PRODUCT}/nobody", "no_such/nobody"])
def test_what_is_not_there_is_not_found(console: Console, place: str) -> None:
    assert console.of(Role.EDITOR).get(f"{TRASH}/{place}").status_code == 404


def test_a_row_whose_place_is_taken_stays(console: Console) -> None:
    """The product is in the cart again by now."""
    lines = [row for row in console.rows("tbl_cart") if row["cart_status"] == "active"]
    customer = console.customer
    line = next(row for row in lines if row["cart_owner"] == customer.openid)
    product = {"cart_product_id": line["cart_product_id"], "cart_product_quantity": 1}
    customer.data("/cart/delete", {"cart_id": line["cart_id"]})
    customer.data("/cart/create", product)
    editor = console.of(Role.EDITOR)
    editor.post(f"{TRASH}/tbl_cart/{line['id']}/restore")
    assert "不能恢复" in editor.get(TRASH).text
    assert console.server.row("tbl_cart", str(line["id"]))["is_delete"] == 1


def test_a_customers_numbers_are_masked(console: Console) -> None:
    connect(console.server.address)
    user = User.by_openid(Client(console.url).login("to-delete").openid)
    User.update(users_phone=PHONE, is_delete=1).where(User.seq == user.seq).execute()
    disconnect()
    text = console.of(Role.ADMIN).get(f"{TRASH}/tbl_auth_users/{user.id}").text
    assert "138****8000" in text
    assert PHONE not in text
    assert user.token_key not in text
