"""A token renewed: by the hook, and by the SDK's auth-refresh.

Covers: bai_wx/request/tokens.py
"""

from tests.answers import code
from tests.api import shop, tokens
from tests.paths import LOGIN, PROFILE, REFRESH
from tests.running import Client, Server


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
