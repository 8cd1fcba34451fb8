"""The overview, the search and the settings over HTTP, and the frame around every page.

Covers: bai_wx/console/views/dashboard.py, bai_wx/console/views/rendered.py, bai_wx/console/views/search.py, bai_wx/console/views/settings_page.py, bai_wx/console/views/columns.py, bai_wx/console/menu.py, bai_wx/console/role_names.py, bai_wx/process/findings.py
"""  # noqa: E501

import re

import pytest

from bai_wx.console.roles import Role
from bai_wx.console.views.columns import COOKIE
from bai_wx.console.views.settings_page import ABOUT
from bai_wx.process.doctor import CHECKS
from tests.console.shop import PRODUCT, Console
from tests.console.visitor import address
from tests.databases import IS_POSTGRES

MENU = re.compile(r'<a class="nav-link[^"]*" href="([^"]+)"')
GROUPS = re.compile(r'class="shell-group"[^>]*>([^<]+)<')
CARD = re.compile(r'class="card card-link figure-card text-reset" href="([^"]+)"')


@pytest.mark.parametrize("role", Role)
def test_every_page_of_the_menu_and_every_figures_list_is_there(
    console: Console, role: Role
) -> None:
    visitor = console.of(role)
    page = visitor.get("/console/").text
    links = [link.replace("&amp;", "&") for link in MENU.findall(page) + CARD.findall(page)]
    assert len(links) >= 12
    assert {
        link: visitor.get(link.replace(" ", "%20")).status_code for link in links
    } == dict.fromkeys(links, 200)
    assert ("/console/settings" in links) is (role is Role.ADMIN)


def test_the_menu_has_its_groups_in_both_languages(console: Console) -> None:
    visitor = console.enter(Role.ADMIN)
    assert GROUPS.findall(visitor.get("/console/").text) == ["经营", "商品", "内容", "客户", "系统"]
    visitor.cookies["language"] = "en"
    page = visitor.get("/console/").text
    assert GROUPS.findall(page) == ["Business", "Goods", "Content", "Customers", "System"]
    assert re.search("[\u4e00-\u9fff]", re.sub(r"<li.*?</li>|>中文<", "", page, flags=re.S)) is None


def test_one_row_that_is_found_is_shown_itself(console: Console) -> None:
    visitor = console.of(Role.VIEWER)
    answer = visitor.get(address("/console/search", {"q": "BLV-RCU-32"}))
    assert answer.status_code == 303
    assert "客房控制主机" in visitor.get(answer.headers["Location"].removeprefix(console.url)).text


def test_several_rows_are_listed_and_what_was_typed_stays_text(console: Console) -> None:
    visitor = console.of(Role.VIEWER)
    assert "智能开关面板 单键" in visitor.get(address("/console/search", {"q": "面板"})).text
    page = visitor.get(address("/console/search", {"q": '"><script>alert(1)</script>'})).text
    assert "<script>alert" not in page
    assert "没有找到" in page


def test_the_settings_show_every_check_of_the_doctor(console: Console) -> None:
    visitor = console.of(Role.ADMIN)
    kind = "PostgreSQL" if IS_POSTGRES else "SQLite"
    assert kind in visitor.get("/console/settings").text
    lines = visitor.get("/console/settings/findings").text
    assert lines.count("<li") == len(CHECKS)
    assert CHECKS.keys() <= ABOUT.keys()
    assert "异常" not in lines


@pytest.mark.parametrize("path", ["/console/settings", "/console/settings/findings"])
@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR])
def test_the_settings_are_for_admins(console: Console, role: Role, path: str) -> None:
    assert console.of(role).get(path).status_code == 403


def columns(page: str) -> list[str]:
    return re.findall(r'<th[^>]*data-column="(\w+)"', page)


CHOICES = {
    "a choice": ("prod_list_name.prod_list_barcode", {"prod_list_name", "prod_list_barcode"}),
    "with a name that is no column": ("prod_list_barcode.nothing.token_key", {"prod_list_barcode"}),
    "of nothing that is there": ("nothing", None),
    "what is no choice": ("%00<script>", None),
}


@pytest.mark.parametrize(("kept", "shown"), CHOICES.values(), ids=CHOICES)
def test_a_list_has_the_columns_that_the_browser_keeps(
    console: Console, kept: str, shown: set[str] | None
) -> None:
    visitor = console.of(Role.VIEWER)
    path = f"/console/{PRODUCT}/list"
    usual = set(columns(visitor.get(path).text))
    visitor.cookies[f"{COOKIE}{PRODUCT}"] = kept
    try:
        assert set(columns(visitor.get(path).text)) == (shown or usual)
        asked = columns(visitor.get(f"{path}?cols=prod_list_sort").text)
    finally:
        del visitor.cookies[f"{COOKIE}{PRODUCT}"]
    assert asked == ["prod_list_sort"]
