"""The profile by hook, and the count of users: sections 1 and 4 of the contract."""

import time
from typing import Any

import pytest

from tests.answers import USER_INFO, code
from tests.api import shop, tokens
from tests.api.pictures import PNG
from tests.paths import ATTACHMENTS, LOGIN, PROFILE
from tests.running import Client, Server


def uploaded(client: Client) -> Any:
    """Upload a picture. Returns: its record."""
    files = {"attachments_link": ("a.png", PNG, "image/png")}
    answer = client.request("POST", ATTACHMENTS, files=files)
    assert answer.status_code == 200, answer.text
    return answer.json()


def picture_path(record: Any) -> str:
    """The path of an attachment's file."""
    return f"/pb/api/files/tbl_attachments/{record['id']}/{record['attachments_link']}"


# --- profile ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("phone_code", "phone", "masked"),
    [
        pytest.param("phone-13800138000", "13800138000", "138****8000", id="a mainland number"),
        pytest.param(
            "phone-+85291234567", "+85291234567", "+852****4567", id="a number of Hong Kong"
        ),
    ],
)
def test_profile_exchanges_the_phone_code(
    alice: Client, phone_code: str, phone: str, masked: str
) -> None:
    """The whole number for its owner, and one to show."""
    user = alice.data(PROFILE, {"users_phone_code": phone_code})["user"]
    assert (user["users_phone"], user["users_phone_masked"]) == (phone, masked)


@pytest.mark.parametrize(
    ("wx_code", "status", "name"),
    [
        pytest.param("err-40029", 400, "wechat_code_invalid", id="40029"),
        pytest.param("err-40163", 400, "wechat_code_used", id="40163"),
        pytest.param("err-45011", 429, "wechat_busy", id="45011"),
        pytest.param("err-40226", 403, "wechat_user_blocked", id="40226"),
        pytest.param("err-40013", 500, "wechat_misconfigured", id="40013"),
        pytest.param("err--1", 503, "wechat_unavailable", id="-1"),
        pytest.param("err-1", 503, "wechat_unavailable", id="another number"),
        pytest.param("drop-a", 503, "wechat_unavailable", id="no answer"),
    ],
)
def test_phone_errors_answer_logins_codes(
    alice: Client, wx_code: str, status: int, name: str
) -> None:
    """The phone exchange speaks login's codes."""
    assert code(alice.hook(PROFILE, {"users_phone_code": wx_code})) == (status, name)


def test_dropped_access_token_is_asked_for_once_more(alice: Client) -> None:
    """40001 drops the kept token and asks once more."""
    wx_code = "err-once-40001-13900139000"
    assert (
        alice.data(PROFILE, {"users_phone_code": wx_code})["user"]["users_phone"] == "13900139000"
    )


def test_failed_phone_exchange_changes_nothing(guest: Client) -> None:
    """A profile is written whole or not at all."""
    user = guest.login("wholesome")
    refused = user.hook(PROFILE, {"users_name": "新名", "users_phone_code": "err-40029"})
    assert refused.status_code == 400
    assert user.data(PROFILE, {})["user"]["users_name"] == ""


@pytest.mark.parametrize(
    ("name", "picture", "complete"),
    [
        pytest.param("", "https://a.example/p.png", False, id="a picture alone"),
        pytest.param("王小明", "", False, id="a name alone"),
        pytest.param("微信用户", "https://a.example/p.png", False, id="WeChat's placeholder name"),
        pytest.param("王小明", "https://a.example/p.png", True, id="name and picture"),
    ],
)
def test_info_is_complete_with_name_and_picture(
    guest: Client, name: str, picture: str, complete: bool
) -> None:
    """No phone is demanded; the placeholder is no name."""
    who = f"info-{len(name)}-{len(picture)}-{complete}"
    user = guest.login(who)
    given = {"users_name": name, "users_picture": picture}
    user.data(PROFILE, {key: value for key, value in given.items() if value})
    assert guest.data(LOGIN, {"users_wx_code": f"demo-{who}"})["is_info_complete"] is complete


def test_profile_changes_only_what_it_is_sent(alice: Client) -> None:
    """What is not sent stays; `data` is `status` and `user`."""
    alice.data(PROFILE, {"users_name": "小李", "users_picture": "https://a.example/1.png"})
    data = alice.data(PROFILE, {"users_name": "小王"})
    assert set(data) == {"status", "user"}
    assert data["status"] == "update_success"
    assert set(data["user"]) == USER_INFO
    assert data["user"]["users_name"] == "小王"
    assert data["user"]["users_picture"] == "https://a.example/1.png"


def test_profile_touches_updated_and_not_created(alice: Client) -> None:
    """`created` and `updated` are the server's."""
    before = alice.data(PROFILE, {"users_name": "甲"})["user"]
    time.sleep(0.01)
    after = alice.data(PROFILE, {"users_name": "乙"})["user"]
    assert after["created"] == before["created"]
    assert after["updated"] > before["updated"]


