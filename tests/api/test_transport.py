"""What carries the contract: methods, headers, CORS, limits, UTF-8, redirects there are none of, SIGTERM."""

import http.client
import socket
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.api import shop
from tests.api.bundle import HOOKS, OPERATIONS, methods_of
from tests.running import Client, Server

CART = "/collections/tbl_cart/records"
ORDERS = "/collections/tbl_order/records"
SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "X-Xss-Protection": "1; mode=block",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Vary": "Origin",
}
ORIGIN = {"Origin": "https://shop.example.com"}

SUPERUSERS = "Only superusers can perform this action."
MISSING = "The requested resource wasn't found."


def add(client: Client, quantity: int = 1) -> dict[str, Any]:
    """A line in the cart."""
    body = {"cart_product_id": shop.DIME["id"], "cart_product_quantity": quantity}
    return client.data("/cart/create", body)


# --- method override -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "header",
    [
        pytest.param("X-HTTP-Method-Override", id="Override"),
        pytest.param("X-HTTP-Method", id="Method"),
    ],
)
@pytest.mark.parametrize(
    "value", [pytest.param("PATCH", id="PATCH"), pytest.param("patch", id="in small letters")]
)
def test_post_may_mean_patch(alice: Client, header: str, value: str) -> None:
    """`wx.request` cannot send PATCH."""
    line = add(alice)
    headers = {header: value}
    answer = alice.request(
        "POST", f"{CART}/{line['pb_id']}", json={"cart_remark": header}, headers=headers
    )
    assert answer.status_code == 200
    assert answer.json()["cart_remark"] == header


def test_post_may_mean_delete(alice: Client) -> None:
    """204 without a body."""
    line = add(alice)
    headers = {"X-HTTP-Method-Override": "DELETE"}
    answer = alice.request("POST", f"{CART}/{line['pb_id']}", headers=headers)
    assert (answer.status_code, answer.content) == (204, b"")


@pytest.mark.parametrize(
    "method", [pytest.param(name, id=name) for name in ("GET", "PATCH", "PUT")]
)
def test_override_on_any_other_method_is_ignored(alice: Client, method: str) -> None:
    """A GET stays a GET: nothing is deleted."""
    line = add(alice)
    alice.request(method, f"{CART}/{line['pb_id']}", headers={"X-HTTP-Method-Override": "DELETE"})
    assert alice.get(f"{CART}/{line['pb_id']}").status_code == 200


@pytest.mark.parametrize(
    "value",
    [pytest.param(v, id=v or "nothing") for v in ("PUT", "GET", "HEAD", "", "PATCH,DELETE")],
)
def test_override_with_another_word_is_ignored(alice: Client, value: str) -> None:
    """The POST stays a POST, as a create."""
    answer = alice.hook("/cart/list", headers={"X-HTTP-Method-Override": value})
    assert answer.status_code == 200


# --- HEAD, OPTIONS, methods ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/system/users-count", id="a hook"),
        pytest.param("/health", id="health"),
        pytest.param("/openapi.json", id="the contract"),
        pytest.param("/collections/tbl_product_list/records", id="a list"),
        pytest.param(f"/collections/tbl_product_list/records/{shop.DIME['id']}", id="a record"),
        pytest.param(
            "/collections/tbl_product_list/records/zzzzzzzzzzzzzzz", id="a missing record"
        ),
        pytest.param("/nothing", id="an unknown path"),
    ],
)
def test_head_is_get_without_the_body(guest: Client, path: str) -> None:
    """Status, type and length of GET, and no byte."""
    head = guest.raw("HEAD", f"/pb/api{path}")
    get = guest.raw("GET", f"/pb/api{path}")
    assert head.status == get.status
    assert head.body == b""
    for name in ("Content-Type", "Content-Length"):
        assert head.headers[name] == get.headers[name]


