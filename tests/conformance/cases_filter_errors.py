"""Filters that are refused."""

from tests.conformance.compare import Case, listed

CASES: list[Case] = [
    listed("unknown field", "product_list", filter="nope=1"),
    listed("open parenthesis", "product_list", filter="(prod_list_sort=1"),
    listed("@request", "product_list", filter="@request.auth.id=''"),
]
