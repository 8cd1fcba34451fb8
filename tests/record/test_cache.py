"""What is kept of products belongs to the database it was read from."""

from pathlib import Path

import pytest

from bai_wx.database.connection import connect, database, disconnect
from models.products import Product
from tests.databases import IS_POSTGRES, migrated_address
from tests.dialect.sample import listed
from tests.factories import make_product


@pytest.mark.parametrize("query", [{}, {"perPage": "1"}])
def test_another_database_has_products_of_its_own(tmp_path: Path, query: dict[str, str]) -> None:
    """Its rows and versions have the same numbers."""
    for number, name in enumerate(("one", "two", "three"), 1):
        (tmp_path / name).mkdir()
        connect(migrated_address(tmp_path / name))
        for _ in range(number):
            make_product(prod_list_name=name)
        page = listed(Product, query, None)
        assert {item["prod_list_name"] for item in page["items"]} == {name}
        assert page["totalItems"] == number
        disconnect()


@pytest.mark.skipif(not IS_POSTGRES, reason="SQLite has no standby")
def test_a_promoted_standby_without_the_last_change_is_read_anew(tmp_path: Path) -> None:
    """It counts to the same version again, for another change. Without the promotion the cache would answer."""
    connect(migrated_address(tmp_path))
    product = make_product(prod_list_name="lost")
    listed(Product, {}, None)
    database.execute_sql("UPDATE tbl_product_list SET prod_list_name = 'kept'")
    database.execute_sql(
        "UPDATE collection_version SET number = number - 1 WHERE collection = 'tbl_product_list'"
    )
    names = []
    for promoted in (lambda: None, database.obj._was_promoted):
        promoted()
        names += [item["prod_list_name"] for item in listed(Product, {}, None)["items"]]
    disconnect()
    assert names == ["lost", "kept"], product.id
