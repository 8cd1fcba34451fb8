"""Bad inputs of the native records operations, of files, health and the contract itself.

The messages and codes are PocketBase's, status for status.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from tests.api.bad_hooks import BROKEN_JSON, JSON, KEYS
from tests.api.bad_inputs import (
    CREATE_REFUSED,
    EMPTY_LIST,
    GENERIC,
    MEDIA,
    MISSING,
    NO_FILE,
    NO_TOKEN,
    OVERSIZE,
    SUPERUSERS,
    TOO_LARGE,
    UPDATE_REFUSED,
    Bad,
)
from tests.api.bundle import NATIVE, OPERATIONS, Op
from tests.api.pictures import PNG

REQUIRED = "validation_required"
NOT_UNIQUE = "validation_not_unique"
TOO_LONG = "validation_max_text_constraint"
TOO_BIG = "validation_max_number_constraint"
TOO_SMALL = "validation_min_number_constraint"
NOT_WHOLE = "validation_only_int_constraint"
BAD_FORMAT = "validation_invalid_format"
BAD_VALUE = "validation_invalid_value"
NO_RELATION = "validation_missing_rel_records"
NO_MOVE = "validation_invalid_transition"

FORM = "multipart/form-data; boundary=b"

LISTS = [op for op in NATIVE if op.id.endswith("_list")]
VIEWS = [op for op in NATIVE if op.id.endswith("_view")]
UPDATES = [op for op in NATIVE if op.id.endswith("_update")]
DELETES = [op for op in NATIVE if op.id.endswith("_delete")]
JSON_CREATES = [
    OPERATIONS[name] for name in ("company_create", "cart_record_create", "order_record_create")
]
CREATES = [*JSON_CREATES, OPERATIONS["attachment_create"]]

# One field of each collection that a list can be filtered by, and one that needs quotes.
TEXT_FIELD = {
    "company_list": "company_name",
    "attachment_list": "attachments_filename",
    "product_list": "prod_list_name",
    "document_list": "document_title",
    "cart_record_list": "cart_remark",
    "order_record_list": "order_remark",
}


def _query(**parameters: str) -> str:
    return "?" + "&".join(f"{name}={quote(value, safe='')}" for name, value in parameters.items())


BAD_FILTERS: dict[str, str] = {
    "a filter cut short": "id=",
    "a filter without an operator": "id",
    "a filter with an unknown field": "colour='red'",
    "a filter with a field in another case": "ID='x'",
    "a filter with an unclosed quote": "id='x",
    "a filter with an unclosed parenthesis": "(id='x'",
    "a filter that closes too often": "id='x')",
    "a filter of nothing but blanks": "   ",
    "a filter of a comment alone": "// nothing",
    "a filter of empty parentheses": "()",
    "a filter in SQL": "id='x' OR 1=1 --",
    "a filter with SQL behind it": "id='x'; DROP TABLE tbl_cart",
    "a filter that closes SQL's quote": "'' OR ''='",
    "a filter with a double equals": "id=='x'",
    "a filter with a single ampersand": "id='x' & id='y'",
    "a filter with a join at its end": "id='x' &&",
    "a filter by the table's own key": "seq=1",
    "a filter by rowid": "rowid=1",
    "a filter by a collection's name": "collectionName='x'",
    "a filter with an unknown function": "lower(id)='x'",
    "a filter with an unknown macro": "created>@lastWeek",
    "a filter with an unknown modifier": "id:upper='x'",
    "a filter with a number like +3": "created=+3",
    "a filter with NUL": "id='\x00",
    "a filter of 3,501 bytes": "id='" + "x" * 3496 + "'",
    "a filter of 201 comparisons": "||".join(["id='x'"] * 201),
    "a filter of Chinese words": "名称='灯'",
    "a filter in back-ticks": "id=`x`",
}

BAD_QUERIES: dict[str, str] = {
    "a page in words": _query(page="two"),
    "half a page": _query(page="1.5"),
    "a page beyond 64 bits": _query(page="9" * 30),
    "perPage in words": _query(perPage="many"),
    "perPage beyond 64 bits": _query(perPage="9" * 30),
    "skipTotal neither true nor false": _query(skipTotal="yes"),
    "sorted by an unknown field": _query(sort="colour"),
    "sorted by a field in another case": _query(sort="CREATED"),
    "sorted by nothing between commas": _query(sort="created,,id"),
    "sorted by nine fields": _query(sort=",".join(["id"] * 9)),
    "sorted by SQL": _query(sort="id;DROP TABLE tbl_cart"),
    "sorted by a subselect": _query(sort="(SELECT 1)"),
    "an unknown modifier in fields": _query(fields="id:upper"),
    "an excerpt without a length": _query(fields="id:excerpt()"),
    "a filter of broken percent signs in text": _query(filter="id='%zz"),
}

FORBIDDEN_FILTERS: dict[str, tuple[str, str]] = {
    "a filter that asks @request": (
        "@request.auth.id=''",
        "Only superusers can filter by @request.",
    ),
    "a filter that says @request in a text": (
        "id='@request.'",
        "Only superusers can filter by @request.",
    ),
    "a filter that asks @collection": (
        "@collection.tbl_cart.id!=''",
        "Only superusers can filter by @collection.",
    ),
}

BAD_RECORD_IDS: dict[str, str] = {
    "an unknown id": "zzzzzzzzzzzzzzz",
    "an id of one letter": "z",
    "an id in capitals": "ZZZZZZZZZZZZZZZ",
    "an id of 2,000 letters": "z" * 2000,
    "an id with NUL": "zzzzzzz%00zzzzzzz",
    "an id with a line feed": "zzzzzzz%0Azzzzzzz",
    "an id of Chinese": quote("购物车编号一二三四五六七八九十"),
    "an id of SQL": quote("' OR '1'='1", safe=""),
    "an id with a wildcard": "%25",
    "an id of dots": "%2e%2e",
    "an id that is a number": "0",
    "a deleted row's id": "$deleted",
}


def _own(operation: str, name: str) -> str:
    """The world's name of a row in the collection of this operation."""
    return f"$deleted_{operation.partition('_')[0]}_pb" if name == "$deleted" else name


