"""Login, profile, tokens and the count of users: sections 1, 3 and 4 of the contract."""

import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jwt
import pytest

from tests.api import shop, tokens
from tests.running import Client, Server

LOGIN, PROFILE, REFRESH = "/wechat/login", "/wechat/profile", "/system/refresh-token"
USER_INFO = {
    "pb_id",
    "users_id",
    "openid",
    "users_name",
    "users_phone",
    "users_phone_masked",
    "users_picture",
    "users_type",
    "users_status",
    "users_rank_level",
    "company_id",
    "company",
    "created",
    "updated",
}
MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}Z")
DAY_S = 24 * 3600


def code(answer: Any) -> tuple[int, str]:
    """Status and machine code of a hook's refusal."""
    return answer.status_code, answer.json()["data"]["code"]


def test_first_login_registers_and_the_next_one_does_not(guest: Client) -> None:
    """`status` tells registration from login; the user is the same."""
    first = guest.data(LOGIN, {"users_wx_code": "demo-newcomer"})
    again = guest.data(LOGIN, {"users_wx_code": "demo-newcomer"})
    assert first["status"] == "register_success"
    assert again["status"] == "login_success"
    assert first["user"]["pb_id"] == again["user"]["pb_id"]


def test_login_answers_exactly_the_contracts_keys(guest: Client) -> None:
    """`status`, `is_info_complete`, `token`, `user`; the user exactly `UserInfo`."""
    data = guest.data(LOGIN, {"users_wx_code": "demo-keys"})
    assert set(data) == {"status", "is_info_complete", "token", "user"}
    assert set(data["user"]) == USER_INFO


def test_new_user_is_empty_active_and_made_by_the_server(guest: Client) -> None:
    """Unset texts are `""`, the company is null, ids and times are the server's."""
    user = guest.data(LOGIN, {"users_wx_code": "demo-blank"})["user"]
    unset = {"users_name", "users_phone", "users_phone_masked", "users_picture", "company_id"}
    assert {user[name] for name in unset} == {""}
    assert user["company"] is None
    assert (user["users_type"], user["users_status"], user["users_rank_level"]) == (
        "wechat",
        "active",
        0,
    )
    assert re.fullmatch(r"[a-z0-9]{15}", user["pb_id"])
    assert user["users_id"].startswith("U-")
    assert MOMENT.fullmatch(user["created"])
    assert MOMENT.fullmatch(user["updated"])


def test_every_hook_answer_wears_the_envelope(guest: Client) -> None:
    """`statusCode` is the HTTP status and `errMsg` is never empty, also on success."""
    answer = guest.hook(LOGIN, {"users_wx_code": "demo-envelope"})
    body = answer.json()
    assert list(body) == ["statusCode", "errMsg", "data"]
    assert body["statusCode"] == answer.status_code == 200
    assert body["errMsg"]


def test_code_of_wechat_logs_in_one_user(guest: Client) -> None:
    """Sent again at once, as a double tap does, it is answered as before; WeChat is asked once."""
    first, second = (guest.data(LOGIN, {"users_wx_code": "code-once-1"}) for _ in range(2))
    assert (first["status"], second["status"]) == ("register_success", "login_success")
    assert first["user"]["pb_id"] == second["user"]["pb_id"]


@pytest.mark.parametrize(
    ("wx_code", "status", "name"),
    [
        pytest.param("err-40029", 400, "wechat_code_invalid", id="40029 unknown or too old"),
        pytest.param("err-40163", 400, "wechat_code_used", id="40163 used before"),
        pytest.param("err-45011", 429, "wechat_busy", id="45011 asked too often"),
        pytest.param("err-40226", 403, "wechat_user_blocked", id="40226 user blocked"),
        pytest.param("err-40013", 500, "wechat_misconfigured", id="40013 bad app id"),
        pytest.param("err-40125", 500, "wechat_misconfigured", id="40125 bad secret"),
        pytest.param("err--1", 503, "wechat_unavailable", id="-1 busy twice"),
        pytest.param("err-99999", 503, "wechat_unavailable", id="a number nobody listed"),
        pytest.param("drop-a", 503, "wechat_unavailable", id="no answer"),
        pytest.param("cut-a", 503, "wechat_unavailable", id="half an answer"),
        pytest.param("html-a", 503, "wechat_unavailable", id="a web page"),
        pytest.param("array-a", 503, "wechat_unavailable", id="a list"),
        pytest.param("empty-a", 503, "wechat_unavailable", id="an empty answer"),
        pytest.param("blank-a", 503, "wechat_unavailable", id="an object without openid"),
        pytest.param("status-500-a", 503, "wechat_unavailable", id="WeChat's own 500"),
        pytest.param("redirect-a", 503, "wechat_unavailable", id="a redirect"),
    ],
)
def test_each_error_of_wechat_has_its_answer(
    guest: Client, wx_code: str, status: int, name: str
) -> None:
    """WeChat's numbers and failures as a login answers them."""
    assert code(guest.hook(LOGIN, {"users_wx_code": wx_code})) == (status, name)