@pytest.mark.parametrize(
    "path",
    [pytest.param(p, id=p) for p in ("/cart/list", "/collections/tbl_cart/records", "/nothing")],
)
def test_options_is_204_on_any_path(guest: Client, path: str) -> None:
    """No body, no type."""
    answer = guest.raw("OPTIONS", f"/pb/api{path}")
    assert (answer.status, answer.body) == (204, b"")
    assert "Content-Type" not in answer.headers


@pytest.mark.parametrize("path", sorted({op.path for op in HOOKS}))
def test_allow_names_exactly_the_contracts_methods(guest: Client, path: str) -> None:
    """405 on a hook, whatever the method's name."""
    for method in ("PUT", "TRACE", "PROPFIND"):
        answer = guest.raw(method, path)
        assert answer.status == 405
        assert answer.headers["Allow"] == ", ".join(sorted(methods_of(path)))
        assert answer.json()["data"]["code"] == "method_not_allowed"


# --- CORS ------------------------------------------------------------------------------------------------


def test_cors_answers_any_origin_by_default(guest: Client) -> None:
    """`*`, only when an Origin is sent, and never credentials."""
    answer = guest.raw("GET", "/pb/api/health", headers=ORIGIN)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "Access-Control-Allow-Origin" not in guest.raw("GET", "/pb/api/health").headers


def test_preflight_allows_methods_and_the_headers_asked_for(guest: Client) -> None:
    """As PocketBase."""
    headers = {
        **ORIGIN,
        "Access-Control-Request-Method": "PATCH",
        "Access-Control-Request-Headers": "authorization,idempotency-key",
    }
    answer = guest.raw("OPTIONS", f"/pb/api{CART}/x", headers=headers)
    assert answer.status == 204
    assert answer.headers["Access-Control-Allow-Methods"] == "GET,HEAD,PUT,PATCH,POST,DELETE"
    assert answer.headers["Access-Control-Allow-Headers"] == "authorization,idempotency-key"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        pytest.param("GET", "/pb/api/openapi.json", id="Connexion's lane"),
        pytest.param("POST", "/pb/api/cart/list", id="a 401"),
        pytest.param("PUT", "/pb/api/cart/list", id="a 405"),
        pytest.param("GET", "/pb/api/nothing", id="a 404"),
        pytest.param("GET", "/pb/api/files/tbl_attachments/a/b", id="a missing file"),
    ],
)
def test_errors_carry_cors_too(guest: Client, method: str, path: str) -> None:
    """Else a browser cannot read them."""
    answer = guest.raw(method, path, headers=ORIGIN)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


# --- headers, redirects, cookies -------------------------------------------------------------------------

EVERYWHERE = [
    pytest.param("GET", "/pb/api/health", id="health"),
    pytest.param("GET", "/pb/api/openapi.json", id="the contract"),
    pytest.param("GET", "/pb/api/collections/tbl_product_list/records", id="a list"),
    pytest.param("GET", "/pb/api/collections/tbl_product_list/records/", id="a list with a slash"),
    pytest.param(
        "GET", "/pb/api/collections//tbl_product_list/records", id="a list with two slashes"
    ),
    pytest.param("GET", "/pb/api/collections/tbl_product_list/./records", id="a list with a dot"),
    pytest.param("GET", "/pb/api/files/tbl_attachments/a/b", id="a missing file"),
    pytest.param("GET", "/pb/api/files/tbl_attachments/a/b/", id="a missing file with a slash"),
    pytest.param("POST", "/pb/api/cart/list", id="a hook"),
    pytest.param("POST", "/pb/api/cart/list/", id="a hook with a slash"),
    pytest.param("POST", "/pb/api//cart/list", id="a hook with two slashes"),
    pytest.param("GET", "/pb/api/cart/list", id="a hook's wrong method"),
    pytest.param("DELETE", "/pb/api/collections/tbl_company/records/x", id="for superusers"),
    pytest.param("GET", "/", id="the root"),
    pytest.param("GET", "/pb", id="the prefix"),
    pytest.param("GET", "//evil.example.com/", id="another host"),
    pytest.param("OPTIONS", "/pb/api/cart/list", id="OPTIONS"),
]