def _lists() -> Iterator[Bad]:
    for op in LISTS:
        for claim, text in BAD_FILTERS.items():
            yield Bad(op.id, claim, 400, GENERIC, {}, query=_query(filter=text))
        for claim, query in BAD_QUERIES.items():
            yield Bad(op.id, claim, 400, GENERIC, {}, query=query)
        for claim, (text, message) in FORBIDDEN_FILTERS.items():
            yield Bad(op.id, claim, 403, message, {}, query=_query(filter=text))
        deep = "(" * 1000 + "id='x'" + ")" * 1000
        yield Bad(
            op.id,
            "a filter nested 1,000 deep is only a filter",
            200,
            EMPTY_LIST,
            query=_query(filter=deep),
        )
        yield Bad(op.id, "a broken JSON body on GET", 400, GENERIC, {}, raw=b"{bad", headers=JSON)
        yield Bad(
            op.id,
            "a text body on GET",
            400,
            MEDIA,
            {},
            raw=b"hi",
            headers={"Content-Type": "text/plain"},
        )
        yield Bad(
            op.id,
            "a body of 8 MiB and a byte on GET",
            413,
            TOO_LARGE,
            {},
            raw=OVERSIZE,
            headers=JSON,
        )
        hostile = "' UNION SELECT token_key FROM tbl_auth_users --"
        quoted = hostile.replace("'", "\\'")
        yield Bad(
            op.id,
            "SQL in a quoted text finds nothing",
            200,
            EMPTY_LIST,
            query=_query(filter=f"{TEXT_FIELD[op.id]}='{quoted}'"),
        )
        for method in ("PUT", "PATCH", "DELETE"):
            yield Bad(op.id, f"{method} on the list", 404, MISSING, {}, method=method)
        yield Bad(op.id, "a slash at the end of the path", 404, NO_FILE, {}, path=f"{op.path}/")
        yield Bad(
            op.id,
            "POST that means PATCH on the list",
            404,
            MISSING,
            {},
            method="POST",
            headers={"X-HTTP-Method-Override": "PATCH"},
        )
    for operation in ("cart_record_list", "order_record_list"):
        for who in (
            "nobody",
            "garbage for a token",
            "an expired token",
            "an unsigned token (alg none)",
            "a disabled user",
            "a deleted user",
        ):
            yield Bad(operation, f"{who} sees nothing", 200, EMPTY_LIST, who=who)


def _views() -> Iterator[Bad]:
    for op in VIEWS:
        for claim, record in BAD_RECORD_IDS.items():
            yield Bad(op.id, claim, 404, MISSING, {}, record=_own(op.id, record))
        yield Bad(op.id, "an id that is not UTF-8", 404, MISSING, {}, record="zzzz%ffzzzz")
        yield Bad(op.id, "a slash within the id", 404, MISSING, {}, record="zzzz%2Fzzzz")
        yield Bad(
            op.id,
            "a slash after the id",
            404,
            NO_FILE,
            {},
            path=f"{op.path.replace('{recordId}', 'zzzzzzzzzzzzzzz')}/",
        )
        yield Bad(op.id, "a broken JSON body on GET", 400, GENERIC, {}, raw=b"{bad", headers=JSON)
        yield Bad(op.id, "PUT on a record", 404, MISSING, {}, method="PUT")
        yield Bad(op.id, "POST on a record", 404, MISSING, {}, method="POST")
    for thing in ("cart", "order"):
        view = f"{thing}_record_view"
        line = "line" if thing == "cart" else "order"
        yield Bad(view, "bob's row", 404, MISSING, {}, record=f"$bob_{line}_pb")
        for who in (
            "nobody",
            "garbage for a token",
            "an expired token",
            "a disabled user",
            "two spaces after Bearer",
        ):
            yield Bad(
                view, f"{who} asks for alice's row", 404, MISSING, {}, who=who, record=f"${line}_pb"
            )
        yield Bad(view, "its business id", 404, MISSING, {}, record=f"${line}")
        yield Bad(view, "its id in capitals", 404, MISSING, {}, record=f"${line}_pb_upper")
        yield Bad(
            view,
            "an unknown modifier in fields",
            400,
            GENERIC,
            {},
            record=f"${line}_pb",
            query=_query(fields="id:upper"),
        )
    yield Bad("product_view", "a product off sale", 404, MISSING, {}, record="tproductoffsale")
    yield Bad("document_view", "a draft", 404, MISSING, {}, record="tdocumentdraft0")
    yield Bad(
        "document_view", "a document not yet in effect", 404, MISSING, {}, record="tdocumentnotyet"
    )
    yield Bad("document_view", "an expired document", 404, MISSING, {}, record="tdocumentexpird")
    yield Bad(
        "attachment_view", "an invalid attachment", 404, MISSING, {}, record="tpictureinvalid"
    )


