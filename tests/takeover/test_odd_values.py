"""Values as no API lets them in: none of them ends a translation."""

import math
from collections.abc import Callable, Iterator
from typing import Any

import orjson
import pytest

from bai_wx.transfer.pocketbase.pb_data import Broken
from tests.pocketbase_versions import NEWEST
from tests.takeover.making import Made
from tests.takeover.opened import Source, opened
from tests.takeover.shapes import COMPANIES, PRODUCTS, USERS

ATTACHMENTS, DOCUMENTS, CART, ORDERS = "tbl_attachments", "tbl_document", "tbl_cart", "tbl_order"
ODD: tuple[Any, ...] = (
    *(None, True, False, 0, -0.0, -1, 10**30, 2**63, 1e20, 1e308, 5e-324),
    *(math.inf, -math.inf, math.nan, "NaN", "1e400", "9" * 400, "\0", " ", "|||", "a,b|c"),
    *("\udcff", b"\xff", Broken("{"), "[", '["a"', '{"a":', "过期", "x" * 20_000),
    *([], [None], [[1]], ["\udcff"], ["a", "b"], {}, {"a": 1}, {"items": 1}, {"items": [1]}),
    *("2024-99-99 00:00:00.000Z", "0000-00-00", "99999-01-01", "2024-01-01T00:00:00+99:99"),
    [{"prod_list_id": "x", "quantity": math.nan}],
    [{"prod_list_id": "x", "quantity": "9" * 400, "at_price": 1}],
    [{"prod_list_id": "x", "quantity": 1, "at_price": "1e400"}],
    {"items": [{"prod_list_id": {}, "quantity": 1}]},
)


@pytest.fixture(scope="module")
def related(made_by: Callable[[str], Made]) -> Iterator[Source]:
    """The shape of a team that knows PocketBase, of 0.40.6."""
    with opened(made_by(NEWEST)) as source:
        yield source


@pytest.mark.parametrize(
    "collection", [COMPANIES, ATTACHMENTS, PRODUCTS, DOCUMENTS, USERS, CART, ORDERS]
)
def test_no_value_is_too_odd(related: Source, collection: str) -> None:
    """Whatever a column holds, the row is refused with a reason, or becomes one that JSON can say."""
    row = related.row(collection)
    for name in related.mapping.fields(collection):
        for value in ODD:
            made = related.translator.translate(collection, row | {name: value})
            assert all(each.field and each.reason for each in made.refused)
            assert made.refused or orjson.dumps(made.values), (name, value)
