"""Methods and paths nothing serves."""

from tests.conformance.compare import Case

CASES: list[Case] = [
    Case("PUT a list", "/collections/tbl_cart/records", "PUT", user="alice"),
    Case(
        "DELETE a product",
        "/collections/tbl_product_list/records/prod00000000001",
        "DELETE",
        user="alice",
    ),
    Case("unknown collection", "/collections/nope/records"),
]
