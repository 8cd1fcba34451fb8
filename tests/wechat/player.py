"""A server that plays what it is told, byte for byte, and keeps what it heard."""

import socket
import ssl
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple, Self

HANG_UP = b""
Turn = Sequence[bytes | float]
"""What follows one request: bytes are sent, a number is a pause in seconds, `HANG_UP` ends it all."""

PATIENCE_S = 10


class Heard(NamedTuple):
    """A request, and which connection brought it."""

    connection: int
    head: str


class Player:
    """Plays its turns, one a request, to whichever connection asks; the last one again and again.

    `greeting` is sent before anybody asks. With `tls` it speaks TLS.
    """

    def __init__(
        self, *turns: Turn, greeting: bytes = b"", tls: ssl.SSLContext | None = None
    ) -> None:
        self._turns, self._greeting, self._tls = list(turns), greeting, tls
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self.port: int = self._listener.getsockname()[1]
        self.heard: list[Heard] = []
        self.accepted = 0

    @property
    def url(self) -> str:
        """Its address, by the name its certificate has."""
        return f"https://localhost:{self.port}" if self._tls else f"http://127.0.0.1:{self.port}"

    @property
    def connections(self) -> list[int]:
        """Which connection brought each request."""
        return [heard.connection for heard in self.heard]

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.hang_up()
        for thread in self._threads:
            thread.join(PATIENCE_S)

    def hang_up(self) -> None:
        """Close every connection, as a server does that has been asked nothing for long."""
        for connection in self._open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def say(self, words: bytes) -> None:
        """Send words on every connection, asked or not."""
        for connection in self._open:
            connection.sendall(words)

    def _accept(self) -> None:
        while True:
            try:
                plain, _ = self._listener.accept()
            except OSError:
                return
            self.accepted += 1
            thread = threading.Thread(target=self._serve, args=(plain, self.accepted), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, plain: socket.socket, number: int) -> None:
        plain.settimeout(PATIENCE_S)
        with plain, suppress(OSError):
            if self._tls is None:
                self._converse(plain, number)
                return
            with self._tls.wrap_socket(plain, server_side=True) as wrapped:
                self._converse(wrapped, number)

    def _converse(self, connection: socket.socket, number: int) -> None:
        self._open.append(connection)
        connection.sendall(self._greeting)
        while True:
            request = b""
            while b"\r\n\r\n" not in request:
                piece = connection.recv(65536)
                if not piece:
                    return
                request += piece
            with self._lock:
                self.heard.append(Heard(number, request.decode()))
                turn = self._turns.pop(0) if len(self._turns) > 1 else self._turns[0]
            for part in turn:
                if isinstance(part, float):
                    time.sleep(part)
                elif part == HANG_UP:
                    if isinstance(connection, ssl.SSLSocket):
                        with suppress(ValueError):  # `hang_up` was quicker, and took the TLS off
                            connection.unwrap()
                    return
                else:
                    connection.sendall(part)
