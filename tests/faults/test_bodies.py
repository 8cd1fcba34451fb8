"""Bodies are refused by their size before they are read, and by their shape before each part is.

Covers: bai_wx/request/arrival.py, bai_wx/request/bodies.py
"""

import socket
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from tests.faults.conftest import Said
from tests.running import Client, Server
from tests.sent import JSON

ANSWERED_S = 8

HOOKS = ["cart/list", "cart/detail", "cart/create", "cart/update", "cart/delete", "order/list"]
HOOKS += ["order/detail", "order/delete", "wechat/login", "wechat/profile", "system/refresh-token"]


def announced(server: Server, path: str, token: str, framing: bytes, part: bytes = b"") -> str:
    """The status line of the answer to a body of which only a part is sent."""
    address = urlsplit(server.url)
    head = f"POST /pb/api/{path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    head += f"Authorization: Bearer {token}\r\n" if token else ""
    sock = socket.create_connection((str(address.hostname), address.port or 80), ANSWERED_S)
    with sock:
        sock.sendall(head.encode() + framing + b"\r\n\r\n" + part)
        try:
            return sock.recv(65536).split(b"\r\n", 1)[0].decode("latin-1") or "closed"
        except OSError as exc:
            return type(exc).__name__


@pytest.mark.parametrize(
    ("path", "length"),
    [
        *[pytest.param(p, 65_537, id=f"A4-length-beyond-64-KiB-{p}") for p in HOOKS],
        pytest.param("order/create", 524_289, id="A4-length-beyond-512-KiB-order/create"),
        pytest.param("order/update", 524_289, id="A4-length-beyond-512-KiB-order/update"),
    ],
)
def test_a_length_beyond_the_limit(server: Server, said: Said, path: str, length: int) -> None:
    """It is refused although nothing of the body has come."""
    user = Client(server.url).login("alice")
    status = announced(server, path, user.token, b"Content-Length: %d" % length)
    said(status)
    assert " 413 " in status


@pytest.mark.parametrize(
    ("path", "size"),
    [
        pytest.param("cart/create", 70_000, id="A4-chunks-beyond-64-KiB-cart/create"),
        pytest.param("order/create", 530_000, id="A4-chunks-beyond-512-KiB-order/create"),
    ],
)
def test_chunks_beyond_the_limit(server: Server, said: Said, path: str, size: int) -> None:
    """They are refused before the last one."""
    user = Client(server.url).login("alice")
    part = b"%x\r\n" % size + b" " * size + b"\r\n"
    status = announced(server, path, user.token, b"Transfer-Encoding: chunked", part)
    said(status)
    assert " 413 " in status


@pytest.mark.parametrize(
    ("path", "is_user"),
    [
        *[pytest.param(p, False, id=f"A14-no-token-{p}") for p in ("cart/create", "order/create")],
        pytest.param("wechat/profile", False, id="A14-no-token-wechat/profile"),
    ],
)
def test_the_token_comes_first(server: Server, said: Said, path: str, is_user: bool) -> None:
    """On hooks who has none is told before the body is waited for."""
    status = announced(server, path, "", b"Content-Length: 60000", b'{"a": ')
    said(status)
    assert " 401 " in status


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(
            lambda: b'{"order_source":"product","items":[' + b"{}," * 100_000 + b"{}]}",
            id="A4-100000-empty-items",
        ),
        pytest.param(
            lambda: b'{"order_source":"product","items":[' + b'{"a":1},' * 37_000 + b"{}]}",
            id="A4-37000-items-of-unknown-keys",
        ),
        pytest.param(
            lambda: b'{"order_source":"cart","cart_ids":[' + b"0," * 150_000 + b"0]}",
            id="A4-150000-ids-that-are-numbers",
        ),
        pytest.param(
            lambda: b"{" + b",".join(b'"k%d":0' % n for n in range(25_000)) + b"}",
            id="A4-25000-unknown-keys",
        ),
        pytest.param(lambda: b"[" * 300_000, id="A4-300000-open-lists"),
        pytest.param(lambda: b'{"order_source":' + b"9" * 300_000 + b"}", id="A4-a-long-number"),
    ],
)
def test_what_is_wrong_with_many_parts(
    server: Server, said: Said, body: Callable[[], bytes]
) -> None:
    """It is told by the first of them, and the memory stays where it was."""
    user = Client(server.url).login("alice")
    before = max(server.resident_mib())
    answer = user.raw("POST", "/pb/api/order/create", headers=JSON, body=body())
    grown = max(server.resident_mib()) - before
    said(f"{answer.status}, {grown:.0f} MiB more")
    assert answer.status == 400
    assert len(answer.json()["data"]["fields"]) <= 20
    assert grown < 100
