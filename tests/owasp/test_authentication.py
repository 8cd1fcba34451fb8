"""API2 Broken Authentication: what is no token of ours is nobody, on every operation."""

import base64
import json
import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest

from tests.owasp.asking import ALL, ask, path_of
from tests.owasp.conftest import Say
from tests.paths import LOGIN
from tests.running import Client, Server

Forge = Callable[[dict[str, Any], str, str], str]


def _unsigned(claims: dict[str, Any], algorithm: str) -> str:
    parts = ({"alg": algorithm, "typ": "JWT"}, claims)
    texts = (base64.urlsafe_b64encode(json.dumps(p).encode()).rstrip(b"=").decode() for p in parts)
    return ".".join(texts) + "."


FORGERIES: dict[str, Forge] = {
    "alg none": lambda claims, key, token: _unsigned(claims, "none"),
    "alg None": lambda claims, key, token: _unsigned(claims, "None") + "AAAA",
    "another key": lambda claims, key, token: jwt.encode(claims, "x" * 64, "HS256"),
    "the key of the server alone": lambda claims, key, token: jwt.encode(claims, key[50:], "HS256"),
    "the key of the user alone": lambda claims, key, token: jwt.encode(claims, key[:50], "HS256"),
    "another hash": lambda claims, key, token: jwt.encode(claims, key, "HS512"),
    "expired": lambda claims, key, token: jwt.encode(
        {**claims, "exp": int(time.time()) - 1}, key, "HS256"
    ),
    "never ending": lambda claims, key, token: jwt.encode(
        {n: v for n, v in claims.items() if n != "exp"}, key, "HS256"
    ),
    "for files": lambda claims, key, token: jwt.encode({**claims, "type": "file"}, key, "HS256"),
    "of another collection": lambda claims, key, token: jwt.encode(
        {**claims, "collectionId": "_superusers"}, key, "HS256"
    ),
    "cut": lambda claims, key, token: token[:-1],
    "with a changed claim": lambda claims, key, token: ".".join(
        [
            token.split(".")[0],
            _unsigned({**claims, "exp": 2**40}, "HS256").split(".")[1],
            token.split(".")[2],
        ]
    ),
    "Basic": lambda claims, key, token: f"Basic {token}",
    "twice": lambda claims, key, token: f"Bearer {token}",
}
"""What is sent behind `Bearer `, made of the claims, the key and the token of a user who is there."""


@pytest.mark.parametrize("kind", list(FORGERIES))
def test_a_forged_token_is_nobody_on_every_operation(
    server: Server, alice: Client, guest: Client, say: Say, kind: str
) -> None:
    """Answered byte for byte as nobody is: 401 where a token is asked for."""
    key = str(server.row("tbl_auth_users", alice.user_id)["token_key"]) + server.secret
    claims = jwt.decode(alice.token, options={"verify_signature": False})
    assert jwt.decode(alice.token, key, ["HS256"]) == claims
    forged = Client(server.url, FORGERIES[kind](claims, key, alice.token))
    asked = [op for op in ALL if op.definition.get("security")]
    for op in asked:
        answer, nobodys = ask(forged, op), ask(guest, op)
        assert (answer.status, answer.body) == (nobodys.status, nobodys.body), op.id
        assert answer.status == 401 or not op.demands_token, op.id
    say(f"{len(asked)} operations took it for nobody's")


@pytest.mark.parametrize(
    ("query", "headers"),
    [
        pytest.param("?token={}", {}, id="in the query"),
        pytest.param(
            "?access_token={}&Authorization=Bearer%20{}", {}, id="in the query by other names"
        ),
        pytest.param("", {"Cookie": "token={}; pb_auth={}"}, id="in a cookie"),
        pytest.param("", {"X-Authorization": "Bearer {}", "X-Token": "{}"}, id="in another header"),
    ],
)
def test_a_good_token_elsewhere_is_no_credential(
    alice: Client, guest: Client, query: str, headers: dict[str, str]
) -> None:
    """It would stand in logs, histories and the requests of other sites."""
    for op in ALL:
        if op.demands_token:
            sent = {name: value.replace("{}", alice.token) for name, value in headers.items()}
            path = path_of(op) + query.replace("{}", alice.token)
            assert ask(guest, op, path=path, headers=sent).status == 401, op.id


def test_guessing_codes_logs_nobody_in(guest: Client, say: Say) -> None:
    """Two hundred guesses near a code that is good: none is answered with a token. Their limit is API4's."""
    good = "code-owasp-1"
    guesses = [f"{good}{n}"[:-1] + chr(33 + n % 90) for n in range(200)]
    guesses = [each.replace("code-", "c0de-") for each in guesses]
    found = {guest.hook(LOGIN, {"users_wx_code": each}).status_code for each in guesses}
    say(f"{len(guesses)} guesses, answers {found}")
    assert found == {400}
