"""Expand: forward, back, nested, what this caller may see."""

from tests.conformance.compare import Case, listed

CASES: list[Case] = [
    listed("one relation", "product_list", expand="prod_list_icon"),
    listed("many", "document", expand="document_image"),
    listed("nested", "cart", user="alice", expand="cart_product_id.prod_list_icon"),
]
