"""What no link of a page asks for: numbers and filters beyond what a database can be asked."""

import pytest

from bai_wx.console.roles import Role
from tests.console.shop import PRODUCT, Console
from tests.console.visitor import FIELD, address, form_of

LIST = f"/console/{PRODUCT}/list"
LOOKUP = f"/console/_api/{PRODUCT}/relation-lookup"
HUGE = "9" * 40
MANY = " AND ".join(["prod_list_name__empty"] * 900)
COUNTED = "document_download_count"
ODD = {
    "a NUL in a search": (LIST, {"q": "a\0b"}, 400),
    "a NUL for a state": ("/console/tbl_cart/list", {"status": "\0"}, 400),
    "a page behind all": (LIST, {"page": HUGE}, 200),
    "a page of carts behind all": ("/console/tbl_cart/list", {"page": HUGE}, 200),
    "rows behind all": (LOOKUP, {"skip": HUGE, "limit": HUGE}, 200),
    "many filters": (LIST, {"filter": MANY}, 400),
    "a filter by a huge number": (
        "/console/tbl_document/list",
        {"filter": f"{COUNTED}__gte={HUGE}"},
        400,
    ),
}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_address_is_answered(console: Console, name: str) -> None:
    path, query, status = ODD[name]
    assert console.of(Role.VIEWER).get(address(path, query)).status_code == status


def test_a_form_names_a_picture_by_no_id(console: Console) -> None:
    """The form is shown again with its error."""
    editor = console.of(Role.EDITOR)
    form = form_of(editor.get(f"/console/{PRODUCT}/create"))
    del form[FIELD]
    form["prod_list_icon"] = ["../</script>"]
    answer = editor.post(f"/console/{PRODUCT}/create", form)
    assert answer.status_code == 422
    assert "../</script>" not in answer.text
