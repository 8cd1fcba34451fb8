"""Bad inputs of the hook operations: families made from the contract, then rows written by hand."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from tests.api import tokens
from tests.api.bad_inputs import ABSENT, OVERSIZE, Bad
from tests.api.bundle import HOOK_PREFIXES, HOOKS, OPERATIONS, Op, methods_of

JSON = {"Content-Type": "application/json"}
INVALID = "validation_failed"

GOOD_BODY: dict[str, dict[str, Any]] = {
    "refresh_token": {"users_wx_code": "err-40029"},
    "wechat_login": {"users_wx_code": "err-40029"},
    "wechat_profile": {"users_name": "某人"},
    "cart_list": {},
    "cart_detail": {"cart_id": "$line"},
    "cart_create": {"cart_product_id": "$product", "cart_product_quantity": 1},
    "cart_update": {"cart_id": "$line", "cart_remark": "改"},
    "cart_delete": {"cart_id": "$line"},
    "order_list": {},
    "order_detail": {"order_id": "$order"},
    "order_create": {
        "order_source": "product",
        "items": [{"prod_list_id": "$product_id", "quantity": 1}],
    },
    "order_update": {"order_id": "$order", "order_remark": "改"},
    "order_delete": {"order_id": "$order"},
}
"""A body each operation would take; a family spoils one thing of it."""

WITH_BODY = [op for op in HOOKS if op.id in GOOD_BODY]

BAD_TOKENS = (
    "nobody",
    "a disabled user",
    "a deleted user",
    *tokens.FORGED,
    *tokens.HEADERS,
    *tokens.MISUSED,
)

BROKEN_JSON: dict[str, bytes] = {
    "text that is no JSON": b"users_wx_code=demo-alice",
    "JSON cut short": b'{"cart_id": "CART',
    "text after the JSON object": b'{} {"more": 1}',
    "a JSON array": b"[]",
    "a JSON null": b"null",
    "a JSON text": b'"cart_id"',
    "a JSON number": b"1",
    "bytes that are not UTF-8": b'{"cart_id": "\xff\xfe"}',
    "a lone surrogate": b'{"cart_id": "\\ud800"}',
    "NaN": b'{"page": NaN}',
    "a trailing comma": b'{"page": 1,}',
    "JSON nested 100,000 deep": b"[" * 100_000 + b"]" * 100_000,
    "a comment": b"{} // nothing",
}


def _spoilt(schema: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Ways to spoil a property: what to call it, and the value."""
    kind = schema.get("type")
    yield "null", None
    wrong = {"string": 7, "integer": "1", "array": "CART-1"}[kind]
    yield f"a {type(wrong).__name__} instead of {kind}", wrong
    yield "an object", {"$ne": ""}
    if "enum" in schema:
        yield "a value outside the enum", "nope"
    if "pattern" in schema:
        yield "text against its pattern", "' OR 1=1 --"
    if kind == "integer":
        yield "a fraction", 1.5
        yield "a boolean", True
        yield "below its minimum", schema["minimum"] - 1
        yield "above its maximum", schema["maximum"] + 1
        yield "a number of 40 digits", 10**40
    if "maxLength" in schema:
        yield "too long", "长" * (schema["maxLength"] + 1)
    if schema.get("minLength"):
        yield "empty", ""
    if kind == "array":
        yield "an empty list", []
        yield "a list of null", [None]


def _tokens() -> Iterator[Bad]:
    for op in HOOKS:
        if op.demands_token:
            for who in BAD_TOKENS:
                body = GOOD_BODY[op.id]
                yield Bad(op.id, f"{who} is refused", 401, "unauthorized", (), who=who, body=body)
            yield Bad(
                op.id,
                "credentials are looked at before the body",
                401,
                "unauthorized",
                (),
                who="nobody",
                raw=b"{bad",
                headers=JSON,
            )


