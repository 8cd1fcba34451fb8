"""Batches: all requests are done or none, each as it would be alone.

Covers: handlers/batch.py, bai_wx/request/batch.py, bai_wx/dialect/input/batch.py
What single requests of a batch are answered, beside PocketBase: tests/conformance/cases_batch.py.
"""

import json
from collections import Counter
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests

from tests.api import shop
from tests.api.pictures import PNG, picture
from tests.paths import ATTACHMENTS, CART_RECORDS, COMPANIES
from tests.running import Client, Server, uploaded_files
from tests.stories.crowd import all_at_once, crowd

MISSING = "zzzzzzzzzzzzzzz"


def inner(method: str, path: str, body: Any = None) -> dict[str, Any]:
    """A request of a batch."""
    return {"method": method, "url": f"/pb/api{path}", "body": body}


def line(client: Client, product: dict[str, Any] = shop.DIME, **more: Any) -> dict[str, Any]:
    """A request that puts a product into this client's cart."""
    body = {
        "cart_owner": client.openid,
        "cart_product_id": product["id"],
        "cart_product_quantity": 1,
        **more,
    }
    return inner("POST", CART_RECORDS, body)


def send(client: Client, *asked: dict[str, Any], **options: Any) -> requests.Response:
    """Send a batch as JSON."""
    return client.request("POST", "/batch", json={"requests": asked}, **options)


def send_form(
    client: Client, *asked: dict[str, Any], key: str = "", **files: bytes
) -> requests.Response:
    """Send a batch as a form; `at_1=b"…"` is the file of the second request."""
    parts = {
        f"requests.{name.removeprefix('at_')}.attachments_link": ("a.png", data, "image/png")
        for name, data in files.items()
    }
    form = {"@jsonPayload": json.dumps({"requests": asked})}
    headers = {"Idempotency-Key": key} if key else {}
    return client.request("POST", "/batch", data=form, files=parts, headers=headers)


def refused(answer: requests.Response) -> tuple[str, int, str]:
    """Which request a batch failed at, and the status and message of its answer."""
    assert answer.status_code == 400, answer.text
    body = answer.json()
    assert body["message"] == "Batch transaction failed."
    [(place, found)] = body["data"]["requests"].items()
    assert found["code"] == "batch_request_failed"
    return place, found["response"]["status"], found["response"]["message"]


def lines_of(server: Server, client: Client) -> list[dict[str, Any]]:
    """This client's cart lines, deleted or not, in the database itself."""
    return server.rows("SELECT * FROM tbl_cart WHERE cart_owner = ? ORDER BY seq", client.openid)


def test_each_request_is_answered_as_alone(server: Server, buyer: Client) -> None:
    """Statuses, bodies with picked fields and expanded relations, and null for a deletion."""
    made = send(
        buyer,
        line(buyer, id=(own := uuid4().hex[:15])),
        inner(
            "PATCH",
            f"{CART_RECORDS}/{own}?fields=cart_product_quantity&expand=x",
            {"cart_product_quantity": 3},
        ),
        line(buyer, shop.ODD) | {"url": f"/api{CART_RECORDS}?expand=cart_product_id"},
        inner("DELETE", f"{CART_RECORDS}/{own}"),
    )
    assert made.status_code == 200, made.text
    first, second, third, fourth = made.json()
    assert first["status"] == 200
    assert first["body"]["id"] == own
    assert first["body"]["cart_at_price"] == 0.1
    assert second == {"status": 200, "body": {"cart_product_quantity": 3}}
    alone = buyer.get(f"{CART_RECORDS}/{third['body']['id']}?expand=cart_product_id").json()
    assert third == {"status": 200, "body": alone}
    assert fourth == {"status": 204, "body": None}
    assert [row["is_delete"] for row in lines_of(server, buyer)] == [1, 0]


