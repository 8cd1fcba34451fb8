"""From a product to an order with taps: a guest logs in, fills the cart, is asked about a changed amount."""

from typing import TYPE_CHECKING

from tests.example import phone
from tests.example.world import SWITCH, THERMOSTAT
from tests.running import Client, Server

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NO_REDIRECT = """() => {
  window.renderer.wx.redirectTo = ({ fail }) => (fail ? fail({}) : Promise.reject(Error('fail')));
}"""
NAME, GROUP = "林小白", "3 楼客房"


def test_a_guest_orders(chromium: "Browser", example: str, server: Server) -> None:
    with phone.visit(chromium, example, user="buyer") as shown:
        shown.open(f"pages/product/product?id={SWITCH}")
        log_in(shown)
        fill_cart(shown)
        order(shown, server)
        cancel(shown)
        shown.findings.nothing_wrong()
    (made,) = Client(server.url).login("buyer").data("/order/list")["items"]
    assert (made["order_status"], made["order_amount"]) == ("cancelled", 399.0 + 2)


def test_what_is_ordered_is_not_ordered_again_where_its_page_does_not_open(
    chromium: "Browser", example: str, server: Server
) -> None:
    """The checkout is left all the same."""
    with phone.visit(chromium, example, user="eager") as shown:
        shown.open("pages/me/me")
        shown.log_in()
        shown.open(f"pages/checkout/checkout?product={THERMOSTAT}&quantity=1")
        shown.page.evaluate(NO_REDIRECT)
        shown.tap_text("提交订单")
        assert shown.path == "pages/me/me"
    assert len(Client(server.url).login("eager").data("/order/list")["items"]) == 1


def log_in(shown: phone.Phone) -> None:
    """A guest who buys is asked to log in, and on the first time for name, picture and phone."""
    shown.tap_text("加入购物车")
    assert shown.path == "pages/login/login"
    shown.tap("c-components-check-check")
    shown.tap_text("微信一键登录")
    assert shown.path == "pages/profile/profile"
    shown.tap(".avatar-button")
    assert "/pb/api/files/" in shown.screen.locator(".avatar-image img").get_attribute("src")
    shown.screen.locator("input[maxlength='50']").fill(NAME)
    shown.tap_text("使用微信绑定的手机号")
    assert shown.screen.get_by_text("138****8000").count() == 1
    shown.tap_text("保存")


def fill_cart(shown: phone.Phone) -> None:
    """Two of the product, in a group of its own; the cart shows them."""
    assert shown.path == "pages/product/product"
    shown.tap_text("加入购物车")
    shown.tap("[aria-label=增加]")
    sheet = shown.screen.locator("c-components-sheet-sheet")
    put_in = sheet.get_by_text("加入购物车", exact=True).last
    shown.screen.locator(".group input").fill("未分组")
    shown.tap(put_in)  # what the cart calls its lines without a group
    assert put_in.is_visible()
    assert "请换一个分组名称" in shown.text("body")
    shown.screen.locator(".group input").fill(GROUP)
    shown.tap(put_in)
    shown.tap(".to-cart")
    assert shown.path == "pages/cart/cart"
    assert shown.text(".group-name") == GROUP
    assert shown.page.locator("#tabs b").inner_text() == "1"
    assert "399" in shown.text(".total")


def order(shown: phone.Phone, server: Server) -> None:
    """The price rises by a yuan a piece between the checkout and the order: the user is asked, and agrees."""
    shown.tap_text("去结算")
    server.change("tbl_product_list", SWITCH, prod_list_basic_price=20050)
    shown.tap_text("提交订单")
    assert "现金额" in shown.text("c-components-sheet-sheet")
    shown.tap_text("按新金额下单")
    assert shown.path == "pages/order/order"
    assert shown.text(".state-text") == "待确认"


def cancel(shown: phone.Phone) -> None:
    """The order is cancelled after a question."""
    shown.screen.get_by_text("取消订单", exact=True).tap()
    shown.page.locator(".modal footer button").last.tap()
    shown.settle()
    assert shown.text(".state-text") == "已取消"
