"""Sort: order of rows."""

from tests.conformance.compare import Case, listed

CASES: list[Case] = [
    listed("two keys", "product_list", sort="-prod_list_sort,prod_list_basic_price"),
    listed("by relation", "cart", user="alice", sort="cart_product_id.prod_list_name,cart_number"),
    listed("unknown", "product_list", sort="nope"),
]