@pytest.mark.parametrize(
    ("last", "status"),
    [
        pytest.param(inner("DELETE", f"{CART_RECORDS}/{MISSING}"), 404, id="a missing row"),
        pytest.param(inner("POST", CART_RECORDS, {}), 400, id="a refused create"),
        pytest.param(inner("POST", "/collections/tbl_document/records", {}), 403, id="not offered"),
        pytest.param(inner("POST", "/collections/tbl_none/records", {}), 404, id="no collection"),
        pytest.param(inner("POST", "/cart/create", {}), 400, id="a hook"),
        pytest.param(inner("GET", CART_RECORDS), 400, id="a list"),
        pytest.param(inner("POST", "/batch", {}), 400, id="a batch"),
        pytest.param(inner("POST", ATTACHMENTS, {}), 400, id="an upload without a file"),
    ],
)
def test_one_refusal_undoes_all(
    server: Server, buyer: Client, last: dict[str, Any], status: int
) -> None:
    """Nothing of the requests before is left, and the batch tells which it was."""
    answer = send(buyer, line(buyer), line(buyer, shop.ODD), last, line(buyer, shop.FREE))
    assert refused(answer)[:2] == ("2", status)
    assert lines_of(server, buyer) == []


@pytest.mark.parametrize("method", ["PATCH", "DELETE", "PUT"])
def test_anothers_row_is_not_found(server: Server, buyer: Client, bob: Client, method: str) -> None:
    """By its id in the address or, of an upsert, in the body; it stays as it was."""
    [made] = send(bob, line(bob, shop.PERCENT, cart_remark=method)).json()
    own, body = made["body"]["id"], {"cart_remark": "mine"}
    asked = (
        inner("PUT", CART_RECORDS, body | {"id": own})
        if method == "PUT"
        else inner(method, f"{CART_RECORDS}/{own}", body)
    )
    assert refused(send(buyer, line(buyer), asked))[:2] == ("1", 404)
    assert lines_of(server, buyer) == []
    kept = server.row("tbl_cart", own)
    assert (kept["cart_remark"], kept["is_delete"]) == (method, 0)
    bob.request("DELETE", f"{CART_RECORDS}/{own}")


def test_a_deleted_row_is_not_there(buyer: Client) -> None:
    """Nothing changes it, and an upsert does not bring it back: its id stays taken."""
    [made] = send(buyer, line(buyer)).json()
    own = made["body"]["id"]
    assert send(buyer, inner("DELETE", f"{CART_RECORDS}/{own}")).status_code == 200
    assert refused(send(buyer, inner("PATCH", f"{CART_RECORDS}/{own}", {})))[1] == 404
    again = send(buyer, inner("PUT", CART_RECORDS, line(buyer)["body"] | {"id": own}))
    assert refused(again)[1] == 400
    [problem] = again.json()["data"]["requests"]["0"]["response"]["data"].items()
    assert problem == (
        "id",
        {"code": "validation_not_unique", "message": "Value must be unique."},
    )


def test_only_the_batchs_own_token_counts(server: Server, buyer: Client, bob: Client) -> None:
    """A request's headers make nobody of nobody, and no other of somebody."""
    token = {"Authorization": f"Bearer {buyer.token}", "authorization": buyer.token}
    guest = Client(server.url)
    assert refused(send(guest, line(buyer) | {"headers": token}))[1] == 400
    assert refused(send(bob, line(buyer) | {"headers": token}))[1] == 400
    assert lines_of(server, buyer) == []


def test_a_guests_batch_is_refused_like_a_guest(guest: Client) -> None:
    """400 of a create, 404 of a row."""
    assert refused(send(guest, line(guest)))[1:] == (400, "Failed to create record.")
    assert refused(send(guest, inner("DELETE", f"{CART_RECORDS}/{MISSING}")))[1] == 404


def test_rules_of_the_shop_hold_within_a_batch(server: Server, buyer: Client) -> None:
    """The second line of a product is refused, a price is the server's, an order takes its own rules."""
    assert refused(send(buyer, line(buyer), line(buyer)))[:2] == ("1", 400)
    [made] = send(buyer, line(buyer, cart_at_price=0.01, cart_status="ordered")).json()
    assert made["body"]["cart_at_price"] == 0.1
    assert made["body"]["cart_status"] == "active"


# --- keys ---


def test_a_key_makes_the_whole_batch_happen_once(server: Server, buyer: Client) -> None:
    """The same bytes again; another batch with the key is 422; a refused batch leaves the key free."""
    key = {"Idempotency-Key": "once"}
    bad = inner("DELETE", f"{CART_RECORDS}/{MISSING}")
    assert send(buyer, line(buyer), bad, headers=key).status_code == 400
    first, second = (send(buyer, line(buyer), headers=key) for _ in range(2))
    assert (first.status_code, second.content) == (200, first.content)
    assert send(buyer, line(buyer, shop.ODD), headers=key).status_code == 422
    assert len(lines_of(server, buyer)) == 1


