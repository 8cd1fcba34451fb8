"""What a user does between orders, with taps: regroup the cart, find and repeat orders, keep a company."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.example import phone
from tests.example.phone import Phone
from tests.example.world import SENSOR, Lived, live
from tests.running import Client, Server

if TYPE_CHECKING:
    from playwright.sync_api import Browser

USER = "keeper"
COMPANY, CODE, WRONG_CODE = "上海云栖酒店管理有限公司", "91440300MA5GWX013E", "91440300MA5GWX013F"
SHEET, SEARCH = "c-components-sheet-sheet", "c-components-search-search input"
OK = ".modal footer button"
ONCE = "只登记一次的公司"
LOSE_PROFILE = """() => {
  const { wx } = window.renderer;
  const { request } = wx;
  wx.request = (options) => {
    if (!options.url.endsWith('/wechat/profile')) return request(options);
    wx.request = request;
    return options.fail({ errMsg: 'request:fail' });
  };
}"""
READ_AND_CHANGE = """([id, value]) => {
  const page = window.renderer.pages.top.instance;
  page.load();
  page.changeQuantity({ currentTarget: { dataset: { id } }, detail: { value } });
}"""


@pytest.fixture(scope="module")
def lived(server: Server) -> Lived:
    """A user with a cart in groups and an order in every state."""
    return live(server, USER)


@pytest.fixture(scope="module")
def shown(chromium: "Browser", example: str, lived: Lived) -> Iterator[Phone]:
    """The user's phone, logged in; nothing went wrong on it until its end."""
    with phone.visit(chromium, example, user=lived.user) as visited:
        visited.open("pages/me/me")
        visited.log_in()
        visited.open("pages/me/me")
        yield visited
        visited.findings.nothing_wrong()


def agree(shown: Phone) -> None:
    """Say yes to the question on the screen."""
    shown.page.locator(OK).last.tap()
    shown.settle()


def test_a_line_moves_to_another_group(shown: Phone, server: Server) -> None:
    shown.relaunch("pages/cart/cart")
    shown.tap(".edit")
    shown.screen.locator(f"{SHEET} input").fill("2 楼会议室")
    shown.screen.locator(f"{SHEET} textarea").fill("白色面板")
    shown.tap(shown.screen.locator(SHEET).get_by_text("保存", exact=True))
    groups = [group["name"] for group in shown.data["view"]["groups"]]
    assert groups == ["2 楼会议室", "前台", "101 大床房"]
    assert Client(server.url).login(USER).data("/cart/list", {"cart_number": "2 楼会议室"})["items"]


def test_taps_on_the_stepper_are_saved_and_ticks_counted(shown: Phone, server: Server) -> None:
    shown.relaunch("pages/cart/cart")
    for _ in range(3):
        shown.tap("[aria-label=增加]")
    before = shown.data["view"]["chosenPieces"]
    shown.tap("c-components-check-check")  # the first group
    assert shown.data["view"]["chosenPieces"] == before - 4
    shown.tap_chrome("我的")
    lines = Client(server.url).login(USER).data("/cart/list", {"cart_status": "active"})["items"]
    assert [line["cart_product_quantity"] for line in lines] == [4, 2, 4, 12]


def test_orders_are_found_by_state_and_by_words(shown: Phone) -> None:
    shown.relaunch("pages/orders/orders")
    assert len(shown.data["list"]["items"]) == 4
    shown.tap(shown.screen.locator("c-components-tabs-tabs").get_by_text("已完成", exact=True))
    assert [order["status"] for order in shown.data["list"]["items"]] == ["completed"]
    shown.tap(shown.screen.locator("c-components-tabs-tabs").get_by_text("全部", exact=True))
    shown.screen.locator(SEARCH).fill("没有的东西")
    shown.screen.get_by_text("没有找到订单").wait_for()
    shown.tap_text("清空搜索")
    assert len(shown.data["list"]["items"]) == 4


def test_an_order_is_repeated_and_deleted(shown: Phone, lived: Lived) -> None:
    completed = lived.orders[2]
    shown.relaunch(f"pages/order/order?id={completed}")
    shown.tap_text("再来一单")
    assert shown.path == "pages/cart/cart"
    assert len(shown.data["view"]["groups"]) > 3  # the sensor is new in the cart, in no group
    shown.relaunch(f"pages/order/order?id={completed}")
    shown.screen.get_by_text("删除", exact=True).tap()
    agree(shown)
    shown.relaunch(f"pages/order/order?id={completed}")
    assert shown.data["state"] == "missing"


