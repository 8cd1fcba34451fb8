"""The console as it is served: mounted late, behind a session, showing every collection.

Covers: bai_wx/console/admin.py, bai_wx/console/theme.py, bai_wx/console/context.py, bai_wx/console/cookies.py, bai_wx/console/entrance.py, bai_wx/console/guard.py, bai_wx/console/rows.py, bai_wx/console/threads.py, bai_wx/console/views/
"""  # noqa: E501

import re
from urllib.parse import urlsplit

import pytest

from bai_wx.console.roles import Role
from bai_wx.record.collections import COLLECTIONS
from tests.console.shop import PRODUCT, Console
from tests.console.visitor import Visitor
from tests.running import Client

NONCE = re.compile(r"'nonce-([\w-]+)'")
SCRIPTS = re.compile(r"<script([^>]*)>")
SEEN = re.compile(r'name="_seen" value="([^"]+)"')
MADE_ID = re.compile(r'name="_id" value="(\w{15})"')
PRICE = re.compile(r'name="prod_list_basic_price"[^>]*value="([^"]*)"')
SOLD = {"prod_list_status": "on_sale", "prod_list_basic_price": "19.90"}


@pytest.fixture
def editor(console: Console) -> Visitor:
    return console.of(Role.EDITOR)


def test_a_page_asks_for_a_session(console: Console) -> None:
    answer = Visitor(console.url).get(f"/console/{PRODUCT}/list?q=a")
    assert answer.status_code == 303
    assert urlsplit(answer.headers["Location"]).path == "/console/login"


@pytest.mark.parametrize("collection", sorted(COLLECTIONS))
def test_every_collection_is_listed(editor: Visitor, collection: str) -> None:
    assert editor.get(f"/console/{collection}/list").status_code == 200


def test_every_script_carries_the_nonce_of_its_answer(editor: Visitor) -> None:
    answer = editor.get(f"/console/{PRODUCT}/list")
    [nonce] = set(NONCE.findall(answer.headers["Content-Security-Policy"]))
    scripts = SCRIPTS.findall(answer.text)
    assert scripts
    assert [each for each in scripts if f'nonce="{nonce}"' not in each] == []
    assert nonce not in editor.get(f"/console/{PRODUCT}/list").text


def test_scripts_and_styles_leave_the_token_of_the_session(editor: Visitor) -> None:
    """Their answers come after the page's: a cookie of theirs would take the place of its token."""
    editor.get("/console/")
    answer = editor.get("/console/static/console.css")
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers


def test_a_form_writes_what_the_api_answers(console: Console, editor: Visitor) -> None:
    [made_id] = MADE_ID.findall(editor.get(f"/console/{PRODUCT}/create").text)
    form = {"_id": made_id, "prod_list_name": "调光面板", **SOLD}
    for _ in range(2):  # an impatient tap
        assert editor.post(f"/console/{PRODUCT}/create", form).status_code == 303
    found = Client(console.url).get(f"/collections/{PRODUCT}/records/{made_id}").json()
    assert found["prod_list_basic_price"] == 19.9


MISTAKES = {
    "no name": ({"prod_list_name": ""}, "prod_list_name"),
    "a price that is none": ({"prod_list_basic_price": "dear"}, "prod_list_basic_price"),
    "a third decimal": ({"prod_list_basic_price": "1.999"}, "prod_list_basic_price"),
    "JSON that is none": ({"prod_list_function": "{"}, "prod_list_function"),
    "JSON off the contract": ({"prod_list_parameters": '"220V"'}, "prod_list_parameters"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_form_with_a_mistake_is_shown_again(editor: Visitor, name: str) -> None:
    wrong, field = MISTAKES[name]
    form = {"prod_list_name": "新面板", **SOLD, **wrong}
    answer = editor.post(f"/console/{PRODUCT}/create", form)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text


def test_what_another_changed_and_one_did_not_is_kept(console: Console, editor: Visitor) -> None:
    """The form shows the other's price by then, and saves it with what is one's own."""
    path = f"/console/{PRODUCT}/edit?pk={console.first(PRODUCT)}"
    page = editor.get(path).text
    [seen], [price] = SEEN.findall(page), PRICE.findall(page)
    form = {"_seen": seen, "prod_list_name": "面板", **SOLD, "prod_list_basic_price": price}
    theirs = form | {"prod_list_basic_price": "77.70"}
    assert console.of(Role.ADMIN).post(path, theirs).status_code == 303
    answer = editor.post(path, form | {"prod_list_remark": "我的备注"})
    assert answer.status_code == 422
    [again], [present] = SEEN.findall(answer.text), PRICE.findall(answer.text)
    assert present == "77.70"
    form |= {"_seen": again, "prod_list_basic_price": present, "prod_list_remark": "我的备注"}
    assert editor.post(path, form).status_code == 303
    row = console.server.row(PRODUCT, console.first(PRODUCT))
    assert (row["prod_list_basic_price"], row["prod_list_remark"]) == (7770, "我的备注")


def test_the_second_of_two_operators_is_told(console: Console, editor: Visitor) -> None:
    path = f"/console/{PRODUCT}/edit?pk={console.first(PRODUCT)}"
    other = console.of(Role.ADMIN)
    [seen] = SEEN.findall(editor.get(path).text)
    form = {"_seen": seen, "prod_list_name": "他的面板", **SOLD}
    assert other.post(path, form).status_code == 303
    answer = editor.post(path, form | {"prod_list_name": "我的面板"})
    assert answer.status_code == 422
    assert "他的面板" in answer.text
    [again] = SEEN.findall(answer.text)
    form |= {"_seen": again, "prod_list_name": "我的面板"}
    assert editor.post(path, form).status_code == 303
