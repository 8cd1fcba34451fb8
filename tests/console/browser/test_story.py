"""A day of the shop in Chromium: a product with a picture, an order up to its print, a deletion taken back.

What is done in the browser is asked for at the API, and what a customer does there is seen in the browser.
"""

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from bai_wx.console.roles import Role
from tests import browser
from tests.console.browser.looking import assert_whole, visit
from tests.console.shop import PRODUCT, Console
from tests.console.visitor import LOGIN
from tests.running import Client

if TYPE_CHECKING:  # it is an extra
    from playwright.sync_api import Browser, Page

EDITOR = "story"
NAME = "浏览器里的调光面板"
RECORDS = f"/collections/{PRODUCT}/records"


def picture() -> bytes:
    """A PNG of one colour."""
    written = io.BytesIO()
    Image.new("RGB", (320, 240), "#2f6fed").save(written, "PNG")
    return written.getvalue()


@pytest.fixture(scope="module")
def desk(chromium: "Browser", console: Console) -> "Iterator[tuple[Page, browser.Findings]]":
    """The page of an editor of its own, who has typed name and password."""
    password = console.hire(EDITOR, Role.EDITOR)
    with visit(chromium, console) as (page, found):
        page.goto(f"{console.url}/console/{PRODUCT}/list")
        assert LOGIN in page.url
        page.get_by_label("用户名").fill(EDITOR)
        page.get_by_label("密码", exact=True).fill(password)
        page.get_by_role("button", name="登录").click()
        page.wait_for_url(f"**/console/{PRODUCT}/list")
        yield page, found


@pytest.fixture(scope="module")
def product(desk: "tuple[Page, browser.Findings]", console: Console) -> str:
    """The record id of a product that the editor has made with a picture."""
    page, found = desk
    page.goto(f"{console.url}/console/{PRODUCT}/create")
    page.get_by_label("产品名称").fill(NAME)
    page.get_by_label("基础价格").fill("128.50")
    file = {"name": "面板.png", "mimeType": "image/png", "buffer": picture()}
    with page.expect_response("**/console/attachments/upload") as uploaded:
        page.locator("input[type=file]").first.set_input_files(file)
    assert uploaded.value.status == 201
    page.get_by_role("button", name="保存", exact=True).click()
    page.wait_for_url(f"**/console/{PRODUCT}/list**")
    page.get_by_text(NAME).first.wait_for()
    assert_whole(page, found, console)
    rows = console.server.rows(f"SELECT id FROM {PRODUCT} WHERE prod_list_name = ?", NAME)
    [record_id] = [str(row["id"]) for row in rows]
    return record_id


@pytest.fixture(scope="module")
def order(product: str, console: Console) -> tuple[Client, str]:
    """A customer, and the `order_id` of what it ordered by the API."""
    customer = Client(console.url).login("console-story")
    shown = customer.get(f"{RECORDS}/{product}").json()
    goods = {"prod_list_id": shown["prod_list_id"], "quantity": 3}
    placed = customer.data("/order/create", {"order_source": "product", "items": [goods]})
    return customer, str(placed["order_id"])


def test_a_product_that_is_made_is_seen_by_customers(product: str, console: Console) -> None:
    guest = Client(console.url)
    shown = guest.get(f"{RECORDS}/{product}", params={"expand": "prod_list_icon"}).json()
    assert (shown["prod_list_name"], shown["prod_list_basic_price"]) == (NAME, 128.5)
    icon = shown["expand"]["prod_list_icon"]
    sent = guest.get(f"/files/tbl_attachments/{icon['id']}/{icon['attachments_link']}")
    assert sent.headers["Content-Type"] == "image/png"
    assert Image.open(io.BytesIO(sent.content)).size == (320, 240)


def test_an_order_is_confirmed_completed_and_printed(
    desk: "tuple[Page, browser.Findings]", order: tuple[Client, str], console: Console
) -> None:
    page, found = desk
    customer, order_id = order
    sql = "SELECT id, order_number FROM tbl_order WHERE order_id = ?"
    [placed] = console.server.rows(sql, order_id)
    page.goto(f"{console.url}/console/tbl_order/list")
    page.get_by_text(placed["order_number"]).first.click()
    page.wait_for_url("**/console/tbl_order/detail**")
    for state in ("confirmed", "completed"):
        page.locator(f"[data-bs-target='#move-{state}']").click()
        dialog = page.locator(f"#move-{state}")
        dialog.locator("button[type=submit]").click()
        page.locator(f"[data-bs-target='#move-{state}']").wait_for(state="detached")
        shown = customer.data("/order/detail", {"order_id": order_id})
        assert shown["order_status"] == state
    assert_whole(page, found, console)
    page.goto(f"{console.url}/console/tbl_order/print?pk={placed['id']}")
    page.emulate_media(media="print")
    assert NAME in page.inner_text("body")
    assert "385.50" in page.inner_text("body")
    assert page.get_by_role("button", name="打印").count() == 0
    assert page.pdf().startswith(b"%PDF")
    page.emulate_media(media="screen")
    assert_whole(page, found, console)


def test_what_was_deleted_comes_back(
    desk: "tuple[Page, browser.Findings]", product: str, console: Console
) -> None:
    page, found = desk
    guest = Client(console.url)
    page.goto(f"{console.url}/console/{PRODUCT}/detail?pk={product}")
    page.get_by_role("button", name="删除").first.click()
    page.locator("#actionSubmit").click()
    page.wait_for_url(f"**/console/{PRODUCT}/list**")
    assert guest.get(f"{RECORDS}/{product}").status_code == 404
    page.goto(f"{console.url}/console/trash")
    page.get_by_role("button", name=f"恢复 {NAME}").click()
    page.wait_for_load_state()
    assert guest.get(f"{RECORDS}/{product}").status_code == 200
    assert_whole(page, found, console)


def test_a_viewer_sees_no_way_to_change_anything(
    chromium: "Browser", console: Console, product: str
) -> None:
    """The authorization table asks for every address; here is what is shown."""
    with visit(chromium, console, Role.VIEWER) as (page, found):
        page.goto(f"{console.url}/console/{PRODUCT}/list")
        page.get_by_text(NAME).first.wait_for()
        for name in ("编辑", "删除", "新增产品", "复制", "下架"):
            assert page.get_by_role("button", name=name).count() == 0
            assert page.get_by_role("link", name=name).count() == 0
        assert_whole(page, found, console)
        refused = page.goto(f"{console.url}/console/{PRODUCT}/edit?pk={product}")
        assert refused is not None
        assert refused.status == 403
        assert page.locator("form[method=post] [name=prod_list_name]").count() == 0


def test_a_session_that_is_ended_elsewhere_ends(
    chromium: "Browser", desk: "tuple[Page, browser.Findings]", console: Console
) -> None:
    """The last of the story: the editor is asked to log in again at the next click."""
    page, _ = desk
    with visit(chromium, console, Role.ADMIN) as (other, found):
        other.goto(f"{console.url}/console/operators")
        ends = other.get_by_role("button", name=f"结束会话 {EDITOR}")
        while ends.count():
            ends.first.click()
            other.wait_for_load_state()
        assert_whole(other, found, console)
    page.goto(f"{console.url}/console/{PRODUCT}/list")
    assert LOGIN in page.url