def test_busy_wechat_tells_when_to_try_again(guest: Client) -> None:
    """45011 carries `Retry-After`."""
    answer = guest.hook(LOGIN, {"users_wx_code": "err-45011"})
    assert int(answer.headers["Retry-After"]) >= 1


def test_wechat_busy_once_is_asked_again(guest: Client) -> None:
    """errcode -1 alone earns one retry."""
    assert guest.data(LOGIN, {"users_wx_code": "err-once--1-patient"})["token"]


def test_sixteen_first_logins_of_one_openid_make_one_user(guest: Client) -> None:
    """Whoever wins, everybody gets the same user."""
    with ThreadPoolExecutor(16) as pool:
        asked = [
            pool.submit(Client(guest.url).data, LOGIN, {"users_wx_code": f"code-crowd-{n}"})
            for n in range(16)
        ]
        data = [future.result() for future in asked]
    assert len({found["user"]["pb_id"] for found in data}) == 1
    assert [found["status"] for found in data].count("register_success") == 1


def test_the_same_code_at_once_is_exchanged_once(guest: Client) -> None:
    """One call in flight per code: nobody spends it for the other."""
    with ThreadPoolExecutor(8) as pool:
        asked = [
            pool.submit(Client(guest.url).hook, LOGIN, {"users_wx_code": "slow-0.4-together"})
            for _ in range(8)
        ]
        assert {future.result().status_code for future in asked} == {200}


def test_slow_wechat_holds_up_nobody_else(guest: Client) -> None:
    """While a login waits for WeChat, lists are answered at once."""
    thread = threading.Thread(
        target=Client(guest.url).hook, args=(LOGIN, {"users_wx_code": "slow-4-sleepy"})
    )
    thread.start()
    time.sleep(0.2)
    assert guest.get("/collections/tbl_product_list/records").status_code == 200
    assert thread.is_alive(), "the list was answered after the login"
    thread.join()


def test_neither_session_key_nor_secret_nor_code_is_logged(server: Server, guest: Client) -> None:
    """What WeChat told us in confidence is nowhere in the log."""
    guest.hook(LOGIN, {"users_wx_code": "code-quiet-1"})
    guest.hook(LOGIN, {"users_wx_code": "err-40125"})
    assert "session_key" not in server.log
    assert "demo-secret-not-real" not in server.log
    assert server.secret not in server.log


# --- tokens ----------------------------------------------------------------------------------------------


def test_token_has_exactly_pocketbases_five_claims(alice: Client) -> None:
    """`id`, `type`, `collectionId`, `exp`, `refreshable`, signed with HS256; seven days of life."""
    assert jwt.get_unverified_header(alice.token) == {"alg": "HS256", "typ": "JWT"}
    claims = tokens.claims_of(alice)
    assert set(claims) == {"id", "type", "collectionId", "exp", "refreshable"}
    assert (claims["id"], claims["type"], claims["refreshable"]) == (alice.user_id, "auth", True)
    assert abs(claims["exp"] - time.time() - 7 * DAY_S) < 60


@pytest.mark.parametrize(
    "template",
    [
        pytest.param("Bearer {}", id="Bearer"),
        pytest.param("bearer {}", id="bearer in small letters"),
        pytest.param("BEARER {}", id="BEARER in capitals"),
        pytest.param("{}", id="the bare token, as the SDKs send it"),
    ],
)
def test_token_is_accepted(alice: Client, template: str) -> None:
    """The scheme in any case, or none."""
    answer = alice.hook("/cart/list", headers={"Authorization": template.format(alice.token)})
    assert answer.status_code == 200


def test_token_in_the_query_is_no_credential(guest: Client, alice: Client) -> None:
    """Only the header counts."""
    assert guest.hook(f"/cart/list?token={alice.token}").status_code == 401


def test_new_token_key_ends_every_token(server: Server, guest: Client) -> None:
    """Changing the user's `token_key` ends all its tokens at once, hook and native."""
    user = guest.login("rekeyed")
    assert user.hook("/cart/list").status_code == 200
    server.change(tokens.USERS, user.user_id, token_key="k" * 50)
    assert code(user.hook("/cart/list")) == (401, "unauthorized")
    assert user.request("POST", "/collections/tbl_auth_users/auth-refresh").status_code == 401


