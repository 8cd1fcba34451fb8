"""Requests that are refused: a table for each operation, by the name of the example that shows the answer."""

from typing import Any

from tests.sent import JSON

Body = dict[str, Any]

SWITCH = "p9x2c5v8b1n4m7q"
SWITCH_ITEM = {"prod_list_id": "P-01KAR3Z8H5D2F7G4J9K6MB1NQC", "quantity": 2}
OFF_SALE = "pz1m4s7j9r3a6yc"
OFF_SALE_ITEM = {"prod_list_id": "P-01KAR40HRN5P9Q4R8S3T7VW2XY", "quantity": 1}

LINES = "/pb/api/collections/tbl_cart/records"
COMPANIES = "/pb/api/collections/tbl_company/records"


def line_of(product: str, **more: str) -> Body:
    """One of a product, for a cart."""
    return {"cart_product_id": product, "cart_product_quantity": 1, **more}


TEXT: Body = {"data": b"text", "headers": {"Content-Type": "text/plain"}}
BAD_JSON: Body = {"data": b'{"order_remark": ', "headers": JSON}
HUGE: Body = {"data": b'{"cart_remark": "' + b"x" * (9 << 20) + b'"}', "headers": JSON}
KEY = {"Idempotency-Key": "5f0c7d3e-2b5a-4a0e-9a55-0d3f6f1c9b7a"}

BAD_QUERIES = [
    ("NativeBadRequest", {"filter": "company_name ="}),
    ("NativeForbidden", {"filter": '@request.auth.id != ""'}),
]
BAD_FILES = {
    "fileMissing": ("another_file", "avatar.png", b"", "image/png"),
    "fileTooLarge": ("attachments_link", "big.pdf", b"%PDF-1.4\n" + b" " * (10 << 20)),
    "pictureDamaged": ("attachments_link", "a.png", b"\x89PNG\r\n\x1a\n", "image/png"),
    "typeRefused": ("attachments_link", "logo.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
}
BAD_PROFILES: dict[str, Body] = {
    "localPicture": {"users_picture": "wxfile://tmp_avatar.png"},
    "unknownPicture": {"users_picture": "A-NONE"},
    "unknownCompany": {"company_id": "C-NOBODY"},
    "phoneCodeInvalid": {"users_phone_code": "err-40029"},
}
BAD_COMPANIES: dict[str, Body] = {
    "unsupportedContentType": TEXT,
    "fieldsRefused": {"json": {"company_name": ""}},
}
BAD_CHANGES: dict[str, Body] = {"fieldsRefused": {"json": {"is_delete": 2}}, "badJson": BAD_JSON}
BAD_LINES: dict[str, Body] = {
    "quantity": {**line_of(SWITCH), "cart_product_quantity": 10_000},
    "productUnavailable": line_of(OFF_SALE),
}
BAD_LINE_CHANGES: dict[str, Body] = {"quantity": {"cart_product_quantity": 10_000}}
BAD_ORDERS: dict[str, Body] = {
    "empty": {"order_source": "cart", "order_source_id": ""},
    "noSuchLine": {
        "order_source": "cart",
        "order_snap": [{"cart_product_id": "p5t7y1r4x6h9g3k", "cart_product_quantity": 9}],
    },
    "productUnavailable": {"order_source": "product", "items": [OFF_SALE_ITEM]},
}
SAME_NUMBER: Body = {
    "order_number": "采购-20261127-01",
    "order_source": "product",
    "order_snap": {"items": [SWITCH_ITEM]},
}
BAD_ORDER_RECORDS: dict[str, Body] = {
    "noItems": {"order_snap": {"items": []}},
    "amountMismatch": {"order_snap": {"items": [SWITCH_ITEM]}, "order_amount": 1},
}
BAD_MOVES: dict[str, Body] = {
    "transition": {"json": {"order_status": "completed"}},
    "badJson": BAD_JSON,
}
BAD_BATCHES: dict[str, Body] = {
    "requestRefused": {
        "json": {
            "requests": [
                {"method": "POST", "url": COMPANIES, "body": {"company_name": "某公司"}},
                {"method": "DELETE", "url": f"{LINES}/zzzzzzzzzzzzzzz"},
            ]
        }
    },
    "requestsInvalid": {"json": {"requests": [{"method": "POST", "url": ""}]}},
    "noRequests": {"json": {"requests": []}},
    "batchUnreadable": {"data": b'{"requests": ', "headers": JSON},
}
BAD_CODES = [
    ("err-40029", "HookWechatCodeRefused codeInvalid"),
    # Used somewhere else: what this server exchanged just now, it answers again.
    ("err-40163", "HookWechatCodeRefused codeUsed"),
    ("err-40226", "HookUserForbidden userBlocked"),
    ("err-45011", "HookWechatTooManyRequests wechatBusy"),
    ("err-40013", "HookWechatInternalError misconfigured"),
    ("drop-alice", "HookWechatUnavailable wechatUnavailable"),
]
