"""Pages of records: one statement reads the items of a page, their number and, if need be, the total."""

from typing import Any

import pytest
from peewee import SQL, fn

from bai_wx.database.statement import Once, Param, Slot, Statement
from bai_wx.record.pages import Page, Pages, _Whole
from bai_wx.record.shape import Shape, value
from models.products import Product
from tests.factories import make_product

SHAPE = Shape({"name": value(Product.prod_list_name)})


def queries() -> tuple[Any, Any]:
    """The rows of a page of products on sale, and their number; the condition is made once."""
    condition = Once(Product.prod_list_status == Param("status"))
    rows = Product.select(Product.prod_list_name).where(condition).order_by(Product.seq)
    count = Product.select(fn.COUNT(SQL("*"))).where(condition)
    return rows.limit(Param("limit")).offset(Param("offset")), count


@pytest.mark.usefixtures("database")
def test_whole_is_put_together_of_what_peewee_writes() -> None:
    """Both queries call the table by the same alias, and give their values in the order of the text."""
    rows, count = queries()
    text, values = _Whole(rows, count).sql()
    items = (
        'SELECT "t1"."prod_list_name" FROM "tbl_product_list" AS "t1" '
        'WHERE ("t1"."prod_list_status" = ?) ORDER BY "t1"."seq" LIMIT ? OFFSET ?'
    )
    total = 'SELECT COUNT(*) FROM "tbl_product_list" AS "t1" WHERE ("t1"."prod_list_status" = ?)'
    assert items in text.replace("%s", "?")
    assert total in text.replace("%s", "?")
    assert text.index("SELECT COUNT(*) FROM") < text.index('SELECT "t1"')
    slots = ("limit", "offset", "status", "status", "limit", "offset")
    assert values == [Slot(name) for name in slots]
    assert Statement(_Whole(rows)).prepare({"status": 1, "limit": 2, "offset": 3})[1] == [1, 2, 3]


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    ("limit", "offset", "found", "total"),
    [
        pytest.param(2, 0, 2, 3, id="a full page is followed by a count"),
        pytest.param(5, 0, 3, 3, id="a short page is the last one"),
        pytest.param(2, 2, 1, 3, id="so is a later one"),
        pytest.param(2, 6, 0, 3, id="an empty page beyond the end is followed by a count"),
    ],
)
def test_the_total_of_a_page(limit: int, offset: int, found: int, total: int) -> None:
    """By both ways: as values and as JSON."""
    for name in "abc":
        make_product(prod_list_name=name, prod_list_status="on_sale")
    rows, count = queries()
    pages = Pages(SHAPE, rows, count)
    asked = {"status": "on_sale", "limit": limit, "offset": offset}
    items, counted = pages.read_parsed(asked)
    assert (len(items), counted) == (found, total)  # type: ignore[arg-type]  # values, no Fragment
    assert pages.read(asked).total == total
    uncounted: Page = pages.read(asked, is_counted=False)
    assert uncounted.total == -1