def _methods() -> Iterator[Bad]:
    for op in HOOKS:
        allow = ", ".join(sorted(methods_of(op.path)))
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "TRACE"):
            if method != op.method:
                yield Bad(
                    op.id,
                    f"{method} is not its method",
                    405,
                    "method_not_allowed",
                    (),
                    method=method,
                    allow=allow,
                )
        for name in ("X-HTTP-Method-Override", "X-HTTP-Method"):
            yield Bad(
                op.id,
                f"POST that means DELETE by {name}",
                405,
                "method_not_allowed",
                (),
                method="POST",
                headers={name: "DELETE"},
                allow=allow,
            )


def _paths() -> Iterator[Bad]:
    for op in HOOKS:
        for claim, path in {
            "a slash at the end of its path": f"{op.path}/",
            "two slashes in its path": op.path.replace("/api/", "/api//", 1),
            "its path in capitals": op.path[:8] + op.path[8:].upper(),
            "NUL in its path": f"{op.path}%00",
            "an encoded slash in its path": "%2F".join(op.path.rsplit("/", 1)),
            "SQL text in its path": f"{op.path}'%20OR%201=1--",
        }.items():
            # A path that is no hook's prefix any more answers as PocketBase does.
            native = not unquote(path).startswith(HOOK_PREFIXES)
            missing = (
                "File not found." if op.method == "GET" else "The requested resource wasn't found."
            )
            code = missing if native else "not_found"
            yield Bad(
                op.id,
                claim,
                404,
                code,
                {} if native else (),
                path=path,
                body=GOOD_BODY.get(op.id, ABSENT),
            )


def _bodies() -> Iterator[Bad]:
    for op in WITH_BODY:
        for claim, raw in BROKEN_JSON.items():
            yield Bad(op.id, f"{claim} for a body", 400, INVALID, (), raw=raw, headers=JSON)
        for media in (
            "text/plain",
            "application/x-www-form-urlencoded",
            "application/xml",
            "multipart/form-data",
            "",
        ):
            yield Bad(
                op.id,
                f"a JSON body called {media or 'nothing'}",
                415,
                "unsupported_media_type",
                (),
                raw=b"{}",
                headers={"Content-Type": media} if media else {},
            )
        yield Bad(
            op.id,
            "a body of 8 MiB and a byte",
            413,
            "payload_too_large",
            (),
            raw=OVERSIZE,
            headers=JSON,
        )
        yield Bad(
            op.id,
            "an unknown key",
            400,
            INVALID,
            ("colour",),
            body={**GOOD_BODY[op.id], "colour": "red"},
        )
        yield Bad(
            op.id,
            "a body that is compressed",
            400,
            INVALID,
            (),
            raw=b"\x1f\x8b\x08\x00garbage",
            headers={**JSON, "Content-Encoding": "gzip"},
        )


def _properties() -> Iterator[Bad]:
    for op in WITH_BODY:
        for name, schema in op.properties.items():
            for claim, value in _spoilt(schema):
                body = {**_body_for(op, name), name: value}
                place = f"{name}.0" if value == [None] else name
                yield Bad(op.id, f"{name} is {claim}", 400, INVALID, (place,), body=body)
        for name in op.body_schema.get("required", ()):
            body = {key: value for key, value in GOOD_BODY[op.id].items() if key != name}
            yield Bad(op.id, f"{name} is missing", 400, INVALID, None, body=body)


def _body_for(op: Op, name: str) -> dict[str, Any]:
    """A good body in which `name` may stand."""
    if op.id == "order_create" and name == "cart_ids":
        return {"order_source": "cart"}
    return GOOD_BODY[op.id]


