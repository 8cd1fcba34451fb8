"""What a guest is answered."""

from tests.conformance.compare import Case, listed

CASES: list[Case] = [
    listed("cart list", "cart"),
    Case("cart view", "/collections/tbl_cart/records/cart00000000001"),
    Case("cart create", "/collections/tbl_cart/records", "POST", json={"cart_owner": "x"}),
]
