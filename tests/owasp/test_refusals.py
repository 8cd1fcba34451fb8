"""429 and 503 are of the path's own shape on every path, with Retry-After, and declared by every operation.

They come before an operation is known (limits), after (quotas, the database) and instead of one (a path that is
not there), to GET, HEAD and whatever else. See API4.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from tests.api.bundle import HOOK_PREFIXES, OPERATIONS, Op
from tests.databases import without_sql
from tests.owasp.asking import ALL, ask, path_of
from tests.owasp.conftest import Say
from tests.running import Answer, Client, Server

pytestmark = without_sql

OTHERS = (
    ("GET", "/pb/api/cart/nothing"),
    ("PUT", "/pb/api/cart/list"),
    ("GET", "/pb/api/nothing"),
    ("POST", "/pb/api/collections/nothing/records"),
    ("PUT", "/pb/api/collections/tbl_cart/records"),
    ("GET", "/pb/api/files/tbl_attachments/a/b.png"),
    ("OPTIONS", "/pb/api/cart/list"),
    ("TRACE", "/pb/api/health"),
    ("GET", "/nothing"),
    ("GET", "/"),
    ("GET", "/pb/docs"),
    ("GET", "/console/"),
    ("PATCH", "/pb/api/order/%ff"),
)
"""What reaches no operation."""


def shown(answer: Answer, path: str, status: int, *, has_body: bool = True) -> None:
    """Check a refusal: status, Retry-After, and the shape of the path."""
    assert answer.status == status, (path, answer.status, answer.body)
    assert 1 <= int(answer.headers["Retry-After"]) <= 24 * 3600, path
    assert len(answer.headers.get_all("Retry-After") or ()) == 1
    assert answer.headers["Content-Type"] == "application/json"
    if not has_body:
        assert answer.body == b""
        return
    told = orjson.loads(answer.body)
    if path.startswith(HOOK_PREFIXES):
        assert set(told) == {"statusCode", "errMsg", "data"}, path
        assert told["statusCode"] == status
        assert set(told["data"]) == {"code", "fields"}
    else:
        assert set(told) == {"data", "message", "status"}, path
        assert told["status"] == status


@pytest.fixture(scope="module")
def shut(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that has answered this address once, and answers it no more today."""
    home = tmp_path_factory.mktemp("shut") / "home"
    with Server(home, BAI_WX_LIMITS="1/day") as running:
        yield running


@pytest.mark.parametrize("op", [pytest.param(op, id=op.id) for op in ALL])
def test_a_limit_is_told_on_every_operation(shut: Server, op: Op) -> None:
    """GET, and HEAD where there is GET; with a body that is one and one that is none."""
    client = Client(shut.url)
    shown(ask(client, op), path_of(op), 429)
    shown(
        client.raw(op.method, path_of(op), body=b"{" if op.method != "GET" else b""),
        path_of(op),
        429,
    )
    shown(client.raw("HEAD", path_of(op)), path_of(op), 429, has_body=False)
    assert {429, 503} <= OPERATIONS[op.id].declared


@pytest.mark.parametrize(("method", "path"), OTHERS)
def test_a_limit_is_told_before_an_operation_is_known(shut: Server, method: str, path: str) -> None:
    """In the shape of the paths around it."""
    shown(Client(shut.url).raw(method, path), path, 429)


def test_a_database_that_is_gone_is_told_on_every_operation(tmp_path: Path, say: Say) -> None:
    """503 by all that write to it; what only reads, or needs none, may still answer. No other 5xx."""
    with Server(tmp_path / "home") as server:
        client = Client(server.url).login("alice")
        product = client.get("/collections/tbl_product_list/records").json()["items"][0]
        bodies = {
            "cart_create": {"cart_product_id": product["id"], "cart_product_quantity": 1},
            "order_create": {
                "order_source": "product",
                "items": [{"prod_list_id": product["prod_list_id"], "quantity": 1}],
            },
            "company_create": {"company_name": "某"},
            "wechat_login": {"users_wx_code": "demo-new"},
            "wechat_profile": {"users_name": "新"},
            "cart_record_create": {
                "cart_owner": client.openid,
                "cart_product_id": product["id"],
                "cart_product_quantity": 1,
            },
            "order_record_create": {
                "order_owner": client.openid,
                "order_source": "product",
                "order_snap": {"items": [{"prod_list_id": product["prod_list_id"], "quantity": 1}]},
            },
        }
        shutil.move(server.database, tmp_path / "elsewhere.db")
        told = {}
        for op in ALL:
            answer = ask(client, op, bodies.get(op.id))
            told[op.id] = answer.status
            if answer.status >= 500:
                shown(answer, path_of(op), 503)
        assert "Traceback" not in server.log
    refused = [name for name, status in told.items() if status == 503]
    say(f"{len(refused)} of {len(told)} operations answered 503: {', '.join(refused)}")
    assert set(bodies) <= set(refused)
    assert told["health"] == 200
