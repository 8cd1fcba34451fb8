"""Users: who logs in, what a name and a picture may be, what others learn of an owner."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jwt
import pytest

from bai_wx.wechat.standin import StandIn
from tests import databases
from tests.api.tokens import HOUR_S, USERS
from tests.faults.conftest import Said
from tests.paths import LOGIN, PROFILE
from tests.running import STRONG, Client, Server

PICTURE = "https://a.example/p.png"


@pytest.fixture
def guest(server: Server) -> Client:
    """A client without a token."""
    return Client(server.url)


def unrenewable(server: Server, user: Client) -> str:
    """A token of this user that says it is not refreshable, and ends in an hour."""
    claims = jwt.decode(user.token, options={"verify_signature": False})
    claims |= {"refreshable": False, "exp": int(time.time()) + HOUR_S}
    key = server.row(USERS, user.user_id)["token_key"] + server.secret
    return jwt.encode(claims, key, algorithm="HS256")


@pytest.mark.parametrize(
    ("path", "place"),
    [
        pytest.param("/system/refresh-token", ("data", "token"), id="D7-refresh-token-hook"),
        pytest.param(
            f"/collections/{USERS}/auth-refresh", ("token",), id="D7-refresh-token-native"
        ),
    ],
)
def test_a_token_that_is_not_refreshable_is_not_renewed(
    server: Server, guest: Client, said: Said, path: str, place: tuple[str, ...]
) -> None:
    """It comes back as it is, as from PocketBase."""
    token = unrenewable(server, guest.login("unrenewable"))
    answer: Any = Client(server.url, token).hook(path).json()
    for key in place:
        answer = answer[key]
    said("the same token" if answer == token else "a new token")
    assert answer == token


REFRESH = "/collections/tbl_auth_users/auth-refresh"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        pytest.param(
            PROFILE,
            {"users_phone_code": "slow-1-gone", "users_name": "走了"},
            id="D2-user-deleted-while-wechat-is-asked",
        ),
        pytest.param(REFRESH, {}, id="D2-user-deleted-while-it-refreshes-natively"),
        pytest.param("/system/refresh-token", {}, id="D2-user-deleted-while-it-refreshes"),
    ],
)
def test_a_user_that_is_deleted_meanwhile_is_told_to_log_in(
    server: Server, guest: Client, said: Said, path: str, body: dict[str, str]
) -> None:
    """Between the look at its token and the work: 401 as right after, nothing the contract does not know."""
    found: set[int] = set()
    for round_ in range(1 if body else 8):
        user = guest.login(f"deleted-{path.rpartition('/')[2]}-{round_}")
        clients = [Client(server.url, user.token) for _ in range(3)]

        def ask(client: Client) -> list[int]:
            return [client.hook(path, body).status_code for _ in range(1 if body else 12)]

        with ThreadPoolExecutor(len(clients)) as pool:
            asked = [pool.submit(ask, client) for client in clients]
            time.sleep(0.3 if body else 0.03)
            server.change(USERS, user.user_id, is_delete=1)
            found |= {status for each in asked for status in each.result()}
    said(sorted(found))
    assert found <= {200, 401}
    assert 401 in found


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("王\0小明", id="D7-name-NUL"),
        pytest.param("王\n小明", id="D7-name-line-break"),
        pytest.param("王\x7f小明", id="D7-name-DEL"),
        pytest.param("\u202e王小明", id="D7-name-U+202E"),
        pytest.param("\u2066王小明", id="D7-name-U+2066"),
    ],
)
def test_a_name_that_nobody_could_read_is_refused(guest: Client, said: Said, name: str) -> None:
    """Before the phone code is spent, which costs money."""
    user = guest.login("named")
    code = f"code-13812348000-{time.time_ns()}"
    refused = user.hook(PROFILE, {"users_name": name, "users_phone_code": code})
    again = user.hook(PROFILE, {"users_phone_code": code})
    said(f"{refused.status_code}, then with the same phone code {again.status_code}")
    assert refused.status_code == 400
    assert list(refused.json()["data"]["fields"]) == ["users_name"]
    assert again.status_code == 200, "the code was spent"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("users_picture", "https://tmp/a.png", id="D7-phone-code-kept-picture"),
        pytest.param("users_picture", "https://a.example/\0.png", id="D7-phone-code-kept-NUL"),
        pytest.param("company_id", "C-NONE", id="D7-phone-code-kept-company"),
        pytest.param("company_id", "C-\0", id="D7-phone-code-kept-company-NUL"),
    ],
)
def test_a_refused_profile_spends_no_phone_code(
    guest: Client, said: Said, field: str, value: str
) -> None:
    """Every field is looked at before WeChat is asked."""
    user = guest.login("thrifty")
    code = f"code-13812348000-{time.time_ns()}"
    refused = user.hook(PROFILE, {field: value, "users_phone_code": code})
    again = user.hook(PROFILE, {"users_phone_code": code})
    said(f"{refused.status_code}, then with the same phone code {again.status_code}")
    assert (refused.status_code, again.status_code) == (400, 200)
    assert list(refused.json()["data"]["fields"]) == [field]


@pytest.mark.parametrize(
    ("name", "complete"),
    [
        pytest.param("   ", False, id="D7-complete-blanks"),
        pytest.param("\u3000", False, id="D7-complete-ideographic-space"),
        pytest.param("\u200b", False, id="D7-complete-U+200B"),
        pytest.param("\u3164", False, id="D7-complete-Hangul-filler"),
        pytest.param("微信用户 ", False, id="D7-complete-placeholder-and-space"),
        pytest.param("微信\u200b用户", False, id="D7-complete-placeholder-and-U+200B"),
        pytest.param("王小明", True, id="D7-complete-a-name"),
    ],
)
def test_a_name_that_cannot_be_seen_is_none(
    guest: Client, said: Said, name: str, complete: bool
) -> None:
    """`is_info_complete` asks for a name that can be read."""
    who = "".join(f"{ord(letter):x}" for letter in name)
    user = guest.login(f"seen{who}")
    user.data(PROFILE, {"users_name": name, "users_picture": PICTURE})
    data = guest.data(LOGIN, {"users_wx_code": f"demo-seen{who}"})
    said(data["is_info_complete"])
    assert data["is_info_complete"] is complete


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("https://tmp/kR3.jpg", id="D7-picture-https-tmp"),
        pytest.param("http://tmp/kR3.jpg", id="D7-picture-http-tmp"),
        pytest.param("http://usr/kR3.jpg", id="D7-picture-http-usr"),
        pytest.param("http://127.0.0.1:41279/__tmp__/kR3.jpg", id="D7-picture-developer-tools"),
        pytest.param("http://localhost:41279/a.jpg", id="D7-picture-localhost"),
        pytest.param("https://a.example/__tmp__/kR3.jpg", id="D7-picture-__tmp__"),
        pytest.param("wxfile://tmp_kR3.jpg", id="D7-picture-wxfile"),
    ],
)
def test_a_picture_that_is_still_on_the_phone_is_refused(
    guest: Client, said: Said, address: str
) -> None:
    """With a text that says what to do."""
    answer = guest.login("photographer").hook(PROFILE, {"users_picture": address})
    said(answer.text)
    assert answer.status_code == 400
    body = answer.json()
    assert body["data"]["fields"] == {"users_picture": "请先上传图片"}
    assert "请先上传图片" in body["errMsg"]


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("https://thirdwx.qlogo.cn/mmopen/vi_32/a/132", id="D7-picture-of-WeChat"),
        pytest.param("http://a.example:8080/p.png?x=1#y", id="D7-picture-with-port"),
        pytest.param(
            "/pb/api/files/tbl_attachments/tpicturevalid00/a.png", id="D7-picture-of-ours"
        ),
        pytest.param(None, id="D7-picture-none"),
    ],
)
def test_a_picture_others_can_open_is_taken(guest: Client, said: Said, address: str | None) -> None:
    """An address, a path of ours, or none."""
    answer = guest.login("photographer").hook(PROFILE, {"users_picture": address})
    said(answer.status_code)
    assert answer.status_code == 200
    assert answer.json()["data"]["user"]["users_picture"] == (address or "")


@pytest.mark.parametrize("_row", [pytest.param(None, id="F6-auth-refresh-record")])
def test_a_refreshed_record_is_whole(guest: Client, said: Said, _row: None) -> None:
    """PocketBase's typed SDKs read these three members of every auth record."""
    answer = guest.login("kotlin").hook(f"/collections/{USERS}/auth-refresh").json()
    own = {name: answer["record"].get(name) for name in ("email", "emailVisibility", "verified")}
    said(own)
    assert own == {"email": "", "emailVisibility": False, "verified": False}


