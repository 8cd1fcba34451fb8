"""Filters through relations, forward and back."""

from tests.conformance.compare import Case, listed

CASES: list[Case] = [
    listed("one hop", "cart", user="alice", filter="cart_product_id.prod_list_series='S1'"),
    listed(
        "two hops",
        "cart",
        user="alice",
        filter="cart_product_id.prod_list_icon.attachments_size>3000",
    ),
    listed("any of many", "document", filter="document_image.attachments_size?>2000"),
]
