"""The native records API over HTTP: PocketBase's shapes, what is visible to whom, companies.

Covers: handlers/documents.py, handlers/products.py
"""

from typing import Any

import pytest

from bai_wx.record.collections import COLLECTIONS
from tests.api import shop
from tests.paths import ATTACHMENTS, COMPANIES, DOCUMENTS, PRODUCTS
from tests.running import Client, Server

PUBLIC = {
    "tbl_company": COMPANIES,
    "tbl_attachments": ATTACHMENTS,
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
    """Valid attachments, products on sale, documents in effect, undeleted companies."""
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
    assert document["document_keywords"] == ""
    assert document["document_image"] == ""
    assert document["document_images"] == []
    assert guest.get(f"{DOCUMENTS}/{shop.PUBLISHED['id']}").json()["document_effect_date"] == ""
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
        pytest.param("token_key,seq", {}, id="nothing hidden"),
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
            "document_images",
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
