"""The profile by hook, and the count of users: sections 1 and 4 of the contract."""

import time

import pytest

from tests.answers import USER_INFO, code
from tests.api import shop, tokens
from tests.paths import LOGIN, PROFILE
from tests.running import Client, Server

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
    assert user.data(PROFILE, {"company_id": ""})["user"]["users_name"] == ""


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


def test_profile_takes_a_picture_uploaded_here(alice: Client) -> None:
    """A path of our own files, or an address."""
    path = "/pb/api/files/tbl_attachments/tpicturevalid00/a.png"
    assert alice.data(PROFILE, {"users_picture": path})["user"]["users_picture"] == path


def test_profile_joins_and_leaves_a_company_by_its_business_id(alice: Client) -> None:
    """`company_id` is the business id; `company` is `CompanyInfo`, exactly; `""` leaves."""
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
                "province",
                "city",
                "postalcode",
                "add",
                "status",
                "level",
                "remark",
            ]
        ),
    }
    assert user["company"]["pb_id"] == shop.NOBODYS_COMPANY["id"]
    user = alice.data(PROFILE, {"company_id": ""})["user"]
    assert (user["company_id"], user["company"]) == ("", None)


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