def _writes() -> Iterator[Bad]:
    broken = {claim: raw for claim, raw in BROKEN_JSON.items() if claim != "a JSON null"}
    for op in [*JSON_CREATES, *UPDATES, *DELETES]:
        for claim, raw in broken.items():
            yield Bad(op.id, f"{claim} for a body", 400, GENERIC, {}, raw=raw, headers=JSON)
        yield Bad(
            op.id, "a text body", 400, MEDIA, {}, raw=b"{}", headers={"Content-Type": "text/plain"}
        )
        yield Bad(op.id, "a body called nothing", 400, MEDIA, {}, raw=b"{}")
        yield Bad(
            op.id,
            "an XML body",
            400,
            GENERIC,
            {},
            raw=b"<a/>",
            headers={"Content-Type": "application/xml"},
        )
        yield Bad(
            op.id, "a body of 8 MiB and a byte", 413, TOO_LARGE, {}, raw=OVERSIZE, headers=JSON
        )
        yield Bad(
            op.id,
            "a form cut short",
            400,
            GENERIC,
            {},
            raw=b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx',
            headers={"Content-Type": FORM},
        )
    for op in [*UPDATES, *DELETES]:
        for claim, record in BAD_RECORD_IDS.items():
            yield Bad(op.id, claim, 404, MISSING, {}, record=_own(op.id, record))
        yield Bad(op.id, "an id that is not UTF-8", 404, MISSING, {}, record="zzzz%ffzzzz")
    for thing, line in (("cart", "line"), ("order", "order")):
        for verb in ("update", "delete"):
            op = f"{thing}_record_{verb}"
            yield Bad(op, "bob's row", 404, MISSING, {}, record=f"$bob_{line}_pb")
            for who in (
                "nobody",
                "garbage for a token",
                "an expired token",
                "a token signed with another secret",
                "a disabled user",
            ):
                yield Bad(
                    op,
                    f"{who} writes to alice's row",
                    404,
                    MISSING,
                    {},
                    who=who,
                    record=f"${line}_pb",
                )
    for op in CREATES:
        for claim, key in KEYS.items():
            yield Bad(
                op.id,
                f"an Idempotency-Key {claim}",
                400,
                GENERIC,
                {},
                headers={"Idempotency-Key": key},
            )


def _outside() -> Iterator[Bad]:
    """What PocketBase routes and the contract lacks, and what neither has."""
    for operation, method, collection in (
        ("product_list", "POST", "tbl_product_list"),
        ("document_list", "POST", "tbl_document"),
    ):
        yield Bad(
            operation, f"{method} on {collection}", 403, SUPERUSERS, {}, method=method, body={}
        )
        yield Bad(
            operation,
            f"{method} of a broken body on {collection}",
            400,
            GENERIC,
            {},
            method=method,
            raw=b"{bad",
            headers=JSON,
        )
    for operation, methods in {
        "product_view": ("PATCH", "DELETE"),
        "document_view": ("PATCH", "DELETE"),
        "attachment_view": ("PATCH", "DELETE"),
        "company_view": ("DELETE",),
    }.items():
        for method in methods:
            yield Bad(operation, f"{method} is for superusers", 403, SUPERUSERS, {}, method=method)
        yield Bad(
            operation,
            "POST that means DELETE is for superusers",
            403,
            SUPERUSERS,
            {},
            method="POST",
            headers={"X-HTTP-Method-Override": "DELETE"},
        )
    users = "/pb/api/collections/tbl_auth_users/records"
    for method, path, status, code in (
        ("GET", users, 403, SUPERUSERS),
        ("POST", users, 403, SUPERUSERS),
        ("GET", f"{users}/$alice_id", 403, SUPERUSERS),
        ("PATCH", f"{users}/$alice_id", 403, SUPERUSERS),
        ("DELETE", f"{users}/$alice_id", 403, SUPERUSERS),
        ("PUT", users, 404, MISSING),
        ("GET", f"{users}/", 404, NO_FILE),
        ("GET", "/pb/api/collections/TBL_AUTH_USERS/records", 403, SUPERUSERS),
        ("GET", "/pb/api/collections/tbl_secret/records", 404, "Missing collection context."),
        ("GET", "/pb/api/collections/tbl_secret/records/a", 404, "Missing collection context."),
        ("DELETE", "/pb/api/collections/tbl_secret/records/a", 404, "Missing collection context."),
        (
            "POST",
            "/pb/api/collections/tbl_secret/records",
            404,
            "Missing or invalid collection context.",
        ),
        (
            "PATCH",
            "/pb/api/collections/tbl_secret/records/a",
            404,
            "Missing or invalid collection context.",
        ),
        ("GET", "/pb/api/collections/sqlite_master/records", 404, "Missing collection context."),
        ("GET", "/pb/api/collections/%27%20OR%201=1/records", 404, "Missing collection context."),
        ("GET", "/pb/api/collections/tbl_cart/rows", 404, NO_FILE),
        ("GET", "/pb/api/collections//records", 404, NO_FILE),
        ("POST", "/pb/api/nothing", 404, MISSING),
        ("GET", "/pb/api/", 404, NO_FILE),
        ("GET", "/pb/api", 404, NO_FILE),
        ("GET", "/", 404, NO_FILE),
        ("GET", "/pb/api/../../etc/passwd", 404, NO_FILE),
        ("GET", "/pb/api/openapi.yaml", 404, NO_FILE),
        ("GET", "/pb/api/%00", 404, NO_FILE),
        ("GET", "/pb/api/%ff", 404, NO_FILE),
    ):
        yield Bad("auth_refresh", f"{method} {path}", status, code, {}, method=method, path=path)