@pytest.mark.parametrize(
    "name", ["users_picture", "users_title_picture", "users_id_pic_a", "users_id_pic_b"]
)
@pytest.mark.parametrize(
    "picture",
    [
        pytest.param("/pb/api/files/tbl_attachments/tpicturevalid00/a.png", id="a path of ours"),
        pytest.param("https://a.example/1.png", id="an address"),
    ],
)
def test_profile_takes_addresses_as_they_are_sent(alice: Client, name: str, picture: str) -> None:
    """As the picture, and as its link."""
    user = alice.data(PROFILE, {name: picture})["user"]
    assert (user[name], user[f"{name}_url"]) == (picture, picture)


def test_profile_takes_a_picture_by_its_attachments_id(alice: Client) -> None:
    """The id comes back as it was sent, and beside it the path of the file, which is there."""
    picture = uploaded(alice)
    user = alice.data(PROFILE, {"users_picture": picture["attachments_id"]})["user"]
    assert user["users_picture"] == picture["attachments_id"]
    assert user["users_picture_url"] == picture_path(picture)
    assert alice.get(user["users_picture_url"].removeprefix("/pb/api")).content == PNG


@pytest.mark.parametrize(
    "name", ["users_picture", "users_title_picture", "users_id_pic_a", "users_id_pic_b"]
)
@pytest.mark.parametrize(
    "picture",
    [
        pytest.param("A-NONE", id="an unknown one"),
        pytest.param(shop.HIDDEN_PICTURE["attachments_id"], id="an invalid one"),
        pytest.param(shop.DELETED_PICTURE["attachments_id"], id="a deleted one"),
        pytest.param(shop.PICTURE["id"], id="a record id"),
        pytest.param("wxfile://tmp_7f.jpg", id="a path on the phone"),
        pytest.param("http://tmp/7f.jpg", id="the phone's http://tmp"),
    ],
)
def test_picture_that_is_not_there_is_refused(alice: Client, name: str, picture: str) -> None:
    """And named; nothing else of the profile is written."""
    before = alice.data(PROFILE, {})["user"]
    answer = alice.hook(PROFILE, {"users_tag": f"标签{time.time()}", name: picture})
    assert code(answer) == (400, "validation_failed")
    assert list(answer.json()["data"]["fields"]) == [name]
    assert alice.data(PROFILE, {})["user"] == before


@pytest.mark.parametrize(
    ("sent", "left"),
    [
        pytest.param({"users_tag": "甲|乙"}, {"users_tag": "甲|乙"}, id="tags"),
        pytest.param({"users_tag": ""}, {"users_tag": "甲|乙"}, id="empty leaves them"),
        pytest.param({"users_tag": None}, {"users_tag": ""}, id="null clears them"),
        pytest.param({"users_name": None}, {"users_name": ""}, id="null clears the name"),
        pytest.param(
            {"users_picture": None},
            {"users_picture": "", "users_picture_url": ""},
            id="null clears the picture",
        ),
    ],
)
def test_empty_leaves_and_null_clears(alice: Client, sent: Any, left: dict[str, str]) -> None:
    """Every key is optional."""
    alice.data(PROFILE, {"users_name": "甲", "users_picture": "https://a.example/1.png"})
    alice.data(PROFILE, {"users_tag": "甲|乙"})
    user = alice.data(PROFILE, sent)["user"]
    assert {name: user[name] for name in left} == left


@pytest.mark.parametrize("sent", [{}, {"users_name": "", "users_phone_code": "", "company_id": ""}])
def test_nothing_to_change_is_200_unchanged(alice: Client, sent: dict[str, str]) -> None:
    """Not even `updated` moves."""
    before = alice.data(PROFILE, {"users_name": "甲"})["user"]
    time.sleep(0.01)
    assert alice.data(PROFILE, sent)["user"] == before
    assert alice.data(PROFILE, {"users_name": "甲"})["user"] == before


def test_typed_phone_is_not_verified_and_gives_way_to_one_that_is(guest: Client) -> None:
    """A code wins over it, beside a verified one it is ignored, and null clears both with the mark."""
    user = guest.login("phoned")

    def phone(**sent: Any) -> tuple[str, bool]:
        found = user.data(PROFILE, sent)["user"]
        return found["users_phone"], found["users_phone_verified"]

    assert phone(users_phone="13900139000") == ("13900139000", False)
    assert phone(users_phone="13900139001") == ("13900139001", False)
    both = {"users_phone": "13900139002", "users_phone_code": "phone-13800138000"}
    assert phone(**both) == ("13800138000", True)
    assert phone(users_phone="13900139000") == ("13800138000", True)
    assert phone(users_phone="") == ("13800138000", True)
    assert phone(users_phone=None) == ("", False)
    assert phone(users_phone="13900139000") == ("13900139000", False)


