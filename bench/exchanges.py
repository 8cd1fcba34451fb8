"""Many requests at once, each on a connection of its own, as bytes: no client's library looks at them."""

import re
import select
import socket
import time
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass

AT_ONCE = 32  # connections that are answered; beside them there are those that wait for more
MOST_SILENT = 200
SILENCE_S = 0.3  # after it the server is told that no more will come
END_S = 30.0  # within which it must answer or close then
QUIET_S = 0.05  # in which nothing came: what is left of unfinished requests waits for more
READ = 65536
STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) ")
BODILESS = (b"204", b"304")
CLOSED, NO_HTTP, HANGS = "closed", "no HTTP", "hangs"

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_INTERIM = re.compile(rb"HTTP/1\.1 10[02-9] [^\r]*\r\n(?:[^\r]+\r\n)*\r\n")


@dataclass(slots=True)
class _Exchange:
    request: bytes
    connection: socket.socket
    unsent: bytes
    heard: float  # when something was sent or came
    answer: bytes = b""
    is_over: bool = False  # our half of the connection


class Exchanges:
    """Sends requests and tells `ended` of each: the request, and the status or what came in its place."""

    def __init__(self, host: str, port: int, ended: Callable[[bytes, str], None]) -> None:
        self._address, self._ended = (host, port), ended
        self._poll = select.epoll()
        self._open: dict[int, _Exchange] = {}
        self._swept = time.monotonic()

    def run(self, requests: Iterable[bytes], *, may_be_cut: bool = False) -> None:
        """Send them all, and wait for their answers.

        `may_be_cut`: some of them may be unfinished. Those left without a word wait beside the next ones.
        """
        waiting, heard, silent = deque(requests), time.monotonic(), len(self._open)
        while waiting or len(self._open) > silent:
            while waiting and len(self._open) < silent + AT_ONCE:
                self._begin(waiting.popleft())
            if self._listen(QUIET_S):
                heard = time.monotonic()
            elif (
                may_be_cut and time.monotonic() - heard > QUIET_S and len(self._open) < MOST_SILENT
            ):
                silent = len(self._open)
            silent = min(silent, len(self._open))

    def finish(self) -> None:
        """Wait for the end of all."""
        while self._open:
            self._listen(SILENCE_S / 4)

    def close(self) -> None:
        """Leave what is open."""
        for exchange in self._open.values():
            exchange.connection.close()
        self._open.clear()
        self._poll.close()

    def _begin(self, request: bytes) -> None:
        connection = socket.socket()
        try:
            connection.connect(self._address)
            connection.setblocking(False)
        except OSError:
            connection.close()
            raise
        exchange = _Exchange(request, connection, request, time.monotonic())
        self._open[connection.fileno()] = exchange
        self._poll.register(connection, select.EPOLLIN)
        self._send(exchange)

    def _send(self, exchange: _Exchange) -> None:
        try:
            sent = exchange.connection.send(exchange.unsent)
        except BlockingIOError:
            sent = 0
        except OSError:  # it may close before it has read everything
            sent = len(exchange.unsent)
        exchange.unsent = exchange.unsent[sent:]
        wanted = select.EPOLLIN | (select.EPOLLOUT if exchange.unsent else 0)
        if exchange.unsent or sent != len(exchange.request):
            self._poll.modify(exchange.connection, wanted)

    def _listen(self, seconds: float) -> bool:
        """Take what comes within so long. Returns: whether anything came."""
        ready = self._poll.poll(seconds)
        for number, what in ready:
            exchange = self._open[number]
            exchange.heard = time.monotonic()
            if what & select.EPOLLOUT:
                self._send(exchange)
            if what & ~select.EPOLLOUT:
                self._read(exchange)
        now = time.monotonic()
        if now - self._swept > SILENCE_S / 4:
            self._swept = now
            self._sweep(now)
        return bool(ready)

    def _read(self, exchange: _Exchange) -> None:
        try:
            part = exchange.connection.recv(READ)
        except BlockingIOError:
            return
        except OSError:  # it closed before it had read everything
            part = b""
        exchange.answer = _without_interim(exchange.answer + part)
        if not part or _is_whole(exchange.answer, exchange.request):
            self._end(exchange, self._said(exchange))

    def _sweep(self, now: float) -> None:
        """Tell those who wait for more that it will not come; end those who stay silent all the same."""
        for exchange in list(self._open.values()):
            silent = now - exchange.heard
            if exchange.is_over and silent > END_S:
                self._end(exchange, HANGS)
            elif not exchange.is_over and not exchange.answer and silent > SILENCE_S:
                exchange.is_over, exchange.heard = True, now
                with suppress(OSError):
                    exchange.connection.shutdown(socket.SHUT_WR)
            elif silent > END_S:
                self._end(exchange, HANGS)

    def _said(self, exchange: _Exchange) -> str:
        found = STATUS.match(exchange.answer)
        return found[1].decode() if found else NO_HTTP if exchange.answer else CLOSED

    def _end(self, exchange: _Exchange, said: str) -> None:
        del self._open[exchange.connection.fileno()]
        exchange.connection.close()
        self._ended(exchange.request, said)


def _without_interim(answer: bytes) -> bytes:
    """The answer after `100 Continue` and its like, as far as these are there in whole."""
    while found := _INTERIM.match(answer):
        answer = answer[found.end() :]
    return answer


def _is_whole(answer: bytes, request: bytes) -> bool:
    """Whether the answer tells its length and is all there; any other ends with the connection."""
    head, found, body = answer.partition(b"\r\n\r\n")
    if not found:
        return False
    if request.startswith(b"HEAD ") or head[9:12] in BODILESS:
        return True
    length = _LENGTH.search(head)
    return bool(length and len(body) >= int(length[1]))
