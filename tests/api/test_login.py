"""Login, profile, tokens and the count of users: sections 1, 3 and 4 of the contract.

Covers: handlers/wechat_auth.py, bai_wx/request/login_exchange.py
"""

import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import jwt
import pytest

from tests.answers import USER_INFO, code
from tests.api import shop, tokens
from tests.paths import LOGIN, REFRESH
from tests.running import Client, Server

MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}Z")
DAY_S = 24 * 3600


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
    made = {"pb_id", "users_id", "openid", "created", "updated", "company"}
    assert {name: value for name, value in user.items() if value != "" and name not in made} == {
        "users_phone_verified": False,
        "users_type": "游客",
        "users_idtype": "WeChat",
        "users_status": "active",
        "users_rank_level": 0,
    }
    assert user["company"] is None
    assert re.fullmatch(r"[a-z0-9]{15}", user["pb_id"])
    assert user["users_id"].startswith("U-")
    assert MOMENT.fullmatch(user["created"])
    assert MOMENT.fullmatch(user["updated"])


def test_every_hook_answer_wears_the_envelope(guest: Client) -> None:
    """`statusCode` is the HTTP status and `errMsg` is never empty, also on success."""
    answer = guest.hook(LOGIN, {"users_wx_code": "demo-envelope"})
    body = answer.json()
    assert list(body) == ["statusCode", "errMsg", "data", "token"]
    assert body["statusCode"] == answer.status_code == 200
    assert body["errMsg"]


def test_token_stands_at_the_top_too(guest: Client) -> None:
    """Where today's client looks for it, at login and at refresh, and in `data` as well."""
    for path in (LOGIN, REFRESH):
        body = guest.hook(path, {"users_wx_code": "demo-envelope"}).json()
        assert body["token"] == body["data"]["token"]


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
