"""Somebody else's rows look like none."""

from tests.conformance.compare import Case

CASES: list[Case] = [
    Case("view another's line", "/collections/tbl_cart/records/cart00000000001", user="bob"),
    Case(
        "delete another's line",
        "/collections/tbl_cart/records/cart00000000001",
        "DELETE",
        user="bob",
    ),
    Case(
        "create for another",
        "/collections/tbl_cart/records",
        "POST",
        user="bob",
        json={"cart_owner": "oALICE-conformance"},
    ),
]
