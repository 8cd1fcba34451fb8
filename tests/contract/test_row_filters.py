"""Filters of the contract, evaluated over a row: alike what the dialect's SQL says of the same row."""

import pytest
from peewee import Database

from bai_wx.contract.row_filters import Viewer, read
from bai_wx.dialect.reading import list_page
from bai_wx.record import clock
from bai_wx.record.money import yuan_of
from models.products import Product
from tests.factories import make_product

NOW = "2026-06-15 12:00:00.000Z"
ROW = {"name": "an", "number": 3, "price": 19.9, "day": "2026-06-15 12:00:00.000Z", "none": ""}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("name = 'an'", True),
        ("name != 'an'", False),
        ("name > 'am' && name < 'ao'", True),
        ("name = 'x' || number = 3", True),
        ("name = 'x' || (number = 3 && none = '')", True),
        ("number >= 3 && number <= 3", True),
        ("number = 3.5", False),
        ("price = 19.9", True),
        ("none = null", True),
        ("none = ''", True),
        ("day <= @now", True),
        ("day < @now", False),
        ("day < @tomorrow", True),
        ("number = true", False),
        ("name = @request.auth.openid", True),
        ("name != @request.auth.openid", False),
    ],
)
def test_filter_over_a_row(text: str, holds: bool) -> None:
    assert read(text, ROW).holds(ROW, Viewer("an", NOW)) is holds


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        pytest.param("none = @request.auth.openid", False, id="nothing equals it, nor is unset"),
        pytest.param("name = @request.auth.openid", False, id="equal"),
        pytest.param("name != @request.auth.openid", True, id="unlike"),
        pytest.param("name > @request.auth.openid", False, id="more"),
    ],
)
def test_guest_has_no_openid(text: str, holds: bool) -> None:
    assert read(text, ROW).holds(ROW, Viewer(None, NOW)) is holds


def test_fields_that_a_filter_names() -> None:
    found = read("name = 'an' && (day <= @now || none = @request.auth.openid)", ROW)
    assert found.names == {"name", "day", "none"}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("name =", "cannot be read"),
        ("name ~ 'a'", "operator ~"),
        ("name ?= 'a'", "operator ="),
        ("colour = 'red'", "colour is no field"),
        ("name:lower = 'an'", "name:lower is no field"),
        ("strftime('%Y', day) = '2026'", "strftime"),
    ],
)
def test_filter_that_a_row_cannot_answer(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        read(text, ROW)


def test_a_text_is_not_compared_with_a_number() -> None:
    """SQLite and PostgreSQL would convert one; the contract has no need of it."""
    with pytest.raises(ValueError, match="compares a text with a number"):
        read("name = 3", ROW).holds(ROW, Viewer(None, NOW))


@pytest.mark.parametrize(
    "text",
    [
        "prod_list_sort > 1 && prod_list_sort <= 3",
        "prod_list_name = 'b' || prod_list_basic_price >= 20",
        "prod_list_remark = '' && prod_list_name != 'a'",
        "(prod_list_sort = 1 || prod_list_sort = 2) && prod_list_basic_price != 19.9",
        "created <= @now",
    ],
)
def test_dialect_says_the_same(database: Database, text: str) -> None:
    """The same filter as a client's, in SQL."""
    products = [
        make_product(prod_list_name=name, prod_list_sort=place, prod_list_basic_price=fen)
        for place, (name, fen) in enumerate([("a", 1990), ("b", 2000), ("c", 100), ("d", 0)])
    ]
    found = list_page(Product, {"filter": text, "fields": "prod_list_name"}, None)
    shown = {item["prod_list_name"] for item in found["items"]}
    filter_ = read(text, Product.record_fields())
    rows = [
        {**each.__data__, "prod_list_basic_price": yuan_of(each.prod_list_basic_price)}
        for each in products
    ]
    viewer = Viewer(None, clock.now())
    assert {row["prod_list_name"] for row in rows if filter_.holds(row, viewer)} == shown
