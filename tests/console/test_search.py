"""The search over orders, customers and products: `bai_wx/console/search.py`."""

import pytest
from peewee import Database

from bai_wx.console.search import search
from tests.factories import make_order, make_product, make_user

FOUND = {
    "a whole number of an order": ("202611271615301234560042", ["order"]),
    "the beginning of a number": ("202611271615", ["order"]),
    "a middle of it": ("530123456", ["order"]),
    "its end": ("0042", ["order"]),
    "too little of it": ("42", []),
    "an order's id": ("O-7", ["order"]),
    "the end of a phone": ("8000", ["customer"]),
    "three digits of it": ("000", ["customer"]),
    "the whole phone": ("13800138000", ["customer"]),
    "five digits, one of which is masked": ("38000", []),
    "a phone without its first digit": ("3800138000", []),
    "a customer's name": ("小明", ["customer"]),
    "a product's name": ("温控", ["product"]),
    "a model in small letters": ("tc-02", ["product"]),
    "a bar code": ("6901234567892", ["product"]),
    "spaces around": ("  温控 ", ["product"]),
    "a sign of patterns": ("%", []),
    "another sign of patterns": ("____", []),
    "a NUL": ("BLV\0TC", []),
    "nothing": ("   ", []),
    "what is nowhere": ("不存在", []),
}


@pytest.fixture
def shop(database: Database) -> None:
    """An order, a customer and a product, and deleted ones like them."""
    for deleted, mark in enumerate(("", "x")):
        make_order(
            order_number=f"202611271615301234560042{mark}",
            order_id=f"O-7{mark}",
            is_delete=deleted,
        )
        make_user(users_name="王小明", users_phone="13800138000", is_delete=deleted)
        make_product(
            prod_list_id=f"P-TC{mark}",  # a drawn one may hold the digits that are looked for
            prod_list_name="温控面板",
            prod_list_modelnumber="BLV-TC-02",
            prod_list_barcode="6901234567892",
            is_delete=deleted,
        )


@pytest.mark.parametrize(("text", "kinds"), FOUND.values(), ids=FOUND)
def test_what_a_text_finds(shop: None, text: str, kinds: list[str]) -> None:
    found = search(text)
    parts = {"order": found.orders, "customer": found.customers, "product": found.products}
    assert [kind for kind, rows in parts.items() for _ in rows] == kinds
    assert found.number == len(kinds)