def test_a_key_knows_the_files_of_a_batch(server: Server, buyer: Client) -> None:
    """A repeat stores no file; another file is another batch, another boundary is not."""
    asked = inner("POST", ATTACHMENTS)
    first = send_form(buyer, asked, key="file", at_0=PNG)
    assert first.status_code == 200, first.text
    before = uploaded_files(server)
    assert send_form(buyer, asked, key="file", at_0=PNG).content == first.content
    assert send_form(buyer, asked, key="file", at_0=picture("PNG", 9, 9)).status_code == 422
    assert uploaded_files(server) == before


# --- files ---


def test_files_of_a_batch_can_be_downloaded(buyer: Client) -> None:
    """Each belongs to its request, whatever their order in the form."""
    other = picture("PNG", 9, 9)
    made = send_form(
        buyer,
        inner("POST", ATTACHMENTS, {"attachments_remark": "甲"}),
        line(buyer),
        inner("PUT", ATTACHMENTS, {"id": (own := uuid4().hex[:15])}),
        at_2=other,
        at_0=PNG,
    )
    assert made.status_code == 200, made.text
    first, _, third = (each["body"] for each in made.json())
    assert (first["attachments_remark"], third["id"]) == ("甲", own)
    for record, sent in ((first, PNG), (third, other)):
        link = f"/files/tbl_attachments/{record['id']}/{record['attachments_link']}"
        assert buyer.get(link).content == sent
        assert record["attachments_owner"] == buyer.openid


@pytest.mark.parametrize("key", ["", "again"], ids=["without a key", "with a key"])
@pytest.mark.parametrize(
    "last",
    [
        pytest.param(inner("DELETE", f"{CART_RECORDS}/{MISSING}"), id="a refused request"),
        pytest.param(inner("POST", ATTACHMENTS), id="a file that is none"),
        pytest.param(
            inner("POST", ATTACHMENTS, {"id": "tpicturevalid00"}), id="an id that is taken"
        ),
        pytest.param(
            inner("PUT", ATTACHMENTS, {"id": "tpicturevalid00"}), id="an update not offered"
        ),
    ],
)
def test_a_failed_batch_leaves_no_file(
    server: Server, buyer: Client, last: dict[str, Any], key: str
) -> None:
    """Nor a row; what was stored before the refusal is removed."""
    before = uploaded_files(server)
    bad = b"text" if last == inner("POST", ATTACHMENTS) else picture("PNG", 9, 9)
    answer = send_form(buyer, inner("POST", ATTACHMENTS), last, key=key, at_0=PNG, at_1=bad)
    assert refused(answer)[0] == "1"
    assert uploaded_files(server) == before
    sql = "SELECT id FROM tbl_attachments WHERE attachments_owner = ?"
    assert server.rows(sql, buyer.openid) == []


def test_a_guests_file_is_not_stored(server: Server, guest: Client) -> None:
    before = uploaded_files(server)
    assert refused(send_form(guest, inner("POST", ATTACHMENTS), at_0=PNG))[1] == 400
    assert uploaded_files(server) == before


# --- bounds ---


@pytest.mark.parametrize(
    ("size", "form", "status"),
    [
        pytest.param(8 * 1024 * 1024, False, 400, id="8 MiB of JSON"),
        pytest.param(8 * 1024 * 1024 + 1, False, 413, id="a byte more"),
        pytest.param(11 * 1024 * 1024, True, 400, id="11 MiB of form"),
        pytest.param(11 * 1024 * 1024 + 1, True, 413, id="a byte more of form"),
    ],
)
def test_how_large_a_batch_may_be(guest: Client, size: int, form: bool, status: int) -> None:
    """All in all: JSON as every native body, a form as an upload. What fits is refused for its content."""
    kind = "multipart/form-data; boundary=b" if form else "application/json"
    body = b'{"requests":[{"method":"POST","url":"/x","body":{"a":"' + b"x" * size
    answer = guest.raw("POST", "/pb/api/batch", headers={"Content-Type": kind}, body=body[:size])
    assert answer.status == status
    if status == 400:
        assert answer.json()["message"] == "Failed to read the submitted batch data."


