"""A user cannot get another user's request through our proxy, whatever offer to upgrade comes with it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.failover.proxy import CADDYFILE, Proxy
from tests.faults.conftest import Said
from tests.faults.wire import exchange
from tests.paths import CART_RECORDS
from tests.running import Client, Server

ROUNDS = 4
STRIPPING = "\trequest_header -"


@contextmanager
def proxy(folder: Path, server: Server, *, strips: bool) -> Iterator[str]:
    """Caddy before the server, with the file of deploy/ or with the same file without its stripping."""
    folder.mkdir()
    lines = CADDYFILE.read_text("utf-8").splitlines(keepends=True)
    file = folder / "Caddyfile"
    file.write_text("".join(n for n in lines if strips or not n.startswith(STRIPPING)), "utf-8")
    with Proxy(folder / "caddy", [server.url], file) as running:
        yield running.url


def swallowing(line: str, token: str, padding: int) -> bytes:
    """A request whose body ends with the head of another one, which takes 480 bytes of what follows."""
    common = (
        f"PATCH /pb/api{CART_RECORDS}/{line} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
    )
    inner = "\r\n" * (padding // 2) + common + "Content-Length: 480\r\n\r\ncart_remark="
    offer = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n"
    return f"{common}{offer}Content-Length: {len(inner)}\r\n\r\n{inner}".encode()


@pytest.mark.parametrize(
    "strips",
    [
        pytest.param(True, id="A1-theft-with-stripping"),
        pytest.param(False, id="A1-theft-without-stripping"),
    ],
)
def test_no_request_of_another_user_is_had(
    tmp_path: Path, server: Server, said: Said, strips: bool
) -> None:
    """The remark of the attacker's line never holds the next user's head, and that user is answered."""
    attacker, victim = (Client(server.url).login(name) for name in ("alice", "bob"))
    products = attacker.get("/collections/tbl_product_list/records?perPage=1").json()["items"]
    line = attacker.data(
        "/cart/create", {"cart_product_id": products[0]["id"], "cart_product_quantity": 1}
    )["pb_id"]
    remarks = []
    answers = []
    with proxy(tmp_path / "proxy", server, strips=strips) as url:
        behind = Client(url, victim.token)
        for turn in range(ROUNDS):
            padding = (60_000, 120_000, 200_000, 300_000)[turn % 4]
            exchange(url, swallowing(line, attacker.token, padding), quiet_s=0.3)
            answers.append(behind.get(f"{CART_RECORDS}?perPage=1").status_code)
            remarks.append(attacker.get(f"{CART_RECORDS}/{line}").json().get("cart_remark") or "")
    stolen = sum(victim.token[:40] in remark for remark in remarks)
    said(f"{stolen} of {ROUNDS} requests of another user were had; that user's answers {answers}")
    assert stolen == 0
    assert answers == [200] * ROUNDS