SERVER_MADE = {
    "cart_create": (
        "cart_id",
        "cart_number",
        "cart_create",
        "cart_owner",
        "cart_at_price",
        "cart_status",
        "pb_id",
        "id",
        "is_delete",
        "created",
        "updated",
    ),
    "cart_update": ("cart_at_price", "cart_status", "cart_owner", "cart_product_id", "is_delete"),
    "order_create": (
        "order_id",
        "order_number",
        "order_owner",
        "order_amount",
        "order_snap",
        "order_status",
        "order_source_id",
        "id",
        "is_delete",
    ),
    "order_update": ("order_amount", "order_snap", "order_owner", "order_source", "is_delete"),
    "wechat_profile": (
        "openid",
        "unionid",
        "users_id",
        "users_phone",
        "users_status",
        "users_rank_level",
        "users_type",
        "company",
        "token_key",
    ),
}


def _server_made() -> Iterator[Bad]:
    for operation, names in SERVER_MADE.items():
        for name in names:
            body = {**GOOD_BODY[operation], name: "1"}
            yield Bad(operation, f"{name} is the server's to set", 400, INVALID, (name,), body=body)


KEYS: dict[str, str] = {
    "empty": "",
    "of 65 characters": "k" * 65,
    "with a tab": "a\tb",
    "of Chinese": "重复",
}
"""Idempotency-Keys that are none."""


def _keys() -> Iterator[Bad]:
    for op in HOOKS:
        if any(p["name"] == "Idempotency-Key" for p in op.definition.get("parameters", ())):
            for claim, key in KEYS.items():
                yield Bad(
                    op.id,
                    f"an Idempotency-Key {claim}",
                    400,
                    INVALID,
                    ("Idempotency-Key",),
                    body=GOOD_BODY[op.id],
                    headers={"Idempotency-Key": key},
                )


BAD_IDS: dict[str, str] = {
    "an unknown id": "CART-00000000000000000000000000",
    "bob's id": "$bob_line",
    "a deleted id": "$deleted_line",
    "the record id instead": "$line_pb",
    "the id in small letters": "$line_lower",
    "a space after the id": "$line ",
    "SQL text": "' OR '1'='1",
    "SQL that comments": "x' --",
    "a LIKE wildcard": "%",
    "NUL in it": "CART\x00",
    "a path": "../../etc/passwd",
    "an emoji": "🛒",
    "a template": "{{7*7}}",
}


def _ids() -> Iterator[Bad]:
    for thing in ("cart", "order"):
        for verb in ("detail", "update", "delete"):
            for claim, name in BAD_IDS.items():
                own = name.replace("line", "order") if thing == "order" else name
                body = {**GOOD_BODY[f"{thing}_{verb}"], f"{thing}_id": own}
                yield Bad(
                    f"{thing}_{verb}", f"{claim} for {thing}_id", 404, "not_found", (), body=body
                )


def _create(claim: str, status: int, code: str, problems: Any = None, **body: Any) -> Bad:
    """A hook cart create with other values than the good ones."""
    return Bad(
        "cart_create", claim, status, code, problems, body={**GOOD_BODY["cart_create"], **body}
    )


def _order(claim: str, status: int, code: str, problems: Any = None, **body: Any) -> Bad:
    """A hook order create of exactly this body."""
    return Bad("order_create", claim, status, code, problems, body=body)


def _item(product: Any, quantity: Any = 1) -> dict[str, Any]:
    return {"prod_list_id": product, "quantity": quantity}


def _login(code: str, status: int, answer: str, claim: str) -> list[Bad]:
    """The same WeChat code refused at login, at refresh and as a phone code."""
    body = {"users_wx_code": code}
    return [
        Bad("wechat_login", claim, status, answer, (), who="nobody", body=body),
        Bad("refresh_token", claim, status, answer, (), who="nobody", body=body),
        Bad(
            "wechat_profile",
            f"{claim} for the phone",
            status,
            answer,
            (),
            body={"users_phone_code": code},
        ),
    ]


