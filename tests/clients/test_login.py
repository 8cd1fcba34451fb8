"""Login, token, the number of users, and what errors look like, in both readings."""

import re

from tests.clients.visitors import Visitor


def test_users_count_is_asked_by_post_without_a_body(guest: Visitor) -> None:
    """One function behind GET and POST: the same number in the same envelope."""
    posted = guest.post("/system/users-count")
    got = guest.get("/system/users-count")
    assert posted.status == got.status == 200
    assert posted.data == got.data
    assert posted.data["statusCode"] == 200
    assert isinstance(posted.data["data"]["total_users"], int)


def test_login_answers_the_token_in_both_places(guest: Visitor) -> None:
    body = guest.asked("/wechat/login", {"users_wx_code": "demo-wx-both-places"})
    assert body["token"] == body["data"]["token"]
    assert body["data"]["user"]["users_idtype"] == "WeChat"


def test_refresh_answers_the_token_in_both_places(visitor: Visitor) -> None:
    """A token by which the same user is known again."""
    body = visitor.asked("/system/refresh-token", {})
    assert body["token"] == body["data"]["token"]
    visitor.token = visitor.read_token(body)
    assert visitor.profile()["openid"] == visitor.openid


def test_refresh_takes_a_code_instead_of_a_token(guest: Visitor) -> None:
    body = guest.asked("/system/refresh-token", {"users_wx_code": "demo-wx-refresh"})
    assert body["token"] == body["data"]["token"]


def test_names_of_operations_are_in_snake_case(guest: Visitor) -> None:
    """No running client sees them; generated ones do."""
    paths = guest.get("/openapi.json").data["paths"]
    ids = [
        each["operationId"]
        for item in paths.values()
        for each in item.values()
        if "responses" in each
    ]
    assert "users_count_post" in ids
    assert "file_token" in ids
    assert [name for name in ids if not re.fullmatch(r"[a-z]+(_[a-z]+)*", name)] == []


def test_an_error_is_an_envelope_with_code_and_fields(guest: Visitor, visitor: Visitor) -> None:
    """Every status is a success of `wx.request`: the client looks into the envelope."""
    assert guest.refused("/cart/list", {}) == (401, "unauthorized", {})
    status, code, fields = visitor.refused("/cart/create", {"cart_colour": "red"})
    assert (status, code) == (400, "validation_failed")
    assert "cart_colour" in fields
    assert visitor.refused("/cart/detail", {"cart_id": "CART-NOWHERE"})[:2] == (404, "not_found")
