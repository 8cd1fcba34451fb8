"""Literals: texts and their escapes, numbers, constants."""

from tests.conformance.compare import Case, listed

CASES: list[Case] = [
    listed("escaped quote", "product_list", filter=r"prod_list_name='it\'s \"quoted\"'"),
    listed("null is empty", "product_list", filter="prod_list_category=null"),
    listed("negative number", "product_list", filter="prod_list_sort=-3"),
]
