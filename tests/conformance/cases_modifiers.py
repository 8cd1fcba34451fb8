"""Modifiers in bodies: `field+`, `+field`, `field-`, `field:autogenerate`."""

from typing import Any, Final

from tests.conformance.compare import CART, ORDER, Case, created, updated
from tests.conformance.rows import product

CHOICES: Final[dict[str, Any]] = {
    "another": "cart",
    "the same": "product",
    "an unknown one": "bogus",
    "none": "",
    "null": None,
    "a number": 3,
    "both": ["product", "cart"],
    "both the other way": ["cart", "product"],
    "a list in a text": '["cart"]',
    "an empty list": [],
}
NUMBERS: Final[dict[str, Any]] = {
    "one": 1,
    "nothing": 0,
    "less than nothing": -4,
    "half": 0.5,
    "a text": "2",
    "a word": "two",
    "true": True,
    "null": None,
    "a list": [3],
    "very many": 9999,
    "more than integers hold": 1e30,
    "no number": "NaN",
    "endlessly many": "inf",
}
PRODUCTS: Final[dict[str, Any]] = {
    "another": product(1),
    "the same": product(0),
    "one off sale": product(4),
    "a deleted one": product(36),
    "an unknown one": "nope",
    "none": "",
    "two": [product(0), product(2)],
    "an object": {},
}
MODIFIED: Final = ("{}+", "+{}", "{}-")

LINE_WITHOUT_PRODUCT: Final = {"cart_owner": "{openid}", "cart_product_quantity": 1}


ORDER_WITHOUT_SOURCE: Final = {k: v for k, v in ORDER.items() if k != "order_source"}


def _of(shape: str, field: str) -> str:
    return shape.format(field)


def _line(name: str, body: dict[str, Any]) -> Case:
    """A change of a line of 5 pieces."""
    return updated(name, "cart", {"cart_product_quantity": 5, "cart_remark": "a"}, body)


def _company(name: str, body: dict[str, Any]) -> Case:
    """A change of an active company."""
    return updated(name, "company", {"company_status": "active", "company_type": "a"}, body)


def _new_order(name: str, body: dict[str, Any]) -> Case:
    return created(name, "order", ORDER | body)


CASES: list[Case] = [
    *(
        _new_order(f"{_of(shape, 'source')}: {name}", {_of(shape, "order_source"): value})
        for shape in MODIFIED
        for name, value in CHOICES.items()
    ),
    *(
        created(
            f"{_of(shape, 'source')} of none: {name}",
            "order",
            ORDER_WITHOUT_SOURCE | {_of(shape, "order_source"): value},
        )
        for shape in MODIFIED
        for name, value in CHOICES.items()
    ),
    *(
        updated(f"{_of(shape, 'state')}: {value}", "order", {}, {_of(shape, "order_status"): value})
        for shape in MODIFIED
        for value in ("pending", "cancelled", "completed", "")
    ),
    *(
        _company(f"{_of(shape, 'status')}, a text", {_of(shape, "company_status"): "停用"})
        for shape in MODIFIED
    ),
    *(
        _line(f"{_of(shape, 'quantity')}: {name}", {_of(shape, "cart_product_quantity"): value})
        for shape in MODIFIED
        for name, value in NUMBERS.items()
    ),
    *(
        created(
            f"{_of(shape, 'quantity')} of a new line: {name}",
            "cart",
            CART | {_of(shape, "cart_product_quantity"): value},
        )
        for shape in MODIFIED
        for name, value in NUMBERS.items()
    ),
    *(
        _line(f"{_of(shape, 'product')}: {name}", {_of(shape, "cart_product_id"): value})
        for shape in MODIFIED
        for name, value in PRODUCTS.items()
    ),
    *(
        created(
            f"{_of(shape, 'product')} of a new line: {name}",
            "cart",
            LINE_WITHOUT_PRODUCT | {_of(shape, "cart_product_id"): value},
        )
        for shape in MODIFIED
        for name, value in PRODUCTS.items()
    ),
    _line("set, then added to", {"cart_product_quantity+": 3, "cart_product_quantity": 2}),
    _line("added to past the limit", {"cart_product_quantity+": 9995}),
    _line("nothing left", {"cart_product_quantity-": 5}),
    _new_order("set, then appended to", {"order_source+": "product", "order_source": "cart"}),
    _new_order("set, then taken away", {"order_source-": "cart", "order_source": "cart"}),
    _new_order("unset, then prepended to", {"+order_source": "cart", "order_source": None}),
    _new_order("taken away before it is asked", {"order_source-": "x", "order_source": "x"}),
    _line("append to a text", {"cart_remark+": "b"}),
    _line("take from a text", {"cart_remark-": "a"}),
    _line("prepend to an owner", {"+cart_owner": "x"}),
    _line("modifiers twice", {"cart_product_quantity++": 1, "+cart_product_quantity+": 1}),
    _line("a modifier apart", {"cart_product_quantity +": 1, "cart_product_quantity+ ": 1}),
    _line("a filter's modifiers", {"cart_remark:lower": "X", "cart_product_id:each": "x"}),
    _line("add to a price", {"cart_at_price+": 1}),
    _line("add to a time", {"created+": 1, "updated-": 1}),
    _line("add to an id", {"id+": "x", "id-": "x"}),
    _line("delete by adding", {"is_delete+": 1, "cart_remark": "dropped"}),
    _line("delete by adding too much", {"is_delete+": 2}),
    _line("delete by taking away", {"is_delete-": 1}),
    _line("a generated remark", {"cart_remark:autogenerate": "x"}),
    _company("a generated name", {"company_name:autogenerate": "x"}),
    _company("a generated name of nothing", {"company_name:autogenerate": None}),
    _company("a generated status", {"company_status:autogenerate": "inactive"}),
    _company("another generated id", {"id:autogenerate": ""}),
    created("a generated id", "company", {"company_name": "x", "id:autogenerate": ""}),
    created("a generated id, too long", "company", {"company_name": "x", "id:autogenerate": "a"}),
    created("an owner added", "cart", CART | {"cart_owner+": "x"}),
    created("a generated owner", "cart", CART | {"cart_owner": "x", "cart_owner:autogenerate": ""}),
    created(
        "an owner generated as it is",
        "cart",
        {
            "cart_owner:autogenerate": "{openid}",
            "cart_product_id": product(0),
            "cart_product_quantity": 1,
        },
    ),
    _new_order("an amount added to", {"order_amount+": 0.2}),
    _new_order("an amount added to wrongly", {"order_amount+": 0.1}),
    _new_order("a source prepended", {"+order_source": "cart"}),
    _new_order("a source appended", {"order_source+": "cart"}),
    _new_order("a source taken away", {"order_source-": "product"}),
    _new_order("a snapshot appended to", {"order_snap+": {"items": []}}),
    updated("a state appended", "order", {}, {"order_status+": "cancelled"}),
    updated("a forbidden state appended", "order", {}, {"order_status+": "completed"}),
    updated("a state prepended", "order", {}, {"+order_status": "cancelled"}),
    updated("a state taken away", "order", {}, {"order_status-": "pending"}),
]