@pytest.mark.parametrize(("method", "path"), EVERYWHERE)
def test_every_answer_has_the_security_headers_once(guest: Client, method: str, path: str) -> None:
    """As PocketBase sends them; no cookie, no server's name, no redirect."""
    answer = guest.raw(method, path)
    for name, value in SECURITY.items():
        assert answer.headers.get_all(name) == [value]
    assert "Set-Cookie" not in answer.headers
    assert "Server" not in answer.headers
    assert "Location" not in answer.headers
    assert answer.status // 100 != 3


def test_json_is_called_json_without_a_charset(guest: Client) -> None:
    """`application/json`, on both families and both lanes."""
    for path in (
        "/system/users-count",
        "/openapi.json",
        "/collections/tbl_product_list/records",
        "/nothing",
    ):
        assert guest.raw("GET", f"/pb/api{path}").headers["Content-Type"] == "application/json"


# --- bodies ----------------------------------------------------------------------------------------------


def test_chinese_travels_raw(alice: Client) -> None:
    """UTF-8 in, UTF-8 out, never escaped."""
    line = add(alice)
    remark = "请配白色面板，谢谢🙏\u2028<b>&"
    body = f'{{"cart_id": "{line["cart_id"]}", "cart_remark": "{remark}"}}'.encode()
    answer = alice.raw(
        "POST", "/pb/api/cart/update", headers={"Content-Type": "application/json"}, body=body
    )
    assert answer.status == 200
    assert remark.encode() in answer.body
    native = alice.raw("GET", f"/pb/api{CART}/{line['pb_id']}")
    assert remark.encode() in native.body


def test_body_in_pieces_is_a_body(alice: Client) -> None:
    """A chunked request without a length."""
    parts = [b'{"perPage"', b": 1", b"}"]
    answer = alice.raw(
        "POST", "/pb/api/cart/list", headers={"Content-Type": "application/json"}, body=parts
    )
    assert answer.json()["data"]["perPage"] == 1


@pytest.mark.parametrize(
    ("method", "path", "size"),
    [
        pytest.param("POST", "/cart/list", 64 * 1024, id="a hook's"),
        pytest.param("GET", "/collections/tbl_cart/records", 8 * 1024 * 1024, id="a native one's"),
    ],
)
def test_body_as_large_as_may_be_is_read(alice: Client, method: str, path: str, size: int) -> None:
    """The limit itself is still fine."""
    body = b" " * (size - 2) + b"{}"
    headers = {"Content-Type": "application/json"}
    answer = alice.raw(method, f"/pb/api{path}", headers=headers, body=body)
    assert answer.status == 200


@pytest.mark.parametrize(
    "media",
    [
        pytest.param("application/json", id="plain"),
        pytest.param("Application/JSON", id="in another case"),
        pytest.param("application/json; charset=utf-8", id="with a charset"),
    ],
)
def test_hook_takes_json_called(alice: Client, media: str) -> None:
    """A media type in any case."""
    answer = alice.raw(
        "POST", "/pb/api/cart/list", headers={"Content-Type": media}, body=b'{"page": 1}'
    )
    assert answer.status == 200


def test_empty_body_needs_no_media_type(alice: Client) -> None:
    """No body counts as `{}`."""
    assert alice.raw("POST", "/pb/api/cart/list").status == 200


def test_integer_written_as_a_decimal_is_an_integer(alice: Client) -> None:
    """`2.0` and `2e0` are 2, as JSON Schema says."""
    raw = f'{{"cart_product_id": "{shop.ODD["id"]}", "cart_product_quantity": 2.0}}'.encode()
    answer = alice.raw(
        "POST", "/pb/api/cart/create", headers={"Content-Type": "application/json"}, body=raw
    )
    assert b'"cart_product_quantity":2,' in answer.body


