"""Work is bounded before it is begun: one request cannot keep a worker busy."""

import http.client
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.answers import CREATE_REFUSED, GENERIC
from tests.faults.conftest import Said
from tests.running import Client, Server
from tests.sent import JSON

ANSWERED_S = 8
"""Far more than any answer here takes, and less than the older server took."""


class Shop:
    """The server that is asked, replaced by another one when a case before has left it hanging."""

    def __init__(self, new_folder: Callable[[], Path]) -> None:
        self._new_folder = new_folder
        self._running: Server | None = None

    def server(self) -> Server:
        """One that answers."""
        if self._running is None or not is_well(self._running):
            self.close()
            self._running = Server(self._new_folder() / "home").start()
        return self._running

    def close(self) -> None:
        """An older one may be busy for minutes: it is not asked to stop."""
        if self._running is not None:
            self._running.kill()


def is_well(server: Server) -> bool:
    """Whether it answers soon."""
    return status_of(server, "GET", "/pb/api/health", {}) == 200


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """The module's own."""
    shop = Shop(lambda: tmp_path_factory.mktemp("work"))
    yield shop
    shop.close()


@pytest.fixture
def server(shop: Shop) -> Server:
    """A server that no case before keeps busy."""
    return shop.server()


def status_of(
    server: Server, method: str, target: str, headers: dict[str, str], body: bytes = b""
) -> int | str:
    """The status of an answer, or what came instead of one."""
    address = urlsplit(server.url)
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=ANSWERED_S)
    try:
        connection.request(method, target, body=body, headers=headers)
        return connection.getresponse().status
    except OSError as exc:
        return type(exc).__name__
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("method", "target", "end"),
    [
        pytest.param("GET", "tbl_company/records", "x", id="A3-60000-spaces-in-a-content-type"),
        pytest.param("POST", "tbl_company/records", ";a", id="A3-60000-spaces-before-a-parameter"),
        pytest.param("POST", "tbl_attachments/records", "x", id="A3-60000-spaces-of-an-upload"),
        pytest.param("DELETE", "tbl_company", "x", id="A3-60000-spaces-outside-the-contract"),
    ],
)
def test_a_content_type_of_spaces(
    server: Server, said: Said, method: str, target: str, end: str
) -> None:
    """It is refused as soon as it is seen."""
    content_type = "multipart/form-data" + " " * 60_000 + end
    headers = {"Content-Type": content_type}
    status = status_of(server, method, f"/pb/api/collections/{target}", headers, b"x=1")
    said(status)
    assert status in (400, 403)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        pytest.param("fields=document_content:excerpt(100000,true)", 400, id="A10-excerpt-100000"),
        pytest.param("fields=document_content:excerpt(200,true)", 200, id="A10-excerpt-200"),
        pytest.param(
            "filter=" + "%26%26".join(["strftime('%25Y',created)!='1'"] * 60),
            400,
            id="A13-60-functions",
        ),
        pytest.param("expand=" + ".".join(["a"] * 4_000), 400, id="A13-expand-of-4000-levels"),
        pytest.param("expand=" + ".".join(["a"] * 7), 200, id="A13-expand-of-7-levels"),
        pytest.param("fields=" + ".".join(["expand"] * 4_000), 200, id="A13-fields-of-4000-levels"),
    ],
)
def test_work_a_query_may_ask_for(server: Server, said: Said, query: str, status: int) -> None:
    """It has a bound."""
    came = status_of(server, "GET", f"/pb/api/collections/tbl_document/records?{query}", {})
    said(came)
    assert came == status


@pytest.mark.parametrize(
    ("body", "message"),
    [
        pytest.param(
            b'{"cart_product_id":[' + b"0," * 3_500_000 + b"0]}",
            GENERIC,
            id="A4-3500000-values-in-a-native-body",
        ),
        pytest.param(
            b"{" + b",".join(b'"k%d":0' % n for n in range(500_000)) + b"}",
            GENERIC,
            id="A4-500000-keys-in-a-native-body",
        ),
        pytest.param(
            b'{"cart_product_quantity":"' + b"9" * 8_000_000 + b'"}',
            CREATE_REFUSED,
            id="A3-a-number-of-8000000-digits",
        ),
    ],
)
def test_a_native_body_of_a_guest(server: Server, said: Said, body: bytes, message: str) -> None:
    """It is refused before its parts are looked at, or before they have cost anything."""
    answer = Client(server.url).raw(
        "POST", "/pb/api/collections/tbl_cart/records", headers=JSON, body=body
    )
    said(f"{answer.status}: {answer.json()['message']}")
    assert answer.status == 400
    assert answer.json()["message"] == message


