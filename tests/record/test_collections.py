"""A collection is known by being defined, and its place among the others follows from its relations.

Covers: models/__init__.py
"""

import sys
from collections.abc import Iterator

import pytest

from bai_wx.record import collections
from bai_wx.record.base import Record
from bai_wx.record.collections import COLLECTIONS, targets_first
from bai_wx.record.fields import Relation, Relations, Text
from tests.tree import ROOT


@pytest.fixture(autouse=True)
def known() -> Iterator[None]:
    """What a test defines is forgotten after it."""
    before = dict(COLLECTIONS)
    yield
    COLLECTIONS.clear()
    COLLECTIONS.update(before)


def names() -> list[str]:
    """The collections in their order."""
    return [model.collection() for model in targets_first()]


def test_every_module_of_models_is_imported() -> None:
    """So that a collection is known as soon as its module lies there."""
    files = {path.stem for path in (ROOT / "models").glob("*.py")} - {"__init__"}
    assert {f"models.{name}" for name in files} <= sys.modules.keys()
    assert {model.__module__ for model in COLLECTIONS.values()} >= {"models.cart", "models.users"}


def test_a_collection_is_known_by_being_defined() -> None:
    class Coupon(Record):
        coupon_product = Relation("tbl_product_list")

        class Meta:
            table_name = "tbl_a_coupon"

    assert COLLECTIONS["tbl_a_coupon"] is Coupon
    assert collections.find("TBL_A_COUPON") is Coupon
    assert collections.find(Coupon.collection_id()) is Coupon
    assert collections.find("pbc_1") is None


def test_what_relations_point_at_comes_first() -> None:
    """Whatever the names say."""

    class First(Record):
        orders = Relations("tbl_order")

        class Meta:
            table_name = "tbl_a_first"

    order = names()
    for model in COLLECTIONS.values():
        places = [order.index(name) for name in collections.targets_of(model)]
        assert all(place < order.index(model.collection()) for place in places)
    assert order.index("tbl_order") < order.index("tbl_a_first")


def test_collections_that_point_at_each_other_have_an_order_too() -> None:
    class Chicken(Record):
        egg = Relation("tbl_egg")

        class Meta:
            table_name = "tbl_chicken"

    class Egg(Record):
        chicken = Relation("tbl_chicken")
        egg = Relation("tbl_egg")

        class Meta:
            table_name = "tbl_egg"

    assert [name for name in names() if name in ("tbl_egg", "tbl_chicken")] == [
        "tbl_egg",
        "tbl_chicken",
    ]


def test_a_table_has_one_collection() -> None:
    with pytest.raises(TypeError, match="tbl_cart is defined twice"):

        class Second(Record):
            name = Text()

            class Meta:
                table_name = "tbl_cart"
