"""Waiting for WeChat: it holds up nobody else, it has a deadline, and the queue for it has an end."""

import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from urllib.parse import urlsplit

import pytest
import requests

from tests.databases import IS_POSTGRES
from tests.faults.conftest import Said
from tests.running import Client, Server

WAITERS = 120
ANSWERED_S = 15
"""Three times what the contract gives a call of WeChat; an older server took a minute and more."""
SEARCHED_S = 4
DRIPS = 100  # lines, one every half second
OPENID = "oDRIPPED-000000000000000000"


@pytest.mark.parametrize((), [pytest.param(id="A15-a-long-queue-and-a-search-beside")])
def test_who_asks_wechat_nothing_does_not_wait_for_it(server: Server, said: Said) -> None:
    """Those whom the queue has no place for are told at once when to come again."""
    user = Client(server.url).login("alice")

    def profile(number: int) -> str:
        body = {"users_phone_code": f"slow-8-{13800138000 + number}"}
        answer = Client(server.url, user.token).hook("/wechat/profile", body, timeout=ANSWERED_S)
        return f"{answer.status_code} {answer.json()['data']['code']}" + (
            " with Retry-After" if "Retry-After" in answer.headers else ""
        )

    def search() -> requests.Response:
        path = "/collections/tbl_product_list/records?filter=prod_list_name~'开关'"
        return Client(server.url).get(path, timeout=SEARCHED_S)

    def refresh(token: str) -> requests.Response:
        return Client(server.url, token).hook("/system/refresh-token", {}, timeout=SEARCHED_S)

    def rename() -> requests.Response:
        asking = Client(server.url, user.token)
        return asking.hook("/wechat/profile", {"users_name": "李明"}, timeout=SEARCHED_S)

    beside: dict[str, Callable[[], requests.Response]] = {
        "search": search,
        "a new token for an old one": lambda: refresh(user.token),
        "a new token for nothing": lambda: refresh(""),
        "another name": rename,
    }

    with ThreadPoolExecutor(WAITERS) as pool:
        turns = [pool.submit(_ending, profile, number) for number in range(WAITERS)]
        threading.Event().wait(1)  # so that they all wait
        came = {asked: [_status(ask) for _ in range(3)] for asked, ask in beside.items()}
        profiles = Counter(turn.result() for turn in turns)
    said(f"{came}, profiles {dict(profiles)}")
    expected = dict.fromkeys(beside, ["200"] * 3) | {"a new token for nothing": ["401"] * 3}
    assert came == expected
    assert set(profiles) <= {
        "503 wechat_unavailable with Retry-After",
        "503 service_unavailable with Retry-After",
    }
    assert profiles["503 service_unavailable with Retry-After"] > 0


def _ending(asked: Callable[[int], str], number: int) -> str:
    """What came, or why nothing did."""
    try:
        return asked(number)
    except requests.RequestException as exc:
        return type(exc).__name__


def _status(ask: Callable[[], requests.Response]) -> str:
    try:
        return str(ask().status_code)
    except requests.RequestException as exc:
        return type(exc).__name__


class Dripping:
    """A WeChat that begins its answer and never ends the headers."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._closing = threading.Event()
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> "Dripping":
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._drip, args=(connection,), daemon=True).start()

    def _drip(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\n")
            for number in range(DRIPS):
                if self._closing.wait(0.5):
                    return
                connection.sendall(b"X-%d: a\r\n" % number)


@pytest.fixture(scope="module")
def dripped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A user of a server whose WeChat drips."""
    with Dripping() as wechat:
        server = Server(
            tmp_path_factory.mktemp("dripped") / "home",
            demo=False,
            WECHAT_API_BASE=wechat.url,
            WECHAT_APPID="wx0123456789abcdef",
            WECHAT_SECRET="0123456789abcdef0123456789abcdef",
        )
        with server:
            user = {"openid": OPENID, "users_status": "active", "users_type": "游客"}
            server.take({"tbl_auth_users": [user]})
            yield Client(server.url, server.command("token", OPENID).stdout.strip())


@pytest.mark.parametrize(
    ("path", "body"),
    [
        pytest.param("/wechat/login", {"users_wx_code": "a"}, id="A15-login-of-a-dripping-wechat"),
        pytest.param(
            "/wechat/profile", {"users_phone_code": "a"}, id="A15-profile-of-a-dripping-wechat"
        ),
        pytest.param(
            "/system/refresh-token",
            {"users_wx_code": "a"},
            id="A15-refresh-token-of-a-dripping-wechat",
        ),
    ],
)
def test_wechat_that_drips_headers(
    dripped: Client, said: Said, path: str, body: dict[str, str]
) -> None:
    """The deadline holds over the headers too."""
    sender = Client(dripped.url, dripped.token if path == "/wechat/profile" else "")
    try:
        answer = sender.hook(path, body, timeout=ANSWERED_S)
        came = f"{answer.status_code} {answer.json()['data']['code']}"
    except requests.RequestException as exc:
        came = type(exc).__name__
    said(came)
    assert came == "503 wechat_unavailable"


ASKERS = 150
HEAD = "POST /pb/api/cart/list HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Length: 9\r\n\r\n"


@pytest.mark.skipif(not IS_POSTGRES, reason="SQLite answers whose token it is at once")
@pytest.mark.parametrize((), [pytest.param(id="A15-tokens-of-a-database-that-hangs")])
def test_the_queue_for_tokens_has_an_end(server: Server, said: Said) -> None:
    """Who has no place in it is told at once; the first ones are told when they waited long enough."""
    import psycopg

    user = Client(server.url).login("alice")
    address = urlsplit(server.url)
    came: Counter[str] = Counter()
    with ExitStack() as stack:
        keeper = stack.enter_context(psycopg.connect(server.address))
        keeper.execute("LOCK TABLE tbl_auth_users IN ACCESS EXCLUSIVE MODE")
        asked = []
        for _ in range(ASKERS):
            sock = socket.create_connection((str(address.hostname), address.port or 80), 4)
            asked.append(stack.enter_context(sock))
            sock.sendall(HEAD.format(user.token).encode())
        for sock in asked[-20:]:
            with suppress(OSError):
                answer = sock.recv(65536).lower()
                came[f"{answer[9:12].decode()} {b'retry-after' in answer}"] += 1
    said(came)
    assert came == {"503 True": 20}
    assert Client(server.url, user.token).hook("/cart/list").status_code == 200
