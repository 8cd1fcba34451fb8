"""The native records API over HTTP: PocketBase's shapes, what is visible to whom, companies."""

import json
import re
import time
from typing import Any
from urllib.parse import quote

import pytest

from bai_wx.record.collections import COLLECTIONS
from tests.api import shop
from tests.api.bundle import OPERATIONS
from tests.running import Client, Server

COMPANIES = "/collections/tbl_company/records"
PRODUCTS = "/collections/tbl_product_list/records"
DOCUMENTS = "/collections/tbl_document/records"
PUBLIC = {
    "tbl_company": COMPANIES,
    "tbl_attachments": "/collections/tbl_attachments/records",
    "tbl_product_list": PRODUCTS,
    "tbl_document": DOCUMENTS,
}
COMMON = {"id", "collectionId", "collectionName", "created", "updated", "is_delete"}


def listed(client: Client, path: str, **query: Any) -> dict[str, Any]:
    """A list, which must be answered with 200."""
    answer = client.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def ids(page: dict[str, Any]) -> list[str]:
    """The record ids of a page, in order."""
    return [record["id"] for record in page["items"]]


def ours(client: Client, path: str, filter: str, **query: Any) -> list[str]:
    """The ids of the tests' own rows that a filter finds."""
    own = f"id ~ 'tproduct%' && ({filter})"
    return ids(listed(client, path, filter=own, **query))


# --- shapes ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("collection", [pytest.param(name, id=name) for name in PUBLIC])
def test_guests_see_what_is_visible_and_nothing_else(guest: Client, collection: str) -> None:
    """Valid attachments, products on sale, published and current documents, undeleted companies."""
    found = ids(listed(guest, PUBLIC[collection], perPage=1000))
    for row in shop.VISIBLE[collection]:
        assert row["id"] in found
        assert guest.get(f"{PUBLIC[collection]}/{row['id']}").status_code == 200
    for row in shop.INVISIBLE[collection]:
        assert row["id"] not in found
        assert guest.get(f"{PUBLIC[collection]}/{row['id']}").status_code == 404


@pytest.mark.parametrize("collection", [pytest.param(name, id=name) for name in PUBLIC])
def test_record_has_every_visible_field_and_no_hidden_one(guest: Client, collection: str) -> None:
    """PocketBase's common keys and the collection's own, never `seq` or an owner's openid."""
    record = guest.get(f"{PUBLIC[collection]}/{shop.VISIBLE[collection][0]['id']}").json()
    fields = COLLECTIONS[collection].record_fields()
    assert set(record) == COMMON | {name for name, field in fields.items() if not field.hidden}
    assert record["collectionName"] == collection
    assert record["is_delete"] == 0


def test_unset_values_are_pocketbases_zeros(guest: Client) -> None:
    """Text `""`, number 0, JSON null, one relation `""`, many `[]`, date `""`."""
    document = guest.get(f"{DOCUMENTS}/{shop.DATED['id']}").json()
    product = guest.get(f"{PRODUCTS}/{shop.FREE['id']}").json()
    assert document["document_subtitle"] == ""
    assert document["document_share_count"] == 0
    assert document["document_keywords"] is None
    assert document["document_image"] == []
    assert guest.get(f"{DOCUMENTS}/{shop.PUBLISHED['id']}").json()["document_effect"] == ""
    assert product["prod_list_icon"] == ""
    assert product["prod_list_parameters"] is None
    assert product["prod_list_basic_price"] == 0


def test_list_has_pocketbases_keys_and_30_a_page(guest: Client) -> None:
    """`items`, `page`, `perPage`, `totalItems`, `totalPages`."""
    page = listed(guest, PRODUCTS)
    assert set(page) == {"items", "page", "perPage", "totalItems", "totalPages"}
    assert (page["page"], page["perPage"]) == (1, 30)
    assert page["totalItems"] == len(ids(listed(guest, PRODUCTS, perPage=1000)))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param({"perPage": 0}, {"perPage": 30}, id="perPage 0 is 30"),
        pytest.param({"perPage": -5}, {"perPage": 30}, id="perPage -5 is 30"),
        pytest.param({"perPage": 5000}, {"perPage": 1000}, id="perPage 5000 is 1000"),
        pytest.param({"page": 0}, {"page": 1}, id="page 0 is 1"),
        pytest.param({"page": -2}, {"page": 1}, id="page -2 is 1"),
        pytest.param({"page": "+2"}, {"page": 2}, id="page +2 is 2"),
        pytest.param({"page": 99}, {"page": 99, "items": []}, id="a page past the end is empty"),
        pytest.param({"skipTotal": "1"}, {"totalItems": -1, "totalPages": -1}, id="skipTotal"),
        pytest.param({"unknown": "x"}, {"page": 1}, id="an unknown parameter is ignored"),
        pytest.param({"filter": ""}, {"page": 1}, id="an empty filter is none"),
    ],
)
def test_paging(guest: Client, query: dict[str, Any], expected: dict[str, Any]) -> None:
    """As PocketBase reads its numbers."""
    page = listed(guest, PRODUCTS, **query)
    assert {name: page[name] for name in expected} == expected


