"""What carries the contract: methods, headers, CORS, limits, UTF-8, redirects there are none of, SIGTERM.

Covers: bai_wx/request/cors.py, bai_wx/request/edge.py
"""

import http.client
import socket
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.answers import MISSING, SUPERUSERS
from tests.api import shop
from tests.api.bundle import OPERATIONS
from tests.api.buying import add
from tests.paths import CART_RECORDS
from tests.running import Client, Server

SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "X-Xss-Protection": "1; mode=block",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Vary": "Origin",
}
ORIGIN = {"Origin": "https://shop.example.com"}


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
    answer = guest.raw("OPTIONS", f"/pb/api{CART_RECORDS}/x", headers=headers)
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


def test_cors_origins_of_the_settings_are_the_only_ones(tmp_path: Path) -> None:
    """`BAI_WX_CORS_ORIGINS` names them."""
    with Server(tmp_path / "home", BAI_WX_CORS_ORIGINS=ORIGIN["Origin"]) as server:
        client = Client(server.url)
        allowed = client.raw("GET", "/pb/api/health", headers=ORIGIN)
        other = client.raw("GET", "/pb/api/health", headers={"Origin": "https://evil.example.com"})
        assert allowed.headers["Access-Control-Allow-Origin"] == ORIGIN["Origin"]
        assert "Access-Control-Allow-Origin" not in other.headers


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
    line = add(alice, shop.DIME)
    remark = "请配白色面板，谢谢🙏\u2028<b>&"
    body = f'{{"cart_id": "{line["cart_id"]}", "cart_remark": "{remark}"}}'.encode()
    answer = alice.raw(
        "POST", "/pb/api/cart/update", headers={"Content-Type": "application/json"}, body=body
    )
    assert answer.status == 200
    assert remark.encode() in answer.body
    native = alice.raw("GET", f"/pb/api{CART_RECORDS}/{line['pb_id']}")
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