def _field(
    operation: str, claim: str, problems: dict[str, str], body: dict[str, Any], **more: Any
) -> Bad:
    """A native write whose fields are refused."""
    message = CREATE_REFUSED if operation.endswith("create") else UPDATE_REFUSED
    return Bad(operation, claim, more.pop("status", 400), message, problems, body=body, **more)


def _company(claim: str, problems: dict[str, str], **body: Any) -> Iterator[Bad]:
    """The same refused values in create and in update."""
    yield _field("company_create", claim, problems, {"company_name": "某公司", **body})
    yield _field("company_update", claim, problems, body, record="$company_pb")


COMPANY_LIMITS = {
    "company_name": 200,
    "company_type": 50,
    "company_entity": 100,
    "company_nationality": 50,
    "company_province": 50,
    "company_city": 50,
    "company_postalcode": 20,
    "company_add": 300,
    "company_level": 20,
    "company_remark": 1000,
}

BAD_USCI = {
    "17 characters": "91350100M000100Y4",
    "19 characters": "91350100M000100Y433",
    "a wrong check digit": "91350100M000100Y44",
    "small letters": "91350100m000100y43",
    "a space in front": " 91350100M000100Y43",
    "the letter I": "9135010IM000100Y43",
    "SQL": "' OR 1=1 --       ",
}


def _companies() -> Iterator[Bad]:
    for name, most in COMPANY_LIMITS.items():
        yield from _company(
            f"{name} of {most + 1} characters", {name: TOO_LONG}, **{name: "长" * (most + 1)}
        )
    for claim, code in BAD_USCI.items():
        yield from _company(
            f"a credit code of {claim}", {"company_usci": BAD_FORMAT}, company_usci=code
        )
    yield from _company(
        "a credit code another company has", {"company_usci": NOT_UNIQUE}, company_usci="$usci"
    )
    yield from _company(
        "a state there is not", {"company_status": BAD_VALUE}, company_status="bankrupt"
    )
    yield from _company("a blank name", {"company_name": REQUIRED}, company_name="")
    yield from _company("null for a name", {"company_name": REQUIRED}, company_name=None)
    yield from _company("a list for a name", {"company_name": REQUIRED}, company_name=["a"])
    yield from _company(
        "two bad fields told at once",
        {"company_name": REQUIRED, "company_status": BAD_VALUE},
        company_name="",
        company_status="x",
    )
    yield _field("company_create", "no body", {"company_name": REQUIRED}, {})
    yield _field(
        "company_create",
        "the name under another case",
        {"company_name": REQUIRED},
        {"Company_Name": "某公司"},
    )
    for claim, given, code in (
        ("an id of 3 letters", "abc", "validation_min_text_constraint"),
        ("an id of 16 letters", "a" * 16, TOO_LONG),
        ("an id in capitals", "A" * 15, BAD_FORMAT),
        ("an id with SQL", "abcdefghij' or1", BAD_FORMAT),
        ("an id that is taken", "$company_pb", NOT_UNIQUE),
        ("a deleted row's id", "tcompanydeleted", NOT_UNIQUE),
    ):
        yield _field("company_create", claim, {"id": code}, {"company_name": "某公司", "id": given})
    for who in (
        "nobody",
        "garbage for a token",
        "an expired token",
        "an unsigned token (alg none)",
        "a disabled user",
        "a deleted user",
    ):
        yield _field("company_create", f"{who} creates", {}, {"company_name": "某公司"}, who=who)
        yield Bad(
            "company_update",
            f"{who} updates alice's company",
            404,
            MISSING,
            {},
            who=who,
            record="$company_pb",
            body={"company_name": "改"},
        )
    yield Bad(
        "company_update",
        "bob updates alice's company",
        404,
        MISSING,
        {},
        who="bob",
        record="$company_pb",
        body={"company_name": "改"},
    )
    yield Bad(
        "company_update",
        "bob's bad values for alice's company tell nothing",
        404,
        MISSING,
        {},
        who="bob",
        record="$company_pb",
        body={"company_name": ""},
    )
    yield Bad(
        "company_update",
        "a company nobody owns",
        404,
        MISSING,
        {},
        record="tcompanynobody0",
        body={"company_name": "改"},
    )
    yield _field(
        "company_update",
        "another id",
        {"id": "validation_pk_change"},
        {"id": "aaaaaaaaaaaaaaa"},
        record="$company_pb",
    )
    for claim, flag, code in BAD_FLAGS:
        yield _field(
            "company_update", claim, {"is_delete": code}, {"is_delete": flag}, record="$company_pb"
        )
    yield Bad(
        "company_list",
        "a filter by the hidden owner",
        400,
        GENERIC,
        {},
        query=_query(filter="company_owner_openid!=''"),
    )
    yield Bad(
        "company_list",
        "sorted by the hidden owner",
        400,
        GENERIC,
        {},
        query=_query(sort="company_owner_openid"),
    )


