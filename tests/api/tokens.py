"""Tokens that do not hold, each made wrong in one way only."""

import time
from collections.abc import Callable
from typing import Any

import jwt

from tests.running import Client, Server

HOUR_S = 3600
USERS = "tbl_auth_users"

# The five claims and the key of a token that holds; each row below changes what its name says.
Made = Callable[[dict[str, Any], str], str]


def claims_of(client: Client) -> dict[str, Any]:
    """The claims of the token a login gave."""
    return jwt.decode(client.token, options={"verify_signature": False})


def key_of(server: Server, user_id: str) -> str:
    """The key that signs this user's tokens: its own part, then the server's secret."""
    return server.row(USERS, user_id)["token_key"] + server.secret


def signed(claims: dict[str, Any], key: str, algorithm: str = "HS256") -> str:
    """A token as the server makes them."""
    return jwt.encode(claims, key, algorithm=algorithm)


def _without(claims: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in claims.items() if key != name}


def _resealed(claims: dict[str, Any], key: str) -> str:
    """Another user's id under the signature of the first claims."""
    head, _, tail = signed(claims, key).rpartition(".")
    other = signed({**claims, "id": "somebodyelse000"}, key).rpartition(".")[0]
    assert head != other
    return f"{other}.{tail}"


FORGED: dict[str, Made] = {
    "an expired token": lambda c, k: signed({**c, "exp": int(time.time()) - HOUR_S}, k),
    "a token that expires this second": lambda c, k: signed({**c, "exp": int(time.time())}, k),
    "a token without exp": lambda c, k: signed(_without(c, "exp"), k),
    "a token with a text for exp": lambda c, k: signed({**c, "exp": "tomorrow"}, k),
    "an unsigned token (alg none)": lambda c, _k: jwt.encode(c, None, algorithm="none"),
    "a token of another algorithm (HS512)": lambda c, k: signed(c, k, "HS512"),
    "a token signed with another secret": lambda c, k: signed(c, k[:50] + "x" * 64),
    "a token signed without the server's secret": lambda c, k: signed(c, k[:50]),
    "a token signed without the user's key": lambda c, k: signed(c, k[50:]),
    "a token with another user's id under the old signature": _resealed,
    "a token whose signature is cut off": lambda c, k: signed(c, k).rpartition(".")[0] + ".",
    "a token of another type (file)": lambda c, k: signed({**c, "type": "file"}, k),
    "a token without a type": lambda c, k: signed(_without(c, "type"), k),
    "a token of another collection": lambda c, k: signed({**c, "collectionId": "tbl_cart"}, k),
    "a token of an unknown user": lambda c, k: signed({**c, "id": "nosuchuser00000"}, k),
    "a token whose id is a number": lambda c, k: signed({**c, "id": 7}, k),
}
"""Name to maker, from the claims and the key of a token that holds."""

HEADERS: dict[str, str] = {
    "garbage for a token": "Bearer garbage",
    "two dots for a token": "Bearer ..",
    "an empty bearer": "Bearer ",
    "SQL text for a token": "Bearer ' OR '1'='1",
    "a huge token": "Bearer " + "a" * 9000,
}
"""Name to the whole Authorization header."""

MISUSED: dict[str, str] = {
    "two spaces after Bearer": "Bearer  {token}",
    "another scheme (Token)": "Token {token}",
    "Basic credentials": "Basic {token}",
}
"""Name to an Authorization header around a token that holds."""
