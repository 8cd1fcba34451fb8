"""A model's condition, asked of rows that are at hand."""

import pytest
from peewee import SQL

from bai_wx.dialect.conditions import bound, met_by, unique_indexes, written
from models.cart import CartLine
from models.products import Product

ROWS = [
    {"prod_list_status": "on_sale", "prod_list_basic_price": 100},
    {"prod_list_status": "off_sale"},
    {"prod_list_status": "on_sale", "is_delete": 1},
]


def test_rows_that_meet_a_condition() -> None:
    """What a row does not say is unset."""
    visible = written(Product, Product.visible(Product, None, "2026-01-01 00:00:00.000Z"))
    dear = written(Product, Product.prod_list_basic_price > bound("99"))
    assert met_by([visible, dear, written(Product, None)], Product, ROWS) == [{0}, {0}, {0, 1, 2}]


def test_fields_that_a_condition_names() -> None:
    condition = written(Product, Product.visible(Product, None, "2026-01-01 00:00:00.000Z"))
    assert condition.names == {"prod_list_status", "is_delete"}
    assert "on_sale" in condition.values


def test_condition_on_more_than_the_row_is_refused() -> None:
    other_table = SQL("EXISTS (SELECT 1 FROM tbl_company)")
    with pytest.raises(ValueError, match=r"cannot be asked of one row: .*tbl_company"):
        met_by([written(Product, other_table)], Product, ROWS)


def test_unique_indexes() -> None:
    """Those of several columns or of some rows; a unique field is not among them."""
    found = {each.fields: each for each in unique_indexes(CartLine)}
    assert found[("cart_owner", "cart_product_id")].name == "tbl_cart_one_active_line"
    assert ("cart_id",) not in found
    where = written(CartLine, found[("cart_owner", "cart_product_id")].where)
    assert where.names == {"cart_status", "is_delete"}
