"""The Python SDK, unmodified, against a real server: lists, single records, `filter()`."""

from datetime import datetime, timedelta

import pytest
from pocketbase import PocketBase
from pocketbase.errors import ClientResponseError

from tests.sdk.python_sdk import MANUAL, NOTICE, PLAN, SWITCH, SWITCH_ICON, cart_line, ids

IN_EFFECT, SECOND = datetime(2026, 11, 1), timedelta(seconds=1)
"""Since when the demo's manual is in effect, in UTC."""


# --- reading ---------------------------------------------------------------------------------------------


def test_get_list_answers_a_page_and_the_totals(guest: PocketBase) -> None:
    page = guest.collection("tbl_product_list").get_list(2, 3, {"sort": "prod_list_sort"})
    assert (page.page, page.per_page, page.total_items, page.total_pages) == (2, 3, 10, 4)
    assert [item.prod_list_sort for item in page.items] == [40, 50, 60]


def test_get_list_skips_the_totals(guest: PocketBase) -> None:
    page = guest.collection("tbl_product_list").get_list(1, 3, {"skipTotal": True})
    assert (page.total_items, page.total_pages, len(page.items)) == (-1, -1, 3)


@pytest.mark.parametrize("batch", [3, 5, 100])
def test_get_full_list_puts_all_pages_together(guest: PocketBase, batch: int) -> None:
    found = guest.collection("tbl_product_list").get_full_list(batch)
    assert len(found) == len(set(ids(found))) == 10


def test_get_full_list_filters_and_sorts(guest: PocketBase) -> None:
    asked = {"filter": "prod_list_category='传感器'", "sort": "-prod_list_basic_price"}
    found = guest.collection("tbl_product_list").get_full_list(query_params=asked)
    assert [item.prod_list_basic_price for item in found] == [179, 69.9]


def test_get_first_list_item_finds_the_first(guest: PocketBase) -> None:
    asked = {"sort": "prod_list_basic_price"}
    found = guest.collection("tbl_product_list").get_first_list_item(
        "prod_list_basic_price < 150", asked
    )
    assert found.prod_list_modelnumber == "BLV-DS-01"


def test_get_first_list_item_that_finds_nothing_is_the_clients_own_404(guest: PocketBase) -> None:
    with pytest.raises(ClientResponseError, match="wasn't found") as refused:
        guest.collection("tbl_product_list").get_first_list_item("prod_list_basic_price < 0")
    assert (refused.value.status, refused.value.url) == (404, "")


def test_get_one_shows_a_record(guest: PocketBase) -> None:
    record = guest.collection("tbl_product_list").get_one(SWITCH)
    assert (record.id, record.collection_name) == (SWITCH, "tbl_product_list")
    assert record.prod_list_basic_price == 199.5
    assert record.prod_list_function == ["场景联动", "断电记忆"]
    assert record.prod_list_tags == "热销|新品"
    assert isinstance(record.created, datetime)
    assert guest.collection(record.collection_id).get_one(SWITCH).id == SWITCH


def test_expand_shows_related_records(guest: PocketBase) -> None:
    product = guest.collection("tbl_product_list").get_one(SWITCH, {"expand": "prod_list_icon"})
    assert product.expand["prod_list_icon"].id == SWITCH_ICON
    plan = guest.collection("tbl_document").get_one(PLAN, {"expand": "document_images"})
    assert ids(plan.expand["document_images"]) == plan.document_images
    assert len(plan.document_images) == 2


def test_expand_two_relations_deep(user: PocketBase) -> None:
    expand = {"expand": "cart_product_id.prod_list_icon"}
    record = user.collection("tbl_cart").create(cart_line(user), expand)
    assert record.expand["cart_product_id"].expand["prod_list_icon"].id == SWITCH_ICON


def test_fields_picks(guest: PocketBase) -> None:
    asked = {"fields": "id,prod_list_name"}
    record = guest.collection("tbl_product_list").get_one(SWITCH, asked)
    assert (record.id, record.prod_list_name) == (SWITCH, "智能开关面板 三键")
    assert not hasattr(record, "prod_list_basic_price")


# --- filter() --------------------------------------------------------------------------------------------

NAMES = {
    "a single quote": "O'Neil 商行 py",
    "several single quotes": "'''py'''",
    "double quotes": '"引号" py',
    "a line feed": "line\nfeed py",
    "a tab": "a\ttab py",
    "a backslash before a letter that escapes nothing": "C:\\shop py",
    "Chinese": "深圳市百益智能 py",
    "an emoji": "🛒 py",
    "a percent sign": "100% py",
    "SQL": "py' OR '1'='1' --",
    "digits": "00123456",
    "the word false": "false",
}
"""Texts that `filter()` writes as PocketBase reads them: it escapes single quotes, and no backslash."""


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_filter_finds_exactly_this_text(user: PocketBase, name: str) -> None:
    companies = user.collection("tbl_company")
    made = companies.create({"company_name": name})
    lookalike = companies.create({"company_name": f"{name}."})
    asked = {"filter": user.filter("company_name = {:name}", {"name": name})}
    assert [row.company_name for row in companies.get_full_list(query_params=asked)] == [name]
    asked = {"filter": user.filter("company_name != {:name}", {"name": name})}
    others = ids(companies.get_full_list(query_params=asked))
    assert lookalike.id in others
    assert made.id not in others


@pytest.mark.parametrize(
    ("text", "value", "found"),
    [
        pytest.param("prod_list_basic_price = {:v}", 199.5, True, id="a number"),
        pytest.param("prod_list_basic_price = {:v}", 199, False, id="another number"),
        pytest.param("prod_list_sort < {:v}", 20, True, id="an integer"),
        pytest.param("prod_list_sort > {:v}", -1, True, id="a negative number"),
        pytest.param("is_delete = {:v}", False, True, id="false"),
        pytest.param("is_delete = {:v}", True, False, id="true"),
        pytest.param("prod_list_remark = {:v}", None, True, id="null for an empty text"),
        pytest.param("prod_list_name = {:v}", None, False, id="null for another text"),
    ],
)
def test_filter_writes_values_of_each_type(
    guest: PocketBase, text: str, value: object, found: bool
) -> None:
    """Asked of the demo's first product alone."""
    asked = {"filter": guest.filter(f"id = '{SWITCH}' && {text}", {"v": value})}
    met = guest.collection("tbl_product_list").get_full_list(query_params=asked)
    assert ids(met) == ([SWITCH] if found else [])


@pytest.mark.parametrize(
    ("text", "value", "found"),
    [
        pytest.param("document_effect_date >= {:v}", IN_EFFECT, [MANUAL], id="from a moment on"),
        pytest.param("document_effect_date > {:v}", IN_EFFECT + SECOND, [], id="after it"),
        pytest.param("document_effect_date < {:v}", IN_EFFECT, [PLAN, NOTICE], id="before it"),
        pytest.param("document_effect_date = {:v}", None, [PLAN], id="unset"),
        pytest.param("document_effect_date != {:v}", None, [MANUAL, NOTICE], id="set"),
    ],
)
def test_filter_writes_moments(
    guest: PocketBase, text: str, value: datetime | None, found: list[str]
) -> None:
    """The SDK writes them without milliseconds: bounds, not equality."""
    asked = {"filter": guest.filter(text, {"v": value})}
    assert ids(guest.collection("tbl_document").get_full_list(query_params=asked)) == found
