"""An operator brings a catalogue in Excel: a mistake is told with its cell, mended and sent again.

Covers: bai_wx/console/static/transfer.js
"""

import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import Workbook, load_workbook

from bai_wx.console.roles import Role
from tests import browser
from tests.console.browser.looking import WIDTHS, assert_whole, grave_barriers, keep, visit
from tests.console.shop import PRODUCT, Console
from tests.running import Client

if TYPE_CHECKING:  # it is an extra
    from playwright.sync_api import Browser, Page

HEADINGS = ("产品名称", "基础价格（元）", "产品型号")
ROWS = (("浏览器导入的面板", 88, "XL-1"), ("浏览器导入的开关", "九块九", "XL-2"))
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture(scope="module")
def desk(chromium: "Browser", console: Console) -> "Iterator[tuple[Page, browser.Findings]]":
    """An editor's page."""
    with visit(chromium, console, Role.EDITOR) as (page, found):
        yield page, found


def workbook(rows: Sequence[Sequence[object]]) -> bytes:
    """A sheet of products."""
    book = Workbook()
    assert book.active is not None
    for row in (HEADINGS, *rows):
        book.active.append(row)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def choose(page: "Page", data: bytes) -> None:
    """Choose a workbook and have it checked, until its page says what it would do."""
    file = {"name": "秋季目录.xlsx", "mimeType": MEDIA_TYPE, "buffer": data}
    page.locator("input[name=table]").set_input_files(file)  # type: ignore[arg-type]  # it is a FilePayload
    page.get_by_text("秋季目录.xlsx").first.wait_for()
    page.get_by_role("button", name="检查文件").click()
    page.wait_for_url("**/transfer/imports/**")
    page.get_by_text("将新建").wait_for()


def look(page: "Page", found: browser.Findings, console: Console, name: str) -> None:
    """The page is whole at both widths."""
    for width in WIDTHS:
        page.set_viewport_size(browser.PHONE if width == WIDTHS[1] else browser.DESKTOP)
        assert_whole(page, found, console)
        keep(page, name, "zh", width)
    page.set_viewport_size(browser.DESKTOP)


def opened(path: Path) -> Any:
    """The sheet of a file that was downloaded."""
    return load_workbook(io.BytesIO(path.read_bytes())).active


def mended(path: Path) -> bytes:
    """The file of refused rows, with a price in the place of words."""
    sheet = opened(path)
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            if cell.value == "九块九":
                cell.value = 9.9
    written = io.BytesIO()
    sheet.parent.save(written)
    return written.getvalue()


def test_a_catalogue_with_a_mistake_is_mended(
    desk: "tuple[Page, browser.Findings]", console: Console
) -> None:
    page, found = desk
    page.goto(f"{console.url}/console/{PRODUCT}/list")
    page.locator(".console-list").get_by_role("link", name="导入").click()
    page.wait_for_url("**/console/transfer?collection=**")
    choose(page, workbook(ROWS))
    page.get_by_text("B3", exact=True).wait_for()
    page.get_by_text("请填写金额").first.wait_for()
    look(page, found, console, "import-with-a-mistake")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载有错的行").click()
    refused = mended(download.value.path())
    page.get_by_role("button", name="跳过有错的").click()
    page.get_by_text("已写入 1 行").wait_for()
    look(page, found, console, "import-written")
    page.get_by_role("link", name="导入").first.click()
    choose(page, refused)
    page.get_by_role("button", name="写入 1 行").click()
    page.get_by_text("已写入 1 行").wait_for()
    found.nothing_wrong()
    sql = f"SELECT id FROM {PRODUCT} WHERE prod_list_name = ?"
    prices = {}
    for name, _, _ in ROWS:
        [row] = console.server.rows(sql, name)
        shown = Client(console.url).get(f"/collections/{PRODUCT}/records/{row['id']}").json()
        prices[name] = shown["prod_list_basic_price"]
    assert prices == {"浏览器导入的面板": 88, "浏览器导入的开关": 9.9}


def test_the_page_of_an_import_shuts_nobody_out(
    desk: "tuple[Page, browser.Findings]", console: Console
) -> None:
    page, _ = desk
    page.goto(f"{console.url}/console/transfer")
    page.locator(".list-group-item a").last.click()
    page.get_by_text("B3", exact=True).wait_for()
    assert grave_barriers(page) == []


def test_a_list_is_exported_as_it_is_shown(
    desk: "tuple[Page, browser.Findings]", console: Console
) -> None:
    page, found = desk
    page.goto(f"{console.url}/console/{PRODUCT}/list?q=面板")
    page.get_by_role("button", name="导出").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Excel", exact=True).click()
    assert download.value.suggested_filename.startswith("产品-")
    headings = [cell.value for cell in next(opened(download.value.path()).iter_rows())]
    assert "产品名称" in headings
    assert_whole(page, found, console)