def test_user_type_follows_the_profile_and_never_goes_back(guest: Client) -> None:
    """`游客` until name and picture are there, then `注册用户`, stored."""
    user = guest.login("typed")
    assert user.data(PROFILE, {"users_name": "王"})["user"]["users_type"] == "游客"
    complete = user.data(PROFILE, {"users_picture": "https://a.example/1.png"})["user"]
    assert complete["users_type"] == "注册用户"
    assert user.data(PROFILE, {"users_name": None})["user"]["users_type"] == "注册用户"
    again = guest.data(LOGIN, {"users_wx_code": "demo-typed"})
    assert (again["user"]["users_type"], again["is_info_complete"]) == ("注册用户", False)


def test_the_record_of_a_refresh_holds_what_its_user_may_see(alice: Client) -> None:
    """PocketBase's SDKs read it: texts as they are stored, yes and no as truth."""
    alice.data(PROFILE, {"users_tag": "甲", "users_phone": None})
    record = alice.request("POST", "/collections/tbl_auth_users/auth-refresh").json()["record"]
    assert (record["users_tag"], record["users_phone_verified"]) == ("甲", False)
    assert (record["users_idtype"], record["users_id_number"]) == ("WeChat", "")
    assert "token_key" not in record


def test_profile_joins_and_leaves_a_company_by_its_business_id(alice: Client) -> None:
    """`company_id` is the business id; `company` is `CompanyInfo`, exactly; null leaves it."""
    user = alice.data(PROFILE, {"company_id": shop.NOBODYS_COMPANY["company_id"]})["user"]
    assert user["company_id"] == shop.NOBODYS_COMPANY["company_id"]
    assert set(user["company"]) == {
        "pb_id",
        "created",
        "updated",
        *(
            f"company_{name}"
            for name in [
                "id",
                "name",
                "type",
                "entity",
                "usci",
                "nationality",
                "nationality_code",
                "province",
                "province_code",
                "city",
                "city_code",
                "district",
                "district_code",
                "postalcode",
                "add",
                "status",
                "level",
                "owner_openid",
                "remark",
            ]
        ),
    }
    assert user["company"]["pb_id"] == shop.NOBODYS_COMPANY["id"]
    same = alice.data(PROFILE, {"company_id": ""})["user"]
    assert same == user
    user = alice.data(PROFILE, {"company_id": None})["user"]
    assert (user["company_id"], user["company"]) == ("", None)


def test_company_in_the_profile_names_its_owner_to_itself_alone(guest: Client) -> None:
    """`company_owner_openid` is a private field there too."""
    owner, other = guest.login("founder"), guest.login("joiner")
    made = owner.request("POST", "/collections/tbl_company/records", json={"company_name": "自家"})
    for who, shown in ((owner, owner.openid), (other, "")):
        user = who.data(PROFILE, {"company_id": made.json()["company_id"]})["user"]
        assert user["company"]["company_owner_openid"] == shown


def test_deleted_company_leaves_its_users_without_one(server: Server, guest: Client) -> None:
    """A deleted row is in no expand: `company_id` is `""` and `company` null."""
    user = guest.login("orphan")
    made = user.request("POST", "/collections/tbl_company/records", json={"company_name": "短命"})
    company = made.json()
    user.data(PROFILE, {"company_id": company["company_id"]})
    server.change("tbl_company", company["id"], is_delete=1)
    found = guest.data(LOGIN, {"users_wx_code": "demo-orphan"})["user"]
    assert (found["company_id"], found["company"]) == ("", None)


# --- the count of users ----------------------------------------------------------------------------------


def test_users_count_answers_to_post_as_to_get(guest: Client) -> None:
    """Without a body, with an empty object; nothing else."""
    asked = guest.get("/system/users-count")
    for answer in (
        guest.hook("/system/users-count", {}),
        guest.request("POST", "/system/users-count"),
    ):
        assert (answer.status_code, answer.content) == (asked.status_code, asked.content)
    refused = guest.hook("/system/users-count", {"total": 1})
    assert code(refused) == (400, "validation_failed")


def test_users_count_counts_undeleted_users(server: Server, guest: Client) -> None:
    """One more after a registration, one fewer after a deletion, disabled ones counted."""

    def total() -> int:
        data = guest.get("/system/users-count").json()["data"]
        assert set(data) == {"total_users"}
        return int(data["total_users"])

    before = total()
    user = guest.login("counted")
    assert total() == before + 1
    server.command("user", "disable", user.openid)
    assert total() == before + 1
    server.change(tokens.USERS, user.user_id, is_delete=1)
    assert total() == before
