"""A WeChat in every bad mood at once: logins are told within their deadline, the rest of the shop goes on."""

import json
import socket
import struct
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Self

from tests.databases import without_sql
from tests.drills.load import at_work, compare
from tests.faults.catalogue import PRODUCTS, row
from tests.faults.steps import eventually
from tests.running import Client, Server

WORKERS = 2
EACH = 8  # logins of each mood, all at the same moment
SLOW_S = 4.0
DRIPS_S = 0.3
LATEST_S = 8.0
"""The deadline of a call of WeChat is five seconds; the rest is a busy machine's."""
TIMES_SLOWER = 3
"""So much longer the slowest reads may take than before, and one turn of a busy machine's processors."""
TURN_MS = 100
ANSWERED = b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s"
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: closed without waiting, which is a reset


def answer(body: bytes, kind: bytes = b"application/json") -> bytes:
    """A whole answer."""
    return ANSWERED % (kind, len(body), body)


class MoodyWeChat:
    """Answers a login by the first word of its code: `well`, `slow`, `drip`, `junk`, `html`, `500`, `reset`."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self._ending = threading.Event()
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            while heard := connection.recv(65536):
                code = heard.partition(b"js_code=")[2].partition(b"&")[0].decode()
                self._answer(connection, code)

    def _answer(self, connection: socket.socket, code: str) -> None:
        session = {"openid": f"o{code:0<27}"[:28], "session_key": "k" * 24}
        well = answer(json.dumps(session).encode())
        match code.partition("-")[0]:
            case "slow":
                self._ending.wait(SLOW_S)
                connection.sendall(well)
            case "drip":
                for byte in well:
                    if self._ending.wait(DRIPS_S):
                        return
                    connection.sendall(bytes([byte]))
            case "junk":
                connection.sendall(bytes(range(256)) * 4)
            case "html":
                connection.sendall(answer(b"<html>busy</html>", b"text/html"))
            case "500":
                connection.sendall(b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n")
            case "reset":
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                connection.close()
            case _:
                connection.sendall(well)


MOODS = ("slow", "drip", "junk", "html", "500", "reset")
UNAVAILABLE = {
    (502, "wechat_unavailable"),
    (503, "wechat_unavailable"),
    (503, "service_unavailable"),
}
Told = tuple[int, str]


def log_in(url: str, mood: str, number: int) -> tuple[str, Told, float]:
    """Log in with a code of this mood. Returns: the mood, what was answered, and after how many seconds."""
    began = time.monotonic()
    said = Client(url).hook("/wechat/login", {"users_wx_code": f"{mood}-{number:03}"})
    told = said.status_code, "" if said.ok else str(said.json()["data"]["code"])
    assert said.status_code != 503 or int(said.headers["Retry-After"]) >= 1
    return mood, told, time.monotonic() - began


def logins(url: str) -> tuple[dict[str, Counter[Told]], float]:
    """Log in by every mood at once. Returns: what each was told, and the longest wait in seconds."""
    told: dict[str, Counter[Told]] = {mood: Counter() for mood in MOODS}
    with ThreadPoolExecutor(EACH * len(MOODS)) as pool:
        asked = [pool.submit(log_in, url, m, n) for n in range(EACH) for m in MOODS]
        done = [each.result() for each in asked]
    for mood, answered, _ in done:
        told[mood][answered] += 1
    return told, max(took_s for *_, took_s in done)


@without_sql
def test_a_moody_wechat_disturbs_nobody_but_logins(tmp_path: Path) -> None:
    """Orders and reads go on meanwhile; afterwards logins are well again."""
    settings = {"WECHAT_APPID": "wx0123456789abcdef", "WECHAT_SECRET": "0123456789abcdef" * 2}
    with MoodyWeChat() as wechat:
        home = tmp_path / "home"
        with Server(
            home, workers=WORKERS, demo=False, WECHAT_API_BASE=wechat.url, **settings
        ) as server:
            server.take({"tbl_product_list": map(row, range(PRODUCTS))})
            with at_work(server) as work:
                assert eventually(lambda: work.orders > 20)
                quiet_ms = work.read_p99_ms()
                work.forget_reads()
                before = work.orders
                told, longest_s = logins(server.url)
                reads, busy_ms, orders = work.reads(), work.read_p99_ms(), work.orders - before
                again = log_in(server.url, "well", 1)[1]
            done = compare(work)
            print(
                f"\nlogins { ({m: dict(t) for m, t in told.items()}) } within {longest_s:.1f} s; meanwhile"
                f" orders {orders}, reads {dict(reads)}, p99 {busy_ms:.0f} ms, before {quiet_ms:.0f} ms; {done}"
            )
            assert set(told["slow"]) <= {(200, ""), *UNAVAILABLE}
            assert all(set(told[mood]) <= UNAVAILABLE for mood in MOODS[1:])
            assert longest_s < LATEST_S
            assert orders > 0
            assert set(reads) == {200}
            assert busy_ms < TIMES_SLOWER * quiet_ms + TURN_MS
            assert again == (200, "")
            assert done.is_clean, done
            assert "Traceback" not in server.log
