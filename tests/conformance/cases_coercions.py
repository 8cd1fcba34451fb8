"""Coercions: what a value of another type becomes; none is an error of its own."""

from typing import Any, Final

from tests.conformance.compare import CART, ORDER, Case, created, updated
from tests.conformance.rows import product

VALUES: Final[dict[str, Any]] = {
    "null": None,
    "true": True,
    "false": False,
    "0": 0,
    "1": 1,
    "-1": -1,
    "12.5": 12.5,
    "-0.0": -0.0,
    "1e21": 1e21,
    "1e-7": 1e-7,
    "past 53 bits": 2**53 + 1,
    "past 64 bits": 2**64,
    "a list": ["a", 1],
    "an empty list": [],
    "a list of a list": [["a"]],
    "an object": {"a": 1},
    "an object of nothing": {},
    "a list in a text": '["a"]',
    "an object in a text": '{"a":1}',
    "null in a text": "null",
    "blanks": "  ",
    "NUL": "a\0b",
    "markup": "<b>&amp;\u2028</b>",
}
"""Every JSON type, and numbers that are hard to write."""

NUMBERS: Final = (
    "3",
    "+3",
    "3.",
    "1e3",
    "1_000",
    "0_1",
    "1__0",
    "_1",
    " 3 ",
    "0x10",
    "0x1p4",
    "0X_1.8P+3",
    "0b11",
    "017",
    "1e400",
    "٣",
    "true",
    "",
)
"""Texts that may be numbers."""


CHOICES: Final[dict[str, Any]] = {
    "a list's last": ["product", "cart"],
    "each once, then the last": ["cart", "product", "cart"],
    "an empty last": ["product", ""],
    "a null last": ["product", None],
    "nothing but empty ones": ["", None],
    "a list in a text": '["product","cart"]',
    "a list in a text, blanks around": ' ["product"] ',
    "a list with null in a text": '["product",null]',
    "a list with a number in a text": "[1,2]",
    "a broken list in a text": "[product",
    "a list of nothing in a text": "[]",
    "an object": {"product": True},
    "a number": 3,
    "true": True,
    "null": None,
}
"""What may be sent for one of several options."""

DELETIONS: Final = (True, "1", 1.0, "true", [1], {"a": 1}, "0x1p0", -1, 0.5, 1.5, "yes", None, 1e20)


def _quantity(text: str) -> Case:
    return created(f"quantity {text!r}", "cart", CART | {"cart_product_quantity": text})


CASES: list[Case] = [
    *(
        created(f"{name} as a name", "company", {"company_name": value})
        for name, value in VALUES.items()
    ),
    *(
        created(f"{name} as a quantity", "cart", CART | {"cart_product_quantity": value})
        for name, value in VALUES.items()
    ),
    *(
        created(f"{name} as a product", "cart", CART | {"cart_product_id": value})
        for name, value in VALUES.items()
    ),
    *(
        created(f"{name} as an owner", "cart", CART | {"cart_owner": value})
        for name, value in VALUES.items()
    ),
    *(
        created(f"{name} as a snapshot", "order", ORDER | {"order_snap": value})
        for name, value in VALUES.items()
    ),
    *(
        created(f"{name} as an amount", "order", ORDER | {"order_amount": value})
        for name, value in VALUES.items()
    ),
    *(
        updated(f"{name} as a new remark", "cart", {"cart_remark": "old"}, {"cart_remark": value})
        for name, value in VALUES.items()
    ),
    *(
        updated(f"{name} as a new state", "order", {}, {"order_status": value})
        for name, value in VALUES.items()
    ),
    *(_quantity(text) for text in NUMBERS),
    *(
        created(f"source {name}", "order", ORDER | {"order_source": value})
        for name, value in CHOICES.items()
    ),
    *(
        updated(f"deletion by {value!r}", "company", {}, {"is_delete": value})
        for value in DELETIONS
    ),
    created(
        "several products, the last counts",
        "cart",
        CART | {"cart_product_id": [product(4), product(1)]},
    ),
    created(
        "a snapshot in a text",
        "order",
        ORDER | {"order_snap": f'{{"items":[{{"prod_list_id":"{product(1)}","quantity":2}}]}}'},
    ),
    created("an owner in a list", "cart", CART | {"cart_owner": ["{openid}"]}),
    created("a quantity without a fraction", "cart", CART | {"cart_product_quantity": 3.0}),
]