LISTED = "/pb/api/collections/tbl_document/records"
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=B"
AT_ONCE = 4


def form_of(header: bytes, parts: int) -> bytes:
    """A form whose parts all have this header."""
    part = b"--B\r\nContent-Disposition: form-data" + header + b"\r\n\r\nx\r\n"
    return part * parts + b"--B--\r\n"


@pytest.mark.parametrize(
    ("media", "body"),
    [
        pytest.param(
            MULTIPART,
            lambda: form_of(b"; a=" + b" " * 16_000 + b'"x', 2),
            id="A3-16000-blanks-in-the-header-of-a-part",
        ),
        pytest.param(
            MULTIPART,
            lambda: form_of(b"; name=a" + b";a=b" * 4000, 500),
            id="A3-2000000-parameters-of-parts",
        ),
        pytest.param(FORM, lambda: b"a=" + b"9" * 8_000_000, id="A3-8-MB-of-digits-in-a-form"),
    ],
)
def test_a_form_is_read_at_once(
    server: Server, said: Said, media: str, body: Callable[[], bytes]
) -> None:
    """Guests send it with a GET, several at once: each of them is answered."""
    sent, headers = body(), {"Content-Type": media}
    with ThreadPoolExecutor(AT_ONCE) as guests:
        asked = [
            guests.submit(status_of, server, "GET", LISTED, headers, sent) for _ in range(AT_ONCE)
        ]
    came = [answer.result() for answer in asked]
    said(came)
    assert set(came) <= {200, 400}


@pytest.mark.parametrize(
    ("media", "body"),
    [
        pytest.param(
            "application/json",
            lambda: b'{"a":[' + b"{}," * 2_700_000 + b"{}]}",
            id="A4-2700000-objects-in-a-native-body",
        ),
        pytest.param(
            "application/json",
            lambda: b'{"a":[' + (b"[" * 900 + b"]" * 900 + b",") * 4000 + b"0]}",
            id="A4-3600000-lists-and-few-commas",
        ),
        pytest.param(
            "application/json",
            lambda: b"{" + b",".join(b'"%x":0' % n for n in range(600_000)) + b"}",
            id="A4-600000-keys-in-a-native-body",
        ),
        pytest.param(
            MULTIPART,
            lambda: (
                b'--B\r\nContent-Disposition: form-data; name="@jsonPayload"\r\n\r\n{"a":['
                + b"[]," * 2_700_000
                + b"0]}\r\n--B--\r\n"
            ),
            id="A4-2700000-lists-in-a-part-of-a-form",
        ),
        pytest.param(FORM, lambda: b"a=" + b"%20" * 2_700_000, id="A4-2700000-escapes-in-a-form"),
    ],
)
def test_what_a_native_body_may_hold(
    server: Server, said: Said, media: str, body: Callable[[], bytes]
) -> None:
    """Its values are counted before they are made."""
    came = status_of(server, "GET", LISTED, {"Content-Type": media}, body())
    said(came)
    assert came == 400


@pytest.mark.parametrize("name", [pytest.param("fields", id="A10-fields-are-not-all-remembered")])
def test_long_queries_fill_no_memory(server: Server, said: Said, name: str) -> None:
    """Each guest asks for another one."""
    before = max(server.resident_mib())
    for number in range(25):
        query = f"{name}=a{number}" + ".a" * 30_000
        assert status_of(server, "GET", f"{LISTED}?perPage=1&{query}", {}) == 200
    grown = max(server.resident_mib()) - before
    said(f"{grown:.0f} MiB more")
    assert grown < 80
