"""Macros: moments and their parts."""

from tests.conformance.compare import Case, listed

CASES: list[Case] = [
    listed("@now", "document", filter="document_effect<@now"),
    listed("@year is a number", "product_list", filter="@year>2000"),
    listed("@todayStart", "order", user="alice", filter="order_create<@todayStart"),
]