def test_a_large_batch_is_written(server: Server, buyer: Client) -> None:
    """Fifty requests with as much in them as their fields take."""
    body = {"company_name": "甲" * 200, "company_remark": "备注" * 500, "unknown": "x" * 100_000}
    made = send(buyer, *[inner("POST", COMPANIES, body)] * 50)
    assert made.status_code == 200, made.text[:500]
    assert [each["status"] for each in made.json()] == [200] * 50
    sql = "SELECT id FROM tbl_company WHERE company_owner_openid = ?"
    assert len(server.rows(sql, buyer.openid)) == 50


def test_each_request_counts_for_the_limits(tmp_path: Path) -> None:
    """A batch is no way round them: what is one too many fails it, with nothing written."""
    with Server(tmp_path / "home", BAI_WX_LIMITS="20/hour") as server:
        buyer = Client(server.url).login("limited")  # two requests, with that of the start
        goods = server.rows("SELECT id FROM tbl_product_list WHERE is_delete = 0 LIMIT 4")
        four = [line(buyer, product) for product in goods]
        assert send(buyer, *four).status_code == 200  # five more
        deletions = [inner("DELETE", f"{CART_RECORDS}/{MISSING}")] * 9
        assert refused(send(buyer, *deletions))[:2] == ("0", 404)  # ten more
        last = send(buyer, *deletions)
        assert refused(last) == ("2", 429, "Too Many Requests.")
        assert 0 < int(last.headers["Retry-After"]) <= 3600
        assert len(lines_of(server, buyer)) == 4


# --- at once ---


def test_upserts_of_one_record_at_once_make_one(server: Server, buyer: Client) -> None:
    """Whoever comes first creates it, and the others change it."""
    own = uuid4().hex[:15]
    body = line(buyer)["body"] | {"id": own}

    def upsert(client: Client, number: int) -> requests.Response:
        quantity = {"cart_product_quantity": number + 1}
        return send(client, inner("PUT", CART_RECORDS, body | quantity))

    answers = all_at_once(crowd(buyer, 8), upsert)
    assert Counter(answer.status_code for answer in answers) == {200: 8}, answers[0].text
    assert len(lines_of(server, buyer)) == 1


def test_batches_in_opposite_order_do_not_wait_for_each_other(
    server: Server, buyer: Client, bob: Client
) -> None:
    """Rows that everybody sees and that belong to two users, one way round and the other."""
    ids = [
        each["body"]["id"]
        for client in (buyer, bob)
        for each in send(client, *[inner("POST", COMPANIES, {"company_name": "甲"})] * 4).json()
    ]

    def change(client: Client, number: int) -> tuple[int, str]:
        order = ids if number % 2 else ids[::-1]
        asked = [inner("PATCH", f"{COMPANIES}/{each}", {"company_remark": "x"}) for each in order]
        answer = send(client, *asked)
        return answer.status_code, answer.json()["message"]

    clients = [*crowd(buyer, 4), *crowd(bob, 4)]
    assert set(all_at_once(clients, change)) == {(400, "Batch transaction failed.")}
    changed = (
        "SELECT id FROM tbl_company WHERE company_remark = 'x' AND company_owner_openid IN (?, ?)"
    )
    assert server.rows(changed, buyer.openid, bob.openid) == []


def test_batches_of_one_owner_come_one_after_the_other(server: Server, buyer: Client) -> None:
    """Eight batches raise the same lines, and none of it is lost."""
    made = send(buyer, line(buyer), line(buyer, shop.ODD), line(buyer, shop.FREE)).json()
    ids = [each["body"]["id"] for each in made]

    def raise_all(client: Client, number: int) -> int:
        order = ids if number % 2 else ids[::-1]
        more = {"cart_product_quantity+": 1}
        return send(
            client, *(inner("PATCH", f"{CART_RECORDS}/{each}", more) for each in order)
        ).status_code

    assert set(all_at_once(crowd(buyer, 8), raise_all)) == {200}
    assert [row["cart_product_quantity"] for row in lines_of(server, buyer)] == [9, 9, 9]
