"""Bad inputs of the hook operations: the families made from the contract, then rows written by hand."""

from collections.abc import Iterator
from typing import Any

from tests.api import tokens
from tests.api.bad_hook_families import FAMILIES, GOOD_BODY, INVALID, WITH_BODY
from tests.api.bad_inputs import Bad
from tests.sent import JSON


def _invalid(operation: str, claim: str, field: str, value: Any) -> Bad:
    """A good body with one bad value, told by its field."""
    body = {**GOOD_BODY[operation], field: value}
    return Bad(operation, claim, 400, INVALID, (field,), body=body)


def _login(code: str, status: int, answer: str, claim: str) -> list[Bad]:
    """The same WeChat code refused at login, at refresh and as a phone code."""
    wx, phone = {"users_wx_code": code}, {"users_phone_code": code}
    return [
        Bad("wechat_login", claim, status, answer, (), who="nobody", body=wx),
        Bad("refresh_token", claim, status, answer, (), who="nobody", body=wx),
        Bad("wechat_profile", f"{claim} for the phone", status, answer, (), body=phone),
    ]


def _users() -> Iterator[Bad]:
    """Login, refresh and profile."""
    for code, status, answer, claim in (
        ("err-40029", 400, "wechat_code_invalid", "a code WeChat does not know"),
        ("nonsense", 400, "wechat_code_invalid", "a code of no kind"),
        ("' OR 1=1 --", 400, "wechat_code_invalid", "SQL text for a code"),
        ("err-40163", 400, "wechat_code_used", "a code used before"),
        ("err-45011", 429, "wechat_busy", "a code while WeChat is busy"),
        ("err-40226", 403, "wechat_user_blocked", "a user WeChat blocks"),
    ):
        yield from _login(code, status, answer, claim)
    for who in ("nobody", "a disabled user", *tokens.FORGED, *tokens.HEADERS):
        claim = f"the token of {who} and no code"
        yield Bad("refresh_token", claim, 401, "unauthorized", (), who=who, body={})
    for operation in ("wechat_login", "refresh_token"):
        for word in ("disabled", "deleted"):
            body = {"users_wx_code": f"${word}_code"}
            yield Bad(
                operation, f"a {word} user", 403, "user_disabled", (), who="nobody", body=body
            )
    for claim, field, value in (
        ("a picture that is a path on the phone", "users_picture", "wxfile://tmp_7f.jpg"),
        ("a picture in the phone's http://tmp", "users_picture", "http://tmp/7f.jpg"),
        ("a picture that is a script", "users_picture", "javascript:alert(1)"),
        ("a picture that is data", "users_picture", "data:image/png;base64,AAAA"),
        ("an unknown company", "company_id", "C-NONE"),
        ("a deleted company", "company_id", "C-T-DELETED"),
        ("a company by its record id", "company_id", "tcompanynobody0"),
        ("SQL text for a company", "company_id", "' OR 1=1 --"),
    ):
        yield _invalid("wechat_profile", claim, field, value)


def _lists() -> Iterator[Bad]:
    """The two hook lists."""
    for claim, field, value in (
        ("page zero", "page", 0),
        ("page in text", "page", "2"),
        ("101 a page", "perPage", 101),
        ("a keyword of 101 characters", "keyword", "键" * 101),
        ("sorted by an unknown field", "sort", "colour"),
        ("sorted by a hidden column", "sort", "seq"),
        ("sorted by another table's field", "sort", "users_name"),
        ("sorted by two minus signs", "sort", "--created"),
        ("a comma at the end of sort", "sort", "created,"),
        ("sorted by nine fields", "sort", ",".join(["created"] * 9)),
        ("sorted by SQL", "sort", "created; DROP TABLE tbl_cart"),
        ("PocketBase's filter on a hook", "filter", "id!=''"),
    ):
        yield _invalid("cart_list", claim, field, value)
        yield _invalid("order_list", claim, field, value)
    yield _invalid("cart_list", "an order's state", "cart_status", "pending")
    yield _invalid("order_list", "a cart line's state", "order_status", "active")
    yield _invalid("order_list", "sorted by the snapshot", "sort", "order_snap")


PRODUCTS_NOBODY_CAN_BUY = {
    "an unknown product": "P-NONE",
    "a product off sale": "P-T-OFFSALE",
    "a product off sale by its record id": "tproductoffsale",
    "a deleted product": "P-T-DELETED",
    "SQL text for a product": "' OR 1=1 --",
    "NUL in a product": "P\x00",
    "a wildcard for a product": "%",
}


def _item(product: str, quantity: Any = 1, **more: Any) -> dict[str, Any]:
    return {"prod_list_id": product, "quantity": quantity, **more}


