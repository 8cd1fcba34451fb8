"""`Idempotency-Key` on every create: the work is done once, whoever repeats the request."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import requests

from tests.api import shop
from tests.api.bundle import OPERATIONS
from tests.api.pictures import PNG, picture
from tests.running import Client, Server

Sent = Callable[[Client, str, bool], requests.Response]
"""Send a create with a key; `other` sends another body."""


def _headers(key: str) -> dict[str, str]:
    return {"Idempotency-Key": key}


def cart_create(client: Client, key: str, other: bool) -> requests.Response:
    """Two or three dimes by hook."""
    body = {"cart_product_id": shop.DIME["id"], "cart_product_quantity": 3 if other else 2}
    return client.hook("/cart/create", body, headers=_headers(key))


def order_create(client: Client, key: str, other: bool) -> requests.Response:
    """One or two dimes ordered by hook."""
    items = [{"prod_list_id": shop.DIME["prod_list_id"], "quantity": 2 if other else 1}]
    body = {"order_source": "product", "items": items}
    return client.hook("/order/create", body, headers=_headers(key))


def cart_record_create(client: Client, key: str, other: bool) -> requests.Response:
    """A line by record; twice without the key it would be refused as not unique."""
    body = {
        "cart_owner": client.openid,
        "cart_product_id": shop.ODD["id"],
        "cart_product_quantity": 3 if other else 2,
    }
    return client.request("POST", "/collections/tbl_cart/records", json=body, headers=_headers(key))


def order_record_create(client: Client, key: str, other: bool) -> requests.Response:
    """An order by record."""
    items = [{"prod_list_id": shop.DIME["prod_list_id"], "quantity": 2 if other else 1}]
    body = {"order_owner": client.openid, "order_source": "product", "order_snap": {"items": items}}
    return client.request(
        "POST", "/collections/tbl_order/records", json=body, headers=_headers(key)
    )


def company_create(client: Client, key: str, other: bool) -> requests.Response:
    """A company."""
    body = {"company_name": "乙公司" if other else "甲公司"}
    return client.request(
        "POST", "/collections/tbl_company/records", json=body, headers=_headers(key)
    )


def attachment_create(client: Client, key: str, other: bool) -> requests.Response:
    """An upload."""
    data = picture("PNG", 9, 9) if other else PNG
    return client.request(
        "POST",
        "/collections/tbl_attachments/records",
        files={"attachments_link": ("a.png", data, "image/png")},
        headers=_headers(key),
    )


def batch(client: Client, key: str, other: bool) -> requests.Response:
    """A batch of one line."""
    body = {
        "cart_owner": client.openid,
        "cart_product_id": shop.ODD["id"],
        "cart_product_quantity": 3 if other else 2,
    }
    asked = {"method": "POST", "url": "/api/collections/tbl_cart/records", "body": body}
    return client.request("POST", "/batch", json={"requests": [asked]}, headers=_headers(key))


CREATES: dict[str, tuple[Sent, str, str]] = {
    "cart_create": (cart_create, "tbl_cart", "cart_owner"),
    "order_create": (order_create, "tbl_order", "order_owner"),
    "cart_record_create": (cart_record_create, "tbl_cart", "cart_owner"),
    "order_record_create": (order_record_create, "tbl_order", "order_owner"),
    "company_create": (company_create, "tbl_company", "company_owner_openid"),
    "batch": (batch, "tbl_cart", "cart_owner"),
    "attachment_create": (attachment_create, "tbl_attachments", "attachments_owner"),
}
"""Operation to how it is sent, and where its rows and their owner are."""

EACH = pytest.mark.parametrize("operation", [pytest.param(name, id=name) for name in CREATES])


@pytest.fixture
def buyer(guest: Client) -> Client:
    """A user with nothing, of the test's own."""
    return guest.login(f"repeater-{uuid4().hex}")


def rows(server: Server, client: Client, operation: str) -> int:
    """How many rows this user has in the operation's collection."""
    _, table, owner = CREATES[operation]
    return len(server.rows(f"SELECT id FROM {table} WHERE {owner} = ?", client.openid))


def test_every_create_of_the_contract_takes_a_key() -> None:
    """The table above is the contract's list of creates."""
    taking = {
        op.id
        for op in OPERATIONS.values()
        if any(p["name"] == "Idempotency-Key" for p in op.definition.get("parameters", ()))
    }
    assert taking == set(CREATES)


@EACH
def test_repeat_answers_the_first_answer_again(
    server: Server, buyer: Client, operation: str
) -> None:
    """The same bytes, and one row."""
    send = CREATES[operation][0]
    first, second = send(buyer, "once", False), send(buyer, "once", False)
    assert first.status_code == second.status_code == 200, first.text
    assert first.content == second.content
    assert rows(server, buyer, operation) == 1


@EACH
def test_another_body_is_refused(server: Server, buyer: Client, operation: str) -> None:
    """422, in the family's shape, and nothing is done."""
    send = CREATES[operation][0]
    send(buyer, "once", False)
    refused = send(buyer, "once", True)
    assert refused.status_code == 422
    body = refused.json()
    if OPERATIONS[operation].is_hook:
        assert body["data"]["code"] == "idempotency_key_reused"
    else:
        assert body["status"] == 422
        assert body["data"] == {}
    assert rows(server, buyer, operation) == 1


@EACH
def test_eight_repeats_at_once_do_the_work_once(
    server: Server, buyer: Client, operation: str
) -> None:
    """All get the same answer."""
    send = CREATES[operation][0]
    clients = [Client(buyer.url, buyer.token, buyer.openid) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda c: send(c, "at-once", False), clients))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert rows(server, buyer, operation) == 1


