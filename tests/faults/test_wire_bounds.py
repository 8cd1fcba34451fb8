"""Deadlines and bounds of connections: half a head, a body that drips, readers who do not read, and many."""

import json
import select
import socket
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.databases import IS_POSTGRES
from tests.faults.conftest import Said
from tests.faults.wire import HEALTH, HOOK, LAST, exchange, request, statuses
from tests.running import Client, Server

CLOSED_S = 45  # a body has 30 s, a head and a reader 10 s
MANY = 400
ESTABLISHED = "01"


def connect(server: Server, receives: int = 0) -> socket.socket:
    """A connection, with a receive buffer of so many bytes."""
    address = urlsplit(server.url)
    connection = socket.socket()
    if receives:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receives)
    connection.settimeout(10)
    connection.connect((address.hostname, address.port))
    return connection


def _begun_body(target: bytes) -> bytes:
    """A request of whose body the first byte has come."""
    lines = (b"Content-Type: application/json", b"Content-Length: 60000")
    return request(target, *lines, method=b"POST", body=b"{")


BEGUN = {
    "A8-nothing-is-sent": b"",
    "A8-half-a-first-line": b"GET /pb/api/hea",
    "A8-half-a-head": b"POST /pb/api/cart/list HTTP/1.1\r\nHost: x\r\nX-",
    "A8-an-empty-line": b"\r\n",
    "A8-half-a-second-head": request(HEALTH) + b"GET /pb",
    "A8-a-head-that-drips": b"GET /pb/api/health HTTP/1.1\r\nHost: x\r\nX: ",
    "A5-a-reader-who-takes-nothing": request(b"/pb/api/openapi.json") * 60,
    "A14-a-pipeline-nobody-reads": request(HEALTH) * 40_000,
    "C4-a-body-that-drips": _begun_body(b"/pb/api/wechat/login"),
    "C4-a-native-body-that-drips": _begun_body(b"/pb/api/collections/tbl_company/records"),
    "C4-an-upload-that-drips": _begun_body(b"/pb/api/collections/tbl_attachments/records"),
    "C4-a-body-of-no-collection-that-drips": _begun_body(b"/pb/api/collections/none/records"),
}
"""What is sent on connections that are all watched at the same time."""
DRIPS = [name for name in BEGUN if name.endswith("-drips")]


@pytest.fixture(scope="module")
def left_open(server: Server) -> dict[str, bool]:
    """Whether the server still holds a case's connection, after time enough for all deadlines."""
    with ExitStack() as stack:
        connections = {}
        for name, begun in BEGUN.items():
            connection = stack.enter_context(connect(server, receives=4096))
            connection.setblocking(False)
            with suppress(OSError):
                connection.send(begun)
            connections[name] = connection
        for _ in range(CLOSED_S):
            time.sleep(1)
            held = {name: is_held(connection, server) for name, connection in connections.items()}
            if not any(held.values()):
                break
            for name in DRIPS:
                with suppress(OSError):
                    connections[name].send(b" ")
        return held


@pytest.mark.timeout(4 * CLOSED_S)  # the first of them waits for all, and for the server to start
@pytest.mark.parametrize("name", [pytest.param(name, id=name) for name in BEGUN])
def test_what_does_not_go_on_is_closed(
    server: Server, left_open: dict[str, bool], said: Said, name: str
) -> None:
    """Heads have ten seconds, readers who take nothing too, bodies thirty; others are served."""
    said("still held" if left_open[name] else "closed")
    assert not left_open[name]
    assert statuses(exchange(server.url, request(HEALTH, b"Connection: close"))) == (200,)


def is_held(connection: socket.socket, server: Server) -> bool:
    """Whether the server has not closed its end, by the system's table of connections."""
    ours, servers = f":{connection.getsockname()[1]:04X}", f":{urlsplit(server.url).port:04X}"
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()]
    return any(
        row[1].endswith(servers) and row[2].endswith(ours) and row[3] == ESTABLISHED for row in rows
    )


@pytest.fixture
def narrow(tmp_path: Path) -> Iterator[Server]:
    """A server that may open 256 files and no more."""
    server = Narrow(tmp_path / "home")
    with server:
        yield server


class Narrow(Server):
    """Started under `ulimit -n 256`."""

    def serving(self, port: int) -> list[str]:
        return ["prlimit", "--nofile=256:256", *super().serving(port)]


