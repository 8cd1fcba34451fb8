"""The lists of the cart's hooks: search, filters, sorts and pages, and what a line says of its product.

Covers: bai_wx/record/hook_lists.py
"""

from collections.abc import Mapping
from typing import Any

import pytest

from bai_wx.errors import ValidationFailed
from models.cart import CartLine
from models.products import Product
from tests.factories import ALICE, BOB, PAST, as_sent, make_cart_line, make_product

pytestmark = pytest.mark.usefixtures("database")


@pytest.mark.parametrize(
    ("keyword", "found"),
    [
        pytest.param("开关", {"name", "model"}, id="a product's name"),
        pytest.param("sw-0", {"model"}, id="a model in either case"),
        pytest.param("加急", {"remark"}, id="a remark"),
        pytest.param("NR-7", {"number"}, id="a number"),
        pytest.param("100%", {"remark"}, id="a percent sign is itself"),
        pytest.param("_", set(), id="an underscore is itself"),
        pytest.param("\\", set(), id="a backslash is itself"),
        pytest.param("'; DROP TABLE tbl_cart; --", set(), id="text is never SQL"),
        pytest.param("ÉCLAT", {"remark"}, id="case beyond A to Z"),
        pytest.param("\x00", set(), id="a NUL is itself"),
        pytest.param("", {"name", "model", "remark", "number", "gone"}, id="nothing asked"),
    ],
)
def test_keyword(keyword: str, found: set[str]) -> None:
    """Case-insensitively and literally, in number, remark, product name and model."""
    plug = make_product(prod_list_name="插座")
    gone = make_product(prod_list_name="开关", is_delete=1)
    lines = {
        "name": make_cart_line(cart_product_id=make_product(prod_list_name="三键开关").id),
        "model": make_cart_line(cart_product_id=make_product(prod_list_modelnumber="SW-03").id),
        "remark": make_cart_line(cart_product_id=plug.id, cart_remark="加急 100% éclat"),
        "number": make_cart_line(
            cart_product_id=make_product(prod_list_name="灯").id, cart_number="CN-nr-7"
        ),
        "gone": make_cart_line(cart_product_id=gone.id),
    }
    names = {line.cart_id: name for name, line in lines.items()}
    page = as_sent(CartLine.page(ALICE, {"keyword": keyword}))
    assert {names[item["cart_id"]] for item in page["items"]} == found
    assert page["totalItems"] == len(found)


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        pytest.param("", "cba", id="newest first by default"),
        pytest.param("created", "abc", id="oldest first"),
        pytest.param("cart_product_quantity", "bca", id="a number"),
        pytest.param("-cart_at_price", "bac", id="reversed"),
        pytest.param("cart_at_price,-cart_product_quantity", "cab", id="two keys"),
        pytest.param("-created,created", "cba", id="a second mention changes nothing"),
    ],
)
def test_sort(sort: str, order: str) -> None:
    """By one or several fields; a leading minus reverses."""
    a = make_cart_line(cart_remark="a", cart_product_quantity=9, cart_at_price=5, created=PAST)
    make_cart_line(
        cart_remark="b",
        cart_product_quantity=1,
        cart_at_price=7,
        created="2020-01-02 00:00:00.000Z",
    )
    make_cart_line(cart_remark="c", cart_product_quantity=2, cart_at_price=5)
    CartLine.update(cart_at_price=6).where(CartLine.seq == a.seq).execute()
    page = as_sent(CartLine.page(ALICE, {"sort": sort}))
    assert "".join(item["cart_remark"] for item in page["items"]) == order


@pytest.mark.parametrize(
    "sort", ["token_key", "is_delete", "-", "created,", "cart_remark", "CREATED"]
)
def test_a_sort_the_contract_lacks_is_refused(sort: str) -> None:
    """Named in `fields`."""
    with pytest.raises(ValidationFailed) as refused:
        CartLine.page(ALICE, {"sort": sort})
    assert list(refused.value.fields) == ["sort"]


def flat(line: Mapping[str, Any]) -> tuple[Any, Any, Any]:
    """What a line says of its product beside `product`."""
    return line["product_name"], line["product_modelnumber"], line["product_basic_price"]


def test_a_line_says_its_products_name_model_and_price() -> None:
    """Those of now, as in `product`, where it was just written too."""
    product = make_product(
        prod_list_name="灯", prod_list_modelnumber="D-1", prod_list_basic_price=1990
    )
    line = as_sent(CartLine.add(ALICE, product.id, 1, None))
    assert flat(line) == ("灯", "D-1", 19.9)
    Product.update(prod_list_name="吊灯", prod_list_basic_price=0).execute()
    assert flat(as_sent(CartLine.detail(ALICE, line["cart_id"]))) == ("吊灯", "D-1", 0)
    [listed] = as_sent(CartLine.page(ALICE, {}))["items"]
    assert flat(listed) == ("吊灯", "D-1", 0)
    assert listed["is_delete"] == 0


