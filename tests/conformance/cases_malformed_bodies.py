"""Bodies that cannot be read."""

from tests.conformance.compare import JSON_TYPE, Case, records

CASES: list[Case] = [
    Case(
        "half an object",
        records("cart"),
        "POST",
        user="own",
        headers=JSON_TYPE,
        body=b'{"cart_owner":',
    ),
    Case("an array", records("cart"), "POST", user="own", headers=JSON_TYPE, body=b"[]"),
    Case(
        "plain text",
        records("cart"),
        "POST",
        user="own",
        headers={"Content-Type": "text/plain"},
        body=b"x",
    ),
]