BY_HAND = [
    # --- system
    Bad("refresh_token", "neither token nor code", 401, "unauthorized", (), who="nobody", body={}),
    Bad("refresh_token", "no body at all and no token", 401, "unauthorized", (), who="nobody"),
    Bad(
        "refresh_token",
        "an expired token and no code",
        401,
        "unauthorized",
        (),
        who="an expired token",
        body={},
    ),
    Bad(
        "refresh_token",
        "a disabled user's token and no code",
        401,
        "unauthorized",
        (),
        who="a disabled user",
        body={},
    ),
    Bad(
        "refresh_token",
        "a disabled user's code",
        403,
        "user_disabled",
        (),
        who="nobody",
        body={"users_wx_code": "$disabled_code"},
    ),
    Bad(
        "refresh_token",
        "an unsigned token and no code",
        401,
        "unauthorized",
        (),
        who="an unsigned token (alg none)",
        body={},
    ),
    # --- login and profile
    *_login("err-40029", 400, "wechat_code_invalid", "a code WeChat does not know"),
    *_login("nonsense", 400, "wechat_code_invalid", "a code of no kind"),
    *_login("' OR 1=1 --", 400, "wechat_code_invalid", "SQL text for a code"),
    *_login("err-40163", 400, "wechat_code_used", "a code used before"),
    *_login("err-45011", 429, "wechat_busy", "a code while WeChat is busy"),
    *_login("err-40226", 403, "wechat_user_blocked", "a user WeChat blocks"),
    Bad(
        "wechat_login",
        "a disabled user",
        403,
        "user_disabled",
        (),
        who="nobody",
        body={"users_wx_code": "$disabled_code"},
    ),
    Bad(
        "wechat_login",
        "a deleted user",
        403,
        "user_disabled",
        (),
        who="nobody",
        body={"users_wx_code": "$deleted_code"},
    ),
    Bad("wechat_login", "an empty body", 400, INVALID, ("users_wx_code",), who="nobody"),
    Bad(
        "wechat_login",
        "the code in another case",
        400,
        INVALID,
        None,
        who="nobody",
        body={"Users_Wx_Code": "demo-alice"},
    ),
    Bad("wechat_profile", "nothing to change", 400, INVALID, (), body={}),
    Bad("wechat_profile", "an empty body", 400, INVALID, ()),
    Bad(
        "wechat_profile",
        "a picture that is a path on the phone",
        400,
        INVALID,
        ("users_picture",),
        body={"users_picture": "wxfile://tmp_7f.jpg"},
    ),
    Bad(
        "wechat_profile",
        "a picture in the phone's http://tmp",
        400,
        INVALID,
        ("users_picture",),
        body={"users_picture": "http://tmp/7f.jpg"},
    ),
    Bad(
        "wechat_profile",
        "a picture that is a script",
        400,
        INVALID,
        ("users_picture",),
        body={"users_picture": "javascript:alert(1)"},
    ),
    Bad(
        "wechat_profile",
        "a picture that is data",
        400,
        INVALID,
        ("users_picture",),
        body={"users_picture": "data:image/png;base64,AAAA"},
    ),
    Bad(
        "wechat_profile",
        "an unknown company",
        400,
        INVALID,
        ("company_id",),
        body={"company_id": "C-NONE"},
    ),
    Bad(
        "wechat_profile",
        "a deleted company",
        400,
        INVALID,
        ("company_id",),
        body={"company_id": "C-T-DELETED"},
    ),
    Bad(
        "wechat_profile",
        "a company by its record id",
        400,
        INVALID,
        ("company_id",),
        body={"company_id": "tcompanynobody0"},
    ),
    Bad(
        "wechat_profile",
        "SQL text for a company",
        400,
        INVALID,
        ("company_id",),
        body={"company_id": "' OR 1=1 --"},
    ),
    # --- cart
    _create("an unknown product", 400, "product_unavailable", (), cart_product_id="P-NONE"),
    _create("a product off sale", 400, "product_unavailable", (), cart_product_id="P-T-OFFSALE"),
    _create(
        "a product off sale by its record id",
        400,
        "product_unavailable",
        (),
        cart_product_id="tproductoffsale",
    ),
    _create("a deleted product", 400, "product_unavailable", (), cart_product_id="P-T-DELETED"),
    _create(
        "SQL text for a product", 400, "product_unavailable", (), cart_product_id="' OR 1=1 --"
    ),
    _create("NUL in a product", 400, "product_unavailable", (), cart_product_id="P\x00"),
    _create("a wildcard for a product", 400, "product_unavailable", (), cart_product_id="%"),
    _create(
        "quantity minus one", 400, INVALID, ("cart_product_quantity",), cart_product_quantity=-1
    ),
    _create(
        "quantity as text", 400, INVALID, ("cart_product_quantity",), cart_product_quantity="2"
    ),
    _create(
        "quantity past 9999 in all",
        400,
        INVALID,
        ("cart_product_quantity",),
        cart_product_id="$line_product",
        cart_product_quantity=9999,
    ),
    Bad("cart_create", "an empty body", 400, INVALID, ("cart_product_id", "cart_product_quantity")),
    Bad(
        "cart_create",
        "the last of two duplicate keys counts",
        400,
        INVALID,
        ("cart_product_quantity",),
        raw=b'{"cart_product_id": "x", "cart_product_quantity": 1, "cart_product_quantity": 0}',
        headers=JSON,
    ),
    Bad(
        "cart_create",
        "a number beyond a double",
        400,
        INVALID,
        None,
        raw=b'{"cart_product_id": "x", "cart_product_quantity": 1e999}',
        headers=JSON,
    ),
    Bad(
        "cart_create",
        "keys that differ in case",
        400,
        INVALID,
        None,
        body={"Cart_Product_Id": "x", "cart_product_quantity": 1},
    ),
    Bad(
        "cart_create",
        "prototype keys",
        400,
        INVALID,
        ("__proto__",),
        body={**GOOD_BODY["cart_create"], "__proto__": {"a": 1}},
    ),
    Bad("cart_update", "nothing to change", 400, INVALID, (), body={"cart_id": "$line"}),
    Bad(
        "cart_update",
        "a line that is ordered",
        409,
        "cart_already_ordered",
        (),
        body={"cart_id": "$ordered_line", "cart_product_quantity": 3},
    ),
    Bad(
        "cart_update",
        "the remark of a line that is ordered",
        409,
        "cart_already_ordered",
        (),
        body={"cart_id": "$ordered_line", "cart_remark": "晚了"},
    ),
    Bad(
        "cart_update",
        "a state of the client's wish",
        400,
        INVALID,
        ("cart_status",),
        body={"cart_id": "$line", "cart_status": "ordered"},
    ),
    Bad("cart_list", "page in text", 400, INVALID, ("page",), body={"page": "2"}),
    Bad("cart_list", "101 a page", 400, INVALID, ("perPage",), body={"perPage": 101}),
    Bad(
        "cart_list",
        "an order's state",
        400,
        INVALID,
        ("cart_status",),
        body={"cart_status": "pending"},
    ),
    Bad(
        "cart_list", "sorted by an unknown field", 400, INVALID, ("sort",), body={"sort": "colour"}
    ),
    Bad("cart_list", "sorted by a hidden column", 400, INVALID, ("sort",), body={"sort": "seq"}),
    Bad("cart_list", "sorted by nothing", 400, INVALID, ("sort",), body={"sort": ""}),
    Bad(
        "cart_list",
        "sorted by two minus signs",
        400,
        INVALID,
        ("sort",),
        body={"sort": "--created"},
    ),
    Bad(
        "cart_list",
        "a comma at the end of sort",
        400,
        INVALID,
        ("sort",),
        body={"sort": "created,"},
    ),
    Bad(
        "cart_list",
        "sorted by SQL",
        400,
        INVALID,
        ("sort",),
        body={"sort": "created; DROP TABLE tbl_cart"},
    ),
    Bad(
        "cart_list",
        "PocketBase's filter on a hook",
        400,
        INVALID,
        ("filter",),
        body={"filter": "cart_owner!=''"},
    ),
    # --- order
    _order(
        "both items and cart_ids",
        400,
        INVALID,
        ("items",),
        order_source="cart",
        cart_ids=["$line"],
        items=[_item("$product_id")],
    ),
    _order(
        "both, from products",
        400,
        INVALID,
        ("cart_ids",),
        order_source="product",
        cart_ids=["$line"],
        items=[_item("$product_id")],
    ),
    _order("cart without cart_ids", 400, INVALID, ("cart_ids",), order_source="cart"),
    _order("product without items", 400, INVALID, ("items",), order_source="product"),
    _order("items without a source", 400, INVALID, ("order_source",), items=[_item("$product_id")]),
    _order(
        "the same line twice",
        400,
        INVALID,
        ("cart_ids",),
        order_source="cart",
        cart_ids=["$line", "$line"],
    ),
    _order(
        "201 lines",
        400,
        INVALID,
        ("cart_ids",),
        order_source="cart",
        cart_ids=[f"CART-{n}" for n in range(201)],
    ),
    _order("an empty list of lines", 400, INVALID, ("cart_ids",), order_source="cart", cart_ids=[]),
    _order("an empty id among lines", 400, INVALID, None, order_source="cart", cart_ids=[""]),
    _order("an unknown line", 404, "not_found", (), order_source="cart", cart_ids=["CART-NONE"]),
    _order("bob's line", 404, "not_found", (), order_source="cart", cart_ids=["$bob_line"]),
    _order(
        "bob's line beside one's own",
        404,
        "not_found",
        (),
        order_source="cart",
        cart_ids=["$line", "$bob_line"],
    ),
    _order("a deleted line", 404, "not_found", (), order_source="cart", cart_ids=["$deleted_line"]),
    _order(
        "a line ordered before",
        409,
        "cart_already_ordered",
        (),
        order_source="cart",
        cart_ids=["$ordered_line"],
    ),
    _order(
        "a line ordered before beside a good one",
        409,
        "cart_already_ordered",
        (),
        order_source="cart",
        cart_ids=["$line", "$ordered_line"],
    ),
    _order(
        "SQL text for a line", 404, "not_found", (), order_source="cart", cart_ids=["' OR 1=1 --"]
    ),
    _order(
        "the same product twice",
        400,
        INVALID,
        ("items",),
        order_source="product",
        items=[_item("P-T-DIME"), _item("P-T-DIME", 2)],
    ),
    _order(
        "the same product by both its ids",
        400,
        INVALID,
        ("items",),
        order_source="product",
        items=[_item("P-T-DIME"), _item("tproductdime000")],
    ),
    _order(
        "201 products",
        400,
        INVALID,
        ("items",),
        order_source="product",
        items=[_item(f"P-{n}") for n in range(201)],
    ),
    _order(
        "an unknown product",
        400,
        "product_unavailable",
        (),
        order_source="product",
        items=[_item("P-NONE")],
    ),
    _order(
        "a product off sale",
        400,
        "product_unavailable",
        (),
        order_source="product",
        items=[_item("P-T-OFFSALE")],
    ),
    _order(
        "a deleted product",
        400,
        "product_unavailable",
        (),
        order_source="product",
        items=[_item("P-T-DELETED")],
    ),
    _order(
        "a good product beside one off sale",
        400,
        "product_unavailable",
        (),
        order_source="product",
        items=[_item("P-T-DIME"), _item("P-T-OFFSALE")],
    ),
    _order(
        "no pieces of a product",
        400,
        INVALID,
        ("items.0.quantity",),
        order_source="product",
        items=[_item("P-T-DIME", 0)],
    ),
    _order(
        "10,000 pieces",
        400,
        INVALID,
        ("items.0.quantity",),
        order_source="product",
        items=[_item("P-T-DIME", 10_000)],
    ),
    _order(
        "a price of the client's",
        400,
        INVALID,
        ("items.0.at_price",),
        order_source="product",
        items=[{**_item("P-T-DIME"), "at_price": 0.01}],
    ),
    _order(
        "more than an amount can hold",
        400,
        INVALID,
        ("items",),
        order_source="product",
        items=[_item("P-T-DEAREST", 2)],
    ),
    _order(
        "a source of the client's",
        400,
        INVALID,
        None,
        order_source="gift",
        items=[_item("P-T-DIME")],
    ),
    Bad("order_create", "an empty body", 400, INVALID, ("order_source",)),
    Bad("order_update", "nothing to change", 400, INVALID, (), body={"order_id": "$order"}),
    *(
        Bad(
            "order_update",
            f"an owner's move from {state} to {move}",
            409,
            "order_state_invalid",
            (),
            body={"order_id": f"${state}_order", "order_status": move},
        )
        for state, moves in {
            "pending": ("pending", "confirmed", "completed"),
            "confirmed": ("pending", "confirmed", "completed", "cancelled"),
            "completed": ("pending", "confirmed", "completed", "cancelled"),
            "cancelled": ("pending", "confirmed", "completed", "cancelled"),
        }.items()
        for move in moves
    ),
    *(
        Bad(
            "order_update",
            f"the remark of a {state} order",
            409,
            "order_state_invalid",
            (),
            body={"order_id": f"${state}_order", "order_remark": "晚了"},
        )
        for state in ("confirmed", "completed", "cancelled")
    ),
    Bad(
        "order_update",
        "a good remark with a bad move changes neither",
        409,
        "order_state_invalid",
        (),
        body={"order_id": "$order", "order_remark": "改", "order_status": "completed"},
    ),
    Bad(
        "order_delete",
        "a confirmed order",
        409,
        "order_in_progress",
        (),
        body={"order_id": "$confirmed_order"},
    ),
    Bad(
        "order_list",
        "a cart line's state",
        400,
        INVALID,
        ("order_status",),
        body={"order_status": "active"},
    ),
    Bad(
        "order_list", "sorted by the snapshot", 400, INVALID, ("sort",), body={"sort": "order_snap"}
    ),
    Bad(
        "order_list",
        "sorted by nine fields",
        400,
        INVALID,
        ("sort",),
        body={"sort": ",".join(["created"] * 9)},
    ),
    Bad("order_list", "page zero", 400, INVALID, ("page",), body={"page": 0}),
    Bad(
        "order_list",
        "a keyword of 101 characters",
        400,
        INVALID,
        ("keyword",),
        body={"keyword": "键" * 101},
    ),
    # --- bodies that do not say how long they are
    Bad(
        "cart_create",
        "a chunked body past 8 MiB",
        413,
        "payload_too_large",
        (),
        raw=(b" " * 2**20,) * 8 + (b"{}",),
        headers=JSON,
    ),
    Bad(
        "wechat_login",
        "a chunked body past 8 MiB",
        413,
        "payload_too_large",
        (),
        who="nobody",
        raw=(b" " * 2**20,) * 8 + (b"{}",),
        headers=JSON,
    ),
    Bad(
        "cart_list",
        "a chunked body that is no JSON",
        400,
        INVALID,
        (),
        raw=(b"{", b"bad"),
        headers=JSON,
    ),
    Bad(
        "order_list",
        "a media type that only begins like JSON",
        415,
        "unsupported_media_type",
        (),
        raw=b"{}",
        headers={"Content-Type": "application/jsonx"},
    ),
]

ROWS = [
    *_tokens(),
    *_methods(),
    *_paths(),
    *_bodies(),
    *_properties(),
    *_server_made(),
    *_keys(),
    *_ids(),
    *BY_HAND,
]

assert {op.id for op in WITH_BODY} == set(GOOD_BODY), "every hook with a body has a good one here"
assert set(SERVER_MADE) <= set(OPERATIONS)