BAD_FLAGS = (
    ("is_delete of 2", 2, TOO_BIG),
    ("is_delete of -1", -1, TOO_SMALL),
    ("is_delete of a half", 0.5, NOT_WHOLE),
    ("is_delete of NaN in words", "NaN", "validation_not_a_number"),
)

BAD_QUANTITIES = (
    ("no pieces", 0, REQUIRED),
    ("minus one piece", -1, TOO_SMALL),
    ("10,000 pieces", 10_000, TOO_BIG),
    ("10^30 pieces", 10**30, TOO_BIG),
    ("one and a half pieces", 1.5, NOT_WHOLE),
    ("a word for a quantity", "two", REQUIRED),
    ("null for a quantity", None, REQUIRED),
    ("a list for a quantity", [1], REQUIRED),
    ("Infinity in words", "Infinity", "validation_not_a_number"),
)


def _cart(claim: str, problems: dict[str, str], who: str = "alice", **body: Any) -> Bad:
    good = {
        "cart_owner": "$alice_openid",
        "cart_product_id": "$product",
        "cart_product_quantity": 1,
    }
    return _field("cart_record_create", claim, problems, {**good, **body}, who=who)


def _carts() -> Iterator[Bad]:
    for who in (
        "nobody",
        "garbage for a token",
        "an expired token",
        "an unsigned token (alg none)",
        "a disabled user",
        "bob",
    ):
        yield _cart(f"{who} creates in alice's name", {}, who=who)
    yield _cart("nobody's name", {}, cart_owner="")
    yield _cart("null for an owner", {}, cart_owner=None)
    yield _cart("a list of owners", {}, cart_owner=["$alice_openid"])
    yield _cart("the user's record id for an owner", {}, cart_owner="$alice_id")
    yield _field("cart_record_create", "no body", {}, {})
    yield _field(
        "cart_record_create",
        "bad values in another's name tell nothing",
        {},
        {"cart_owner": "$bob_openid", "cart_product_quantity": -1},
    )
    for claim, quantity, code in BAD_QUANTITIES:
        yield _cart(claim, {"cart_product_quantity": code}, cart_product_quantity=quantity)
        yield _field(
            "cart_record_update",
            claim,
            {"cart_product_quantity": code},
            {"cart_product_quantity": quantity},
            record="$line_pb",
        )
    for claim, product, code in (
        ("no product", "", REQUIRED),
        ("null for a product", None, REQUIRED),
        ("an unknown product", "zzzzzzzzzzzzzzz", NO_RELATION),
        ("a product off sale", "tproductoffsale", NO_RELATION),
        ("a deleted product", "tproductdeleted", NO_RELATION),
        ("SQL for a product", "' OR 1=1 --", NO_RELATION),
        ("a business id for a product", "P-T-DIME", NO_RELATION),
    ):
        yield _cart(claim, {"cart_product_id": code}, cart_product_id=product)
        yield _field(
            "cart_record_update",
            claim,
            {"cart_product_id": code},
            {"cart_product_id": product},
            record="$line_pb",
        )
    yield _cart(
        "a product already in the cart",
        {"cart_owner": NOT_UNIQUE, "cart_product_id": NOT_UNIQUE},
        cart_product_id="$line_product",
    )
    yield _cart("a remark of 501 characters", {"cart_remark": TOO_LONG}, cart_remark="长" * 501)
    yield _cart(
        "two bad fields told at once",
        {"cart_product_id": REQUIRED, "cart_product_quantity": TOO_BIG},
        cart_product_id="",
        cart_product_quantity=10_000,
    )
    yield _cart("an id in capitals", {"id": BAD_FORMAT}, id="A" * 15)
    yield _cart("bob's line's id", {"id": NOT_UNIQUE}, id="$bob_line_pb")
    yield _field(
        "cart_record_update",
        "a remark of 501 characters",
        {"cart_remark": TOO_LONG},
        {"cart_remark": "长" * 501},
        record="$line_pb",
    )
    yield _field(
        "cart_record_update",
        "a product another line has",
        {"cart_owner": NOT_UNIQUE, "cart_product_id": NOT_UNIQUE},
        {"cart_product_id": "$other_product"},
        record="$line_pb",
    )
    yield _field(
        "cart_record_update",
        "the quantity of an ordered line",
        {"cart_status": NO_MOVE},
        {"cart_product_quantity": 77},
        record="$ordered_line_pb",
    )
    yield _field(
        "cart_record_update",
        "the remark of an ordered line",
        {"cart_status": NO_MOVE},
        {"cart_remark": "晚了"},
        record="$ordered_line_pb",
    )
    yield _field(
        "cart_record_update",
        "another id",
        {"id": "validation_pk_change"},
        {"id": "aaaaaaaaaaaaaaa"},
        record="$line_pb",
    )
    yield Bad(
        "cart_record_update",
        "another owner",
        404,
        MISSING,
        {},
        record="$line_pb",
        body={"cart_owner": "$bob_openid"},
    )
    yield Bad(
        "cart_record_update",
        "no owner any more",
        404,
        MISSING,
        {},
        record="$line_pb",
        body={"cart_owner": ""},
    )
    for claim, flag, code in BAD_FLAGS:
        yield _field(
            "cart_record_update", claim, {"is_delete": code}, {"is_delete": flag}, record="$line_pb"
        )