def test_connection_is_kept_after_an_error(guest: Client) -> None:
    """A phone that was refused does not connect anew."""
    address = urlsplit(guest.url)
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=10)
    with closing(connection):
        connection.connect()
        first = connection.sock
        for path, body in (("/cart/list", b"{bad"), ("/wechat/login", b"{bad"), ("/nothing", b"")):
            connection.request("POST", f"/pb/api{path}", body)
            assert connection.getresponse().read()
            assert connection.sock is first


def test_garbage_on_the_socket_is_400_and_nothing_breaks(guest: Client) -> None:
    """What is no HTTP is refused by the protocol, and the next client is served."""
    address = urlsplit(guest.url)
    with socket.create_connection((address.hostname, address.port), 10) as connection:
        connection.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n")
        assert connection.recv(65536)[:12] in (b"HTTP/1.1 400", b"")
    assert guest.get("/health").status_code == 200


def test_client_that_hangs_up_harms_nobody(guest: Client) -> None:
    """Half a request, then nothing."""
    address = urlsplit(guest.url)
    for _ in range(5):
        with socket.create_connection((address.hostname, address.port), 10) as connection:
            connection.sendall(
                b"POST /pb/api/cart/list HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"
            )
    assert guest.get("/health").status_code == 200


# --- limits ----------------------------------------------------------------------------------------------


def test_limit_answers_429_with_retry_after(tmp_path: Path) -> None:
    """Each family in its shape, until the window is over."""
    with Server(tmp_path / "home", BAI_WX_LIMITS="5/2 second") as server:
        client = Client(server.url)
        answers = [client.get("/system/users-count") for _ in range(12)]
        refused = [answer for answer in answers if answer.status_code == 429]
        assert refused
        assert refused[0].json()["data"]["code"] == "too_many_requests"
        wait_s = int(refused[0].headers["Retry-After"])
        assert 1 <= wait_s <= 3
        native = [client.get("/collections/tbl_product_list/records") for _ in range(8)][-1]
        assert native.status_code == 429
        assert native.json() == {"data": {}, "message": "Too Many Requests.", "status": 429}
        time.sleep(wait_s + 0.5)
        assert client.get("/system/users-count").status_code == 200


def test_default_limits_let_100_requests_in_10_seconds_pass(tmp_path: Path) -> None:
    """One client, no waiting."""
    with Server(tmp_path / "home", BAI_WX_LIMITS="") as server:
        client = Client(server.url)
        statuses = {client.get("/health").status_code for _ in range(100)}
        assert statuses == {200}


def test_cors_origins_of_the_settings_are_the_only_ones(tmp_path: Path) -> None:
    """`BAI_WX_CORS_ORIGINS` names them."""
    with Server(tmp_path / "home", BAI_WX_CORS_ORIGINS=ORIGIN["Origin"]) as server:
        client = Client(server.url)
        allowed = client.raw("GET", "/pb/api/health", headers=ORIGIN)
        other = client.raw("GET", "/pb/api/health", headers={"Origin": "https://evil.example.com"})
        assert allowed.headers["Access-Control-Allow-Origin"] == ORIGIN["Origin"]
        assert "Access-Control-Allow-Origin" not in other.headers


# --- SIGTERM ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "workers", [pytest.param(1, id="one worker"), pytest.param(2, id="two workers")]
)
def test_sigterm_finishes_requests_in_flight_within_five_seconds(
    tmp_path: Path, workers: int
) -> None:
    """A login that waits for WeChat gets its answer; the server exits with 0."""
    answers: list[int] = []
    server = Server(tmp_path / "home", workers=workers).start()
    try:
        threads = [
            threading.Thread(
                target=lambda n=n: answers.append(
                    Client(server.url)
                    .hook("/wechat/login", {"users_wx_code": f"slow-1.5-late{n}"})
                    .status_code
                )
            )
            for n in range(4)
        ]
        for thread in threads:
            thread.start()
        time.sleep(0.8)  # they have come, and wait for another 0.7 s at least
        assert server.stop() == 0
        for thread in threads:
            thread.join()
        assert answers == [200] * 4
    finally:
        server.kill()


