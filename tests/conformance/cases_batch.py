"""Batches: which are read, what each request in them is answered, and that all are done or none."""

import json
from typing import Any, Final

from tests.conformance.compare import CART, ORDER, OWN, Case, Part
from tests.conformance.rows import product
from tests.conformance.samples import PDF

BATCH: Final = "/batch"
LINES: Final = "/api/collections/tbl_cart/records"
ORDERS: Final = "/api/collections/tbl_order/records"
COMPANIES: Final = "/api/collections/tbl_company/records"
UPLOADS: Final = "/api/collections/tbl_attachments/records"
PRODUCTS: Final = "/api/collections/tbl_product_list/records"
USERS: Final = "/api/collections/tbl_auth_users/records"
ALICES: Final = "cart00000000001"
MISSING: Final = "zzzzzzzzzzzzzzz"
FILE: Final = ("document.pdf", PDF, "application/pdf")
REMARK: Final = "?fields=cart_remark"
LINK: Final = "?fields=collectionName,attachments_remark"


def inner(method: str, url: str, body: Any = None, **more: Any) -> dict[str, Any]:
    """A request of a batch; without a body where there is none."""
    return {"method": method, "url": url, **({} if body is None else {"body": body}), **more}


def line(number: int, **fields: Any) -> dict[str, Any]:
    """The body of a cart line of this product."""
    return CART | {"cart_product_id": product(number)} | fields


def adding(number: int, **fields: Any) -> dict[str, Any]:
    """A request that adds a line of this product to the cart."""
    return inner("POST", LINES + REMARK, line(number, **fields))


def batch(name: str, *requests: Any, user: str = OWN, **more: Any) -> Case:
    """A batch of these requests."""
    return Case(name, BATCH, "POST", user=user, json={"requests": [*requests]}, **more)


def sent(name: str, body: bytes, kind: str = "application/json", query: str = "") -> Case:
    """A batch of these very bytes."""
    headers = {"Content-Type": kind} if kind else {}
    return Case(name, BATCH, "POST", user=OWN, headers=headers, body=body, query=query)


def form(name: str, *parts: tuple[str, Part]) -> Case:
    """A batch in a form."""
    return Case(name, BATCH, "POST", user=OWN, multipart=[*parts])


def payload(*requests: Any) -> tuple[str, str]:
    """The part of a form that holds the requests."""
    return "@jsonPayload", json.dumps({"requests": requests})


def of_own_line(name: str, method: str, body: Any = None, query: str = REMARK) -> Case:
    """A request for the case's own line."""
    url = f"{LINES}/{{tbl_cart}}{query}"
    return batch(name, inner(method, url, body), own={"tbl_cart": {"cart_remark": "before"}})


BODIES: Final[dict[str, Any]] = {
    "nothing in it": {},
    "requests null": {"requests": None},
    "no request": {"requests": []},
    "requests a text": {"requests": "x"},
    "requests an object": {"requests": {}},
    "requests a number": {"requests": 1},
    "a request that is a text": {"requests": ["x"]},
    "a request that is a list": {"requests": [[]]},
    "an empty request": {"requests": [{}]},
    "a request of nulls": {"requests": [{"method": None, "url": None, "body": None}]},
    "a list": [],
    "a text": "x",
    "51 requests": {"requests": [adding(0)] * 51},
    "51 empty requests": {"requests": [{}] * 51},
    "50 empty requests": {"requests": [{}] * 50},
    "unknown keys": {"requests": [{**adding(1), "more": 1}], "more": 2},
}
"""Bodies as JSON."""