def _order(claim: str, problems: dict[str, str], who: str = "alice", **body: Any) -> Bad:
    good = {
        "order_owner": "$alice_openid",
        "order_source": "product",
        "order_snap": {"items": [DIME]},
    }
    return _field("order_record_create", claim, problems, {**good, **body}, who=who)


DIME = {"prod_list_id": "P-T-DIME", "quantity": 1}

BAD_SNAPS: dict[str, tuple[Any, str]] = {
    "no snapshot": (None, REQUIRED),
    "an empty text for a snapshot": ("", REQUIRED),
    "an empty object for a snapshot": ({}, REQUIRED),
    "a list for a snapshot": ([DIME], REQUIRED),
    "no items": ({"items": []}, REQUIRED),
    "an unknown product": ({"items": [{**DIME, "prod_list_id": "P-NONE"}]}, BAD_VALUE),
    "a product off sale": ({"items": [{**DIME, "prod_list_id": "P-T-OFFSALE"}]}, BAD_VALUE),
    "a deleted product": ({"items": [{**DIME, "prod_list_id": "P-T-DELETED"}]}, BAD_VALUE),
    "a good item beside a bad one": (
        {"items": [DIME, {**DIME, "prod_list_id": "P-NONE"}]},
        BAD_VALUE,
    ),
    "no pieces": ({"items": [{**DIME, "quantity": 0}]}, BAD_VALUE),
    "10,000 pieces": ({"items": [{**DIME, "quantity": 10_000}]}, BAD_VALUE),
    "half a piece": ({"items": [{**DIME, "quantity": 0.5}]}, BAD_VALUE),
    "a quantity in words": ({"items": [{**DIME, "quantity": "two"}]}, BAD_VALUE),
    "an item without a quantity": ({"items": [{"prod_list_id": "P-T-DIME"}]}, BAD_VALUE),
    "an item without a product": ({"items": [{"quantity": 1}]}, BAD_VALUE),
    "items of text": ({"items": ["P-T-DIME"]}, BAD_VALUE),
    "201 items": ({"items": [DIME] * 201}, BAD_VALUE),
    "more than an amount can hold": (
        {"items": [{"prod_list_id": "P-T-DEAREST", "quantity": 2}]},
        BAD_VALUE,
    ),
    "SQL for a product": ({"items": [{**DIME, "prod_list_id": "' OR 1=1 --"}]}, BAD_VALUE),
}


def _orders() -> Iterator[Bad]:
    for who in (
        "nobody",
        "garbage for a token",
        "an expired token",
        "an unsigned token (alg none)",
        "a disabled user",
        "bob",
    ):
        yield _order(f"{who} creates in alice's name", {}, who=who)
    yield _order("nobody's name", {}, order_owner="")
    yield _field("order_record_create", "no body", {}, {})
    for claim, (snap, code) in BAD_SNAPS.items():
        yield _order(claim, {"order_snap": code}, order_snap=snap)
    yield _order("no source", {"order_source": REQUIRED}, order_source="")
    yield _order("a source there is not", {"order_source": BAD_VALUE}, order_source="gift")
    yield _order(
        "an amount that is too low",
        {"order_amount": "validation_amount_mismatch"},
        order_amount=0.09,
    )
    yield _order(
        "an amount of one fen too many",
        {"order_amount": "validation_amount_mismatch"},
        order_amount=0.11,
    )
    yield _order("a negative amount", {"order_amount": TOO_SMALL}, order_amount=-1)
    yield _order(
        "a source id of 1,001 characters", {"order_source_id": TOO_LONG}, order_source_id="x" * 1001
    )
    yield _order("a remark of 501 characters", {"order_remark": TOO_LONG}, order_remark="长" * 501)
    yield _order(
        "two bad fields told at once",
        {"order_source": BAD_VALUE, "order_snap": REQUIRED},
        order_source="gift",
        order_snap=None,
    )
    yield _order("an id in capitals", {"id": BAD_FORMAT}, id="A" * 15)
    yield _order("bob's order's id", {"id": NOT_UNIQUE}, id="$bob_order_pb")
    for state, moves in {
        "pending": ("confirmed", "completed", "shipped", "' OR 1=1 --"),
        "confirmed": ("pending", "completed", "cancelled", "shipped"),
        "completed": ("pending", "confirmed", "cancelled"),
        "cancelled": ("pending", "confirmed", "completed"),
    }.items():
        for move in moves:
            yield _field(
                "order_record_update",
                f"an owner's move from {state} to {move}",
                {"order_status": NO_MOVE},
                {"order_status": move},
                record=f"${state}_order_pb",
            )
    for state in ("confirmed", "completed", "cancelled"):
        yield _field(
            "order_record_update",
            f"the remark of a {state} order",
            {"order_remark": NO_MOVE},
            {"order_remark": "晚了"},
            record=f"${state}_order_pb",
        )
    yield _field(
        "order_record_update",
        "a remark of 501 characters",
        {"order_remark": TOO_LONG},
        {"order_remark": "长" * 501},
        record="$order_pb",
    )
    yield _field(
        "order_record_update",
        "another id",
        {"id": "validation_pk_change"},
        {"id": "aaaaaaaaaaaaaaa"},
        record="$order_pb",
    )
    yield Bad(
        "order_record_update",
        "another owner",
        404,
        MISSING,
        {},
        record="$order_pb",
        body={"order_owner": "$bob_openid"},
    )
    in_progress = {"order_status": "order_in_progress"}
    yield Bad(
        "order_record_delete",
        "a confirmed order",
        409,
        "Failed to delete record.",
        in_progress,
        record="$confirmed_order_pb",
    )
    yield Bad(
        "order_record_update",
        "is_delete of a confirmed order",
        409,
        UPDATE_REFUSED,
        in_progress,
        record="$confirmed_order_pb",
        body={"is_delete": 1},
    )
    for claim, flag, code in BAD_FLAGS:
        yield _field(
            "order_record_update",
            claim,
            {"is_delete": code},
            {"is_delete": flag},
            record="$order_pb",
        )


