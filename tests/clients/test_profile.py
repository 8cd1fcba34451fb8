"""The profile: empty keys leave alone, `null` clears, pictures are attachments or links."""

import json
from pathlib import Path

import pytest

from tests.clients.conftest import Enter
from tests.clients.visitors import Visitor
from tests.running import Server

KEYS = (
    "users_name",
    "users_phone",
    "users_tag",
    "users_picture",
    "users_id_pic_a",
    "users_id_pic_b",
    "users_title_picture",
)
LINK = "https://img.example.com/a.png"


def test_user_info_has_every_key_that_clients_read(visitor: Visitor) -> None:
    """Texts nobody filled in are `""`, never missing."""
    user = visitor.profile()
    texts = {
        "users_level",
        "users_level_name",
        "users_tag",
        "users_convers_id",
        "users_parent_id",
        "users_id_number",
        "users_picture_url",
        "users_title_picture",
        "users_title_picture_url",
        "users_id_pic_a",
        "users_id_pic_a_url",
        "users_id_pic_b",
        "users_id_pic_b_url",
    }
    assert {key: user[key] for key in texts} == dict.fromkeys(texts, "")
    assert user["users_idtype"] == "WeChat"
    assert user["users_phone_verified"] is False
    assert user["users_type"] == "游客"


def test_nothing_to_change_is_200_unchanged(visitor: Visitor) -> None:
    """No key at all, or every key empty."""
    before = visitor.profile(users_name="张三", users_tag="老客户")
    assert visitor.profile() == before
    assert visitor.profile(users_phone_code="", **dict.fromkeys(KEYS, "")) == before
    assert visitor.profile(company_id="") == before


def test_null_clears(visitor: Visitor) -> None:
    visitor.profile(users_name="张三", users_tag="老客户", users_picture=LINK)
    user = visitor.profile(users_tag=None, users_picture=None)
    assert (user["users_name"], user["users_tag"]) == ("张三", "")
    assert (user["users_picture"], user["users_picture_url"]) == ("", "")


def test_a_tourist_becomes_registered_and_stays_so(visitor: Visitor) -> None:
    """Once name and picture are there."""
    assert visitor.profile(users_name="李四")["users_type"] == "游客"
    assert visitor.profile(users_picture=LINK)["users_type"] == "注册用户"
    assert visitor.profile(users_picture=None)["users_type"] == "注册用户"


def test_a_phone_as_sent_is_not_verified(visitor: Visitor) -> None:
    user = visitor.profile(users_phone="13800138000")
    assert (user["users_phone"], user["users_phone_verified"]) == ("13800138000", False)
    user = visitor.profile(users_phone="13900139000")
    assert (user["users_phone"], user["users_phone_verified"]) == ("13900139000", False)


def test_a_code_wins_over_a_phone_and_is_verified(visitor: Visitor) -> None:
    """Beside a verified phone one that is only sent is ignored; `null` clears it and its mark."""
    user = visitor.profile(users_phone_code="phone-13712345678", users_phone="13800138000")
    verified = user["users_phone"]
    assert verified.endswith("13712345678")
    assert user["users_phone_verified"] is True
    user = visitor.profile(users_phone="13800138000")
    assert (user["users_phone"], user["users_phone_verified"]) == (verified, True)
    user = visitor.profile(users_phone=None)
    assert (user["users_phone"], user["users_phone_verified"]) == ("", False)


def test_an_uploaded_avatar_is_named_by_its_attachments_id(visitor: Visitor, photo: Path) -> None:
    """It comes back as sent; the link beside it leads to the picture."""
    uploaded = visitor.upload(photo)
    user = visitor.profile(users_picture=uploaded["attachments_id"])
    assert user["users_picture"] == uploaded["attachments_id"]
    assert user["users_picture_url"].startswith("/pb/api/files/tbl_attachments/")
    answer = visitor.network.request(user["users_picture_url"])
    assert (answer.status, answer.header["content-type"]) == (200, "image/png")


def test_a_picture_may_be_a_link(visitor: Visitor) -> None:
    """It comes back as sent in both keys."""
    user = visitor.profile(users_picture=LINK, users_title_picture=LINK, users_id_pic_a=LINK)
    for key in ("users_picture", "users_title_picture", "users_id_pic_a"):
        assert (user[key], user[f"{key}_url"]) == (LINK, LINK)


@pytest.mark.parametrize("key", [key for key in KEYS if "pic" in key])
def test_an_unknown_picture_is_refused(visitor: Visitor, key: str) -> None:
    status, code, fields = visitor.refused("/wechat/profile", {key: "A-NOWHERE"})
    assert (status, code, list(fields)) == (400, "validation_failed", [key])


def test_a_company_is_joined_and_left(visitor: Visitor) -> None:
    """Its owner reads in `CompanyInfo` that it is his."""
    company = visitor.create("tbl_company", company_name="我的酒店")
    user = visitor.profile(company_id=company["company_id"])
    assert user["company_id"] == company["company_id"]
    assert user["company"]["company_owner_openid"] == visitor.openid
    assert visitor.profile(company_id="")["company_id"] == company["company_id"]
    user = visitor.profile(company_id=None)
    assert (user["company_id"], user["company"]) == ("", None)


def test_a_company_of_others_does_not_tell_its_owner(enter: Enter) -> None:
    owner, guest = enter("owner"), enter("other")
    company = owner.create("tbl_company", company_name="别人的酒店")
    user = guest.profile(company_id=company["company_id"])
    assert user["company"]["company_owner_openid"] == ""


def test_the_level_has_the_word_of_the_dictionary(server: Server, visitor: Visitor) -> None:
    """An operator set it; a level that the dictionary does not know has no word."""
    (found,) = visitor.rows("tbl_system_dict", filter='dict_name="users_level"')
    levels = json.loads(found["dict_word_enum"]), json.loads(found["dict_word_description"])
    for level, word in [*zip(*levels, strict=True), ("unheard-of", "")]:
        server.change("tbl_auth_users", visitor.user["pb_id"], users_level=level)
        user = visitor.profile()
        assert (user["users_level"], user["users_level_name"]) == (level, word)


def test_the_users_record_has_what_an_operator_wrote(server: Server, visitor: Visitor) -> None:
    """An import or the console fills it in; only the user himself reads it."""
    texts = ("users_level", "users_tag", "users_idtype", "users_id_number", "users_parent_id")
    values = {name: f"值-{name}" for name in (*texts, "users_convers_id")}
    server.change("tbl_auth_users", visitor.user["pb_id"], **values)
    record = visitor.post("/collections/tbl_auth_users/auth-refresh").data["record"]
    assert {name: record[name] for name in values} == values
    assert record["users_phone_verified"] is False
    user = visitor.profile()
    assert {name: user[name] for name in values} == values
