"""What is kept of products belongs to the database it was read from."""

from pathlib import Path

import pytest

from bai_wx.database.connection import connect, disconnect
from models.products import Product
from tests.databases import migrated_address
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