def part(name: str, data: bytes, filename: str = "", media: str = "") -> bytes:
    """One part of a form whose boundary is `b`."""
    head = f'--b\r\nContent-Disposition: form-data; name="{name}"'.encode()
    head += f'; filename="{filename}"'.encode() if filename else b""
    head += f"\r\nContent-Type: {media}".encode() if media else b""
    return head + b"\r\n\r\n" + data + b"\r\n"


def form(*parts: bytes) -> bytes:
    """A whole form whose boundary is `b`."""
    return b"".join(parts) + b"--b--\r\n"


MEBIBYTE = 1024 * 1024
MIME = "validation_invalid_mime_type"

REFUSED_FILES: dict[str, tuple[bytes, str, str]] = {
    "an SVG": (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "a.svg", MIME),
    "an SVG called PNG": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.png", MIME),
    "a web page": (b"<!DOCTYPE html><script>alert(1)</script>", "a.html", MIME),
    "plain text": (b"hello", "a.txt", MIME),
    "a program": (b"MZ" + b"\x00" * 200, "a.exe", MIME),
    "an archive": (b"PK\x03\x04" + b"\x00" * 200, "a.zip", MIME),
    "a BMP": (b"BM" + b"\x00" * 200, "a.bmp", MIME),
    "10 MiB and a byte": (
        PNG + b"\x00" * (10 * MEBIBYTE + 1 - len(PNG)),
        "a.png",
        "validation_file_size_limit",
    ),
}


def _uploads() -> Iterator[Bad]:
    upload = form(part("attachments_link", PNG, "a.png", "image/png"))
    headers = {"Content-Type": FORM}
    for who in (
        "nobody",
        "garbage for a token",
        "an expired token",
        "an unsigned token (alg none)",
        "a disabled user",
    ):
        yield Bad(
            "attachment_create",
            f"{who} uploads",
            400,
            CREATE_REFUSED,
            {},
            who=who,
            raw=upload,
            headers=headers,
        )
    for claim, (data, name, code) in REFUSED_FILES.items():
        raw = form(part("attachments_link", data, name, "image/png"))
        yield Bad(
            "attachment_create",
            claim,
            400,
            CREATE_REFUSED,
            {"attachments_link": code},
            raw=raw,
            headers=headers,
        )
    missing = {"attachments_link": REQUIRED}
    yield Bad(
        "attachment_create",
        "no file",
        400,
        CREATE_REFUSED,
        missing,
        raw=form(part("attachments_remark", b"x")),
        headers=headers,
    )
    yield Bad("attachment_create", "no body", 400, CREATE_REFUSED, missing)
    yield Bad(
        "attachment_create",
        "an empty form",
        400,
        CREATE_REFUSED,
        missing,
        raw=form(),
        headers=headers,
    )
    yield Bad(
        "attachment_create",
        "an empty file",
        400,
        CREATE_REFUSED,
        None,
        raw=form(part("attachments_link", b"", "a.png", "image/png")),
        headers=headers,
    )
    yield Bad(
        "attachment_create",
        "a file under another name",
        400,
        CREATE_REFUSED,
        missing,
        raw=form(part("file", PNG, "a.png", "image/png")),
        headers=headers,
    )
    yield Bad(
        "attachment_create",
        "a text instead of a file",
        400,
        CREATE_REFUSED,
        None,
        raw=form(part("attachments_link", b"a.png")),
        headers=headers,
    )
    yield Bad(
        "attachment_create",
        "JSON instead of a form",
        400,
        CREATE_REFUSED,
        None,
        body={"attachments_link": "a.png"},
    )
    yield Bad(
        "attachment_create",
        "a remark of 1,001 characters",
        400,
        CREATE_REFUSED,
        {"attachments_remark": TOO_LONG},
        raw=form(
            part("attachments_link", PNG, "a.png", "image/png"),
            part("attachments_remark", b"x" * 1001),
        ),
        headers=headers,
    )
    yield Bad(
        "attachment_create", "a form cut short", 400, GENERIC, {}, raw=upload[:60], headers=headers
    )
    yield Bad(
        "attachment_create",
        "a form without its boundary",
        400,
        GENERIC,
        {},
        raw=upload,
        headers={"Content-Type": "multipart/form-data"},
    )
    yield Bad(
        "attachment_create",
        "a text body",
        400,
        MEDIA,
        {},
        raw=b"hi",
        headers={"Content-Type": "text/plain"},
    )
    yield Bad(
        "attachment_create", "a broken JSON body", 400, GENERIC, {}, raw=b"{bad", headers=JSON
    )
    yield Bad(
        "attachment_create",
        "a form of 12 MiB",
        413,
        TOO_LARGE,
        {},
        raw=form(part("attachments_link", b"\x00" * 12 * MEBIBYTE, "a.png")),
        headers=headers,
    )
    yield Bad(
        "attachment_create",
        "a chunked form of 12 MiB",
        413,
        TOO_LARGE,
        {},
        raw=(part("attachments_link", PNG, "a.png"),) + (b"\x00" * MEBIBYTE,) * 12,
        headers=headers,
    )