def test_repeating_an_order_passes_over_what_is_off_sale(
    shown: Phone, lived: Lived, server: Server
) -> None:
    """It is named, and the rest is put into the cart."""
    cancelled = lived.orders[3]
    before = quantities(server)
    server.change("tbl_product_list", SENSOR, prod_list_status="off_sale")
    try:
        shown.relaunch(f"pages/order/order?id={cancelled}")
        shown.screen.get_by_text("再来一单", exact=True).tap()
        shown.page.locator(".modal").get_by_text("部分产品已下架").wait_for()
        agree(shown)
        assert shown.path == "pages/cart/cart"
    finally:
        server.change("tbl_product_list", SENSOR, prod_list_status="on_sale")
    after = quantities(server)
    added = {product: after[product] - before.get(product, 0) for product in after}
    assert sorted(added.values(), reverse=True)[:2] == [2, 0]


def quantities(server: Server) -> dict[str, int]:
    """How many of each product the user's cart holds, as the server says."""
    items = Client(server.url).login(USER).data("/cart/list", {"cart_status": "active"})["items"]
    return {line["cart_product_id"]: line["cart_product_quantity"] for line in items}


def test_a_quantity_changed_while_the_cart_is_read_stays(shown: Phone, server: Server) -> None:
    """The answer was made before the change."""
    shown.relaunch("pages/cart/cart")
    line = shown.data["view"]["groups"][0]["lines"][0]
    wanted = line["quantity"] + 5
    shown.page.evaluate(READ_AND_CHANGE, [line["id"], wanted])
    shown.page.wait_for_timeout(400)  # longer than the stepper's pause
    shown.settle()
    assert shown.data["view"]["groups"][0]["lines"][0]["quantity"] == wanted
    assert quantities(server)[line["productId"]] == wanted


def test_the_remark_of_a_pending_order_changes(shown: Phone, lived: Lived) -> None:
    shown.relaunch(f"pages/order/order?id={lived.orders[0]}")
    shown.tap_text("备注")
    shown.screen.locator(f"{SHEET} textarea").fill("改到周五")
    shown.tap(shown.screen.locator(SHEET).get_by_text("保存", exact=True))
    assert shown.data["order"]["remark"] == "改到周五"


def test_a_company_is_registered_left_and_joined(shown: Phone) -> None:
    shown.relaunch("pages/company/company")
    shown.tap_text("登记新企业")
    shown.screen.locator("input").nth(0).fill(COMPANY)
    shown.screen.locator("input").nth(1).fill(WRONG_CODE)
    shown.tap_text("保存")
    assert "信用代码不正确" in shown.text(".wrong")
    shown.screen.locator("input").nth(1).fill("")
    shown.tap_text("保存")
    assert shown.text(".head-name") == COMPANY
    assert shown.data["isOwner"]
    shown.screen.get_by_text("退出企业", exact=True).tap()
    agree(shown)
    shown.screen.locator(SEARCH).fill(CODE)
    shown.screen.get_by_text("加入", exact=True).wait_for()
    shown.screen.get_by_text("加入", exact=True).tap()
    agree(shown)
    assert (shown.data["company"]["company_usci"], shown.data["isOwner"]) == (CODE, False)


def test_a_company_whose_joining_was_lost_is_not_registered_twice(
    shown: Phone, server: Server
) -> None:
    shown.relaunch("pages/company/company")
    shown.screen.get_by_text("退出企业", exact=True).tap()
    agree(shown)
    shown.tap_text("登记新企业")
    shown.screen.locator("input").nth(0).fill(ONCE)
    shown.page.evaluate(LOSE_PROFILE)
    shown.tap_text("保存")
    assert shown.data["state"] == "form"
    shown.tap_text("保存")
    assert shown.text(".head-name") == ONCE
    client = Client(server.url).login(USER)
    query = {"filter": f"company_name = '{ONCE}'"}
    found = client.get("/collections/tbl_company/records", params=query)
    assert found.json()["totalItems"] == 1


def test_who_logs_out_is_a_guest(shown: Phone) -> None:
    shown.relaunch("pages/me/me")
    shown.screen.get_by_text("退出登录", exact=True).tap()
    agree(shown)
    assert "登录 / 注册" in shown.text("body")
    shown.relaunch("pages/cart/cart")
    assert "登录后查看购物车" in shown.text("body")
