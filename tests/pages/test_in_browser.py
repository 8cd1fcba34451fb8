"""The pages in Chromium: nothing broken, nothing asked of another server, and a request tried out.

Covers: bai_wx/pages/scalar.py
"""

from typing import TYPE_CHECKING

import pytest

from tests import browser
from tests.running import Server

if TYPE_CHECKING:  # it is an extra
    from playwright.sync_api import Browser, Page

LOOKS = [
    pytest.param(width, dark, id=f"{width} px, {'dark' if dark else 'light'}")
    for width in (1280, 390)
    for dark in (False, True)
]
CART_LIST = "#tag/购物车/POST/pb/api/cart/list"
FETCH, FETCHED = "获取演示令牌", "令牌已填入"
TRY, SEND = "测试请求 (post /pb/api/cart/list)", "发送"


def assert_whole(page: "Page", found: browser.Findings, server: Server) -> None:
    """Nothing failed, nothing came from elsewhere, and nothing is scrolled sideways."""
    found.nothing_wrong()
    assert found.outside(server.url) == []
    assert browser.wider_than_the_screen(page) == []


@pytest.mark.parametrize(("width", "dark"), LOOKS)
def test_home_shows_the_demo_shop(
    chromium: "Browser", server: Server, width: int, dark: bool
) -> None:
    with browser.visit(chromium, width=width, dark=dark) as (page, found):
        page.goto(server.url)
        page.locator(".good img").nth(3).wait_for()
        assert page.locator(".good b").first.inner_text() == "¥199.50"
        page.locator(".copy").first.click()
        page.get_by_text("已复制").or_(page.get_by_text("已选中")).wait_for()
        assert_whole(page, found, server)


@pytest.mark.parametrize("width", [1280, 390])
def test_a_real_shops_pages_are_whole(chromium: "Browser", real_shop: Server, width: int) -> None:
    with browser.visit(chromium, width=width) as (page, found):
        for path in ("/", "/pb/docs"):
            page.goto(f"{real_shop.url}{path}")
            page.locator("h1").wait_for()
            assert_whole(page, found, real_shop)


@pytest.mark.usefixtures("scalar")
@pytest.mark.parametrize(("width", "dark"), LOOKS)
def test_the_contract_is_shown_and_tried_out_with_a_demo_token(
    chromium: "Browser", server: Server, width: int, dark: bool
) -> None:
    """In Chinese. The request goes to this server with the token of the user that was named."""
    with browser.visit(chromium, width=width, dark=dark) as (page, found):
        page.goto(f"{server.url}/pb/docs{CART_LIST}")
        page.get_by_role("heading", name="购物车列表").first.wait_for()
        page.get_by_label("演示用户的名字").fill(f"pages-{width}-{dark}")
        page.get_by_role("button", name=FETCH).click()
        page.get_by_text(FETCHED).wait_for()
        assert_whole(page, found, server)
        page.get_by_role("button", name=TRY).click()
        with page.expect_response("**/pb/api/cart/list") as answered:
            page.get_by_role("dialog").get_by_role("button", name=SEND).first.click()
        assert answered.value.status == 200
        assert answered.value.json()["data"]["items"] == []
        assert_whole(page, found, server)


@pytest.mark.usefixtures("scalar")
def test_a_login_that_fails_is_told(chromium: "Browser", server: Server) -> None:
    with browser.visit(chromium) as (page, _):
        page.goto(f"{server.url}/pb/docs")
        page.context.set_offline(True)
        page.get_by_role("button", name=FETCH).click()
        page.locator("output.bad").wait_for()
