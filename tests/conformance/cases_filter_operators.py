"""Filter operators: what each finds."""

from tests.conformance.compare import Case, listed

CASES: list[Case] = [
    listed("= text", "product_list", filter="prod_list_series='S1'"),
    listed("> money", "product_list", filter="prod_list_basic_price>19.9"),
    listed("~ in the middle", "product_list", filter="prod_list_name~'lph'"),
]