@pytest.mark.parametrize(
    "workers", [pytest.param(1, id="one worker"), pytest.param(2, id="two workers")]
)
def test_sigterm_does_not_wait_for_those_who_never_end(tmp_path: Path, workers: int) -> None:
    """Idle connections and a body that never comes do not hold the server for five seconds."""
    server = Server(tmp_path / "home", workers=workers).start()
    address = urlsplit(server.url)
    idle = [socket.create_connection((address.hostname, address.port), 10) for _ in range(4)]
    try:
        idle[0].sendall(
            b"POST /pb/api/cart/list HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"
        )
        time.sleep(0.2)
        server.stop()  # raises when it takes twice the promised time
    finally:
        for connection in idle:
            connection.close()
        server.kill()


def test_restart_finds_everything_again(tmp_path: Path) -> None:
    """Rows, tokens and the secret live in the home."""
    server = Server(tmp_path / "home").start()
    try:
        user = Client(server.url).login("stayer")
        body = {
            "cart_product_id": user.get("/collections/tbl_product_list/records").json()["items"][0][
                "id"
            ]
        }
        user.data("/cart/create", {**body, "cart_product_quantity": 1})
        assert server.stop() == 0
        server.start()
        again = Client(server.url, user.token)
        assert again.data("/cart/list")["totalItems"] == 1
    finally:
        server.kill()


def test_another_secret_ends_every_token(tmp_path: Path) -> None:
    """`BAI_WX_SECRET` is part of every token's key."""
    with Server(tmp_path / "home") as server:
        token = Client(server.url).login("stayer").token
    with Server(
        tmp_path / "home", BAI_WX_SECRET="another-secret-of-48-characters-0a1b2c3d4e5f6g7h"
    ) as server:
        assert Client(server.url, token).hook("/cart/list").status_code == 401
        assert Client(server.url).login("stayer").hook("/cart/list").status_code == 200


def test_every_operation_of_the_contract_answers_something_declared(guest: Client) -> None:
    """A bare request of a guest to each: no 5xx, nothing undeclared."""
    for op in OPERATIONS.values():
        path = op.path.replace("{recordId}", "zzzzzzzzzzzzzzz")
        path = path.replace("{collection}", "tbl_attachments").replace("{filename}", "a.png")
        assert guest.raw(op.method, path).status in op.declared - {500, 503}, op.id


@pytest.mark.parametrize(
    ("method", "path", "status", "message"),
    [
        pytest.param("POST", "tbl_auth_users/auth-with-password", 403, SUPERUSERS, id="password"),
        pytest.param("GET", "tbl_auth_users/auth-methods", 403, SUPERUSERS, id="auth methods"),
        pytest.param("GET", "tbl_company", 403, SUPERUSERS, id="a collection's own page"),
        pytest.param("DELETE", "tbl_company/truncate", 403, SUPERUSERS, id="truncate"),
        pytest.param(
            "POST",
            "tbl_company/auth-refresh",
            401,
            "The request requires valid record authorization token.",
            id="refresh in a collection without users",
        ),
        pytest.param(
            "POST",
            "nothing/auth-refresh",
            404,
            "Missing or invalid collection context.",
            id="refresh in no collection",
        ),
        pytest.param("PUT", "tbl_company/truncate", 404, MISSING, id="another method"),
        pytest.param("POST", "tbl_company/nothing", 404, MISSING, id="no such page"),
    ],
)
def test_what_pocketbase_routes_and_the_contract_lacks(
    guest: Client, method: str, path: str, status: int, message: str
) -> None:
    """403 for what only superusers may do, 401 for a refresh, PocketBase's 404 for the rest."""
    answer = guest.request(method, f"/collections/{path}")
    assert (answer.status_code, answer.json()["message"]) == (status, message)
