"""authRefresh and health, asked of ours and of the real PocketBase: the same answers."""

import json
import time
from collections.abc import Iterator
from typing import Any

import jwt
import pytest

from tests.conformance.peer import Pair, known_users, running
from tests.running import Answer
from tests.sent import JSON, TEXT

USERS = "tbl_auth_users"
REFRESH = f"/collections/{USERS}/auth-refresh"
ELSEWHERE = "/collections/tbl_company/auth-refresh"
NOWHERE = "/collections/nothing/auth-refresh"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
BROKEN = {"body": b"{bad", "headers": JSON}


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Both servers with the same rows; they take the same tokens."""
    with running(tmp_path_factory.mktemp("auth"), iter(())) as both:
        yield both


def signed(pair: Pair, **changes: Any) -> str:
    """Alice's token, its claims changed; a claim of None is left out."""
    alice = known_users()["alice"]
    claims = jwt.decode(pair.token(alice), options={"verify_signature": False}) | changes
    kept = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(kept, alice["token_key"] + pair.secret, "HS256")


def read(answer: Answer) -> tuple[int, Any]:
    """The status and the JSON."""
    return answer.status, json.loads(answer.body) if answer.body else None


def without_token(status: int, body: Any) -> tuple[int, Any]:
    """The token is each server's own: only that there is one is compared."""
    if isinstance(body, dict) and "token" in body:
        assert body["token"].count(".") == 2
        body = {**body, "token": "..."}
    return status, body


@pytest.mark.parametrize(
    ("status", "token", "target", "options"),
    [
        pytest.param(401, "", REFRESH, {}, id="a guest"),
        pytest.param(401, "nonsense", REFRESH, {}, id="nonsense for a token"),
        pytest.param(401, "Bearer  {}", REFRESH, {}, id="two spaces after Bearer"),
        pytest.param(401, "", REFRESH, BROKEN, id="a guest's broken body"),
        pytest.param(401, "", REFRESH, {"body": b"x", "headers": TEXT}, id="a guest's text"),
        pytest.param(401, "", f"{REFRESH}?fields=token:upper", {}, id="a guest's bad fields"),
        pytest.param(200, "{}", REFRESH, {}, id="the bare token"),
        pytest.param(200, "Bearer {}", REFRESH, {}, id="a bearer token"),
        pytest.param(200, "{}", REFRESH, {"body": b"{}", "headers": JSON}, id="an empty object"),
        pytest.param(200, "{}", REFRESH, {"body": b'{"a":1}', "headers": JSON}, id="a body ignored"),
        pytest.param(200, "{}", REFRESH, {"body": b"a=1", "headers": FORM}, id="a form ignored"),
        pytest.param(400, "{}", REFRESH, BROKEN, id="a broken body"),
        pytest.param(400, "{}", REFRESH, {"body": b"[1]", "headers": JSON}, id="a list for a body"),
        pytest.param(400, "{}", REFRESH, {"body": b"x", "headers": TEXT}, id="a text for a body"),
        pytest.param(200, "{}", f"{REFRESH}?fields=token", {}, id="fields: the token"),
        pytest.param(200, "{}", f"{REFRESH}?fields=record.id,record.openid", {}, id="fields: of the record"),
        pytest.param(200, "{}", f"{REFRESH}?fields=*,record.id", {}, id="fields: all, of the record one"),
        pytest.param(200, "{}", f"{REFRESH}?fields=*", {}, id="fields: all"),
        pytest.param(200, "{}", f"{REFRESH}?fields=record", {}, id="fields: the record"),
        pytest.param(200, "{}", f"{REFRESH}?fields=record.*", {}, id="fields: all of the record"),
        pytest.param(200, "{}", f"{REFRESH}?fields=id", {}, id="fields: of no record"),
        pytest.param(200, "{}", f"{REFRESH}?fields=", {}, id="fields: empty"),
        pytest.param(200, "{}", f"{REFRESH}?fields=record.openid:excerpt(4)", {}, id="fields: excerpt"),
        pytest.param(400, "{}", f"{REFRESH}?fields=token:upper", {}, id="fields: a bad modifier"),
        pytest.param(200, "{}", f"{REFRESH}?expand=company", {}, id="expand"),
        pytest.param(200, "{}", f"{REFRESH}?expand=nothing", {}, id="expand no relation"),
        pytest.param(200, "{}", f"{REFRESH}?expand=company&fields=record.expand.company.id", {}, id="both"),
        pytest.param(200, "{}", f"/collections/{USERS.upper()}/auth-refresh", {}, id="capitals"),
        pytest.param(404, "{}", f"{REFRESH}/", {}, id="a slash at the end"),
        pytest.param(401, "", ELSEWHERE, {}, id="elsewhere, a guest"),
        pytest.param(401, "", ELSEWHERE, BROKEN, id="elsewhere, a guest's broken body"),
        pytest.param(403, "{}", ELSEWHERE, {}, id="elsewhere"),
        pytest.param(403, "{}", "/collections/TBL_cart/auth-refresh", BROKEN, id="elsewhere, a broken body"),
        pytest.param(401, "nonsense", ELSEWHERE, {}, id="elsewhere, nonsense"),
        pytest.param(404, "", NOWHERE, {}, id="nowhere, a guest"),
        pytest.param(404, "{}", NOWHERE, {}, id="nowhere"),
        pytest.param(404, "{}", NOWHERE, BROKEN, id="nowhere, a broken body"),
    ],
)  # fmt: skip
def test_both_refresh_alike(
    pair: Pair, status: int, token: str, target: str, options: dict[str, Any]
) -> None:
    """Status, message, and every value of the record."""
    headers = {"Authorization": token.format(signed(pair)), **options.get("headers", {})}
    ours, theirs = pair.ask("POST", target, **{**options, "headers": headers})
    assert ours.status == status
    assert without_token(*read(ours)) == without_token(*read(theirs))


