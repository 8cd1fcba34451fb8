"""Forms in Chromium: what is typed is not lost without a question."""

from typing import TYPE_CHECKING

import pytest

from bai_wx.console.roles import Role
from tests.console.browser.looking import visit
from tests.console.shop import PRODUCT, Console

if TYPE_CHECKING:  # it is an extra
    from playwright.sync_api import Browser, Dialog, Page

PAGES = [pytest.param(each, id=each) for each in (PRODUCT, "tbl_document")]
FIELDS = "form.console-form :is(input, textarea, select, button):visible"


def asked_on_leaving(page: "Page", console: Console) -> list[str]:
    """The kinds of the questions that the page asks when another one is opened."""
    asked: list[str] = []

    def answer(dialog: "Dialog") -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", answer)
    page.goto(f"{console.url}/console/trash")
    page.remove_listener("dialog", answer)
    return asked


@pytest.mark.parametrize("collection", PAGES)
def test_a_changed_form_asks_before_it_is_left(
    chromium: "Browser", console: Console, collection: str
) -> None:
    with visit(chromium, console, Role.EDITOR) as (page, _):
        page.goto(f"{console.url}/console/{collection}/create")
        for field in page.locator(FIELDS).all():
            field.focus()
        assert asked_on_leaving(page, console) == []

        page.goto(f"{console.url}/console/{collection}/create")
        page.locator("form.console-form input[type=text]:visible").first.press_sequentially("a")
        assert asked_on_leaving(page, console) == ["beforeunload"]
