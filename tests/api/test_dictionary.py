"""Dictionaries over HTTP: everybody reads them, nobody writes them.

Covers: handlers/dict.py, models/dict.py
"""

import json
from typing import Any

import pytest

from tests.running import Client, Server

DICTIONARIES = "/collections/tbl_system_dict/records"


def found(client: Client, **query: Any) -> list[dict[str, Any]]:
    """The records of a list."""
    answer = client.get(DICTIONARIES, params=query)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


def test_guests_and_users_read_them(guest: Client, alice: Client) -> None:
    """The demo shop has the words of documents' types and of users' levels."""
    names = {each["dict_name"] for each in found(guest)}
    assert names >= {"文档类型", "users_level"}
    assert {each["dict_name"] for each in found(alice)} == names


def test_texts_come_as_they_were_stored(guest: Client) -> None:
    """JSON in a text is a text, bars stay bars."""
    [level] = found(guest, filter="dict_name = 'users_level'")
    [kind] = found(guest, filter="dict_name = '文档类型'")
    assert json.loads(level["dict_word_enum"])[0] == "normal"
    assert kind["dict_word_enum"].split("|")[0] == "说明书"
    assert guest.get(f"{DICTIONARIES}/{level['id']}").json() == level


@pytest.mark.parametrize(
    ("method", "path"),
    [
        pytest.param("POST", "", id="create"),
        pytest.param("PATCH", "/g7n3v8c5z2b6d1h", id="update"),
        pytest.param("DELETE", "/g7n3v8c5z2b6d1h", id="delete"),
    ],
)
def test_no_client_writes_one(alice: Client, method: str, path: str) -> None:
    """As in PocketBase where only superusers may."""
    answer = alice.request(method, DICTIONARIES + path, json={"dict_name": "x"})
    assert answer.status_code == 403


def test_a_users_level_is_told_in_its_word(server: Server, guest: Client) -> None:
    """`users_level_name` is the dictionary's word, `""` for a level that it does not have."""
    user = guest.login("levels")
    for level, name in (("vip", "贵宾"), ("gone", ""), ("", "")):
        server.change("tbl_auth_users", user.user_id, users_level=level)
        told = guest.data("/wechat/login", {"users_wx_code": "demo-levels"})["user"]
        assert (told["users_level"], told["users_level_name"]) == (level, name)


def test_two_dictionaries_have_no_name_in_common(server: Server) -> None:
    """An import that would make them is refused."""
    server.take({"tbl_system_dict": [{"dict_name": "颜色", "dict_word_enum": "a\nb"}]})
    folder = server.home.parent / "again"
    folder.mkdir()
    (folder / "tbl_system_dict.jsonl").write_text('{"dict_name": "颜色"}\n', "utf-8")
    refused = server.command("import", str(folder), check=False)
    assert refused.returncode == 1
    assert "dict_name must be unique" in refused.stderr
