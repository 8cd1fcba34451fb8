"""Requests as they are written and answers as they come, over one connection that is kept."""

import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from typing import Final, Self
from urllib.parse import urlsplit

from tests.replay.names import Headers, Names

TIMEOUT_S: Final = 20
CHUNK_BYTES: Final = 700
JSON: Final = "application/json"


@dataclass(frozen=True)
class Request:
    """One request, ids, times and tokens by their names.

    `family` says what it is about. Host and Content-Length are added unless the headers name them; a
    chunked body goes out in pieces. One that is `alone` gets a connection of its own.
    """

    family: str
    method: str
    target: str
    headers: Headers = ()
    body: bytes = b""
    is_chunked: bool = False
    is_alone: bool = False

    def says(self, name: str) -> bool:
        """Whether a header of this name (in small letters) is given."""
        return any(given.lower() == name for given, _ in self.headers)

    def written(self, names: Names) -> bytes:
        """The bytes that are sent."""
        body = names.fill(self.body)
        lines = [(name, names.fill(_bytes(value))) for name, value in self.headers]
        if not self.says("host"):
            lines.insert(0, ("Host", b"replay.example"))
        if self.is_chunked:
            lines.append(("Transfer-Encoding", b"chunked"))
            body = _chunked(body)
        elif body and not self.says("content-length"):
            lines.append(("Content-Length", b"%d" % len(body)))
        target = names.fill_target(self.target.encode())
        head = b"".join(b"%b: %b\r\n" % (_bytes(name), value) for name, value in lines)
        return b"%b %b HTTP/1.1\r\n%b\r\n%b" % (self.method.encode(), target, head, body)


@dataclass(frozen=True)
class Answer:
    """An answer with names in it. Status 0: there was none, as the reason says."""

    status: int
    reason: str
    headers: Headers
    body: bytes
    claims: tuple[str, ...] = ()
    is_last: bool = False
    """Whether the server ends the connection after it."""

    def header(self, name: str) -> str:
        """A header's value, or nothing."""
        return next((value for given, value in self.headers if given.lower() == name), "")


CLOSED: Final = Answer(0, "closed", (), b"", is_last=True)
SILENT: Final = Answer(0, "no answer in time", (), b"", is_last=True)


class Connection:
    """Sends requests to a server one after another; a connection that ended is opened anew."""

    def __init__(self, url: str, names: Names) -> None:
        address = urlsplit(url)
        self._address = (str(address.hostname), int(address.port or 80))
        self._names = names
        self._socket: socket.socket | None = None

    def ask(self, request: Request) -> Answer:
        """Send a request. Returns: its answer, with names."""
        if request.is_alone:
            self.close()
        self._names.begin(_new_moment())
        answer = self._masked(self._asked(request))
        if answer.is_last or request.is_alone:
            self.close()
        return answer

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the connection."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _asked(self, request: Request) -> Answer:
        was_open = self._socket is not None
        if self._socket is None:
            self._socket = socket.create_connection(self._address, TIMEOUT_S)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        answer = _exchanged(self._socket, request.method, request.written(self._names))
        if answer is CLOSED and was_open:  # it had ended since the last answer
            self.close()
            return self._asked(request)
        return answer

    def _masked(self, answer: Answer) -> Answer:
        body, claims = answer.body, list[str]()
        if answer.header("content-type").startswith(JSON):
            body, claims = self._names.mask(body)
        headers = self._names.mask_headers(answer.headers)
        return Answer(
            answer.status, answer.reason, headers, body, tuple(claims), is_last=answer.is_last
        )


def _exchanged(connection: socket.socket, method: str, sent: bytes) -> Answer:
    with suppress(OSError):  # it may answer a body before it has read all of it
        connection.sendall(sent)
    response = HTTPResponse(connection, method=method)
    try:
        response.begin()
        body = response.read()
    except TimeoutError:
        return SILENT
    except (HTTPException, ConnectionError):
        return CLOSED
    finally:
        response.close()
    headers = tuple(response.headers.items())
    return Answer(response.status, response.reason, headers, body, is_last=response.will_close)


def _new_moment() -> int:
    """Wait for the next millisecond, so that no moment belongs to two requests. Returns: it, Unix ms."""
    last = time.time_ns() // 1_000_000
    while (now := time.time_ns() // 1_000_000) == last:
        time.sleep(0.0001)
    return now


def _chunked(body: bytes) -> bytes:
    parts = [body[start : start + CHUNK_BYTES] for start in range(0, len(body), CHUNK_BYTES)]
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
