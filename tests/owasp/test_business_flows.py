"""API6 Unrestricted Access to Sensitive Business Flows: scripts that buy, add and upload meet a quota."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.api.bundle import OPERATIONS
from tests.databases import without_sql
from tests.owasp.conftest import Say
from tests.paths import ATTACHMENTS, CART_RECORDS, COMPANIES, ORDER_RECORDS, PROFILE
from tests.running import Client, Server

QUOTAS = "companies:3,open-orders:3,cart-lines-a-day:3,uploads:3,upload-mib:1,phones-a-day:3,orders-a-day:1000"
PDF = ("a.pdf", b"%PDF-1.7\n", "application/pdf")

GOODS = [
    {
        "id": f"quotaproduct{number:03d}",
        "prod_list_id": f"P-QUOTA-{number}",
        "prod_list_name": f"商品 {number}",
        "prod_list_basic_price": 1.5,
        "prod_list_status": "on_sale",
    }
    for number in range(16)
]

Send = Callable[[Client, str, int], Any]

pytestmark = without_sql  # tests/record/test_quotas.py asks both databases


@pytest.fixture(scope="module")
def bounded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A shop whose users may have three of everything."""
    with Server(
        tmp_path_factory.mktemp("quotas") / "home", workers=2, BAI_WX_QUOTAS=QUOTAS
    ) as running:
        running.take({"tbl_product_list": GOODS})
        yield running
        assert "against the contract" not in running.log
        assert "Traceback" not in running.log


def order_hook(client: Client, product: str, number: int) -> Any:
    """Order a product."""
    items = [{"prod_list_id": product, "quantity": 1}]
    return client.hook("/order/create", {"order_source": "product", "items": items})


def order_record(client: Client, product: str, number: int) -> Any:
    """Order it as a record."""
    snap = {"items": [{"prod_list_id": product, "quantity": 1}]}
    body = {"order_owner": client.openid, "order_source": "product", "order_snap": snap}
    return client.request("POST", ORDER_RECORDS, json=body)


def cart_hook(client: Client, product: str, number: int) -> Any:
    """Put another product into the cart."""
    return client.hook(
        "/cart/create", {"cart_product_id": _another(number), "cart_product_quantity": 1}
    )


def cart_record(client: Client, product: str, number: int) -> Any:
    """Put it there as a record."""
    body = {
        "cart_owner": client.openid,
        "cart_product_id": _another(number),
        "cart_product_quantity": 1,
    }
    return client.request("POST", CART_RECORDS, json=body)


def company(client: Client, product: str, number: int) -> Any:
    """Create a company."""
    return client.request("POST", COMPANIES, json={"company_name": f"公司 {number}"})


def upload(client: Client, product: str, number: int) -> Any:
    """Upload a file."""
    return client.request("POST", ATTACHMENTS, files={"attachments_link": PDF})


def phone(client: Client, product: str, number: int) -> Any:
    """Exchange a phone's code."""
    return client.hook(PROFILE, {"users_phone_code": f"phone-1380013800{number % 10}"})


def _another(number: int) -> str:
    return GOODS[number]["id"]


FLOWS = [
    pytest.param(order_hook, "order_create", id="orders by a hook"),
    pytest.param(order_record, "order_record_create", id="orders by records"),
    pytest.param(cart_hook, "cart_create", id="cart lines by a hook"),
    pytest.param(cart_record, "cart_record_create", id="cart lines by records"),
    pytest.param(company, "company_create", id="companies"),
    pytest.param(upload, "attachment_create", id="uploads"),
    pytest.param(phone, "wechat_profile", id="phone codes"),
]


@pytest.mark.parametrize(("send", "operation"), FLOWS)
def test_a_script_meets_its_users_quota(
    bounded: Server, say: Say, send: Send, operation: str
) -> None:
    """Sixteen at once, at two workers: three come through, 429 in the shape of the path to the others."""
    client = Client(bounded.url).login(f"script-{operation}")
    product = "P-QUOTA-0"
    with ThreadPoolExecutor(16) as pool:
        tries = range(16)
        clients = [Client(bounded.url, client.token, client.openid, client.user_id) for _ in tries]
        answers = list(pool.map(lambda n: send(clients[n], product, n), tries))
    say(f"{Counter(each.status_code for each in answers)[200]} of 16 came through")
    assert Counter(each.status_code for each in answers) == {200: 3, 429: 13}
    assert 429 in OPERATIONS[operation].declared
    refused = next(each for each in answers if each.status_code == 429)
    assert 1 <= int(refused.headers["Retry-After"]) <= 24 * 3600
    if OPERATIONS[operation].is_hook:
        assert refused.json()["statusCode"] == 429
        assert refused.json()["data"] == {"code": "too_many_requests", "fields": {}}
    else:
        told = refused.json()
        assert (told["status"], told["data"]) == (429, {})
        assert told["message"].startswith("Too many requests: the quota ")
    other = Client(bounded.url).login(f"other-{operation}")
    assert send(other, product, 0).status_code == 200


def test_a_batch_does_not_get_past_a_quota(bounded: Server) -> None:
    """Nor is half of it done."""
    client = Client(bounded.url).login("batches")
    request = {
        "method": "POST",
        "url": "/api/collections/tbl_company/records",
        "body": {"company_name": "某"},
    }
    answer = client.hook("/batch", {"requests": [request] * 5})
    assert answer.status_code == 400
    [(place, refusal)] = answer.json()["data"]["requests"].items()
    assert (place, refusal["response"]["status"]) == ("3", 429)
    assert answer.headers["Retry-After"] == "3600"
    found = bounded.rows("SELECT * FROM tbl_company WHERE company_owner_openid = ?", client.openid)
    assert found == []
    assert client.hook("/batch", {"requests": [request] * 3}).status_code == 200


def test_an_idempotency_key_does_not_keep_a_refusal(bounded: Server) -> None:
    """Sent again when there is room, the request is done."""
    client = Client(bounded.url).login("again")
    product = "P-QUOTA-0"
    orders = [order_hook(client, product, n).json()["data"]["order_id"] for n in range(3)]
    items = [{"prod_list_id": product, "quantity": 1}]
    body = {"order_source": "product", "items": items}
    key = {"Idempotency-Key": "again-and-again"}
    assert client.hook("/order/create", body, headers=key).status_code == 429
    client.data("/order/update", {"order_id": orders[0], "order_status": "cancelled"})
    first = client.hook("/order/create", body, headers=key)
    assert first.status_code == 200
    assert client.hook("/order/create", body, headers=key).content == first.content
