"""Finding products and documents with taps: searching, choosing, sorting, and from one to the other."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.example import phone
from tests.example.phone import Phone

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PRODUCTS, DOCUMENTS = "pages/products/products", "pages/documents/documents"
CARD = "c-components-product-card-product-card"


@pytest.fixture(scope="module")
def guest(chromium: "Browser", example: str) -> Iterator[Phone]:
    """A phone whose console stays silent."""
    with phone.visit(chromium, example, user="reader") as visited:
        visited.open(PRODUCTS)
        yield visited
        visited.findings.nothing_wrong()


def search(shown: Phone, word: str) -> None:
    """Type a word and confirm."""
    field = shown.screen.locator("input").first
    field.fill(word)
    field.press("Enter")
    shown.settle()


def names(shown: Phone) -> list[str]:
    """The products that are shown, in their order."""
    return [item["name"] for item in shown.data["list"]["items"]]


def test_products_are_searched_and_everything_comes_back(guest: Phone) -> None:
    guest.relaunch(PRODUCTS)
    search(guest, "温控")
    assert names(guest) == ["温控面板 风机盘管", "地暖温控器"]
    search(guest, "没有这样的产品")
    assert "没有找到相符的产品" in guest.text("body")
    guest.tap_text("看全部产品")
    assert len(names(guest)) == guest.screen.locator(CARD).count() == 10


def test_a_plan_has_its_own_categories_and_sorting_stays(guest: Phone) -> None:
    guest.relaunch(PRODUCTS)
    guest.tap_text("智慧住宅")
    assert guest.screen.get_by_text("开关面板", exact=True).count() == 0
    guest.tap_text("传感器")
    assert names(guest) == ["人体存在传感器", "门磁传感器"]
    guest.tap_text("综合排序")
    guest.tap_chrome("价格从低到高")
    assert names(guest) == ["门磁传感器", "人体存在传感器"]


def test_a_document_leads_to_its_product_and_back(guest: Phone) -> None:
    guest.relaunch(DOCUMENTS)
    guest.tap_text("说明书")
    guest.tap_text("智能开关面板安装说明")
    assert "安装前请断开电源" in guest.text("wx-rich-text")
    guest.tap(".product")
    assert guest.path == "pages/product/product"
    guest.tap_text("智能开关面板安装说明")
    assert guest.path == "pages/document/document"


def test_pulling_down_asks_again(guest: Phone) -> None:
    guest.relaunch(PRODUCTS)
    asked = len(guest.findings.asked)
    guest.page.evaluate("() => window.renderer.wx.startPullDownRefresh()")
    guest.settle()
    assert len(guest.findings.asked) > asked
    assert len(names(guest)) == guest.screen.locator(CARD).count() == 10


def test_a_card_opens_its_product_and_back_leads_to_the_list(guest: Phone) -> None:
    guest.relaunch(PRODUCTS)
    guest.tap(CARD)
    assert guest.path == "pages/product/product"
    assert guest.text(".name") == "智能开关面板 三键"
    guest.page.locator("#bar .back").tap()
    guest.settle()
    assert guest.path == PRODUCTS


@pytest.mark.parametrize(
    ("path", "says", "leads_to"),
    [
        pytest.param("pages/product/product", "产品已下架或不存在", PRODUCTS, id="product"),
        pytest.param("pages/document/document", "文档不存在或已撤下", DOCUMENTS, id="document"),
    ],
)
def test_what_is_gone_says_so_and_leads_on(
    chromium: "Browser", example: str, path: str, says: str, leads_to: str
) -> None:
    with phone.visit(chromium, example, user="reader") as shown:
        shown.open(f"{path}?id=aaaaaaaaaaaaaaa")
        assert says in shown.text("body")
        shown.tap("c-components-empty-empty wx-button")
        assert shown.path == leads_to