def test_merged_line_is_not_added_to_again(buyer: Client) -> None:
    """A repeated cart create does not count twice."""
    cart_create(buyer, "first", False)
    for _ in range(3):
        cart_create(buyer, "second", False)
    assert buyer.data("/cart/list")["items"][0]["cart_product_quantity"] == 4


def test_key_belongs_to_its_user(buyer: Client, guest: Client) -> None:
    """Another user with the same key does its own work."""
    other = guest.login(f"repeater-{uuid4().hex}")
    mine, theirs = (
        order_create(client, "shared", False).json()["data"] for client in (buyer, other)
    )
    assert mine["order_id"] != theirs["order_id"]


def test_key_belongs_to_its_operation(buyer: Client) -> None:
    """The same key on another create is another piece of work, or refused as reused; never mixed up."""
    assert cart_create(buyer, "both", False).status_code == 200
    second = order_create(buyer, "both", False)
    assert second.status_code in (200, 422)
    if second.status_code == 200:
        assert second.json()["data"]["order_id"]


def test_refusal_leaves_its_key_free(buyer: Client) -> None:
    """It did nothing, so the mended body may come under the same key."""
    body = {"cart_product_id": "P-NONE", "cart_product_quantity": 1}
    first = buyer.hook("/cart/create", body, headers=_headers("bad"))
    assert first.json()["data"]["code"] == "product_unavailable"
    mended = {**body, "cart_product_id": shop.DIME["id"]}
    assert buyer.hook("/cart/create", mended, headers=_headers("bad")).status_code == 200


def test_order_of_keys_in_the_body_does_not_matter(buyer: Client) -> None:
    """The same JSON object is the same body."""
    product = shop.DIME["id"]
    one = {"cart_product_id": product, "cart_product_quantity": 1}
    two = {"cart_product_quantity": 1, "cart_product_id": product}
    first = buyer.hook("/cart/create", one, headers=_headers("order"))
    assert buyer.hook("/cart/create", two, headers=_headers("order")).content == first.content


def test_deep_unknown_key_is_no_obstacle(buyer: Client) -> None:
    """Natively unknown keys are ignored however deep they are, with a key as without one."""
    deep = '{"company_name": "深", "zz": ' + "[" * 400 + "]" * 400 + "}"
    headers = {**_headers("deep"), "Content-Type": "application/json"}
    first, second = (
        buyer.request(
            "POST", "/collections/tbl_company/records", data=deep.encode(), headers=headers
        )
        for _ in range(2)
    )
    assert (first.status_code, first.content) == (200, second.content)


def test_another_file_name_is_another_body(buyer: Client) -> None:
    """The same bytes under another name would be another attachment."""
    answers = [
        buyer.request(
            "POST",
            "/collections/tbl_attachments/records",
            files={"attachments_link": (name, PNG, "image/png")},
            headers=_headers("named"),
        )
        for name in ("a.png", "a.png", "b.png")
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 422]


@pytest.mark.parametrize(
    "key",
    [
        pytest.param("k", id="one character"),
        pytest.param("k" * 64, id="64 characters"),
        pytest.param("5f0c7d3e-2b5a-4a0e-9a55-0d3f6f1c9b7a", id="a UUID"),
        pytest.param("a b/c:d'\"", id="marks and a blank"),
        pytest.param("' OR 1=1 --", id="SQL"),
    ],
)
def test_key_may_be(buyer: Client, key: str) -> None:
    """1 to 64 printable characters."""
    first = order_create(buyer, key, False)
    assert first.status_code == 200
    assert order_create(buyer, key, False).content == first.content


def test_key_is_forgotten_after_24_hours(server: Server, buyer: Client) -> None:
    """A day later the same request is another piece of work; a little earlier it is not."""
    aged = "UPDATE idempotency_key SET created = ? WHERE owner = ?"
    first = order_create(buyer, "daily", False)
    server.write(aged, _hours_ago(23.9), buyer.user_id)
    assert order_create(buyer, "daily", False).content == first.content
    server.write(aged, _hours_ago(24.1), buyer.user_id)
    assert order_create(buyer, "daily", False).content != first.content
    assert rows(server, buyer, "order_create") == 2


def _hours_ago(hours: float) -> str:
    moment = datetime.now(UTC) - timedelta(hours=hours)
    return f"{moment:%Y-%m-%d %H:%M:%S}.000Z"


def test_temporary_failure_is_no_final_answer(buyer: Client) -> None:
    """What was refused before any work was done may be sent again with the same key."""
    headers = {**_headers("again"), "Content-Type": "text/plain"}
    assert buyer.raw("POST", "/pb/api/cart/create", headers=headers, body=b"hi").status == 415
    assert cart_create(buyer, "again", False).status_code == 200


def test_repeats_to_two_workers_do_the_work_once(tmp_path: Path) -> None:
    """The key lives in the database, so it does not matter who is asked."""
    with Server(tmp_path / "home", workers=2) as server:
        server.take(shop.ROWS)
        user = Client(server.url).login("two-workers")
        clients = [Client(server.url, user.token, user.openid) for _ in range(12)]
        with ThreadPoolExecutor(12) as pool:
            answers = list(pool.map(lambda c: order_create(c, "spread", False), clients))
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.content for answer in answers}) == 1
        assert rows(server, user, "order_create") == 1


def test_key_of_a_guest_changes_nothing(guest: Client) -> None:
    """A guest is refused as without it."""
    assert cart_create(guest, "guest", False).status_code == 401
    assert company_create(guest, "guest", False).status_code == 400