@pytest.mark.parametrize(
    ("status", "changes"),
    [
        pytest.param(200, {"exp": 2_000_000_000}, id="as it is"),
        pytest.param(401, {"exp": int(time.time()) - 60}, id="expired"),
        pytest.param(401, {"type": "file"}, id="of another type"),
        pytest.param(401, {"type": None}, id="without a type"),
        pytest.param(401, {"id": "nosuchuser00000"}, id="of an unknown user"),
        pytest.param(401, {"collectionId": "tbl_cart"}, id="of another collection"),
        pytest.param(200, {"collectionId": USERS}, id="of the collection by name"),
        pytest.param(200, {"refreshable": False}, id="not refreshable"),
        pytest.param(200, {"refreshable": None}, id="without refreshable"),
    ],
)
def test_both_read_a_token_alike(pair: Pair, status: int, changes: dict[str, Any]) -> None:
    """Who gets a token gets a new one from both, or the same string back from both."""
    # A life of its own, so that a new token is another string.
    token = signed(pair, **{"exp": int(time.time()) + 1000, **changes})
    ours, theirs = pair.ask("POST", REFRESH, headers={"Authorization": token})
    assert (ours.status, theirs.status) == (status, status)
    if status != 200:
        assert read(ours) == read(theirs)
        return
    is_same = [json.loads(answer.body)["token"] == token for answer in (ours, theirs)]
    assert is_same == [changes.get("refreshable", True) is not True] * 2


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE"])
def test_both_refuse_other_methods_alike(pair: Pair, method: str) -> None:
    ours, theirs = pair.ask(method, REFRESH, headers={"Authorization": signed(pair)})
    assert read(ours) == read(theirs)
    assert ours.status == 404


@pytest.mark.parametrize(
    ("method", "target", "options"),
    [
        pytest.param("GET", "/health", {}, id="plain"),
        pytest.param("HEAD", "/health", {}, id="HEAD"),
        pytest.param("GET", "/health?fields=code", {}, id="fields"),
        pytest.param("GET", "/health?fields=nothing", {}, id="fields: of nothing"),
        pytest.param("GET", "/health?fields=message:excerpt(3,true)", {}, id="fields: excerpt"),
        pytest.param("GET", "/health?fields=code:upper", {}, id="fields: a bad modifier"),
        pytest.param("GET", "/health?colour=red", {}, id="an unknown parameter"),
        pytest.param(
            "GET", "/health", {"headers": {"Authorization": "nonsense"}}, id="a bad token"
        ),
        pytest.param("GET", "/health", {"headers": JSON}, id="JSON said, none sent"),
        pytest.param("GET", "/health", {"headers": JSON, "body": b"{bad"}, id="a broken body"),
        pytest.param("POST", "/health", {}, id="POST"),
        pytest.param("GET", "/health/", {}, id="a slash at the end"),
    ],
)
def test_both_are_healthy_alike(
    pair: Pair, method: str, target: str, options: dict[str, Any]
) -> None:
    ours, theirs = pair.ask(method, target, **options)
    assert read(ours) == read(theirs)