def test_first_of_a_repeated_parameter_wins(guest: Client) -> None:
    """`perPage=1&perPage=2` is 1."""
    assert guest.get(f"{PRODUCTS}?perPage=1&perPage=2").json()["perPage"] == 1


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("TBL_PRODUCT_LIST", id="its name in capitals"),
        pytest.param("Tbl_Product_List", id="its name in mixed case"),
        pytest.param(COLLECTIONS["tbl_product_list"].collection_id(), id="its id"),
        pytest.param("tbl%5Fproduct%5Flist", id="its name percent-encoded"),
    ],
)
def test_collection_is_named_by(guest: Client, name: str) -> None:
    """As PocketBase finds collections."""
    answer = guest.raw("GET", f"/pb/api/collections/{name}/records?perPage=1")
    assert answer.status == 200
    assert answer.json()["items"][0]["collectionName"] == "tbl_product_list"


# --- filter, sort, fields, expand ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("prod_list_basic_price = 0.1", ["dime"], id="money in yuan"),
        pytest.param(
            "prod_list_basic_price > 5 && prod_list_basic_price <= 19.99",
            ["odd", "shifty"],
            id="a range",
        ),
        pytest.param("prod_list_basic_price = '0.20'", ["twodime"], id="a numeric text"),
        pytest.param(
            "prod_list_basic_price != 0 && prod_list_basic_price < 0.2", ["dime"], id="not equal"
        ),
        pytest.param("prod_list_name ~ '纯铜'", ["percent"], id="contains Chinese"),
        pytest.param("prod_list_name ~ 'SOCKET'", ["percent"], id="contains, in any case"),
        pytest.param(
            "prod_list_modelnumber ~ 'PCT_1\\\\%'", ["percent"], id="an escaped percent sign"
        ),
        pytest.param("prod_list_modelnumber !~ 'T-'", ["percent"], id="does not contain"),
        pytest.param("prod_list_icon = 'tpicturevalid00'", ["dime"], id="a relation by id"),
        pytest.param('prod_list_name = "测试品 odd"', ["odd"], id="double quotes"),
        pytest.param("prod_list_name = '测试品 ODD'", [], id="equality knows case"),
        pytest.param("prod_list_status = 'off_sale'", [], id="nothing off sale"),
        pytest.param("is_delete = 1", [], id="nothing deleted"),
        pytest.param(
            "is_delete = 1 || 1 = 1 && prod_list_basic_price = 5",
            ["percent"],
            id="no way around by or",
        ),
        pytest.param(
            "(prod_list_basic_price=5||prod_list_basic_price=0.1)&&prod_list_name~'铜'",
            ["percent"],
            id="parentheses",
        ),
        pytest.param("created > '2999'", [], id="dates as text"),
        pytest.param('prod_list_name ~ "\'; DROP TABLE tbl_cart; --"', [], id="SQL in a text"),
    ],
)
def test_filter_finds(guest: Client, text: str, found: list[str]) -> None:
    """PocketBase's filter over the shop."""
    expected = [f"tproduct{word}".ljust(15, "0") for word in found]
    assert sorted(ours(guest, PRODUCTS, text)) == sorted(expected)


@pytest.mark.parametrize(
    ("sort", "first"),
    [
        pytest.param("prod_list_basic_price", shop.FREE, id="cheapest first"),
        pytest.param("-prod_list_basic_price", shop.DEAREST, id="dearest first"),
        pytest.param("-prod_list_modelnumber", shop.TWO_DIMES, id="by text, last first"),
        pytest.param(
            "prod_list_status,+prod_list_basic_price", shop.FREE, id="by two fields, a plus sign"
        ),
    ],
)
def test_sort(guest: Client, sort: str, first: shop.Row) -> None:
    """A leading minus reverses."""
    assert ours(guest, PRODUCTS, "id != ''", sort=sort)[0] == first["id"]


