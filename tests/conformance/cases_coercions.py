"""Coercions: what a value of another type becomes."""

from tests.conformance.compare import CART, Case, created

CASES: list[Case] = [
    created("quantity as text", "cart", {**CART, "cart_product_quantity": "3"}),
    created("remark as number", "cart", {**CART, "cart_remark": 12.5}),
    created("quantity true", "cart", {**CART, "cart_product_quantity": True}),
]