NO_COLLECTION = "Missing or invalid collection context."

BAD_FILES: dict[str, tuple[str, str]] = {
    "an unknown collection": ("tbl_secret/tpicturevalid00/a.png", NO_COLLECTION),
    "a table of the database's own": ("sqlite_master/tpicturevalid00/a.png", NO_COLLECTION),
    "SQL for a collection": ("%27%20OR%201=1/tpicturevalid00/a.png", NO_COLLECTION),
    "an unknown record": ("tbl_attachments/zzzzzzzzzzzzzzz/a.png", MISSING),
    "SQL for a record": ("tbl_attachments/%27%20OR%201=1/a.png", MISSING),
    "an unknown name": ("tbl_attachments/tpicturevalid00/other.png", MISSING),
    "a name that climbs": ("tbl_attachments/tpicturevalid00/..%2F..%2Fsecret", MISSING),
    "a name that climbs with back-slashes": (
        "tbl_attachments/tpicturevalid00/..%5C..%5Csecret",
        MISSING,
    ),
    "a name of dots": ("tbl_attachments/tpicturevalid00/%2e%2e", MISSING),
    "a name with NUL": ("tbl_attachments/tpicturevalid00/a%00.png", MISSING),
    "a name of 3,000 letters": ("tbl_attachments/tpicturevalid00/" + "a" * 3000, MISSING),
    "a collection without files": ("tbl_cart/$line_pb/a.png", MISSING),
    "a record without a file": ("tbl_attachments/tpicturevalid00/a.png", MISSING),
    "a deleted record": ("tbl_attachments/tpicturedeleted/a.png", MISSING),
    "the database's file": ("tbl_attachments/tpicturevalid00/bai-wx.db", MISSING),
}


def _files() -> Iterator[Bad]:
    for claim, (path, message) in BAD_FILES.items():
        yield Bad(
            "file_download", claim, 404, message, {}, who="nobody", path=f"/pb/api/files/{path}"
        )
    own = "/pb/api/files/tbl_attachments/$picture_pb/$picture_link"
    yield Bad(
        "file_download",
        "a range past the end",
        416,
        "The requested range is not satisfiable.",
        {},
        who="nobody",
        path=own,
        headers={"Range": "bytes=999999-"},
    )
    yield Bad(
        "file_download",
        "no name",
        404,
        NO_FILE,
        {},
        who="nobody",
        path="/pb/api/files/tbl_attachments/tpicturevalid00/",
    )
    yield Bad(
        "file_download",
        "no record",
        404,
        NO_FILE,
        {},
        who="nobody",
        path="/pb/api/files/tbl_attachments",
    )
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        yield Bad("file_download", f"{method} of a file", 404, MISSING, {}, method=method, path=own)


def _rest() -> Iterator[Bad]:
    for who in (
        "nobody",
        "garbage for a token",
        "an expired token",
        "an unsigned token (alg none)",
        "a token of another type (file)",
        "a token signed with another secret",
        "a disabled user",
        "a deleted user",
        "two spaces after Bearer",
    ):
        yield Bad("auth_refresh", f"{who} is refused", 401, NO_TOKEN, {}, who=who)
    yield Bad("auth_refresh", "GET", 404, NO_FILE, {}, method="GET")
    yield Bad("auth_refresh", "PUT", 404, MISSING, {}, method="PUT")
    yield Bad("auth_refresh", "a broken JSON body", 400, GENERIC, {}, raw=b"{bad", headers=JSON)
    yield Bad(
        "auth_refresh",
        "an unknown modifier in fields",
        400,
        GENERIC,
        {},
        query=_query(fields="token:upper"),
    )
    for operation in ("health", "openapi_document"):
        op: Op = OPERATIONS[operation]
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            yield Bad(
                operation,
                f"{method} is not its method",
                404,
                MISSING,
                {},
                who="nobody",
                method=method,
            )
        yield Bad(
            operation,
            "a slash at the end of the path",
            404,
            NO_FILE,
            {},
            who="nobody",
            path=f"{op.path}/",
        )
        yield Bad(
            operation, "its path in capitals", 404, NO_FILE, {}, who="nobody", path=op.path.upper()
        )
        yield Bad(
            operation,
            "two slashes in the path",
            404,
            NO_FILE,
            {},
            who="nobody",
            path=op.path.replace("/api/", "/api//"),
        )


ROWS = [
    *_lists(),
    *_views(),
    *_writes(),
    *_outside(),
    *_companies(),
    *_carts(),
    *_orders(),
    *_uploads(),
    *_files(),
    *_rest(),
]
