"""The page of the first ten minutes as one sees it: WeChat's compilers take it, and fingers order."""

from pathlib import Path
from typing import TYPE_CHECKING

from tests import quick_start
from tests.example import phone
from tests.running import Server

if TYPE_CHECKING:
    from playwright.sync_api import Browser


def test_the_page_of_the_quick_start_is_shown_and_orders(
    chromium: "Browser", tmp_path: Path
) -> None:
    app = quick_start.write(tmp_path / "project")
    with (
        Server(tmp_path / "home") as server,
        phone.renderer(app, server.url) as url,
        phone.visit(chromium, url, user="nobody") as shown,
    ):
        shown.open(quick_start.SHOP)
        assert shown.screen.locator(".goods").count() == 10
        assert shown.overflowing() == []
        shown.tap(shown.screen.get_by_text("加入购物车").first)
        assert shown.text(".line") == "智能开关面板 三键 × 1"
        shown.screenshot(tmp_path / "cart.png", whole=True)
        shown.tap(shown.screen.get_by_text("下单，共"))
        assert shown.text(".cart").splitlines()[-1].startswith("订单号 20")
        assert shown.screen.locator(".line").count() == 0
        shown.findings.nothing_wrong()