REQUESTS: Final[dict[str, dict[str, Any]]] = {
    "no method": {"url": LINES},
    "no url": {"method": "POST"},
    "method GET": inner("GET", LINES),
    "method HEAD": inner("HEAD", LINES),
    "method OPTIONS": inner("OPTIONS", LINES),
    "method in small letters": inner("post", LINES, line(0)),
    "method with a blank": inner("POST ", LINES, line(0)),
    "a method nobody knows": inner("FOO", LINES),
    "method a number": inner("POST", LINES) | {"method": 5},
    "method a list": inner("POST", LINES) | {"method": ["POST"]},
    "url a number": inner("POST", LINES) | {"url": 5},
    "url empty": inner("POST", ""),
    "url of blanks": inner("POST", "  "),
    "url of 2000 bytes": inner("POST", f"{LINES}?{'a' * (2000 - len(LINES) - 1)}"),
    "url of 2001 bytes": inner("POST", f"{LINES}?{'a' * (2001 - len(LINES) - 1)}"),
    "url of 700 Chinese characters": inner("POST", f"{LINES}?{'中' * 700}"),
    "both wrong": inner("FOO", ""),
    "headers a list": inner("POST", LINES, line(0), headers=[]),
    "headers a text": inner("POST", LINES, line(0), headers="x"),
    "a header that is a number": inner("POST", LINES, line(0), headers={"a": 1}),
    "a header that is null": inner("POST", LINES + REMARK, line(0), headers={"a": None}),
    "headers null": inner("POST", LINES + REMARK, line(0), headers=None),
    "body null": inner("POST", LINES) | {"body": None},
    "body missing": inner("POST", LINES),
    "body a list": inner("POST", LINES) | {"body": []},
    "body a text": inner("POST", LINES) | {"body": "x"},
    "a whole address": inner("POST", f"http://example.com{LINES}", line(0)),
    "no slash at the beginning": inner("POST", LINES[1:], line(0)),
    "a slash at the end": inner("POST", f"{LINES}/", line(0)),
    "two slashes": inner("POST", f"/{LINES}", line(0)),
    "a fragment": inner("POST", f"{LINES}#x", line(0)),
    "a fragment after a query": inner("POST", f"{LINES}{REMARK}#x", line(0)),
    "a NUL": inner("POST", f"{LINES}?a=\0", line(0)),
    "a line's end": inner("POST", f"{LINES}\n", line(0)),
    "a line's end in the query": inner("POST", f"{LINES}?a=\r\nb", line(0)),
    "a blank in the query": inner("POST", f"{LINES}? a&fields=cart_remark", line(0)),
    "Chinese in the query": inner("POST", f"{LINES}{REMARK}&cart_remark=备注", line(0)),
    "a query that cannot be decoded": inner("POST", f"{LINES}{REMARK}&a=%zz", line(0)),
    "a semicolon in the query": inner("POST", f"{LINES}{REMARK};a=b", line(0)),
    "an encoded collection": inner("POST", "/api/collections/tbl%5Fcart/records", line(0)),
    "a collection in capitals": inner(
        "POST", f"/api/collections/TBL_CART/records{REMARK}", line(0)
    ),
    "a collection by its id": inner(
        "POST", f"/api/collections/pbc_4274881862/records{REMARK}", line(0)
    ),
    "a collection with a blank": inner("POST", "/api/collections/tbl cart/records", line(0)),
    "a collection of dots": inner("POST", "/api/collections/../records", line(0)),
    "no collection": inner("POST", "/api/collections//records", line(0)),
    "an unknown collection": inner("POST", "/api/collections/tbl_none/records", {}),
    "update in an unknown collection": inner("PATCH", "/api/collections/tbl_none/records/x", {}),
    "delete in an unknown collection": inner("DELETE", "/api/collections/tbl_none/records/x"),
    "upsert in an unknown collection": inner("PUT", "/api/collections/tbl_none/records", {}),
    "health": inner("GET", "/api/health"),
    "a batch in a batch": inner("POST", "/api/batch", {"requests": []}),
    "auth-refresh": inner("POST", "/api/collections/tbl_auth_users/auth-refresh"),
    "create with an id in the path": inner("POST", f"{LINES}/{MISSING}", line(0)),
    "update without an id": inner("PATCH", LINES, {}),
    "delete without an id": inner("DELETE", LINES),
    "upsert with an id in the path": inner("PUT", f"{LINES}/{MISSING}", line(0)),
    "create a product": inner("POST", PRODUCTS, {}),
    "update a product": inner("PATCH", f"{PRODUCTS}/{product(0)}", {}),
    "delete a product": inner("DELETE", f"{PRODUCTS}/{product(0)}"),
    "upsert a product that is there": inner("PUT", PRODUCTS, {"id": product(0)}),
    "upsert a product": inner("PUT", PRODUCTS, {"id": MISSING}),
    "create a user": inner("POST", USERS, {}),
    "delete a user": inner("DELETE", f"{USERS}/user00000000001"),
    "delete a company": inner("DELETE", f"{COMPANIES}/{MISSING}"),
    "update an attachment": inner("PATCH", f"{UPLOADS}/{MISSING}", {}),
    "update another's line": inner("PATCH", f"{LINES}/{ALICES}", {"cart_remark": "x"}),
    "delete another's line": inner("DELETE", f"{LINES}/{ALICES}"),
    "upsert another's line": inner("PUT", LINES, {"id": ALICES, "cart_remark": "x"}),
    "update a missing line": inner("PATCH", f"{LINES}/{MISSING}", {"cart_remark": "x"}),
    "delete a missing line": inner("DELETE", f"{LINES}/{MISSING}"),
    "a line for another": adding(0, cart_owner="oALICE-conformance"),
    "a line of nothing": adding(0, cart_product_quantity=0),
    "a line of a missing product": adding(0, cart_product_id=MISSING),
    "a line": inner("POST", LINES, line(2)),
    "a line with its product": inner("POST", f"{LINES}?expand=cart_product_id", line(2)),
    "an unknown relation": inner("POST", f"{LINES}{REMARK}&expand=none", line(2)),
    "a field's unknown modifier": inner("POST", f"{LINES}?fields=id:none(", line(2)),
    "a value in the query": inner("POST", f"{LINES}{REMARK}&cart_remark=x", line(2)),
    "a value in query and body": inner(
        "POST", f"{LINES}{REMARK}&cart_remark=x", line(2, cart_remark="y")
    ),
    "a number in the query": inner(
        "POST", f"{LINES}?fields=cart_product_quantity&cart_product_quantity=3", CART | {}
    ),
    "modifiers": inner(
        "POST", f"{LINES}?fields=cart_product_quantity", line(2, **{"cart_product_quantity+": 4})
    ),
    "an order": inner("POST", f"{ORDERS}?fields=order_amount,order_status", ORDER),
    "upsert without an id": inner("PUT", LINES + REMARK, line(2)),
    "upsert with an empty id": inner("PUT", LINES + REMARK, line(2, id="")),
    "upsert with an id of null": inner("PUT", LINES + REMARK, line(2, id=None)),
    "upsert with a short id": inner("PUT", LINES, line(2, id="short")),
    "upsert with a number for an id": inner("PUT", LINES, line(2, id=5)),
    "upsert with a slash in the id": inner("PUT", LINES, line(2, id="a/b")),
    "upsert of what is not there": inner("PUT", LINES + REMARK, line(2, id="batchupsert0001")),
    "upload without a file": inner("POST", UPLOADS, {"attachments_remark": "x"}),
    "upload of a file's name": inner("POST", UPLOADS, {"attachments_link": "x.pdf"}),
    "another method in the headers": inner(
        "POST", LINES + REMARK, line(2), headers={"X-HTTP-Method-Override": "PATCH"}
    ),
    "another media type in the headers": inner(
        "POST", LINES + REMARK, line(2), headers={"Content-Type": "text/plain"}
    ),
}
"""Batches of one request."""

