"""Bad inputs of the hook operations, made from the contract: tokens, methods, paths, bodies, keys, ids."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from tests.api import tokens
from tests.api.bad_inputs import ABSENT, OVERSIZE, Bad
from tests.api.bundle import HOOK_PREFIXES, HOOKS, OPERATIONS, Op, methods_of
from tests.sent import JSON

INVALID = "validation_failed"
GOOD_BODY: dict[str, dict[str, Any]] = {
    "users_count_post": {},
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
DEEP_JSON: dict[str, bytes] = {
    "JSON nested 70 deep": b"[" * 70 + b"]" * 70,
    "JSON nested 400 deep within an object": b'{"x": ' + b"[" * 400 + b"]" * 400 + b"}",
    "JSON nested 1,000 deep": b"[" * 1000 + b"]" * 1000,
}
"""Natively such a body may be fine: PocketBase ignores an unknown key however deep it is."""
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
    "JSON nested 30,000 deep": b"[" * 30_000 + b"]" * 30_000,
    "a comment": b"{} // nothing",
}
DEEPEST = b"[" * 100_000 + b"]" * 100_000
"""200 KB: the hooks that take lists of lines read it, for the others it is too large."""


def _spoilt(schema: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Ways to spoil a property: what to call it, and the value. What is ignored cannot be spoilt."""
    if "anyOf" in schema:
        yield from _spoilt_number(schema["anyOf"])
    if "type" not in schema:
        return
    kind, *others = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
    if "null" not in others:
        yield "null", None
    wrong = {"string": 7, "integer": "1", "array": "CART-1"}[kind]
    yield f"a {type(wrong).__name__} instead of {kind}", wrong
    yield "an object", {"$ne": ""}
    if "enum" in schema:
        yield "a value outside the enum", "nope"
    if "pattern" in schema:
        yield "text against its pattern", "\n' OR 1=1 --"
    if kind == "integer":
        yield "a fraction", 1.5
        yield "a boolean", True
        yield "below its minimum", schema.get("minimum", 0) - 1
        yield "above its maximum", schema.get("maximum", 0) + 1
        yield "a number of 40 digits", 10**40
    if "maxLength" in schema:
        yield "too long", "长" * (schema["maxLength"] + 1)
    if schema.get("minLength"):
        yield "empty", ""
    if kind == "array":
        yield "an empty list", []
        yield "a list of null", [None]


def _spoilt_number(alternatives: list[dict[str, Any]]) -> Iterator[tuple[str, Any]]:
    """The same of a number that may also be its text, or nothing."""
    if any(each.get("type") == "array" for each in alternatives):
        return  # goods in several forms: `tests/models/test_order_requests.py`
    yield "an object", {"$ne": ""}
    yield "a list", [1]
    yield "text that is no number", "' OR 1=1 --"
    yield "below its minimum", -1


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
            if method not in methods_of(op.path):
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
        for claim, raw in {**BROKEN_JSON, **DEEP_JSON}.items():
            yield Bad(op.id, f"{claim} for a body", 400, INVALID, (), raw=raw, headers=JSON)
        is_short = op.definition["x-max-body"] >= len(DEEPEST)
        answer = (400, INVALID) if is_short else (413, "payload_too_large")
        claim = "JSON nested 100,000 deep for a body"
        yield Bad(op.id, claim, *answer, (), raw=DEEPEST, headers=JSON)
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
    **dict.fromkeys(("cart_create", "cart_update"), ("id", "is_delete", "cart_product_name")),
    **dict.fromkeys(("order_create", "order_update"), ("id", "is_delete", "order_keywords")),
    "wechat_profile": (
        "openid",
        "unionid",
        "users_id",
        "users_phone_verified",
        "users_status",
        "users_rank_level",
        "users_type",
        "company",
        "token_key",
    ),
}


def _server_made() -> Iterator[Bad]:
    """Other keys of an answered line or order are ignored, so that a record may be sent back as it is."""
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


FAMILIES = [
    *_tokens(),
    *_methods(),
    *_paths(),
    *_bodies(),
    *_properties(),
    *_server_made(),
    *_keys(),
    *_ids(),
]

assert {op.id for op in WITH_BODY} == set(GOOD_BODY), "every hook with a body has a good one here"
assert set(SERVER_MADE) <= set(OPERATIONS)
