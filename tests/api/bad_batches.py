"""Bad batches: bodies that are none, too large ones, and requests that fail all the others."""

from collections.abc import Iterator
from typing import Any

from tests.answers import GENERIC, TOO_LARGE
from tests.api.bad_inputs import OVERSIZE, UNKNOWN_ID, Bad
from tests.api.bad_native import GUESTS
from tests.api.pictures import PNG
from tests.paths import ATTACHMENTS, CART_RECORDS
from tests.sent import FORM, JSON, MEBIBYTE, TEXT

UNREADABLE = "Failed to read the submitted batch data."
INVALID = "Invalid batch request data."
FAILED = "Batch transaction failed."

LINE = {"cart_owner": "$alice_openid", "cart_product_id": "$product", "cart_product_quantity": 1}


def inner(method: str, path: str, body: Any = None) -> dict[str, Any]:
    """A request of a batch."""
    return {"method": method, "url": f"/pb/api{path}", "body": body}


BODIES: dict[str, tuple[Any, str]] = {
    "no request": ({"requests": []}, INVALID),
    "requests that are no list": ({"requests": {"0": {}}}, UNREADABLE),
    "a list": ([], UNREADABLE),
    "a request that is a text": ({"requests": ["x"]}, UNREADABLE),
    "a request of null": ({"requests": [None]}, UNREADABLE),
    "a request without anything": ({"requests": [{}]}, INVALID),
    "a request of a method nobody knows": ({"requests": [inner("FETCH", CART_RECORDS)]}, INVALID),
    "a request of a long address": ({"requests": [inner("POST", "/" + "x" * 2000)]}, INVALID),
    "a body that is a text": ({"requests": [inner("POST", CART_RECORDS, "x")]}, UNREADABLE),
    "51 requests": ({"requests": [inner("POST", CART_RECORDS, LINE)] * 51}, INVALID),
}
REQUESTS: dict[str, tuple[int, dict[str, Any]]] = {
    "a list of records": (400, inner("GET", CART_RECORDS)),
    "a hook": (400, inner("POST", "/cart/create", LINE)),
    "a batch within": (400, inner("POST", "/batch", {"requests": []})),
    "another server": (400, inner("POST", "", LINE) | {"url": "https://example.com/api/x"}),
    "a path of dots": (400, inner("POST", "/collections/../collections/tbl_cart/records", LINE)),
    "a line of nothing": (400, inner("POST", CART_RECORDS, LINE | {"cart_product_quantity": 0})),
    "a line for somebody else": (
        400,
        inner("POST", CART_RECORDS, LINE | {"cart_owner": "$bob_openid"}),
    ),
    "somebody else's line": (
        404,
        inner("PATCH", f"{CART_RECORDS}/$bob_line_pb", {"cart_remark": "x"}),
    ),
    "an upsert of somebody else's line": (404, inner("PUT", CART_RECORDS, {"id": "$bob_line_pb"})),
    "a missing line": (404, inner("DELETE", f"{CART_RECORDS}/{UNKNOWN_ID}")),
    "an upload without a file": (400, inner("POST", ATTACHMENTS)),
    "a product": (403, inner("POST", "/collections/tbl_product_list/records", {})),
    "SQL for an id": (404, inner("DELETE", f"{CART_RECORDS}/' OR 1=1 --")),
    "a NUL in the id": (400, inner("DELETE", f"{CART_RECORDS}/x\x00")),
}
"""With the status that each would have alone."""


def _batches() -> Iterator[Bad]:
    operation = "batch"
    for claim, (body, message) in BODIES.items():
        yield Bad(operation, claim, 400, message, {} if message == UNREADABLE else None, body=body)
    for claim, (status, request) in REQUESTS.items():
        yield Bad(operation, claim, 400, FAILED, status, body={"requests": [request]})
    for who in GUESTS:
        body = {"requests": [inner("POST", CART_RECORDS, LINE)]}
        yield Bad(operation, f"{who} sends one", 400, FAILED, 400, who=who, body=body)
    yield Bad(operation, "a broken JSON body", 400, UNREADABLE, {}, raw=b"{bad", headers=JSON)
    yield Bad(operation, "a text body", 400, UNREADABLE, {}, raw=b"hi", headers=TEXT)
    yield Bad(operation, "a form cut short", 400, UNREADABLE, {}, raw=b"--b\r\n", headers=FORM)
    yield Bad(operation, "a form of a file alone", 400, INVALID, raw=_file_alone(), headers=FORM)
    yield Bad(operation, "a query that cannot be read", 400, GENERIC, {}, query="?a=%zz", body={})
    claim = "a body of 8 MiB and a byte"
    yield Bad(operation, claim, 413, TOO_LARGE, {}, raw=OVERSIZE, headers=JSON)
    claim, large = "a chunked form of 12 MiB", (b"\x00" * MEBIBYTE,) * 12
    yield Bad(operation, claim, 413, TOO_LARGE, {}, raw=large, headers=FORM)


def _file_alone() -> bytes:
    head = b'--b\r\nContent-Disposition: form-data; name="requests.0.attachments_link"; filename="a.png"'
    return head + b"\r\n\r\n" + PNG + b"\r\n--b--\r\n"


ROWS = list(_batches())
