"""The bench's operator knows every page of the console, and opens them as a browser would.

Covers: bench/console_visitor.py
"""

import pytest

from bai_wx.console.roles import Role
from bench.console_visitor import Operator
from bench.failures import LoadFailed
from tests.console.shop import Console


def test_pages_are_opened_in_turn_with_their_files(console: Console) -> None:
    """It knows those of the menu, and a row's own page and form. It keeps files as a browser does."""
    operator = Operator(console.url, Role.ADMIN, console.passwords[Role.ADMIN])
    for _ in range(3):
        operator.open()
    assert {"/console/", "/console/tbl_order/list", "/console/settings"} <= set(operator.pages)
    assert any("/tbl_product_list/edit?pk=" in path for path in operator.pages)
    assert list(operator.opened.ms) == operator.pages[:3]
    loaded = operator.opened.files
    assert loaded > 10
    operator.open(operator.pages[0])
    assert operator.opened.files == loaded


def test_a_page_that_is_not_there_is_told(console: Console) -> None:
    operator = Operator(console.url, Role.VIEWER, console.passwords[Role.VIEWER])
    with pytest.raises(LoadFailed, match="404"):
        operator.open("/console/nowhere")


def test_a_wrong_password_is_told(console: Console) -> None:
    with pytest.raises(LoadFailed, match="400"):
        Operator(console.url, Role.EDITOR, "no password at all")