def test_disabled_user_is_out_at_once_and_back_when_enabled(server: Server, guest: Client) -> None:
    """Login 403 `user_disabled`; its tokens: hooks 401, native as a guest; enabling brings both back."""
    user = guest.login("banned")
    user.data("/cart/create", {"cart_product_id": shop.DIME["id"], "cart_product_quantity": 1})
    records = "/collections/tbl_cart/records"
    assert user.get(records).json()["totalItems"] == 1
    server.command("user", "disable", user.openid)
    assert code(user.hook("/cart/list")) == (401, "unauthorized")
    assert user.get(records).json()["totalItems"] == 0
    assert code(guest.hook(LOGIN, {"users_wx_code": "demo-banned"})) == (403, "user_disabled")
    assert code(guest.hook(REFRESH, {"users_wx_code": "demo-banned"})) == (403, "user_disabled")
    server.command("user", "enable", user.openid)
    assert user.hook("/cart/list").status_code == 200
    assert guest.hook(LOGIN, {"users_wx_code": "demo-banned"}).status_code == 200


def test_token_of_the_command_line_logs_in(server: Server, alice: Client) -> None:
    """`bai-wx token OPENID` prints a token that holds."""
    printed = server.command("token", alice.openid).stdout.split()[-1]
    assert Client(server.url, printed).hook("/cart/list").status_code == 200


# --- refresh ---------------------------------------------------------------------------------------------


def test_refresh_with_a_valid_token_needs_no_code(alice: Client) -> None:
    """A new token for the same user; the old one goes on."""
    data = alice.data(REFRESH, {})
    assert set(data) == {"token"}
    renewed = Client(alice.url, data["token"])
    assert tokens.claims_of(renewed)["id"] == alice.user_id
    assert renewed.hook("/cart/list").status_code == 200
    assert alice.hook("/cart/list").status_code == 200


def test_refresh_needs_no_body(alice: Client) -> None:
    """No body counts as `{}`."""
    assert alice.request("POST", REFRESH).status_code == 200


def test_refresh_without_a_token_takes_a_code(guest: Client, alice: Client) -> None:
    """As login would: the code's user."""
    name = f"demo-{__name__.rpartition('.')[2]}"
    data = guest.data(REFRESH, {"users_wx_code": name.replace("demo-", "demo-alice-")})
    assert tokens.claims_of(Client(guest.url, data["token"]))["id"] == alice.user_id


def test_refresh_with_a_bad_token_takes_the_code(guest: Client) -> None:
    """A token that does not hold counts as none."""
    headers = {"Authorization": "Bearer garbage"}
    assert guest.hook(REFRESH, {"users_wx_code": "demo-late"}, headers=headers).status_code == 200


def test_refresh_with_a_valid_token_leaves_the_code_alone(guest: Client, alice: Client) -> None:
    """The code was not spent, so it still logs its user in."""
    wx_code = {"users_wx_code": "code-unspent-1"}
    assert (
        tokens.claims_of(Client("", alice.data(REFRESH, wx_code)["token"]))["id"] == alice.user_id
    )
    assert guest.hook(LOGIN, wx_code).status_code == 200


def test_refresh_with_neither_is_refused(guest: Client) -> None:
    """401: log in again."""
    assert code(guest.hook(REFRESH, {})) == (401, "unauthorized")


def test_auth_refresh_gives_the_sdk_a_token_and_the_record(alice: Client) -> None:
    """`{"token", "record"}`: every visible field of the user, and never its `token_key`."""
    answer = alice.request("POST", "/collections/tbl_auth_users/auth-refresh")
    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == {"token", "record"}
    record = body["record"]
    assert record["id"] == alice.user_id
    assert record["collectionName"] == "tbl_auth_users"
    assert not {"token_key", "tokenKey", "password"} & set(record)
    assert record["company"] == ""
    assert record["is_delete"] == 0


def test_auth_refresh_gives_a_token_back_that_is_not_refreshable(
    server: Server, alice: Client
) -> None:
    """It ends when it was meant to, however often it is refreshed."""
    claims = tokens.claims_of(alice) | {"refreshable": False}
    token = tokens.signed(claims, tokens.key_of(server, alice.user_id))
    answer = Client(alice.url, token).request("POST", "/collections/tbl_auth_users/auth-refresh")
    assert answer.json()["token"] == token


def test_auth_refresh_elsewhere_names_the_collection_of_the_token(alice: Client) -> None:
    """403, as PocketBase answers a user who asks a collection that is not the token's."""
    answer = alice.request("POST", "/collections/tbl_company/auth-refresh")
    message = "The request requires auth record from tbl_auth_users collection."
    assert (answer.status_code, answer.json()["message"]) == (403, message)


def test_auth_refresh_expands_and_picks_fields(guest: Client) -> None:
    """`expand=company` and `fields` work on it, as in PocketBase."""
    user = guest.login("expander")
    user.data(PROFILE, {"company_id": shop.NOBODYS_COMPANY["company_id"]})
    path = "/collections/tbl_auth_users/auth-refresh?expand=company&fields=record.id,record.expand.company.id"
    body = user.request("POST", path).json()
    assert body == {
        "record": {"id": user.user_id, "expand": {"company": {"id": shop.NOBODYS_COMPANY["id"]}}}
    }


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
