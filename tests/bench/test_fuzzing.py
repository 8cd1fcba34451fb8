"""Fuzzed requests differ from one another, and each answer, or what comes in its place, is told by its name."""

import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from bench import exchanges
from bench.exchanges import CLOSED, HANGS, NO_HTTP, Exchanges
from bench.fuzz_inputs import Inputs
from bench.fuzzing import TRACE, traces

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
ANSWERS = {
    "whole": [OK],
    "in pieces": [b"HTTP/1.1 20", b"0 OK\r\nContent-", b"Length: 2\r\n\r\n{", b"}"],
    "until the close": [b"HTTP/1.1 200 OK\r\n\r\n", b"some", None],
    "no body": [b"HTTP/1.1 204 No Content\r\n\r\n"],
    "after 100": [b"HTTP/1.1 100 Continue\r\n\r\n" + OK],
    "broken off": [b"HTTP/1.1 500 Oh\r\nContent-Length: 9\r\n\r\n", None],
    "no HTTP": [b"SSH-2.0\r\n", None],
    "closed": [None],
    "hangs": [],
    "hangs in its middle": [b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"],
}
"""By the request: what is answered to it, piece by piece; `None` closes. Else the connection stays open."""


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, int]]:
    """Of a server that answers by the table."""
    monkeypatch.setattr(exchanges, "SILENCE_S", 0.05)
    monkeypatch.setattr(exchanges, "END_S", 0.2)
    open_ones: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with suppress(OSError):  # until it is shut down
                while True:
                    connection, _ = listening.accept()
                    open_ones.append(connection)
                    _answer(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        yield listening.getsockname()
        listening.shutdown(socket.SHUT_RDWR)
        thread.join()
    for each in open_ones:
        each.close()


def _answer(connection: socket.socket) -> None:
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    asked = connection.recv(65536).decode()
    for piece in ANSWERS[asked.removeprefix("HEAD ")]:
        if piece is None:
            connection.close()
        else:
            connection.sendall(piece)


@pytest.mark.parametrize(
    ("request_text", "said"),
    [
        ("whole", "200"),
        ("in pieces", "200"),
        ("until the close", "200"),
        ("no body", "204"),
        ("after 100", "200"),
        ("HEAD hangs in its middle", "200"),
        ("broken off", "500"),
        ("no HTTP", NO_HTTP),
        ("closed", CLOSED),
        ("hangs", HANGS),
        ("hangs in its middle", HANGS),
    ],
)
def test_each_end_has_its_name(address: tuple[str, int], request_text: str, said: str) -> None:
    """Of 40 requests at once, so that some of them wait for a connection."""
    ends: Counter[str] = Counter()
    sent = Exchanges(*address, lambda request, end: ends.update([end]))
    sent.run([request_text.encode()] * 40)
    sent.finish()
    sent.close()
    assert ends == {said: 40}


def test_who_waits_for_more_keeps_nobody_waiting(address: tuple[str, int]) -> None:
    """Unfinished requests are left to wait; the next ones are sent and answered meanwhile."""
    ends: Counter[str] = Counter()
    sent = Exchanges(*address, lambda request, end: ends.update([end]))
    sent.run([b"hangs"] * 5, may_be_cut=True)
    assert ends == {}
    sent.run([b"whole"] * 5)
    assert ends["200"] == 5
    sent.finish()
    sent.close()
    assert ends == {"200": 5, HANGS: 5}


def test_most_requests_are_distinct() -> None:
    """Hypothesis alone, which made them whole before, repeated five in six. The seed decides them all."""
    made, again, other = (Inputs("token", seed, drawn=50) for seed in (1, 1, 2))
    for kind in made.kinds:
        requests = made.of(kind, 500)
        assert len(set(requests)) > 500 * 0.8, kind
        assert requests == again.of(kind, 500)
        assert requests != other.of(kind, 500)


@pytest.mark.parametrize(
    ("before", "is_found"),
    [
        pytest.param(b"", True, id="at the beginning"),
        pytest.param(b"x" * (2**20 - 9), True, id="across two blocks"),
        pytest.param(b"x" * 2**20 + b"y", True, id="in the second block"),
        pytest.param(b"a word of a line: ", False, id="within a line"),
    ],
)
def test_a_trace_is_found_in_a_long_log(tmp_path: Path, before: bytes, *, is_found: bool) -> None:
    log = tmp_path / "log"
    trace = TRACE if is_found else TRACE.strip() + b"\n"
    log.write_bytes(before + trace + b"  File")
    assert list(traces(log)) == (["  File"] if is_found else [])