@pytest.mark.parametrize("_row", [pytest.param(None, id="D11-numbers-in-beijings-time")])
def test_a_number_begins_with_beijings_date(
    server: Server, guest: Client, said: Said, _row: None
) -> None:
    """A customer reads it aloud beside a clock on the wall; the date fields are UTC."""
    user = guest.login("caller")
    product = guest.get("/collections/tbl_product_list/records?perPage=1").json()["items"][0]
    line = {"cart_product_id": product["prod_list_id"], "cart_product_quantity": 1}
    made = user.data("/cart/create", line)
    moment = time.strptime(made["created"][:19], "%Y-%m-%d %H:%M:%S")
    utc_s = int(time.mktime(moment)) - time.timezone
    expected = [
        time.strftime("%Y%m%d%H%M%S", time.gmtime(utc_s + 8 * 3600 + s)) for s in (-1, 0, 1)
    ]
    said(f"{made['cart_number']} at {made['created']}")
    assert made["cart_number"][:14] in expected


@pytest.mark.parametrize(
    ("path", "body", "toast"),
    [
        pytest.param(
            "/cart/create",
            {"cart_product_id": "P", "cart_product_quantity": 10_000},
            "数量不能大于 9999",
            id="D12-a-property",
        ),
        pytest.param(
            "/order/create",
            {"order_source": "product", "items": [{"prod_list_id": "P", "quantity": 0}]},
            "数量不能小于 1",
            id="D12-a-property-of-an-item",
        ),
        pytest.param(
            "/order/create",
            {"order_source": "cart", "cart_ids": []},
            "购物车行不能少于 1 项",
            id="D12-a-list",
        ),
        pytest.param(
            PROFILE, {"company_id": "C-NONE"}, "企业编号不存在", id="D12-said-by-the-shop"
        ),
        pytest.param("/cart/list", {"page": "x"}, "页码类型应为整数", id="D12-a-wrong-type"),
    ],
)
def test_a_toast_speaks_chinese(
    guest: Client, said: Said, path: str, body: dict[str, Any], toast: str
) -> None:
    """The property's title and what is wrong with it; `fields` keep their names."""
    answer = guest.login("toasted").hook(path, body).json()
    said(answer["errMsg"])
    assert answer["errMsg"] == toast
    assert all(name.isascii() for name in answer["data"]["fields"])


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"prod_list_status": "off_sale"}, id="D12-product-off-sale-is-named"),
        pytest.param({"is_delete": 1}, id="D12-product-deleted-is-named"),
    ],
)
def test_a_product_that_cannot_be_bought_is_named(
    server: Server, guest: Client, said: Said, change: dict[str, Any]
) -> None:
    """Of twenty lines a customer has to know which."""
    products = guest.get("/collections/tbl_product_list/records?perPage=1&sort=-created").json()
    product = products["items"][0]
    server.change("tbl_product_list", product["id"], **change)
    try:
        line = {"cart_product_id": product["prod_list_id"], "cart_product_quantity": 1}
        answer = guest.login("toasted").hook("/cart/create", line).json()
    finally:
        undone = {"prod_list_status": "on_sale", "is_delete": 0}
        server.change("tbl_product_list", product["id"], **undone)
    said(answer["errMsg"])
    assert answer["data"]["code"] == "product_unavailable"
    assert product["prod_list_name"] in answer["errMsg"]


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of two workers."""
    with Server(tmp_path_factory.mktemp("taps") / "home", workers=2) as running:
        yield running


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(LOGIN, id="D2-double-tap-on-login"),
        pytest.param("/system/refresh-token", id="D2-double-tap-on-refresh-token"),
    ],
)
def test_a_code_sent_twice_at_once_logs_in_twice(crowd: Server, said: Said, path: str) -> None:
    """Whichever worker each of the two meets: WeChat is asked once about a code."""

    def tap(code: str) -> int:
        return Client(crowd.url).hook(path, {"users_wx_code": code}).status_code

    with ThreadPoolExecutor(2) as taps:
        pairs = [
            sorted(taps.map(tap, [f"code-tap{pair}-{time.time_ns()}"] * 2)) for pair in range(20)
        ]
    said(f"{sum(pair == [200, 200] for pair in pairs)} of {len(pairs)} pairs logged in twice")
    assert pairs == [[200, 200]] * len(pairs)


@pytest.fixture(scope="module")
def replicas(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Server]]:
    """Two servers of one database, which ask one WeChat."""
    folder = tmp_path_factory.mktemp("replicas")
    with StandIn() as wechat:
        settings = {
            "BAI_WX_DATABASE": databases.new_address(folder),
            "BAI_WX_SECRET": STRONG,
            "WECHAT_APPID": wechat.appid,
            "WECHAT_SECRET": wechat.secret,
            "WECHAT_API_BASE": wechat.base_url,
        }
        one, two = (Server(folder / name, demo=False, **settings) for name in ("one", "two"))
        with one, two:
            yield one, two


@pytest.mark.skipif(not databases.IS_POSTGRES, reason="replicas meet in PostgreSQL")
@pytest.mark.parametrize("_row", [pytest.param(None, id="D2-double-tap-across-replicas")])
def test_a_code_sent_to_two_replicas_at_once_logs_in_twice(
    replicas: tuple[Server, Server], said: Said, _row: None
) -> None:
    """Whichever of the two is quicker: the other is told what WeChat said."""

    def tap(server: Server, code: str) -> int:
        return Client(server.url).hook(LOGIN, {"users_wx_code": code}).status_code

    with ThreadPoolExecutor(2) as taps:
        pairs = [
            sorted(taps.map(tap, replicas, [f"code-tap{pair}-{time.time_ns()}"] * 2))
            for pair in range(20)
        ]
    said(f"{sum(pair == [200, 200] for pair in pairs)} of {len(pairs)} pairs logged in twice")
    assert pairs == [[200, 200]] * len(pairs)


@pytest.mark.parametrize("_row", [pytest.param(None, id="D2-failures-are-not-kept")])
def test_a_failed_exchange_is_not_kept(crowd: Server, said: Said, _row: None) -> None:
    """Its next bringer asks WeChat again."""
    guest = Client(crowd.url)
    code = f"err-once-45011-tap{time.time_ns()}"
    answers = [guest.hook(LOGIN, {"users_wx_code": code}).status_code for _ in range(2)]
    said(answers)
    assert answers == [429, 200]
