"""The limits and the secret that a server was started with, and how it ends."""

import socket
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.running import Client, Server

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