def test_default_order_is_the_importers(guest: Client) -> None:
    """The file's order is the default list order."""
    expected = [row["id"] for row in shop.VISIBLE["tbl_product_list"]]
    assert ours(guest, PRODUCTS, "prod_list_id ~ 'P-T-%'", perPage=1000) == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        pytest.param("id", {"id": shop.DIME["id"]}, id="one field"),
        pytest.param(
            "id,prod_list_basic_price",
            {"id": shop.DIME["id"], "prod_list_basic_price": 0.1},
            id="two",
        ),
        pytest.param("nope", {}, id="an unknown one"),
        pytest.param(
            "prod_list_name:excerpt(2,true)", {"prod_list_name": "测试..."}, id="an excerpt"
        ),
        pytest.param("created:excerpt(2)", {"created": "20"}, id="an excerpt of what has a format"),
        pytest.param("company_owner_openid,token_key,seq", {}, id="nothing hidden"),
    ],
)
def test_fields_pick(guest: Client, fields: str, expected: dict[str, Any]) -> None:
    """On a record directly, in a list inside its items."""
    path = f"{PRODUCTS}/{shop.DIME['id']}"
    assert guest.get(path, params={"fields": fields}).json() == expected
    page = listed(guest, PRODUCTS, filter=f"id='{shop.DIME['id']}'", fields=fields)
    assert page["items"] == [expected]
    assert page["totalItems"] == 1


@pytest.mark.parametrize(
    ("path", "expand", "expected"),
    [
        pytest.param(
            f"{PRODUCTS}/{shop.DIME['id']}",
            "prod_list_icon",
            [shop.PICTURE["id"]],
            id="a visible icon",
        ),
        pytest.param(
            f"{PRODUCTS}/{shop.ODD['id']}",
            "prod_list_icon",
            [],
            id="an invalid icon expands to nothing",
        ),
        pytest.param(f"{PRODUCTS}/{shop.FREE['id']}", "prod_list_icon", [], id="no icon"),
        pytest.param(
            f"{DOCUMENTS}/{shop.PUBLISHED['id']}",
            "document_image",
            [shop.PICTURE["id"]],
            id="of many the visible ones",
        ),
    ],
)
def test_expand_shows_only_what_may_be_seen(
    guest: Client, path: str, expand: str, expected: list[str]
) -> None:
    """A valid relation with nothing to show is an empty `expand`; the id stays in the field."""
    shown = guest.get(path, params={"expand": expand}).json()["expand"]
    rows = shown.get(expand, [])
    rows = rows if isinstance(rows, list) else [rows]
    assert [row["id"] for row in rows] == expected


def test_expand_of_an_unknown_path_is_ignored(guest: Client) -> None:
    """No `expand` key at all."""
    assert (
        "expand"
        not in guest.get(f"{PRODUCTS}/{shop.DIME['id']}?expand=colour,prod_list_name").json()
    )


def test_off_sale_product_expands_to_nothing(server: Server, guest: Client) -> None:
    """In a cart's expand; the id stays in the field."""
    user = guest.login("offsale-expander")
    body = {"cart_product_id": shop.SHIFTY["id"], "cart_product_quantity": 1}
    user.data("/cart/create", body)
    path = "/collections/tbl_cart/records"
    server.change("tbl_product_list", shop.SHIFTY["id"], prod_list_status="off_sale")
    try:
        (record,) = listed(user, path, expand="cart_product_id")["items"]
        assert record["expand"] == {}
        assert record["cart_product_id"] == shop.SHIFTY["id"]
    finally:
        server.change("tbl_product_list", shop.SHIFTY["id"], prod_list_status="on_sale")


# --- companies -------------------------------------------------------------------------------------------


def found_company(client: Client, **body: Any) -> Any:
    """Create a company."""
    return client.request("POST", COMPANIES, json={"company_name": "甲公司", **body})


def test_company_is_created_with_200_and_the_whole_record(alice: Client) -> None:
    """Every field as sent, ids and times by the server, the owner nowhere."""
    body = {
        "company_name": "深圳市百益智能科技有限公司",
        "company_type": "有限责任公司",
        "company_entity": "王建国",
        "company_province": "广东省",
        "company_city": "深圳市",
        "company_status": "active",
        "company_remark": "老客户🎉",
    }
    answer = found_company(alice, **body)
    assert answer.status_code == 200
    record = answer.json()
    assert {name: record[name] for name in body} == body
    assert record["company_id"].startswith("C-")
    assert re.fullmatch(r"[a-z0-9]{15}", record["id"])
    assert "company_owner_openid" not in record
    assert alice.openid not in answer.text


def test_company_without_a_state_has_none(alice: Client) -> None:
    """A native create leaves states other than cart's and order's `""`."""
    assert found_company(alice).json()["company_status"] == ""


