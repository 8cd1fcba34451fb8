"""What is taken from a connection: a table of raw exchanges, each asked directly and through our proxy."""

from collections.abc import Iterator

import pytest

from tests.failover.proxy import Proxy
from tests.faults import wire_rows
from tests.faults.conftest import Said
from tests.faults.wire import HEALTH, LAST, Row, chunked, exchange, posted, request, statuses
from tests.running import Client, Server

SECRET = "nobody else reads this"
SECURITY = b"\r\nx-content-type-options: nosniff\r\n"


@pytest.fixture(scope="module")
def attacker(server: Server) -> Client:
    """The user who sends the bytes."""
    return Client(server.url).login("alice")


@pytest.mark.parametrize("row", [pytest.param(row, id=row.name) for row in wire_rows.table()])
def test_exchange(server: Server, attacker: Client, said: Said, row: Row) -> None:
    """Each request is answered once, and what is none is refused and the connection closed."""
    answers = exchange(server.url, row.sent.replace(b"@TOKEN@", attacker.token.encode()) + LAST)
    lacking = [text for text in row.holds if text not in answers]
    smuggled = [text for text in row.lacks if text in answers]
    bare = [head for head in answers.split(b"HTTP/1.1 ")[1:] if SECURITY not in head]
    said(
        f"{statuses(answers)}"
        + (f", without {lacking}" if lacking else "")
        + (f", with {smuggled}" if smuggled else "")
        + (f", {len(bare)} without security headers" if bare else "")
    )
    assert statuses(answers) == row.statuses
    assert not lacking
    assert not smuggled
    assert not bare


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        pytest.param(request(HEALTH), (200,), id="C4-no-more-behind-a-request"),
        pytest.param(request(HEALTH) * 3, (200, 200, 200), id="C4-no-more-behind-three-requests"),
        pytest.param(posted(), (200,), id="C4-no-more-behind-a-body"),
        pytest.param(
            request(b"/pb/api/openapi.json") * 40,
            (200,) * 40,
            id="C4-no-more-before-2-MB-of-answers",
        ),
        pytest.param(posted(length=b"99"), (400,), id="C4-no-more-within-a-body"),
        pytest.param(chunked(b"5\r\n{}", end=b""), (400,), id="C4-no-more-within-a-chunk"),
        pytest.param(
            request(HEALTH) + b"GET /pb/api/hea", (200, 400), id="C4-no-more-within-a-head"
        ),
    ],
)
def test_who_sends_no_more_is_answered(
    server: Server, attacker: Client, said: Said, sent: bytes, expected: tuple[int, ...]
) -> None:
    """As the peer does: what was asked is answered, what is cut short is refused, then it is closed."""
    sent = sent.replace(b"@TOKEN@", attacker.token.encode())
    answers = exchange(server.url, sent, quiet_s=5, is_all=True)
    said(statuses(answers))
    assert statuses(answers) == expected


@pytest.fixture(scope="module")
def proxied(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Our proxy before the server."""
    with Proxy(tmp_path_factory.mktemp("proxy") / "caddy", [server.url]) as running:
        yield running.url


@pytest.fixture(scope="module")
def victim(server: Server, proxied: str) -> Client:
    """Another user, who has a line with a remark, behind the same proxy."""
    client = Client(server.url).login("bob")
    product = client.get("/collections/tbl_product_list/records?perPage=1").json()["items"][0]
    line = {"cart_product_id": product["id"], "cart_product_quantity": 1, "cart_remark": SECRET}
    assert client.hook("/cart/create", line).status_code == 200
    return Client(proxied, client.token, client.openid, client.user_id)


@pytest.mark.parametrize("row", [pytest.param(row, id=row.name) for row in wire_rows.table()])
def test_nobody_elses_bytes_come_through_the_proxy(
    proxied: str, attacker: Client, victim: Client, said: Said, row: Row
) -> None:
    """Whatever one sends, the next user is answered, and the first sees none of it."""
    sent = row.sent.replace(b"@TOKEN@", attacker.token.encode()).replace(
        b"shop.example", b"127.0.0.1"
    )
    answers = exchange(proxied, sent + LAST, quiet_s=1)
    own = victim.get("/collections/tbl_cart/records?perPage=1")
    said(f"{statuses(answers)}, then {own.status_code} for the other user")
    assert own.status_code == 200
    assert SECRET in own.text
    for text in (SECRET, victim.openid, victim.token):
        assert text.encode() not in answers
