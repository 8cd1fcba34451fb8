"""Attachments, companies and the dictionary as pages.

Covers: bai_wx/console/dictionary_words.py
Covers: bai_wx/console/views/attachments.py, bai_wx/console/views/companies.py
Covers: bai_wx/console/views/dictionary.py, bai_wx/console/views/uses.py
"""

import re

import pytest
import requests

from bai_wx.console.dictionary_words import rows_of, words_of
from bai_wx.console.roles import Role
from tests.console.shop import Console
from tests.console.visitor import Visitor
from tests.running import Client

ATTACHMENTS, COMPANY, DICTIONARY = "tbl_attachments", "tbl_company", "tbl_system_dict"
PICTURE = "a3f8k2m9q7x1c5v"
LEVELS = "g7n3v8c5z2b6d1h"
USCI = "91440300MA5GWX013E"
SEEN = re.compile(r'name="_seen" value="([^"]*)"')


@pytest.fixture(scope="module")
def editor(console: Console) -> Visitor:
    return console.of(Role.EDITOR)


def act(visitor: Visitor, collection: str, name: str, record_id: str) -> requests.Response:
    """Press a button of a row."""
    return visitor.post(f"/console/_api/{collection}/row-action?name={name}&pk={record_id}")


def test_attachments_are_shown_by_their_pictures(console: Console, editor: Visitor) -> None:
    shown = {"prod_list_icon": PICTURE, "prod_list_name": "智能开关面板 三键"}
    console.server.change("tbl_product_list", console.first("tbl_product_list"), **shown)
    assert (
        f"/console/attachments/{PICTURE}/file?thumb="
        in editor.get(f"/console/{ATTACHMENTS}/list").text
    )
    page = editor.get(f"/console/{ATTACHMENTS}/detail?pk={PICTURE}").text
    assert f'src="/console/attachments/{PICTURE}/file"' in page
    assert "智能开关面板安装说明" in page
    assert "智能开关面板 三键" in page


def test_an_attachment_is_hidden_from_customers_and_shown_again(
    console: Console, editor: Visitor
) -> None:
    link = console.server.row(ATTACHMENTS, PICTURE)["attachments_link"]
    public = f"{console.url}/pb/api/files/{ATTACHMENTS}/{PICTURE}/{link}"
    assert act(editor, ATTACHMENTS, "hide", PICTURE).status_code == 200
    assert requests.get(public, timeout=30).status_code == 404
    assert act(editor, ATTACHMENTS, "show", PICTURE).status_code == 200
    assert requests.get(public, timeout=30).status_code == 200
    log = "SELECT after FROM console_audit WHERE record_id = ? ORDER BY seq"
    said = [row["after"] for row in console.server.rows(log, PICTURE)]
    assert ['"invalid"' in said[-2], '"valid"' in said[-1]] == [True, True]


def test_an_attachment_is_uploaded_not_typed(console: Console, editor: Visitor) -> None:
    assert editor.get(f"/console/{ATTACHMENTS}/create").status_code == 403
    assert "data-uploads" in editor.get(f"/console/{ATTACHMENTS}/list").text
    assert "data-uploads" not in console.of(Role.VIEWER).get(f"/console/{ATTACHMENTS}/list").text


def test_an_identity_paper_is_no_picture_of_a_page(console: Console, editor: Visitor) -> None:
    paper = "a4g9m3n8r6y2d7w"
    console.server.change(ATTACHMENTS, paper, attachments_is_identity=1)
    try:
        assert f"/{paper}/file?thumb" not in editor.get(f"/console/{ATTACHMENTS}/list").text
        page = editor.get(f"/console/{ATTACHMENTS}/detail?pk={paper}").text
        assert f'href="/console/attachments/{paper}/file"' in page
        assert f'src="/console/attachments/{paper}/file"' not in page
        page = console.of(Role.VIEWER).get(f"/console/{ATTACHMENTS}/detail?pk={paper}").text
        assert f"/{paper}/file" not in page
    finally:
        console.server.change(ATTACHMENTS, paper, attachments_is_identity=0)


def test_a_credit_code_is_checked_and_an_odd_one_marked(console: Console, editor: Visitor) -> None:
    form = {"company_name": "宝莱智能", "company_usci": USCI[:-1] + "0"}
    answer = editor.post(f"/console/{COMPANY}/create", form)
    assert answer.status_code == 422
    assert 'id="company_usci-error"' in answer.text
    form["company_usci"] = f" {USCI} "
    assert editor.post(f"/console/{COMPANY}/create", form).status_code == 303
    [row] = console.server.rows("SELECT * FROM tbl_company WHERE company_name = '宝莱智能'")
    assert row["company_usci"] == USCI
    assert "代码有误" not in editor.get(f"/console/{COMPANY}/detail?pk={row['id']}").text
    console.server.change(COMPANY, row["id"], company_usci="ODD")
    assert "代码有误" in editor.get(f"/console/{COMPANY}/detail?pk={row['id']}").text


def test_a_word_of_a_dictionary_is_what_clients_read(console: Console, editor: Visitor) -> None:
    path = f"/console/{DICTIONARY}/edit?pk={LEVELS}"
    [seen] = SEEN.findall(editor.get(path).text)
    lists = {
        "dict_word_enum": '["normal","vip","partner","gold"]',
        "dict_word_description": '["普通用户","贵宾","合作伙伴","金牌"]',
        "dict_word_is_enabled": "[true,true,true,false]",
        "dict_word_sort_order": "[1,2,3,4]",
    }
    form = {"_seen": seen, "dict_name": "users_level", **lists}
    wrong = editor.post(path, form | {"dict_word_description": '["普通用户"]'})
    assert wrong.status_code == 422
    assert "有 1 项，而取值有 4 项" in wrong.text
    assert editor.post(path, form).status_code == 303
    found = Client(console.url).get(f"/collections/{DICTIONARY}/records/{LEVELS}").json()
    assert found["dict_word_description"] == lists["dict_word_description"]
    page = editor.get(f"/console/{DICTIONARY}/list").text
    assert re.search(r'word-off"[^>]*>金牌<', page)


WORDS = {
    "none": ("", []),
    "bars": ("a|b", ["a", "b"]),
    "JSON": ('["a", 1, true]', ["a", "1", "true"]),
    "broken JSON": ("[a", None),
    "an object": ('{"a": 1}', None),
    "a list of lists": ('[["a"]]', None),
}


@pytest.mark.parametrize("name", WORDS)
def test_lists_in_either_writing(name: str) -> None:
    text, words = WORDS[name]
    assert words_of(text) == words


def test_words_without_texts_are_told_by_their_values() -> None:
    lists = {"dict_word_enum": "a|b", "dict_word_description": "甲", "dict_word_is_enabled": "1|0"}
    assert rows_of(lists) == [
        {"value": "a", "text": "甲", "is_used": True},
        {"value": "b", "text": "b", "is_used": False},
    ]
