"""Paging: page, perPage, totals."""

from tests.conformance.compare import Case, listed

CASES: list[Case] = [
    listed("second page", "product_list", page=2, perPage=7),
    listed("perPage 0", "product_list", perPage=0),
    listed("skipTotal", "product_list", perPage=3, skipTotal=1),
]
