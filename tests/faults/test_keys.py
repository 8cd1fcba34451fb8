"""What an Idempotency-Key keeps: successes alone, and none without a bound."""

from typing import Any

import pytest

from tests.faults.conftest import Said
from tests.paths import CART_RECORDS, COMPANIES, ORDER_RECORDS
from tests.running import Client, Server

LARGE = "x" * 1_000_000
LARGEST_KEPT = 64 * 1024


def key(name: str) -> dict[str, str]:
    """The header that names a piece of work."""
    return {"Idempotency-Key": name}


def kept_bytes(server: Server, name: str) -> int:
    """How much the database keeps under a key; 0 without one."""
    rows = server.rows("SELECT body FROM idempotency_key WHERE key = ?", name)
    return sum(len(bytes(row["body"])) for row in rows)


@pytest.fixture
def user(server: Server) -> Client:
    """Somebody who buys."""
    return Client(server.url).login("keykeeper")


@pytest.mark.parametrize(
    ("path", "bad", "good"),
    [
        pytest.param(
            COMPANIES,
            {"company_name": ""},
            {"company_name": "钥匙"},
            id="D3-native-refusal-frees-the-key",
        ),
        pytest.param(
            "/cart/create",
            {"cart_product_id": "P-NONE", "cart_product_quantity": 1},
            None,
            id="D3-hook-refusal-frees-the-key",
        ),
    ],
)
def test_a_refusal_frees_its_key(
    server: Server, user: Client, said: Said, path: str, bad: Any, good: Any
) -> None:
    """The mended body may come under the same key, and is done once."""
    if good is None:
        product = user.get("/collections/tbl_product_list/records?perPage=1").json()["items"][0]
        good = {"cart_product_id": product["id"], "cart_product_quantity": 1}
    name = f"free{path.replace('/', '-')}"[:60]
    first = user.hook(path, bad, headers=key(name))
    kept = kept_bytes(server, name)
    second = user.hook(path, good, headers=key(name))
    again = user.hook(path, good, headers=key(name))
    said(f"{first.status_code}, {kept} bytes kept, then {second.status_code}")
    assert (first.status_code, kept, second.status_code) == (400, 0, 200)
    assert again.content == second.content


@pytest.mark.parametrize("_row", [pytest.param(None, id="D3-a-large-value-in-a-refusal")])
def test_a_refusal_repeats_no_megabytes(
    server: Server, user: Client, said: Said, _row: None
) -> None:
    """Nothing of it is kept, and the answer repeats the beginning of the value."""
    body = {"order_owner": user.openid, "order_source": LARGE}
    answer = user.hook(ORDER_RECORDS, body, headers=key("large"))
    kept = kept_bytes(server, "large")
    said(f"{answer.status_code} of {len(answer.content)} bytes, {kept} kept")
    assert answer.status_code == 400
    assert len(answer.content) < 2_000
    assert kept == 0
    problem = answer.json()["data"]["order_source"]
    assert problem["params"]["value"].startswith("x" * 200)


@pytest.mark.parametrize("name", [pytest.param("basket0", id="D3-a-short-value-is-repeated-whole")])
def test_a_short_value_is_repeated_whole(user: Client, said: Said, name: str) -> None:
    """As PocketBase does."""
    answer = user.hook(ORDER_RECORDS, {"order_owner": user.openid, "order_source": name}).json()
    said(answer["data"])
    assert answer["data"]["order_source"]["message"] == f"Invalid value {name}."


@pytest.mark.parametrize("_row", [pytest.param(None, id="D3-expand-on-a-create")])
def test_what_is_kept_of_a_large_success_is_bounded(
    server: Server, user: Client, said: Said, _row: None
) -> None:
    """The second request does nothing twice and gets the same record, without the related rows."""
    product = user.get("/collections/tbl_product_list/records?perPage=1").json()["items"][0]
    server.change("tbl_product_list", product["id"], prod_list_description="长" * 40_000)
    other = Client(server.url).login("expander")
    body = {
        "cart_owner": other.openid,
        "cart_product_id": product["id"],
        "cart_product_quantity": 1,
    }
    path = f"{CART_RECORDS}?expand=cart_product_id"
    first = other.hook(path, body, headers=key("expanded"))
    kept = kept_bytes(server, "expanded")
    second = other.hook(path, body, headers=key("expanded"))
    server.change("tbl_product_list", product["id"], prod_list_description="")
    said(f"{first.status_code} of {len(first.content)} bytes, {kept} kept")
    assert (first.status_code, second.status_code) == (200, 200)
    assert len(first.content) > LARGEST_KEPT
    assert kept < LARGEST_KEPT
    assert second.json()["id"] == first.json()["id"]
    assert other.get(CART_RECORDS).json()["totalItems"] == 1