@pytest.mark.parametrize((), [pytest.param(id="A8-more-connections-than-descriptors")])
def test_idle_connections_lock_nobody_out(narrow: Server, said: Said) -> None:
    """Who asks at once is served, and the log says once what happened."""
    with ExitStack() as stack:
        for _ in range(MANY):
            with suppress(OSError):
                stack.enter_context(connect(narrow))
        answers = [
            statuses(exchange(narrow.url, request(HEALTH, b"Connection: close"))) for _ in range(5)
        ]
    warned = sum("connections at once" in line for line in narrow.log.splitlines())
    said(f"{answers}, {warned} warning(s)")
    assert answers == [(200,)] * 5
    assert warned == 1


POSTED = b"POST /pb/api/collections/tbl_cart/records HTTP/1.1\r\nHost: x\r\n"
IN_FLIGHT = {
    "A8-bodies-that-never-come": POSTED + b"Content-Length: 9\r\n\r\n{",
    "A8-bodies-in-chunks-that-never-come": POSTED + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{",
    "A8-answers-that-nobody-takes": request(b"/pb/api/openapi.json") * 60,
}


@pytest.mark.parametrize("sent", [pytest.param(sent, id=name) for name, sent in IN_FLIGHT.items()])
def test_requests_in_flight_lock_nobody_out(narrow: Server, said: Said, sent: bytes) -> None:
    """Guests need not be silent to keep their connections; others are served all the same."""
    with ExitStack() as stack:
        for _ in range(MANY):
            with suppress(OSError):
                connection = stack.enter_context(connect(narrow, receives=4096))
                connection.setblocking(False)
                connection.send(sent)
        answers = [
            statuses(exchange(narrow.url, request(HEALTH, b"Connection: close"))) for _ in range(5)
        ]
    said(answers)
    assert answers == [(200,)] * 5


GREEDY = 200
TOO_EARLY = request(b"/pb/api/collections/tbl_product_list/records?perPage=500") * 6_000


@pytest.mark.parametrize((), [pytest.param(id="A14-pipelines-nobody-reads-shut-nobody-out")])
def test_what_comes_too_early_shuts_nobody_out(server: Server, said: Said) -> None:
    """However much others send and do not read, a head that comes in two parts is answered."""
    with ExitStack() as stack:
        for _ in range(GREEDY):
            connection = stack.enter_context(connect(server, receives=4096))
            connection.setblocking(False)
            with suppress(OSError):
                connection.send(TOO_EARLY)
        answers = [in_two_parts(server) for _ in range(5)]
    said(answers)
    assert answers == [(200,)] * 5


def in_two_parts(server: Server) -> tuple[int, ...]:
    """The status of a request whose head does not come at once."""
    sent = request(HEALTH, b"Connection: close")
    with connect(server) as connection:
        connection.sendall(sent[:20])
        time.sleep(0.3)  # so that the parts are not read together
        connection.sendall(sent[20:])
        return statuses(connection.recv(65536))


BODIES = 1_300
MOST_WAITED_MS = 4500  # what waits for five seconds is refused for that
PADDED = 60_000  # bytes of a body that comes at once; so many have more than 64 MiB


@pytest.mark.skipif(IS_POSTGRES, reason="the lock that lets all wait is SQLite's")
@pytest.mark.parametrize((), [pytest.param(id="C4-small-bodies-count-too-while-they-wait")])
def test_bodies_that_wait_for_the_database_are_counted(server: Server, said: Said) -> None:
    """What is beyond the bound is refused, and when all are answered the next is taken again."""
    client = Client(server.url).login("alice")
    product = client.get("/collections/tbl_product_list/records?perPage=1").json()["items"][0]
    line = {"cart_product_id": product["id"], "cart_product_quantity": 1}
    sent = request(
        b"/pb/api/cart/create",
        b"Authorization: Bearer " + client.token.encode(),
        b"Content-Type: application/json",
        b"Content-Length: %d" % PADDED,
        method=b"POST",
        body=json.dumps(line).encode().ljust(PADDED),
    )
    with ExitStack() as stack:
        writer = stack.enter_context(closing(sqlite3.connect(server.database, timeout=10)))
        writer.execute("BEGIN IMMEDIATE")
        connections = [stack.enter_context(connect(server)) for _ in range(BODIES)]
        answers = select.poll()
        for connection in connections:
            connection.sendall(sent)
            answers.register(connection, select.POLLIN)
        answers.poll(MOST_WAITED_MS)  # until one is refused: the others wait
        writer.rollback()
        answered = Counter(statuses(connection.recv(65536)) for connection in connections)
        connections[0].sendall(sent)
        again = statuses(connections[0].recv(65536))
    said(f"{dict(answered)}, then {again}")
    assert set(answered) == {(200,), (503,)}
    assert again == (200,)


@pytest.mark.parametrize((), [pytest.param(id="C6-an-expectation-in-http-1.0")])
def test_http_1_0_gets_no_interim_answer(server: Server, said: Said) -> None:
    """A client of HTTP/1.0 would take `100 Continue` for the answer."""
    body = b'{"code":""}'
    head = b"POST /pb/api/wechat/login HTTP/1.0\r\nContent-Type: application/json\r\n"
    head += b"Content-Length: %d\r\nExpect: 100-continue\r\n\r\n" % len(body)
    with connect(server) as connection:
        connection.sendall(head)
        time.sleep(0.3)
        connection.sendall(body)
        answer = connection.recv(65536)
    said(answer[:30])
    assert statuses(answer) == (400,)
    assert b"100 Continue" not in answer


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(request(HOOK, b"Content-Length: 9000000000", method=b"PUT"), id="C4-a-405"),
        pytest.param(
            request(
                HOOK,
                b"Content-Type: application/json",
                b"Content-Length: 9000000000",
                method=b"POST",
            ),
            id="C4-a-401",
        ),
        pytest.param(
            request(b"/pb/api/none", b"Content-Length: 9000000000", method=b"POST"), id="C4-a-404"
        ),
    ],
)
def test_a_body_nobody_wants_is_not_swallowed(server: Server, said: Said, head: bytes) -> None:
    """Closed means closed: after some megabytes at most nothing more is taken."""
    taken = 0
    with connect(server) as connection, suppress(OSError):
        connection.sendall(head)
        for _ in range(64):
            connection.sendall(b" " * 1024 * 1024)
            taken += 1
    said(f"{taken} MiB were taken")
    assert taken < 32


