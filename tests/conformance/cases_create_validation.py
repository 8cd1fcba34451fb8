"""Create: what each field refuses."""

from tests.conformance.compare import CART, Case, created

CASES: list[Case] = [
    created("nothing", "cart", {}),
    created("quantity too large", "cart", {**CART, "cart_product_quantity": 10000}),
    created("remark too long", "cart", {**CART, "cart_remark": "长" * 501}),
]
