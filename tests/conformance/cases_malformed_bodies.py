"""Bodies: those that cannot be read, forms, and what is checked first."""

import json
from typing import Any, Final
from urllib.parse import urlencode

from tests.conformance.bodies import (
    FORM,
    FORM_TYPES,
    FORMS,
    GOOD,
    JSON_BODIES,
    MULTIPART,
    MULTIPARTS,
    QUANTITIES,
    TYPES,
)
from tests.conformance.compare import (
    CART,
    JSON_TYPE,
    ORDER,
    Case,
    created,
    records,
    updated,
)
from tests.conformance.samples import PDF

COMPANIES: Final = records("company")


def _sent(name: str, body: bytes, kind: str | None = None, **more: Any) -> Case:
    """A create of a company with this body."""
    headers = {} if kind is None else {"Content-Type": kind}
    return Case(name, COMPANIES, "POST", user="own", headers=headers, body=body, **more)


def _odd(method: str, name: str, body: bytes, kind: str | None = "application/json") -> Case:
    """A body where none is expected: at Alice's company."""
    headers = {} if kind is None else {"Content-Type": kind}
    path = f"{COMPANIES}/comp00000000001"
    return Case(f"{method}: {name}", path, method, user="alice", headers=headers, body=body)


def _first(name: str, method: str, path: str, body: bytes = b"{", **more: Any) -> Case:
    return Case(name, path, method, headers=JSON_TYPE, body=body, **more)


CASES: list[Case] = [
    *(
        _sent(f"body: {name}", body, JSON_TYPE["Content-Type"])
        for name, body in JSON_BODIES.items()
    ),
    *(_sent(f"a body of type {kind}", GOOD, kind) for kind in TYPES),
    _sent("a body without a type", GOOD),
    _sent("no body, an unknown type", b"", "text/plain"),
    _sent("no body, no type", b""),
    *(_sent(name, form.encode(), FORM) for name, form in FORMS.items()),
    *(_sent(f"a form of type {kind}", b"company_name=x", kind) for kind in FORM_TYPES),
    *(_sent(f"multipart: {name}", body, MULTIPART) for name, body in MULTIPARTS.items()),
    *(
        Case(
            f"a form's quantity {text!r}",
            records("cart"),
            "POST",
            user="own",
            form=CART | {"cart_product_quantity": text},
        )
        for text in QUANTITIES
    ),
    *(
        Case(
            f"a form's added quantity {text!r}",
            f"{records('cart')}/{{tbl_cart}}",
            "PATCH",
            user="own",
            own={"tbl_cart": {"cart_product_quantity": 5}},
            multipart=[("cart_product_quantity+", text)],
        )
        for text in QUANTITIES
    ),
    _sent("a form's query", b"company_name=x", FORM, query="company_type=q&company_city=q"),
    _sent("a form's query, the same key", b"company_name=x", FORM, query="company_name=q"),
    _sent("a form's query, a key twice", b"a=b", FORM, query="company_name=q&company_name=r"),
    _sent("a form's query, a payload", b"a=b", FORM, query=urlencode({"@jsonPayload": GOOD})),
    _sent("a form's query, a broken payload", b"company_name=x", FORM, query="@jsonPayload={"),
    _sent(
        "a form's status comes before the query's",
        b"company_name=x&company_status=active",
        FORM,
        query="company_status=inactive",
    ),
    Case(
        "a multipart form's status comes after the query's",
        COMPANIES,
        "POST",
        user="own",
        query="company_status=inactive",
        multipart=[("company_name", "x"), ("company_status", "active")],
    ),
    _sent("a query beside JSON", GOOD, "application/json", query="company_type=q"),
    _sent("a query without a body", b"", FORM, query="company_name=q"),
    Case(
        "an order by a form",
        records("order"),
        "POST",
        user="own",
        form=ORDER | {"order_snap": json.dumps(ORDER["order_snap"]), "order_amount": "0.20"},
    ),
    Case(
        "an upload's payload and query",
        records("attachments"),
        "POST",
        user="own",
        query="attachments_ocr=q&fields=attachments_remark,attachments_ocr",
        multipart=[
            ("attachments_link", ("document.pdf", PDF, "application/pdf")),
            ("@jsonPayload", '{"attachments_remark":3.50}'),
        ],
    ),
    Case(
        "an upload's text twice",
        records("attachments"),
        "POST",
        user="own",
        query="fields=attachments_remark",
        multipart=[
            ("attachments_link", ("document.pdf", PDF, "application/pdf")),
            ("attachments_remark", "a"),
            ("attachments_remark", "b"),
        ],
    ),
    Case(
        "an upload's broken payload",
        records("attachments"),
        "POST",
        user="own",
        multipart=[
            ("attachments_link", ("document.pdf", PDF, "application/pdf")),
            ("@jsonPayload", "{"),
        ],
    ),
    *(
        _odd(method, name, body, kind)
        for method in ("GET", "DELETE", "PATCH")
        for name, body, kind in (
            ("broken JSON", b"{", "application/json"),
            ("an array", b"[]", "application/json"),
            ("plain text", b"x", "text/plain"),
            ("a body without a type", b"{}", None),
            ("XML", b"<a/>", "application/xml"),
            ("a broken multipart form", b"x", "multipart/form-data; boundary=x"),
        )
    ),
    _odd("GET", "JSON", b'{"company_name":""}'),
    _odd("GET", "a form", b"company_name=", FORM),
    _odd("PATCH", "an empty name", b'{"company_name":""}'),
    updated("an update of nothing", "cart", {}, {}),
    Case(
        "an update without a body",
        f"{records('order')}/{{tbl_order}}",
        "PATCH",
        user="own",
        own={"tbl_order": {"order_remark": "stays"}},
    ),
    updated(
        "unknown and read-only keys",
        "cart",
        {},
        {"nope": 1, "Cart_Remark": "x", "created": "x", "updated": 1, "collectionId": "x"},
    ),
    created(
        "a new row's read-only keys",
        "cart",
        CART | {"created": "2020-01-01", "collectionName": "x", "cart_at_price": 1, "is_delete": 1},
    ),
    _first("the body before the collection's rule", "POST", records("product_list")),
    _first("the body before the caller", "POST", records("cart")),
    _first("the body before the record", "PATCH", f"{records('cart')}/nothing", user="alice"),
    _first("the collection before the body", "POST", "/collections/nope/records"),
    _first("the path before the body", "PUT", records("cart"), user="alice"),
    _first(
        "the rule before the fields", "POST", records("cart"), b'{"cart_remark":3}', user="alice"
    ),
    _first(
        "the record before the fields",
        "PATCH",
        f"{records('cart')}/cart00000000050",
        b'{"cart_product_quantity":0}',
        user="alice",
    ),
    _first(
        "the owner before the fields",
        "PATCH",
        f"{records('cart')}/cart00000000001",
        b'{"cart_owner":"x","cart_product_quantity":0}',
        user="alice",
    ),
    _first("a guest learns no fields", "POST", COMPANIES, b"{}"),
    _first("a disabled user learns no fields", "POST", COMPANIES, b"{}", user="dave"),
]
