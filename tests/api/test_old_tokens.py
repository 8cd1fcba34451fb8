"""Tokens of a PocketBase before, over HTTP: on hooks and native paths, until their secret is dropped.

Covers: bai_wx/cli/secret.py
"""

import time
from collections.abc import Iterator

import pytest

from tests.answers import code
from tests.api import tokens
from tests.paths import REFRESH
from tests.running import Client, Server

OLD = "p" * 50
OLD_COLLECTION = "gf7hgjpgjdbkkir"
PATIENCE_S = 20
AUTH_REFRESH = "/collections/tbl_auth_users/auth-refresh"


@pytest.fixture
def kept(server: Server) -> Iterator[None]:
    """The old secret, kept as a take-over keeps it."""
    moments = ("2026-11-27 20:00:00.000Z", "2026-12-11 20:00:00.000Z")
    insert = "INSERT INTO old_secret (collection_id, secret, kept, ends) VALUES (?, ?, ?, ?)"
    server.write(insert, OLD_COLLECTION, OLD, *moments)
    yield
    server.write("DELETE FROM old_secret")


def from_pocketbase(server: Server, user: Client) -> Client:
    """The same user with a token as PocketBase 0.22 signed it."""
    claims = tokens.claims_of(user) | {"type": "authRecord", "collectionId": OLD_COLLECTION}
    del claims["refreshable"]
    key = server.row(tokens.USERS, user.user_id)["token_key"] + OLD
    return Client(user.url, tokens.signed(claims, key), user.openid, user.user_id)


@pytest.mark.usefixtures("kept")
def test_an_old_token_is_as_good_as_ours_until_it_is_dropped(server: Server, guest: Client) -> None:
    """On hooks, records, refreshes and file tokens. Ours go on, those it was renewed into too."""
    user = guest.login("moved-here")
    old = from_pocketbase(server, user)
    assert old.hook("/cart/list").status_code == 200
    assert old.get("/collections/tbl_cart/records").json()["items"] == []
    assert old.request("POST", "/files/token").status_code == 200
    record = old.request("POST", AUTH_REFRESH).json()["record"]
    assert record["id"] == user.user_id
    renewed = Client(user.url, old.data(REFRESH, {})["token"])
    assert tokens.claims_of(renewed).keys() == tokens.claims_of(user).keys()

    dropped = server.command("secret", "drop-old", "--json").stdout
    assert '"dropped":1' in str(dropped).replace(" ", "")
    deadline = time.monotonic() + PATIENCE_S
    while old.hook("/cart/list").status_code == 200 and time.monotonic() < deadline:
        time.sleep(0.2)
    assert code(old.hook("/cart/list")) == (401, "unauthorized")
    assert old.request("POST", AUTH_REFRESH).status_code == 401
    for holder in (user, renewed):
        assert holder.hook("/cart/list").status_code == 200
