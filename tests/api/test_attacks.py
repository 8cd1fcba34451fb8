"""What one request can cost: every statement, body, head and log line has a bound."""

import json
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import jwt
import pytest
import requests

from tests.running import Client, Server

PRODUCTS = 4_000
COSTLY = {"filter": f"prod_list_description~'{'a' * 3_000}b'", "perPage": 1}
STOP_S = 5


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A shop whose long descriptions make one filter cost minutes."""
    folder = tmp_path_factory.mktemp("attacks")
    (folder / "rows").mkdir()
    with (folder / "rows" / "tbl_product_list.jsonl").open("w") as file:
        for n in range(PRODUCTS):
            row = {
                "prod_list_name": f"p{n}",
                "prod_list_description": "a" * 4_500,
                "prod_list_status": "on_sale",
                "prod_list_basic_price": 1,
            }
            file.write(json.dumps(row) + "\n")
    server = Server(folder / "home", workers=1)
    server.command("import", str(folder / "rows"))
    with server:
        yield server


def test_costly_filter_holds_up_nobody(shop: Server) -> None:
    """It is stopped with a 400, and others are answered long before."""
    answers: list[str] = []

    def ask() -> None:
        answer = Client(shop.url).get("/collections/tbl_product_list/records", params=COSTLY)
        answers.append(f"filter {answer.status_code}")

    attack = threading.Thread(target=ask)
    attack.start()
    time.sleep(0.2)  # until it runs
    for _ in range(20):
        assert Client(shop.url).get("/health").status_code == 200
    answers.append("health")
    attack.join()
    assert answers == ["health", "filter 400"]


def test_sigterm_does_not_wait_for_a_costly_filter(tmp_path: Path, shop: Server) -> None:
    """The promise of 5 s holds whatever a worker is doing."""
    server = Server(tmp_path / "home", workers=1, BAI_WX_DATABASE=shop.address)
    server.start()
    attacks = [threading.Thread(target=_ask_in_vain, args=(server.url,)) for _ in range(8)]
    for attack in attacks:
        attack.start()
    time.sleep(0.3)
    assert server.process is not None
    server.process.send_signal(signal.SIGTERM)
    try:
        assert server.process.wait(STOP_S) == 0
    finally:
        server.kill()
    for attack in attacks:
        attack.join()


def _ask_in_vain(url: str) -> None:
    try:
        Client(url).get("/collections/tbl_product_list/records", params=COSTLY)
    except requests.ConnectionError:
        return  # the server stopped meanwhile


@pytest.mark.parametrize(
    "claims",
    [
        pytest.param({"id": "\ud800"}, id="a lone surrogate"),
        pytest.param({"id": "a" * 1_000}, id="a long id"),
        pytest.param({"id": ["x"]}, id="a list"),
        pytest.param({}, id="no id"),
    ],
)
def test_forged_user_id_is_nobody(guest: Client, claims: dict[str, object]) -> None:
    """It never reaches the database."""
    token = jwt.encode(claims, "x" * 32, algorithm="HS256")
    answer = guest.hook("/cart/list", headers={"Authorization": token})
    assert answer.status_code == 401


def test_form_of_a_million_pairs_is_refused(alice: Client) -> None:
    """Before it is split."""
    answer = alice.request(
        "POST",
        "/collections/tbl_company/records",
        data=b"a=1&" * 1_000_000,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert answer.status_code == 400


def test_thousands_of_wrong_keys_are_told_in_a_few(alice: Client) -> None:
    """The answer stays small, and so does the line in the log."""
    answer = alice.hook("/cart/list", {f"wrong{n}": 1 for n in range(3_000)})
    assert answer.status_code == 400
    assert 1 <= len(answer.json()["data"]["fields"]) <= 20


def test_key_cannot_write_a_line_of_the_log(server: Server, alice: Client) -> None:
    """A line feed in what a client sends is escaped."""
    alice.hook("/cart/list", {"x\nFORGED LINE \x1b[31m": 1})
    assert "\nFORGED LINE" not in server.log


def test_endless_head_is_cut(server: Server) -> None:
    """413, then the connection is closed."""
    host, port = urlsplit(server.url).netloc.split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(b"GET /pb/api/health HTTP/1.1\r\nHost: x\r\n")
        answer = b""
        try:
            for n in range(10_000):
                connection.sendall(b"X-%d: %s\r\n" % (n, b"v" * 1_000))
        except OSError:
            pass  # closed while we were writing
        try:
            answer = connection.recv(100)
        except ConnectionError:
            return  # the close overtook the answer
    assert answer.startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize(
    ("path", "status", "key"),
    [
        pytest.param("/cart/list", 400, "errMsg", id="hook"),
        pytest.param("/collections/tbl_company/records", 400, "message", id="native"),
    ],
)
def test_address_beyond_64_kib_is_refused_in_shape(
    guest: Client, path: str, status: int, key: str
) -> None:
    """By the HTTP server itself, before anything is routed."""
    answer = guest.get(f"{path}?x={'a' * 70_000}")
    assert answer.status_code == status
    assert answer.json()[key]


def test_answers_nobody_reads_do_not_pile_up(shop: Server) -> None:
    """A client that pipelines large lists and reads none of them is not worked for."""
    host, port = urlsplit(shop.url).netloc.split(":")
    path = b"/pb/api/collections/tbl_product_list/records?perPage=1000"  # some 5 MB
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(b"GET %b HTTP/1.1\r\nHost: x\r\n\r\n" % path * 100)
        time.sleep(3)
        assert Client(shop.url).get("/health").status_code == 200
        assert max(shop.resident_mib()) < 300