@pytest.mark.parametrize((), [pytest.param(id="C6-malformed-requests-are-counted")])
def test_malformed_requests_are_counted(tmp_path: Path, said: Said) -> None:
    """So is OPTIONS."""
    with Server(tmp_path / "home", BAI_WX_LIMITS="5/minute") as server:
        bad = [statuses(exchange(server.url, b"BAD\r\n\r\n")) for _ in range(6)]
        asked = statuses(
            exchange(server.url, request(HOOK, b"Connection: close", method=b"OPTIONS"))
        )
    said(f"{bad}, OPTIONS {asked}")
    assert bad[-1] == (429,)
    assert asked == (429,)


@pytest.fixture(scope="module")
def long_lists(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A shop whose list of a thousand products has 9 MB."""
    with Server(tmp_path_factory.mktemp("lists") / "home") as server:
        text = "a" * 4_500
        described = {
            "prod_list_description": text,
            "prod_list_feature": text,
            "prod_list_status": "on_sale",
            "prod_list_basic_price": 1,
        }
        server.take(
            {"tbl_product_list": [{"prod_list_name": f"p{n}", **described} for n in range(1_000)]}
        )
        yield server


@pytest.mark.parametrize((), [pytest.param(id="A14-readers-of-long-lists-who-do-not-read")])
def test_answers_nobody_takes_are_bounded(long_lists: Server, said: Said) -> None:
    """Beyond the bound it is 503 with Retry-After; short answers go on, and memory stays small."""
    asked = request(b"/pb/api/collections/tbl_product_list/records?perPage=1000")
    with ExitStack() as stack:
        readers = []
        for _ in range(16):
            reader = stack.enter_context(connect(long_lists, receives=4096))
            reader.sendall(asked)
            readers.append(reader)
            reader.settimeout(10)
        begun = [reader.recv(1024) for reader in readers]
        memory = max(long_lists.resident_mib())
        short = statuses(exchange(long_lists.url, request(HEALTH, b"Connection: close")))
    told = [statuses(answer)[0] for answer in begun]
    said(f"{told.count(200)} of 16 lists begun, {told.count(503)} refused; {memory:.0f} MiB")
    assert told.count(503) >= 4
    assert all(b"retry-after: " in answer for answer in begun if b" 503 " in answer[:16])
    assert memory < 400
    assert short == (200,)
    assert statuses(exchange(long_lists.url, asked + LAST, quiet_s=5)) == (200, 200)
