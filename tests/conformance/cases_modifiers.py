"""Modifiers in bodies: `field+`, `+field`, `field-`."""

from tests.conformance.compare import Case, updated

CASES: list[Case] = [
    updated("add", "cart", {"cart_product_quantity": 2}, {"cart_product_quantity+": 3}),
    updated("subtract", "cart", {"cart_product_quantity": 9}, {"cart_product_quantity-": 3}),
    updated("append", "cart", {"cart_remark": "a"}, {"cart_remark+": "b"}),
]
