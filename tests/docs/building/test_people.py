"""Logging in, profile, uploads and the shape of requests, as the page for builders says."""

from datetime import UTC, datetime

import pytest

from tests.api import tokens
from tests.docs.building.shop_requests import SWITCH, found, of, refused, upload
from tests.paths import ATTACHMENTS, CART_RECORDS, COMPANIES, DOCUMENTS, LOGIN, PRODUCTS, PROFILE
from tests.running import Client, Server

HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(500)


@of("登录")
def test_login(guest: Client) -> None:
    assert refused(guest, LOGIN, {"users_wx_code": "spent"}) == (400, "wechat_code_invalid")
    said = [guest.data(LOGIN, {"users_wx_code": "demo-first"}) for _ in range(2)]
    assert [each["status"] for each in said] == ["register_success", "login_success"]
    life = tokens.claims_of(guest.login("first"))["exp"] - datetime.now(UTC).timestamp()
    assert 6.9 < life / 86400 <= 7.1
    assert guest.login("first").data("/system/refresh-token")["token"]


@of("没有登录的时候")
def test_without_login(server: Server) -> None:
    for visitor in Client(server.url), Client(server.url, token="a.b.c"):
        for hook in "/cart/list", "/order/list", PROFILE:
            assert refused(visitor, hook, {}) == (401, "unauthorized")
        assert visitor.get(CART_RECORDS).json()["items"] == []
        assert visitor.get(f"{CART_RECORDS}/{'a' * 15}").status_code == 404
        assert visitor.request("POST", COMPANIES, json={"company_name": "x"}).status_code == 400
        for shown in PRODUCTS, DOCUMENTS, COMPANIES, ATTACHMENTS:
            assert visitor.get(shown).json()["totalItems"] > 0


@of("资料", "头像")
def test_profile(guest: Client, user: Client) -> None:
    picture = upload(user).json()
    for no_picture in picture["id"], "wxfile://a.png", "http://tmp/a.png":
        answer = refused(user, PROFILE, {"users_picture": no_picture})
        assert answer == (400, "validation_failed")
    named = user.data(PROFILE, {"users_picture": picture["attachments_id"]})["user"]
    assert named["users_picture"] == picture["attachments_id"]
    path = f"/tbl_attachments/{picture['id']}/{picture['attachments_link']}"
    assert named["users_picture_url"] == f"/pb/api/files{path}"

    placeholder = user.data(PROFILE, {"users_name": "微信用户"})["user"]
    assert placeholder["users_type"] == "游客"
    assert user.data(PROFILE, {"users_name": "小白"})["user"]["users_type"] == "注册用户"
    login = guest.data(LOGIN, {"users_wx_code": "demo-profile"})
    assert login["is_info_complete"] is True
    assert login["user"]["users_name"] == "小白"
    assert user.data(PROFILE, {"users_name": ""})["user"]["users_name"] == "小白"
    cleared = user.data(PROFILE, {"users_name": None})["user"]
    assert (cleared["users_name"], cleared["users_type"]) == ("", "注册用户")


@of("手机号")
def test_phone(user: Client) -> None:
    typed = user.data(PROFILE, {"users_phone": "13800138000"})["user"]
    assert (typed["users_phone_masked"], typed["users_phone_verified"]) == ("138****8000", False)
    verified = user.data(PROFILE, {"users_phone_code": "demo-phone"})["user"]
    assert verified["users_phone_verified"] is True
    kept = user.data(PROFILE, {"users_phone": "13900139000"})["user"]
    assert kept["users_phone"] == verified["users_phone"]


@of("企业")
def test_company(guest: Client, user: Client) -> None:
    made = user.request("POST", COMPANIES, json={"company_name": "测试"}).json()
    assert refused(user, PROFILE, {"company_id": made["id"]}) == (400, "validation_failed")
    joined = user.data(PROFILE, {"company_id": made["company_id"]})["user"]
    assert joined["company"]["company_name"] == "测试"
    assert user.data(PROFILE, {"company_id": None})["user"]["company"] is None
    mine = f"company_owner_openid = '{user.openid}'"
    assert found(user, COMPANIES, mine) == [made["id"]]
    assert found(guest, COMPANIES, mine) == []
    body = {"company_name": "x", "company_usci": "91440300MA5GWX013X"}
    problem = user.request("POST", COMPANIES, json=body).json()["data"]["company_usci"]
    assert problem["code"] == "validation_invalid_format"


@of("上传")
def test_uploads(guest: Client, user: Client) -> None:
    made = upload(user)
    assert made.json()["attachments_filetype"] == "image/png"
    assert upload(user, field="file").status_code == 400
    assert upload(guest).status_code == 400
    heic = upload(user, HEIC).json()["data"]["attachments_link"]
    assert heic["code"] == "validation_invalid_mime_type"
    assert found(guest, ATTACHMENTS, f"id = '{made.json()['id']}'") == [made.json()["id"]]


@of("上线之前")
def test_limits(tmp_path_factory: pytest.TempPathFactory) -> None:
    home = tmp_path_factory.mktemp("limited") / "home"
    with Server(home, BAI_WX_LIMITS="2/10 second") as limited:
        for _ in range(3):
            answer = Client(limited.url).hook("/cart/list")
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) <= 10


@of("两套接口", "PATCH 与 DELETE")
def test_two_kinds_of_paths(user: Client) -> None:
    wrong = user.hook("/cart/list", {"cart_state": "x"}).json()["data"]
    assert wrong["fields"] == {"cart_state": "不支持的字段"}
    hook = {"cart_product_id": SWITCH, "cart_product_quantity": "2"}
    assert refused(user, "/cart/create", hook) == (400, "validation_failed")
    native = {**hook, "unknown": 1}
    assert user.request("POST", CART_RECORDS, json=native).status_code == 400
    owned = {**native, "cart_owner": user.openid}
    made = user.request("POST", CART_RECORDS, json=owned).json()
    assert made["cart_product_quantity"] == 2
    assert user.get("/cart/list").status_code == 405
    assert user.request("PUT", CART_RECORDS).status_code == 404
    row = f"{CART_RECORDS}/{made['id']}"
    patch = {"headers": {"X-HTTP-Method-Override": "PATCH"}}
    assert user.hook(row, {"cart_remark": "x"}, **patch).json()["cart_remark"] == "x"
    deleted = user.hook(row, headers={"X-HTTP-Method-Override": "DELETE"})
    assert (deleted.status_code, deleted.content) == (204, b"")
