"""The contract as a document, health, and bytes of a query that are no text.

Covers: handlers/system.py
"""

import json
from urllib.parse import quote

import pytest

from tests.api import shop
from tests.api.bundle import OPERATIONS
from tests.paths import PRODUCTS
from tests.running import Client


def test_openapi_document_is_the_bundle(guest: Client) -> None:
    """Every operation, no file reference, and our private keys left out."""
    answer = guest.get("/openapi.json")
    assert answer.headers["Content-Type"].startswith("application/json")
    document = answer.json()
    found = {
        part["operationId"]
        for item in document["paths"].values()
        for part in item.values()
        if isinstance(part, dict) and "operationId" in part
    }
    assert found == set(OPERATIONS)
    assert ".yaml#" not in answer.text
    assert "x-openapi-router-controller" not in answer.text


def test_openapi_document_is_cached_by_etag(guest: Client) -> None:
    """The same ETag again is 304 without a body."""
    etag = guest.get("/openapi.json").headers["ETag"]
    again = guest.get("/openapi.json", headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    assert guest.get("/openapi.json", headers={"If-None-Match": '"other"'}).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/health", id="health"),
        pytest.param("/ready", id="readiness"),
        pytest.param("/openapi.json", id="the contract"),
    ],
)
def test_body_of_a_get_that_takes_none_is_not_read(guest: Client, path: str) -> None:
    """As PocketBase's health check."""
    answer = guest.raw(
        "GET", f"/pb/api{path}", headers={"Content-Type": "application/json"}, body=b"{bad"
    )
    assert answer.status == 200


def test_health_says_pocketbases_words(guest: Client) -> None:
    """`{"code":200,"message":"API is healthy.","data":{}}`."""
    assert guest.get("/health").json() == {"code": 200, "message": "API is healthy.", "data": {}}


def test_filter_with_undecodable_bytes_is_dropped_or_refused(guest: Client) -> None:
    """`filter=%zz` never reaches SQL: PocketBase drops the pair, a stricter server says 400."""
    answer = guest.raw("GET", f"/pb/api{PRODUCTS}?filter=%zz&perPage=1")
    assert answer.status in (200, 400)
    assert answer.status == 400 or answer.json()["perPage"] == 1


def test_chinese_in_a_query_needs_no_care(guest: Client) -> None:
    """Percent-encoded UTF-8, as `wx.request` sends it."""
    text = quote("prod_list_name~'纯铜'")
    answer = guest.raw("GET", f"/pb/api{PRODUCTS}?filter={text}")
    assert [item["id"] for item in json.loads(answer.body)["items"]] == [shop.PERCENT["id"]]