CASES: list[Case] = [
    *(
        Case(f"batch: {name}", BATCH, "POST", user=OWN, json=body)
        if body != {}
        else sent(f"batch: {name}", b"{}")
        for name, body in BODIES.items()
    ),
    *(batch(f"batch of one: {name}", request) for name, request in REQUESTS.items()),
    sent("batch: no body", b""),
    sent("batch: null", b"null"),
    sent("batch: half an object", b'{"requests":['),
    sent("batch: no media type", b'{"requests":[]}', ""),
    sent("batch: plain text", b'{"requests":[]}', "text/plain"),
    sent("batch: a query", b'{"requests":[]}', query="fields=id&expand=x"),
    Case("batch by GET", BATCH, user=OWN),
    Case("batch by PUT", BATCH, "PUT", user=OWN),
    Case("batch by PATCH", BATCH, "PATCH", user=OWN),
    Case("batch by DELETE", BATCH, "DELETE", user=OWN),
    Case("batch with a slash at the end", f"{BATCH}/", "POST", user=OWN, json={"requests": []}),
    batch("batch of two wrong ones", inner("FOO", ""), adding(0), inner("", LINES)),
    batch("batch of a guest", adding(0), user="guest"),
    batch("batch of a guest: a deletion", inner("DELETE", f"{LINES}/{ALICES}"), user="guest"),
    batch("batch of a disabled user", adding(0), user="dave"),
    Case(
        "batch with a token that has ended",
        BATCH,
        "POST",
        user=OWN,
        headers={"Authorization": "{expired}"},
        json={"requests": [adding(0)]},
    ),
    Case(
        "batch whose request has the token",
        BATCH,
        "POST",
        user=OWN,
        headers={"Authorization": ""},
        json={"requests": [adding(0) | {"headers": {"Authorization": "{token}"}}]},
    ),
    batch(
        "batch whose request has a broken token",
        adding(0) | {"headers": {"Authorization": "x", "authorization": "y"}},
    ),
    batch("two lines", adding(0), adding(1)),
    batch("two lines of one product", adding(0), adding(0)),
    batch("the second is refused", adding(0), adding(1, cart_product_quantity=0), adding(2)),
    batch("the third is another's", adding(0), adding(1), inner("DELETE", f"{LINES}/{ALICES}")),
    batch("the first is unknown", inner("GET", LINES), adding(0)),
    batch(
        "made, changed, deleted",
        inner("POST", LINES + REMARK, line(3, id="batchmade000001")),
        inner("PATCH", f"{LINES}/batchmade000001{REMARK}", {"cart_remark": "x"}),
        inner("DELETE", f"{LINES}/batchmade000001"),
    ),
    batch(
        "made and changed by upserts",
        inner("PUT", LINES + REMARK, line(3, id="batchput0000001")),
        inner("PUT", LINES + REMARK, {"id": "batchput0000001", "cart_remark": "x"}),
    ),
    batch(
        "one id twice",
        inner("POST", LINES, line(3, id="batchtwice00001")),
        inner("POST", LINES, line(4, id="batchtwice00001")),
    ),
    batch(
        "a line and an order",
        adding(5),
        inner("POST", f"{ORDERS}?fields=order_amount", ORDER),
        inner("POST", f"{COMPANIES}?fields=company_name", {"company_name": "甲"}),
    ),
    of_own_line("own line changed", "PATCH", {"cart_remark": "after"}),
    of_own_line("own line's quantity raised", "PATCH", {"cart_product_quantity+": 1}, ""),
    of_own_line("own line given away", "PATCH", {"cart_owner": "oALICE-conformance"}),
    of_own_line("own line's id changed", "PATCH", {"id": MISSING}),
    of_own_line("own line of nothing", "PATCH", {"cart_product_quantity": 0}),
    of_own_line("own line changed by nothing", "PATCH"),
    of_own_line("own line deleted", "DELETE"),
    of_own_line("own line deleted with a body", "DELETE", {"cart_remark": "x"}),
    batch(
        "own line by upsert",
        inner("PUT", LINES + REMARK, {"id": "{tbl_cart}", "cart_remark": "after"}),
        own={"tbl_cart": {}},
    ),
    batch(
        "own line by upsert, owner and all",
        inner("PUT", LINES + REMARK, line(5, id="{tbl_cart}", cart_remark="after")),
        own={"tbl_cart": {"cart_product_id": product(5)}},
    ),
    batch(
        "own line deleted twice",
        inner("DELETE", f"{LINES}/{{tbl_cart}}"),
        inner("DELETE", f"{LINES}/{{tbl_cart}}"),
        own={"tbl_cart": {}},
    ),
    form("batch in a form", payload(adding(0), adding(1))),
    form("batch in a form of null", ("@jsonPayload", "null")),
    form("batch in a form of half an object", ("@jsonPayload", "{")),
    form("batch in a form without a payload", ("x", "y")),
    form("batch in a form with names of dots", ("requests.0.method", "POST")),
    form(
        "batch in a form of two payloads",
        payload(adding(0)),
        payload(adding(1, cart_remark="second")),
    ),
    form(
        "batch with a file",
        payload(inner("POST", UPLOADS + LINK)),
        ("requests.0.attachments_link", FILE),
    ),
    form(
        "batch with a file and a remark",
        payload(inner("POST", UPLOADS + LINK, {"attachments_remark": "x"})),
        ("requests.0.attachments_link", FILE),
    ),
    form(
        "batch with a file in brackets",
        payload(inner("POST", UPLOADS + LINK)),
        ("requests[0].attachments_link", FILE),
    ),
    form(
        "batch with a file in two brackets",
        payload(inner("POST", UPLOADS + LINK)),
        ("requests[0][attachments_link]", FILE),
    ),
    form(
        "batch with a file to append",
        payload(inner("POST", UPLOADS + LINK)),
        ("requests.0.attachments_link+", FILE),
    ),
    form(
        "batch with two files",
        payload(inner("POST", UPLOADS + LINK), inner("POST", UPLOADS + LINK)),
        ("requests.1.attachments_link", FILE),
        ("requests.0.attachments_link", FILE),
    ),
    form(
        "batch with two files for one field",
        payload(inner("POST", UPLOADS + LINK)),
        ("requests.0.attachments_link", FILE),
        ("requests.0.attachments_link", FILE),
    ),
    form(
        "batch with a file of no request",
        payload(inner("POST", UPLOADS + LINK)),
        ("requests.1.attachments_link", FILE),
    ),
    form(
        "batch with a file of request 00",
        payload(inner("POST", UPLOADS + LINK)),
        ("requests.00.attachments_link", FILE),
    ),
    form(
        "batch with a file of another field",
        payload(inner("POST", UPLOADS + LINK)),
        ("requests.0.attachments_remark", FILE),
    ),
    form(
        "batch with a text for a file",
        payload(inner("POST", UPLOADS + LINK)),
        ("requests.0.attachments_link", "document.pdf"),
    ),
    form(
        "batch with a text beside the file",
        payload(inner("POST", UPLOADS + LINK)),
        ("requests.0.attachments_link", FILE),
        ("requests.0.attachments_remark", "x"),
    ),
    form(
        "batch with a file for a line",
        payload(adding(0)),
        ("requests.0.cart_remark", FILE),
    ),
    form(
        "batch with a file, refused later",
        payload(inner("POST", UPLOADS + LINK), adding(0, cart_product_quantity=0)),
        ("requests.0.attachments_link", FILE),
    ),
    form(
        "batch with a file by upsert",
        payload(inner("PUT", UPLOADS + LINK, {"id": "batchfile000001"})),
        ("requests.0.attachments_link", FILE),
    ),
    Case(
        "batch in a form of a guest, with a file",
        BATCH,
        "POST",
        multipart=[
            payload(inner("POST", UPLOADS + LINK)),
            ("requests.0.attachments_link", FILE),
        ],
    ),
    Case(
        "batch urlencoded",
        BATCH,
        "POST",
        user=OWN,
        form={"@jsonPayload": json.dumps({"requests": [adding(0)]})},
    ),
]