def _products() -> Iterator[Bad]:
    for claim, product in PRODUCTS_NOBODY_CAN_BUY.items():
        in_cart = {"cart_product_id": product, "cart_product_quantity": 1}
        alone = {"order_source": "product", "items": [_item(product)]}
        beside = {"order_source": "product", "items": [_item("P-T-DIME"), _item(product)]}
        yield Bad("cart_create", claim, 400, "product_unavailable", (), body=in_cart)
        yield Bad("order_create", claim, 400, "product_unavailable", (), body=alone)
        claim = f"{claim} beside a good one"
        yield Bad("order_create", claim, 400, "product_unavailable", (), body=beside)


def _carts() -> Iterator[Bad]:
    for claim, quantity in (("minus one piece", -1), ("text", "2"), ("half a piece", 0.5)):
        yield _invalid("cart_create", f"{claim} for a quantity", "cart_product_quantity", quantity)
    full = {"cart_product_id": "$line_product", "cart_product_quantity": 9999}
    both = ("cart_product_id", "cart_product_quantity")
    yield Bad(
        "cart_create", "past 9999 in all", 400, INVALID, ("cart_product_quantity",), body=full
    )
    yield Bad("cart_create", "an empty body", 400, INVALID, both)
    yield _invalid("cart_create", "a prototype's key", "__proto__", {"a": 1})
    for claim, raw in {
        "the last of two duplicate keys": b'{"cart_product_quantity": 1, "cart_product_quantity": 0}',
        "a number beyond a double": b'{"cart_product_id": "x", "cart_product_quantity": 1e999}',
        "keys in another case": b'{"Cart_Product_Id": "x", "cart_product_quantity": 1}',
    }.items():
        yield Bad("cart_create", claim, 400, INVALID, raw=raw, headers=JSON)
    for field, value in (("cart_product_quantity", 3), ("cart_remark", "晚了")):
        body = {"cart_id": "$ordered_line", field: value}
        claim = f"{field} of a line that is ordered"
        yield Bad("cart_update", claim, 409, "cart_already_ordered", (), body=body)
    for operation in ("cart_create", "cart_update", "order_create", "order_update"):
        for flag in (1, 2, "0", None, True):
            yield _invalid(operation, f"is_delete of {flag!r}", "is_delete", flag)


LINES_NOBODY_CAN_ORDER: dict[str, tuple[int, str, list[str]]] = {
    "an unknown line": (404, "not_found", ["CART-NONE"]),
    "bob's line": (404, "not_found", ["$bob_line"]),
    "bob's line beside one's own": (404, "not_found", ["$line", "$bob_line"]),
    "a deleted line": (404, "not_found", ["$deleted_line"]),
    "a deleted line beside a good one": (404, "not_found", ["$line", "$deleted_line"]),
    "SQL text for a line": (404, "not_found", ["' OR 1=1 --"]),
    "a line by its record id": (404, "not_found", ["$line_pb"]),
    "a line ordered before": (409, "cart_already_ordered", ["$ordered_line"]),
    "one ordered before beside a good one": (
        409,
        "cart_already_ordered",
        ["$line", "$ordered_line"],
    ),
}
DIME = _item("P-T-DIME")
LINE_WAYS = ("cart_ids", "order_source_id", "order_snap")
PRODUCT_WAYS = ("items", "order_source_id", "order_snap")
BODIES_WITHOUT_GOODS: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    "no lines from a cart": (LINE_WAYS, {"order_source": "cart"}),
    "no items from products": (PRODUCT_WAYS, {"order_source": "product", "order_snap": "[]"}),
    "an empty body": (("cart_ids", *PRODUCT_WAYS), {}),
    "a source of another kind alone": (("cart_ids", *PRODUCT_WAYS), {"order_source": "微信"}),
}
FLAT: dict[str, Any] = {"order_source": "cart", "order_status": "pending", "order_amount": ""}
GOODS = [{"cart_product_id": "tproductdime000", "cart_product_quantity": 1}]
FLAT_BODIES_THAT_ARE_NO_ORDER: dict[str, tuple[str, dict[str, Any]]] = {
    "a snapshot that is no JSON": ("order_snap", {"order_snap": "{"}),
    "a snapshot of a number": ("order_snap.0", {"order_snap": [7]}),
    "a snapshot of a truth": ("order_snap", {"order_snap": True}),
    "a snapshot of 201 goods": ("order_snap", {"order_snap": GOODS * 201}),
    "a snapshot of goods twice": ("order_snap", {"order_snap": GOODS * 2}),
    "a quantity in text": ("order_snap", {"order_snap": [{**GOODS[0], "quantity": "1"}]}),
    "products without a line of the same quantity": (
        "order_snap",
        {"order_snap": [{**GOODS[0], "cart_product_quantity": 77}]},
    ),
    "ids of lines twice": ("order_source_id", {"order_source_id": "$line|$line"}),
    "a list of ids": ("order_source_id", {"order_source_id": ["$line"]}),
    "a number of 65 characters": ("order_number", {"order_number": "7" * 65}),
    "a number for a number": ("order_number", {"order_number": 7}),
    "the number of a deleted order": (
        "order_number",
        {"cart_ids": ["$line"], "order_number": "$deleted_order_number"},
    ),
}
BODIES_THAT_ARE_NO_ORDER: dict[str, tuple[str, dict[str, Any]]] = {
    "lines and items": ("items", {"order_source": "cart", "cart_ids": ["$line"], "items": [DIME]}),
    "items and lines": (
        "cart_ids",
        {"order_source": "product", "cart_ids": ["x"], "items": [DIME]},
    ),
    "the same line twice": ("cart_ids", {"order_source": "cart", "cart_ids": ["$line", "$line"]}),
    "201 lines": ("cart_ids", {"order_source": "cart", "cart_ids": [f"C-{n}" for n in range(201)]}),
    "no lines at all": ("cart_ids", {"order_source": "cart", "cart_ids": []}),
    "an empty id for a line": ("cart_ids.0", {"order_source": "cart", "cart_ids": [""]}),
}
ITEMS_THAT_ARE_NO_ORDER: dict[str, tuple[str, list[dict[str, Any]]]] = {
    "the same product twice": ("items", [DIME, _item("P-T-DIME", 2)]),
    "the same product by both its ids": ("items", [DIME, _item("tproductdime000")]),
    "201 products": ("items", [_item(f"P-{n}") for n in range(201)]),
    "no pieces of a product": ("items.0.quantity", [_item("P-T-DIME", 0)]),
    "10,000 pieces": ("items.0.quantity", [_item("P-T-DIME", 10_000)]),
    "a quantity in text": ("items.0.quantity", [_item("P-T-DIME", "1")]),
    "a price of the client's": ("items.0.at_price", [_item("P-T-DIME", 1, at_price=0.01)]),
    "more than an amount can hold": ("items", [_item("P-T-DEAREST", 2)]),
}
STATES = ("pending", "confirmed", "completed", "cancelled")


