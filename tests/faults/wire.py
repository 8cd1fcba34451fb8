"""Exchanges on a raw connection: what is sent, byte by byte, and what must come."""

import re
import socket
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

LAST = b"GET /pb/api/health?fields=code HTTP/1.1\r\nHost: last.example\r\nConnection: close\r\n\r\n"
"""Sent behind every row: it is answered if and only if the connection goes on."""

HEALTH = b"/pb/api/health"
HOOK = b"/pb/api/cart/list"
NATIVE = b"/pb/api/collections/tbl_product_list/records?perPage=1&page=1"
BODY = b'{"perPage":1}'
SMUGGLED = b"GET /pb/api/health?fields=message HTTP/1.1\r\nHost: smuggled.example\r\n\r\n"


@dataclass(frozen=True)
class Row:
    """One exchange. `statuses` are of all answers in their order; the last of 200 is `LAST`'s."""

    name: str
    sent: bytes
    statuses: tuple[int, ...]
    holds: tuple[bytes, ...] = ()
    """What the answers hold."""
    lacks: tuple[bytes, ...] = field(default=(b"smuggled",))
    why: str = ""
    """Why PocketBase answers otherwise, where it does."""


def request(target: bytes, *lines: bytes, method: bytes = b"GET", body: bytes = b"") -> bytes:
    """A request with a `Host`, written as it is given."""
    head = [method + b" " + target + b" HTTP/1.1", b"Host: shop.example", *lines]
    return b"\r\n".join(head) + b"\r\n\r\n" + body


def posted(*lines: bytes, body: bytes = BODY, length: bytes | None = None) -> bytes:
    """A list of the cart, asked for by the user whose token stands for `@TOKEN@`."""
    own = (
        b"Authorization: Bearer @TOKEN@",
        b"Content-Type: application/json",
        b"Content-Length: " + (b"%d" % len(body) if length is None else length),
    )
    return request(HOOK, *lines, *own, method=b"POST", body=body)


def chunked(*parts: bytes, lines: tuple[bytes, ...] = (), end: bytes = b"0\r\n\r\n") -> bytes:
    """The same, with a body in chunks as they are given."""
    own = (
        b"Authorization: Bearer @TOKEN@",
        b"Content-Type: application/json",
        b"Transfer-Encoding: chunked",
    )
    return request(HOOK, *lines, *own, method=b"POST", body=b"".join(parts) + end)


def chunk(data: bytes, extension: bytes = b"") -> bytes:
    """One chunk."""
    return b"%x" % len(data) + extension + b"\r\n" + data + b"\r\n"


def exchange(
    url: str, sent: bytes, timeout_s: float = 10.0, quiet_s: float = 5.0, *, is_all: bool = False
) -> bytes:
    """Send bytes on a connection of their own, and say that they are all.

    Returns: all that came until it was closed or quiet.
    """
    address = urlsplit(url)
    parts: list[bytes] = []
    with socket.create_connection((address.hostname, address.port), timeout_s) as connection:
        with suppress(OSError):  # closed before all was sent; what was answered may still be here
            connection.sendall(sent)
            if is_all:
                connection.shutdown(socket.SHUT_WR)
        connection.settimeout(quiet_s)
        with suppress(OSError):
            while part := connection.recv(65536):
                parts.append(part)
    return b"".join(parts)


def statuses(answers: bytes) -> tuple[int, ...]:
    """The status of each answer; `100 Continue` is none."""
    found = re.findall(rb"HTTP/1\.[01] (\d{3})[ \r]", answers)
    return tuple(int(status) for status in found if status != b"100")