def test_companys_server_made_fields_are_ignored(alice: Client) -> None:
    """In create and update alike, with 200."""
    forged = {
        "company_id": "C-MINE",
        "company_owner_openid": "somebody",
        "created": "2020-01-01 00:00:00.000Z",
        "updated": "2020-01-01 00:00:00.000Z",
        "collectionName": "x",
        "is_delete": 1,
    }
    record = found_company(alice, **forged).json()
    assert not {name for name in forged if record.get(name) == forged[name]}
    path = f"{COMPANIES}/{record['id']}"
    del forged["is_delete"]
    changed = alice.request("PATCH", path, json={**forged, "company_city": "广州"}).json()
    assert changed["company_city"] == "广州"
    assert changed["company_id"] == record["company_id"]
    assert changed["created"] == record["created"]


def test_company_is_changed_by_its_creator_only(guest: Client, alice: Client, bob: Client) -> None:
    """Anybody may see it; to all others its update answers as if it were missing."""
    path = f"{COMPANIES}/{found_company(alice).json()['id']}"
    missing = bob.request("PATCH", f"{COMPANIES}/zzzzzzzzzzzzzzz", json={"company_name": "改"})
    for client in (guest, bob):
        assert client.get(path).status_code == 200
        refused = client.request("PATCH", path, json={"company_name": "改"})
        assert (refused.status_code, refused.content) == (404, missing.content)
    assert alice.request("PATCH", path, json={"company_name": "改"}).json()["company_name"] == "改"


def test_partial_update_leaves_the_rest(alice: Client) -> None:
    """Only what is sent, and `updated`."""
    record = found_company(alice, company_city="深圳").json()
    time.sleep(0.01)
    changed = alice.request(
        "PATCH", f"{COMPANIES}/{record['id']}", json={"company_add": "南山"}
    ).json()
    assert {name for name in record if record[name] != changed[name]} == {"company_add", "updated"}


OTHER_USCI = "91440300708461136T"


def test_credit_code_is_unique_among_undeleted_rows_where_given(alice: Client, bob: Client) -> None:
    """Many have none; a deleted company gives its code back; a company may be sent its own again."""
    first = found_company(alice, company_usci=OTHER_USCI)
    assert first.status_code == 200, first.text
    taken = found_company(bob, company_usci=OTHER_USCI)
    assert taken.json()["data"] == {
        "company_usci": {"code": "validation_not_unique", "message": "Value must be unique."}
    }
    path = f"{COMPANIES}/{first.json()['id']}"
    assert alice.request("PATCH", path, json={"company_usci": OTHER_USCI}).status_code == 200
    assert alice.request("PATCH", path, json={"is_delete": 1}).status_code == 200
    assert found_company(bob, company_usci=OTHER_USCI).status_code == 200
    assert found_company(alice).status_code == found_company(alice).status_code == 200


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        pytest.param(123, "123", id="a number becomes text"),
        pytest.param(True, "true", id="a boolean becomes text"),
        pytest.param(None, "", id="null becomes empty"),
        pytest.param(["x"], "", id="a list becomes empty"),
        pytest.param("  两边 ", "  两边 ", id="blanks stay"),
        pytest.param("<b>&\u2028", "<b>&\u2028", id="nothing is escaped"),
    ],
)
def test_text_is_coerced_as_pocketbase_does(alice: Client, sent: Any, stored: str) -> None:
    """Never a type error."""
    assert found_company(alice, company_city=sent).json()["company_city"] == stored


def test_create_takes_a_form_as_well(alice: Client) -> None:
    """multipart and urlencoded, as PocketBase."""
    form = alice.request(
        "POST", COMPANIES, data={"company_name": "表单公司", "company_postalcode": "007"}
    )
    assert form.status_code == 200, form.text
    assert form.json()["company_postalcode"] == "007"
    parts = {"company_name": (None, "多段公司"), "company_city": (None, "深圳")}
    assert alice.request("POST", COMPANIES, files=parts).json()["company_city"] == "深圳"


def test_create_expands_and_picks_fields(alice: Client) -> None:
    """`fields` works on create, too."""
    answer = alice.request("POST", f"{COMPANIES}?fields=company_name", json={"company_name": "短"})
    assert answer.json() == {"company_name": "短"}


def test_json_media_type_is_accepted_in_any_case(alice: Client) -> None:
    """Ours, where PocketBase is stricter; and of duplicate keys the last counts."""
    raw = '{"company_name": "甲", "company_name": "乙"}'.encode()
    for media in ("application/json", "Application/JSON", "application/json; charset=utf-8"):
        answer = alice.raw("POST", f"/pb/api{COMPANIES}", headers={"Content-Type": media}, body=raw)
        assert answer.json()["company_name"] == "乙"


# --- the contract's document -----------------------------------------------------------------------------


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
    "path", [pytest.param("/health", id="health"), pytest.param("/openapi.json", id="the contract")]
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
