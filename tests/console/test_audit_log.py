"""The page of the audit log: admins filter it and see what was there before."""

import re
from collections.abc import Iterator
from html import unescape

import pytest

from bai_wx.console import writing
from bai_wx.console.accounts.noting import AccountAction
from bai_wx.console.acting import Acting
from bai_wx.console.audit import Action
from bai_wx.console.roles import Role
from bai_wx.console.views.action_words import ACTIONS
from bai_wx.database.connection import connect, disconnect
from models.products import Product
from tests.console.shop import PRODUCT, Console

WANG = Acting("operator0000001", "小王", Role.EDITOR, "10.1.2.3")
AUDIT = "/console/audit"
ENTRIES = re.compile(r'<article class="list-group-item">(.*?)</article>', re.DOTALL)


@pytest.fixture(scope="module")
def changed(console: Console) -> Iterator[str]:
    """The id of a product that Wang has made, changed and deleted."""
    connect(console.server.address)
    values = {"prod_list_name": "<i>落地灯", "prod_list_basic_price": 50}
    row = writing.create(Product, values, WANG)
    writing.change(Product, row.id, {"prod_list_basic_price": 62}, row.updated, WANG)
    writing.delete(Product, [row.id], WANG)
    disconnect()
    return row.id


def told(console: Console, query: str) -> list[str]:
    """The entries of the page, as texts."""
    answer = console.of(Role.ADMIN).get(f"{AUDIT}{query}")
    assert answer.status_code == 200
    return [unescape(re.sub(r"<[^>]+>|\s+", " ", each)) for each in ENTRIES.findall(answer.text)]


@pytest.mark.parametrize(
    ("query", "number"),
    [
        pytest.param("record={id}", 3, id="a row"),
        pytest.param("record={id}&action=change", 1, id="an action"),
        pytest.param("record={id}&by=小王&collection=tbl_product_list", 3, id="who and where"),
        pytest.param("record={id}&by=admin", 0, id="somebody else"),
        pytest.param("record={id}&collection=tbl_order", 0, id="another collection"),
        pytest.param("record={id}&since=2999-01-01", 0, id="since later"),
        pytest.param("record={id}&until=2020-01-01", 0, id="until earlier"),
        pytest.param("record={id}&since=2020-01-01&until=2999-01-01", 3, id="within days"),
        pytest.param("record={id}&since=soon&until=2026-99-99", 3, id="no days"),
        pytest.param("record={id}&page=2", 0, id="a later page"),
    ],
)
def test_what_is_found(console: Console, changed: str, query: str, number: int) -> None:
    assert len(told(console, f"?{query.format(id=changed)}")) == number


def test_an_entry_tells_who_what_and_from_where(console: Console, changed: str) -> None:
    deleted, change, created = told(console, f"?record={changed}")
    for each in (deleted, change, created):
        assert "小王" in each
        assert "<i>落地灯" in each
        assert "10.1.2.3" in each
    assert "¥50.00 ¥62.00" in " ".join(change.split())
    assert "（已删除）" in deleted


def test_logins_and_commands_are_told(console: Console) -> None:
    console.enter(Role.VIEWER)
    assert "登录 操作员 viewer" in " ".join(told(console, "?action=login")[0].split())
    assert "bai-wx" in told(console, "?action=operator-create&by=bai-wx")[0]


def test_every_action_has_a_word() -> None:
    assert set(ACTIONS) >= {*Action, *AccountAction}


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR])
def test_only_admins_see_it(console: Console, role: Role) -> None:
    visitor = console.of(role)
    assert visitor.get(AUDIT).status_code == 403
    assert AUDIT not in visitor.get(f"/console/{PRODUCT}/list").text


def test_a_bookmarked_filter_is_shown(console: Console) -> None:
    text = console.of(Role.ADMIN).get(f"{AUDIT}?action=change&since=2026-11-01").text
    assert '<option value="change" selected>' in text
    assert 'value="2026-11-01"' in text
