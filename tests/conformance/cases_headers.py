"""Headers, asked and answered."""

from tests.conformance.compare import Case, records

CASES: list[Case] = [
    Case("bad token is a guest", records("cart"), headers={"Authorization": "garbage"}),
    Case("HEAD", records("product_list"), "HEAD"),
    Case(
        "nosniff",
        records("product_list"),
        query={"perPage": 1},
        headers_too=("X-Content-Type-Options",),
    ),
]