def _orders() -> Iterator[Bad]:
    for claim, (status, code, cart_ids) in LINES_NOBODY_CAN_ORDER.items():
        body: dict[str, Any] = {"order_source": "cart", "cart_ids": cart_ids}
        yield Bad("order_create", claim, status, code, (), body=body)
    for claim, (ways, body) in BODIES_WITHOUT_GOODS.items():
        yield Bad("order_create", claim, 400, INVALID, ways, body=body)
    for claim, (field, body) in FLAT_BODIES_THAT_ARE_NO_ORDER.items():
        claim = f"a flat order with {claim}"
        yield Bad("order_create", claim, 400, INVALID, (field,), body={**FLAT, **body})
    for claim, (field, body) in BODIES_THAT_ARE_NO_ORDER.items():
        yield Bad("order_create", claim, 400, INVALID, (field,), body=body)
    for claim, (field, items) in ITEMS_THAT_ARE_NO_ORDER.items():
        body = {"order_source": "product", "items": items}
        yield Bad("order_create", claim, 400, INVALID, (field,), body=body)
    for state in STATES:
        named = {"order_id": f"${state}_order"}
        for move in STATES:
            if state != move and (state, move) != ("pending", "cancelled"):
                claim, body = (
                    f"an owner's move from {state} to {move}",
                    {**named, "order_status": move},
                )
                yield Bad("order_update", claim, 409, "order_state_invalid", (), body=body)
        if state != "pending":
            body = {**named, "order_remark": "晚了"}
            claim = f"the remark of a {state} order"
            yield Bad("order_update", claim, 409, "order_state_invalid", (), body=body)
    mixed = {"order_id": "$order", "order_remark": "改", "order_status": "completed"}
    yield Bad(
        "order_update", "a good remark with a bad move", 409, "order_state_invalid", (), body=mixed
    )
    confirmed = {"order_id": "$confirmed_order"}
    yield Bad("order_delete", "a confirmed order", 409, "order_in_progress", (), body=confirmed)


def _streams() -> Iterator[Bad]:
    """Bodies that do not say how long they are."""
    large = (b" " * 2**20,) * 8 + (b"{}",)
    for op in WITH_BODY:
        claim = "a chunked body past 8 MiB"
        yield Bad(op.id, claim, 413, "payload_too_large", (), raw=large, headers=JSON)
        claim = "a chunked body that is no JSON"
        yield Bad(op.id, claim, 400, INVALID, (), raw=(b"{", b"bad"), headers=JSON)


ROWS = [
    *FAMILIES,
    *_users(),
    *_lists(),
    *_products(),
    *_carts(),
    *_orders(),
    *_streams(),
]