def test_a_line_whose_product_is_gone_says_nothing_of_it() -> None:
    line = make_cart_line()
    Product.update(is_delete=1).execute()
    [listed] = as_sent(CartLine.page(ALICE, {}))["items"]
    assert flat(listed) == ("", "", 0)
    assert listed == as_sent(CartLine.detail(ALICE, line.cart_id))
    assert listed["product"] is None


@pytest.mark.parametrize(
    ("ask", "count", "pages"),
    [
        pytest.param({}, 5, 1, id="all of them"),
        pytest.param({"page": None, "perPage": ""}, 5, 1, id="no page by other words"),
        pytest.param({"page": 2, "perPage": ""}, 0, 1, id="a page of twenty"),
        pytest.param({"perPage": 2}, 2, 3, id="a first page"),
        pytest.param({"page": 3, "perPage": 2}, 1, 3, id="the last page"),
        pytest.param({"page": 4, "perPage": 2}, 0, 3, id="past the end"),
        pytest.param({"page": 10**30}, 0, 1, id="further than the database counts"),
        pytest.param({"page": 1.0, "perPage": 5.0}, 5, 1, id="JSON's other integers"),
    ],
)
def test_pages(ask: dict[str, Any], count: int, pages: int) -> None:
    """Totals do not depend on the page."""
    for _ in range(5):
        make_cart_line()
    make_cart_line(BOB)
    page = CartLine.page(ALICE, ask)
    assert len(as_sent(page["items"])) == count
    assert (page["totalItems"], page["totalPages"]) == (5, pages)


@pytest.mark.parametrize(
    ("ask", "per_page"),
    [
        pytest.param({}, 500, id="neither page nor perPage"),
        pytest.param({"page": "", "perPage": None}, 500, id="both empty"),
        pytest.param({"page": 1}, 20, id="a page"),
        pytest.param({"perPage": 7}, 7, id="a size"),
    ],
)
def test_a_list_without_a_page_is_whole(ask: dict[str, Any], per_page: int) -> None:
    """Clients of the earlier backend know no pages; 500 lines are the most they get."""
    for _ in range(21):
        make_cart_line()
    page = CartLine.page(ALICE, ask)
    assert (page["page"], page["perPage"]) == (1, per_page)
    assert len(as_sent(page["items"])) == min(21, per_page)


def test_a_whole_list_ends_at_500_and_counts_the_rest() -> None:
    product = make_product().id
    for _ in range(501):
        make_cart_line(cart_product_id=product, cart_status="ordered")
    page = CartLine.page(ALICE, {})
    assert len(as_sent(page["items"])) == 500
    assert (page["totalItems"], page["totalPages"]) == (501, 2)


@pytest.mark.parametrize("left_out", ["", None])
def test_what_is_empty_in_a_list_body_is_left_out(left_out: str | None) -> None:
    make_cart_line(), make_cart_line(cart_status="ordered")
    ask = dict.fromkeys(("keyword", "cart_status", "cart_number", "sort"), left_out)
    assert CartLine.page(ALICE, ask)["totalItems"] == 2


def test_number_filters_exactly() -> None:
    """It is the client's word for a group of lines."""
    group = [make_cart_line(cart_number="客厅") for _ in "ab"]
    make_cart_line(cart_number="客厅 2"), make_cart_line(BOB, cart_number="客厅")
    page = as_sent(CartLine.page(ALICE, {"cart_number": "客厅", "sort": "created"}))
    assert [item["cart_id"] for item in page["items"]] == [line.cart_id for line in group]
    both = {"cart_number": "客厅", "cart_status": "ordered", "keyword": "客"}
    assert CartLine.page(ALICE, both)["totalItems"] == 0


@pytest.mark.parametrize("name", ["cart_id", "cart_number", "cart_product_id"])
def test_keyword_finds_a_line_by(name: str) -> None:
    """Its own ids too, in either case."""
    make_cart_line()
    line = make_cart_line()
    page = as_sent(CartLine.page(ALICE, {"keyword": getattr(line, name).swapcase()}))
    assert [item["cart_id"] for item in page["items"]] == [line.cart_id]


def test_status_filters() -> None:
    """Only the lines of that state."""
    make_cart_line()
    ordered = make_cart_line(cart_status="ordered")
    page = as_sent(CartLine.page(ALICE, {"cart_status": "ordered"}))
    assert [item["cart_id"] for item in page["items"]] == [ordered.cart_id]
