"""API8 Security Misconfiguration: headers, origins, errors and methods, as the server is out of the box."""

import re

import pytest

from tests.owasp.asking import ALL, ask, path_of
from tests.owasp.conftest import Say
from tests.running import Answer, Client, Server

OTHERS = (
    "/pb/api/nothing",
    "/pb/api/cart/nothing",
    "/nothing",
    "/.env",
    "/.git/config",
    "/pb/api/../secret",
)
TOLD = re.compile(
    rb"Traceback|File \"|\.py\b|sqlite|psycopg|peewee|SELECT |INSERT |/home/|/tmp/|/root/"
    rb"|uvicorn|Werkzeug|Flask",
    re.IGNORECASE,
)
"""What an answer must not say of the inside."""


def every_answer(client: Client) -> list[tuple[str, Answer]]:
    """An answer of each operation to an empty and a wrong body, and of paths that are not there."""
    found = []
    for op in ALL:
        for body in ({}, {"page": "x'\"--", "cart_id": {"$ne": 1}}, [[]]):
            found.append((op.id, ask(client, op, body)))
            if op.method == "GET":
                break
        found.append((op.id, client.raw("HEAD", path_of(op))))
    return found + [(path, client.raw("GET", path)) for path in OTHERS]


def test_every_answer_has_the_headers_and_tells_nothing_of_the_inside(
    server: Server, alice: Client, guest: Client, say: Say
) -> None:
    """No server's name, no stack, no SQL, no path of the machine, no cookie."""
    answers = every_answer(alice) + every_answer(guest)
    for name, answer in answers:
        assert answer.headers.get_all("X-Content-Type-Options") == ["nosniff"], name
        assert answer.headers.get("X-Frame-Options") in ("SAMEORIGIN", "DENY"), name
        for banner in ("Server", "X-Powered-By", "Set-Cookie"):
            assert banner not in answer.headers, name
        if name != "openapi_document":
            assert not TOLD.search(answer.body), (name, answer.body)
        assert answer.status < 500, (name, answer.body)
    assert server.secret.encode() not in b"".join(answer.body for _, answer in answers)
    say(f"{len(answers)} answers")


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT", "DEBUG"])
def test_nothing_is_traced(alice: Client, method: str) -> None:
    """No method gives a request's headers back."""
    for path in ("/pb/api/health", "/", "/pb/api/cart/list"):
        answer = alice.raw(method, path, headers={"X-Secret": "s3cret-of-a-header"})
        assert answer.status in (400, 404, 405)
        assert b"s3cret-of-a-header" not in answer.body
        assert alice.token.encode() not in answer.body


def test_an_origin_that_is_not_named_reads_no_answer(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Nor may it send its cookies anywhere: no answer allows credentials."""
    home = tmp_path_factory.mktemp("origins") / "home"
    with Server(home, BAI_WX_CORS_ORIGINS="https://shop.example.com") as server:
        client = Client(server.url)
        origins = (
            "https://evil.example.com",
            "https://shop.example.com.evil.example.com",
            "http://shop.example.com",
            "https://shop.example.com:444",
            "null",
            "https://SHOP.example.com@evil.example.com",
        )
        for origin in origins:
            for op in ALL:
                answer = ask(client, op, headers={"Origin": origin})
                assert "Access-Control-Allow-Origin" not in answer.headers, (origin, op.id)
                assert "Access-Control-Allow-Credentials" not in answer.headers
        allowed = ask(client, ALL[0], headers={"Origin": "https://shop.example.com"})
        assert allowed.headers["Access-Control-Allow-Origin"] == "https://shop.example.com"
