"""Carts in the console: for reading, the lines of a customer together.

Covers: bai_wx/console/sales/carts.py, bai_wx/console/views/carts.py
"""

import re

import pytest

from bai_wx.console.roles import Role
from tests.console.people import make_customer
from tests.console.shop import Console
from tests.console.visitor import address
from tests.running import Client

PAGES = "/console/tbl_cart"
GROUP = re.compile(
    r'class="console-group".*?<a [^>]*>([^<]+)</a>.*?车中 (\d+) 种 (\d+) 件', re.DOTALL
)


@pytest.fixture(scope="module")
def carts(console: Console) -> list[Client]:
    """Two customers who put products into their carts in turn."""
    customers = [
        make_customer(console, "carts-a", "甲有车", "13700001111"),
        make_customer(console, "carts-b", "乙有车"),
    ]
    products = console.server.rows("SELECT prod_list_id FROM tbl_product_list ORDER BY seq LIMIT 2")
    for number, product in enumerate(products, start=1):
        for customer in customers:
            line = {"cart_product_id": product["prod_list_id"], "cart_product_quantity": number}
            customer.data("/cart/create", line)
    return customers


def test_the_lines_of_a_customer_stand_together(console: Console, carts: list[Client]) -> None:
    page = console.of(Role.VIEWER).get(f"{PAGES}/list").text
    assert GROUP.findall(page)[:2] == [("乙有车", "2", "3"), ("甲有车", "2", "3")]


FOUND = {"name": ("甲有", True), "end of the phone": ("1111", True), "nobody": ("丙", False)}


@pytest.mark.parametrize("name", FOUND)
def test_a_cart_is_found_by_its_customer(console: Console, carts: list[Client], name: str) -> None:
    text, is_found = FOUND[name]
    groups = GROUP.findall(console.of(Role.VIEWER).get(address(f"{PAGES}/list", {"q": text})).text)
    assert [each[0] for each in groups] == (["甲有车"] if is_found else [])


def test_another_order_has_no_groups(console: Console, carts: list[Client]) -> None:
    page = console.of(Role.VIEWER).get(f"{PAGES}/list?sort=cart_at_price__desc").text
    assert "console-group" not in page.partition("<tbody")[2]


@pytest.mark.parametrize(("status", "is_shown"), [("", False), ("ordered", True), ("all", True)])
def test_what_was_ordered_has_a_tab(console: Console, status: str, is_shown: bool) -> None:
    page = console.of(Role.VIEWER).get(f"{PAGES}/list?status={status}").text
    assert ("已下单</span>" in page) is is_shown


@pytest.mark.parametrize("path", ["create", "edit"])
def test_a_cart_is_its_owners(console: Console, path: str) -> None:
    line = console.first("tbl_cart")
    admin = console.of(Role.ADMIN)
    assert admin.get(f"{PAGES}/{path}?pk={line}").status_code == 403
    form = {"cart_product_quantity": "1"}
    assert admin.post(f"{PAGES}/{path}?pk={line}", form).status_code == 403


def test_no_action_deletes_a_line(console: Console) -> None:
    line = console.first("tbl_cart")
    path = f"/console/_api/tbl_cart/row-action?pk={line}&name=delete"
    assert console.of(Role.ADMIN).post(path).status_code == 400
    assert console.server.row("tbl_cart", line)["is_delete"] == 0
