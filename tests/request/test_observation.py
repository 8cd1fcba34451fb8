"""Each request has an id, its own or one of ours, on whichever way it is answered.

Covers: bai_wx/request/cors.py
"""

import re
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import requests

from tests.running import Client, Server

OURS = re.compile(r"[0-9a-f]{10}-[0-9a-f]+")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A shop of its own."""
    with Server(tmp_path_factory.mktemp("observation") / "home") as running:
        yield running


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        pytest.param("GET", "/pb/api/health", 200, id="a hook"),
        pytest.param("GET", "/pb/api/collections/tbl_product_list/records", 200, id="a list"),
        pytest.param("POST", "/pb/api/cart/list", 401, id="a refusal"),
        pytest.param("GET", "/pb/api/nothing", 404, id="no operation"),
        pytest.param("GET", "/pb/api/cart/list", 405, id="no such method"),
        pytest.param("OPTIONS", "/pb/api/health", 204, id="a preflight"),
        pytest.param("HEAD", "/pb/api/health", 200, id="a head alone"),
        pytest.param("GET", "/pb/api/openapi.json", 200, id="Connexion's lane"),
        pytest.param("GET", "/", 200, id="a page"),
    ],
)
def test_an_id_comes_back(server: Server, method: str, path: str, status: int) -> None:
    """The client's own, or a new one, which no other request has."""
    sent = {"X-Request-Id": "trace.7_a-B"}
    assert requests.request(method, server.url + path, headers=sent).headers["X-Request-Id"] == (
        "trace.7_a-B"
    )
    answers = [requests.request(method, server.url + path) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [status, status]
    ids = [answer.headers["X-Request-Id"] for answer in answers]
    assert all(OURS.fullmatch(said) for said in ids)
    assert len(set(ids)) == 2


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"a b", id="a blank"),
        pytest.param(b"x" * 65, id="too long"),
        pytest.param("号".encode(), id="not ASCII"),
        pytest.param(b"a\x0b", id="a control character"),
        pytest.param(b"a;b", id="a separator"),
    ],
)
def test_a_bad_id_is_replaced(server: Server, sent: bytes) -> None:
    """Nobody writes into our log or our head by it."""
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        connection.sendall(
            b"GET /pb/api/health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
            b"X-Request-Id: " + sent + b"\r\n\r\n"
        )
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    (said,) = re.findall(rb"x-request-id: (.*)\r\n", answer)
    assert OURS.fullmatch(said.decode())


def test_bytes_that_are_no_request_get_an_id_too(server: Server) -> None:
    """Their refusal can be found in the log by it."""
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        connection.sendall(b"\x16\x03\x01 nonsense\r\n\r\n")
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 400")
    assert re.search(rb"\r\nx-request-id: [0-9a-f]{10}-[0-9a-f]+\r\n", answer)


def test_a_page_of_another_origin_reads_the_headers_it_reads_at_pocketbase(server: Server) -> None:
    """The id is for the log and for whoever reports a failure from a browser's tools."""
    answer = Client(server.url).get("/health", headers={"Origin": "https://shop.example.com"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "X-Request-Id" in answer.headers
    assert "Access-Control-Expose-Headers" not in answer.headers
