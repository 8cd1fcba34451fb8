"""The HTTP protocol, spoken byte by byte: whole answers, the order of several, and when it closes.

Covers: bai_wx/request/connection_limits.py
"""

import re
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.running import Server

HEALTH = b"GET /pb/api/health HTTP/1.1\r\nHost: x\r\n\r\n"
VERSION_1_0 = b"GET /pb/api/health HTTP/1.0\r\n\r\n"
ASKED_TO_CLOSE = b"GET /pb/api/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
MISSING = b"GET /pb/api/nothing HTTP/1.1\r\nHost: x\r\n\r\n"
OPTIONS = b"OPTIONS /pb/api/health HTTP/1.1\r\nHost: x\r\n\r\n"
HEAD = b"HEAD /pb/api/health HTTP/1.1\r\nHost: x\r\n\r\n"
HEALTHY = b'"API is healthy."'


@pytest.fixture
def connection(server: Server) -> Iterator[socket.socket]:
    """A connection to the shared server."""
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        yield connection


def received(connection: socket.socket) -> bytes:
    """Everything until the server closes."""
    parts = []
    while part := connection.recv(65536):
        parts.append(part)
    return b"".join(parts)


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        pytest.param(HEALTH, b"200", id="an answer"),
        pytest.param(MISSING, b"404", id="an error"),
        pytest.param(OPTIONS, b"204", id="nothing but a head"),
        pytest.param(HEAD, b"200", id="a head alone"),
    ],
)
def test_answer_comes_in_one_piece(
    connection: socket.socket, request_bytes: bytes, status: bytes
) -> None:
    """Head and body are one write: whoever waits for the head has the body as well."""
    for _ in range(20):  # in two writes, the first would be read alone nearly each time
        connection.sendall(request_bytes)
        answer = connection.recv(65536)
        assert answer.startswith(b"HTTP/1.1 " + status)
        head, _, body = answer.partition(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head)
        assert len(body) == (int(length[1]) if length and request_bytes is not HEAD else 0)


@pytest.mark.parametrize(
    "last", [pytest.param(VERSION_1_0, id="1.0"), pytest.param(ASKED_TO_CLOSE, id="asked to")]
)
def test_connection_closes_when_the_client_expects_it(
    connection: socket.socket, last: bytes
) -> None:
    """After the answer, which says so."""
    connection.sendall(last)
    answer = received(connection)
    assert b"\r\nconnection: close\r\n" in answer
    assert HEALTHY in answer


@pytest.mark.parametrize(
    ("head", "status"),
    [
        pytest.param(b"POST /pb/api/cart/list HTTP/1.1\r\nHost: x\r\n", b"401", id="a hook"),
        pytest.param(b"POST /pb/api/nothing HTTP/1.1\r\nHost: x\r\n", b"404", id="no operation"),
        pytest.param(
            b"POST /pb/api/collections/tbl_cart/records HTTP/1.1\r\nHost: x\r\n"
            b"Content-Type: application/json\r\n",
            b"413",
            id="a row too large",
        ),
    ],
)
def test_client_who_sends_all_before_reading_has_the_answer(
    connection: socket.socket, head: bytes, status: bytes
) -> None:
    """What is refused early is not reset while its body is still on the way."""
    connection.sendall(head + b"Content-Length: 12582912\r\n\r\n")
    for _ in range(12):
        connection.sendall(b" " * 1024 * 1024)
    answer = received(connection)
    assert answer.startswith(b"HTTP/1.1 " + status)
    assert b"\r\nconnection: close\r\n" in answer


def test_pipelined_requests_are_answered_in_order(connection: socket.socket) -> None:
    """However many arrive at once."""
    connection.sendall((HEALTH + MISSING) * 100 + ASKED_TO_CLOSE)
    statuses = re.findall(rb"HTTP/1\.1 (\d+)", received(connection))
    assert statuses == [b"200", b"404"] * 100 + [b"200"]


def test_raw_fragment_is_refused(connection: socket.socket) -> None:
    """It belongs to no request, and what follows it must not be dropped in silence."""
    connection.sendall(HEALTH.replace(b"health", b"health?fields=code#,message"))
    assert received(connection).startswith(b"HTTP/1.1 400 ")
