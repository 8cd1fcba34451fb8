"""Bad inputs of native reads: lists, records, files, health, and paths outside the contract.

The messages are PocketBase's, status for status.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from tests.answers import GENERIC, MEDIA, MISSING, NO_TOKEN, SUPERUSERS, TOO_LARGE
from tests.api.bad_inputs import EMPTY_LIST, NO_FILE, OVERSIZE, Bad
from tests.api.bundle import NATIVE, OPERATIONS
from tests.contract import natives
from tests.sent import JSON, TEXT

BY_POST = {"X-HTTP-Method-Override": "DELETE"}

GUESTS = (
    "nobody",
    "garbage for a token",
    "two spaces after Bearer",
    "an expired token",
    "an unsigned token (alg none)",
    "a token signed with another secret",
    "a token of another type (file)",
    "a disabled user",
    "a deleted user",
)
"""Who has no valid token: on native paths somebody like everybody else."""

LISTS = [op for op in NATIVE if op.id.endswith("_list")]
VIEWS = [op for op in NATIVE if op.id.endswith("_view")]
# One field of each collection that a list can be filtered by, and one that needs quotes.
TEXT_FIELD = {
    **natives.searched(),
    "company_list": "company_name",
    "attachment_list": "attachments_filename",
    "product_list": "prod_list_name",
    "document_list": "document_title",
    "dict_list": "dict_name",
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

NO_REQUEST = "Only superusers can filter by @request."
NO_COLLECTIONS = "Only superusers can filter by @collection."

FORBIDDEN_FILTERS: dict[str, tuple[str, str]] = {
    "a filter that asks @request": ("@request.auth.id=''", NO_REQUEST),
    "a filter that says @request in a text": ("id='@request.'", NO_REQUEST),
    "a filter that asks @collection": ("@collection.tbl_cart.id!=''", NO_COLLECTIONS),
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
    "an id that is not UTF-8": "zzzz%ffzzzz",
    "a slash within the id": "zzzz%2Fzzzz",
    "a deleted row's id": "$deleted",
}


def own_id(operation: str, name: str) -> str:
    """`$deleted` as the world calls the deleted row of this operation's collection."""
    return f"$deleted_{operation.partition('_')[0]}_pb" if name == "$deleted" else name


def gone(operation: str, claim: str, **more: Any) -> Bad:
    """Answered as a row that is not there."""
    return Bad(operation, claim, 404, MISSING, {}, **more)


def generic(operation: str, claim: str, **more: Any) -> Bad:
    """Answered by PocketBase's 400 that tells nothing."""
    return Bad(operation, claim, 400, GENERIC, {}, **more)


def _lists() -> Iterator[Bad]:
    deep = "(" * 1000 + "id='x'" + ")" * 1000
    hostile = "\\' UNION SELECT token_key FROM tbl_auth_users --"
    for op in LISTS:
        for claim, text in BAD_FILTERS.items():
            yield generic(op.id, claim, query=_query(filter=text))
        for claim, query in BAD_QUERIES.items():
            yield generic(op.id, claim, query=query)
        for claim, (text, message) in FORBIDDEN_FILTERS.items():
            yield Bad(op.id, claim, 403, message, {}, query=_query(filter=text))
        for claim, text in {
            "a filter nested 1,000 deep is only a filter": deep,
            "SQL in a quoted text finds nothing": f"{TEXT_FIELD[op.id]}='{hostile}'",
        }.items():
            yield Bad(op.id, claim, 200, EMPTY_LIST, query=_query(filter=text))
        yield from _bodies_of_get(op.id)
        for method in ("PUT", "PATCH", "DELETE"):
            yield gone(op.id, f"{method} on the list", method=method)
        yield gone(op.id, "POST that means DELETE", method="POST", headers=BY_POST)
        yield Bad(op.id, "a slash at the end of the path", 404, NO_FILE, {}, path=f"{op.path}/")
    for operation in ("cart_record_list", "order_record_list"):
        for who in GUESTS:
            yield Bad(operation, f"{who} sees nothing", 200, EMPTY_LIST, who=who)


def _bodies_of_get(operation: str) -> Iterator[Bad]:
    """PocketBase reads the body of a GET, too."""
    yield generic(operation, "a broken JSON body on GET", raw=b"{bad", headers=JSON)
    yield Bad(operation, "a text body on GET", 400, MEDIA, {}, raw=b"hi", headers=TEXT)
    claim = "a body of 8 MiB and a byte on GET"
    yield Bad(operation, claim, 413, TOO_LARGE, {}, raw=OVERSIZE, headers=JSON)


def _views() -> Iterator[Bad]:
    for op in VIEWS:
        for claim, record in BAD_RECORD_IDS.items():
            yield gone(op.id, claim, record=own_id(op.id, record))
        yield gone(op.id, "PUT on a record", method="PUT")
        yield gone(op.id, "POST on a record", method="POST")
        yield from _bodies_of_get(op.id)
        slash = f"{op.path.replace('{recordId}', 'zzzzzzzzzzzzzzz')}/"
        yield Bad(op.id, "a slash after the id", 404, NO_FILE, {}, path=slash)
    for view, row in (("cart_record_view", "line"), ("order_record_view", "order")):
        yield gone(view, "bob's row", record=f"$bob_{row}_pb")
        yield gone(view, "its business id", record=f"${row}")
        yield gone(view, "its id in capitals", record=f"${row}_pb_upper")
        for who in GUESTS:
            yield gone(view, f"{who} asks for alice's row", who=who, record=f"${row}_pb")
        modifier = _query(fields="id:upper")
        yield generic(view, "an unknown modifier in fields", record=f"${row}_pb", query=modifier)
    for view, claim, record in (
        ("product_view", "a product off sale", "tproductoffsale"),
        ("document_view", "a draft", "tdocumentdraft0"),
        ("document_view", "a document not yet in effect", "tdocumentnotyet"),
        ("attachment_view", "an invalid attachment", "tpictureinvalid"),
    ):
        yield gone(view, claim, record=record)


SUPERUSERS_ALONE = {
    "product_list": ("POST",),
    "document_list": ("POST",),
    "product_view": ("PATCH", "DELETE"),
    "document_view": ("PATCH", "DELETE"),
    "attachment_view": ("PATCH", "DELETE"),
    "company_view": ("DELETE",),
}
"""What PocketBase routes and the contract lacks."""

NO_CONTEXT = "Missing collection context."
NO_COLLECTION = "Missing or invalid collection context."
USERS = "/collections/tbl_auth_users/records"

OUTSIDE: tuple[tuple[str, str, int, str], ...] = (
    ("GET", USERS, 403, SUPERUSERS),
    ("POST", USERS, 403, SUPERUSERS),
    ("GET", f"{USERS}/$alice_id", 403, SUPERUSERS),
    ("PATCH", f"{USERS}/$alice_id", 403, SUPERUSERS),
    ("DELETE", f"{USERS}/$alice_id", 403, SUPERUSERS),
    ("GET", "/collections/TBL_AUTH_USERS/records", 403, SUPERUSERS),
    ("PUT", USERS, 404, MISSING),
    ("GET", f"{USERS}/", 404, NO_FILE),
    ("GET", "/collections/tbl_secret/records", 404, NO_CONTEXT),
    ("GET", "/collections/tbl_secret/records/a", 404, NO_CONTEXT),
    ("DELETE", "/collections/tbl_secret/records/a", 404, NO_CONTEXT),
    ("POST", "/collections/tbl_secret/records", 404, NO_COLLECTION),
    ("PATCH", "/collections/tbl_secret/records/a", 404, NO_COLLECTION),
    ("GET", "/collections/sqlite_master/records", 404, NO_CONTEXT),
    ("GET", "/collections/%27%20OR%201=1/records", 404, NO_CONTEXT),
    ("GET", "/collections/%ff/records", 404, NO_CONTEXT),
    ("GET", "/collections/tbl_cart%2Frecords", 404, NO_FILE),
    ("GET", "/collections/tbl_cart/rows", 404, NO_FILE),
    ("GET", "/collections//records", 404, NO_FILE),
    ("GET", "/collections", 404, NO_FILE),
    ("POST", "/nothing", 404, MISSING),
    ("GET", "/", 404, NO_FILE),
    ("GET", "", 404, NO_FILE),
    ("GET", "/../../etc/passwd", 404, NO_FILE),
    ("GET", "/openapi.yaml", 404, NO_FILE),
    ("GET", "/%00", 404, NO_FILE),
    ("GET", "/%ff", 404, NO_FILE),
)


def _outside() -> Iterator[Bad]:
    for operation, methods in SUPERUSERS_ALONE.items():
        for method in methods:
            yield Bad(operation, f"{method}", 403, SUPERUSERS, {}, method=method)
            claim = f"{method} of a broken body"
            yield generic(operation, claim, method=method, raw=b"{bad", headers=JSON)
            claim = f"{method} of 8 MiB and a byte"
            yield Bad(
                operation, claim, 413, TOO_LARGE, {}, method=method, raw=OVERSIZE, headers=JSON
            )
        if "DELETE" in methods:
            claim = "POST that means DELETE"
            yield Bad(operation, claim, 403, SUPERUSERS, {}, method="POST", headers=BY_POST)
    for method, path, status, code in OUTSIDE:
        path = f"/pb/api{path}"
        yield Bad("auth_refresh", f"{method} {path}", status, code, {}, method=method, path=path)


FILES = "/pb/api/files"
PICTURE = f"{FILES}/tbl_attachments/tpicturevalid00"

BAD_FILES: dict[str, tuple[str, str]] = {
    "an unknown collection": (f"{FILES}/tbl_secret/tpicturevalid00/a.png", NO_COLLECTION),
    "a table of the database's own": (f"{FILES}/sqlite_master/a/a.png", NO_COLLECTION),
    "SQL for a collection": (f"{FILES}/%27%20OR%201=1/a/a.png", NO_COLLECTION),
    "an unknown record": (f"{FILES}/tbl_attachments/zzzzzzzzzzzzzzz/a.png", MISSING),
    "SQL for a record": (f"{FILES}/tbl_attachments/%27%20OR%201=1/a.png", MISSING),
    "a collection without files": (f"{FILES}/tbl_cart/$line_pb/a.png", MISSING),
    "a deleted record": (f"{FILES}/tbl_attachments/tpicturedeleted/a.png", MISSING),
    "a record without a file": (f"{PICTURE}/a.png", MISSING),
    "a name that climbs": (f"{PICTURE}/..%2F..%2Fsecret", MISSING),
    "a name that climbs with back-slashes": (f"{PICTURE}/..%5C..%5Csecret", MISSING),
    "a name of dots": (f"{PICTURE}/%2e%2e", MISSING),
    "a name with NUL": (f"{PICTURE}/a%00.png", MISSING),
    "a name that is not UTF-8": (f"{PICTURE}/a%ff.png", MISSING),
    "a name of a line feed": (f"{PICTURE}/%0A", MISSING),
    "a record of a line feed": (f"{FILES}/tbl_attachments/%0A/a.png", MISSING),
    "a name of 3,000 letters": (f"{PICTURE}/{'a' * 3000}", MISSING),
    "the database's file": (f"{PICTURE}/bai-wx.db", MISSING),
    "no name": (f"{PICTURE}/", NO_FILE),
    "no record": (f"{FILES}/tbl_attachments", NO_FILE),
}


def _files() -> Iterator[Bad]:
    for claim, (path, message) in BAD_FILES.items():
        yield Bad("file_download", claim, 404, message, {}, who="nobody", path=path)
    own = f"{FILES}/tbl_attachments/$picture_pb/$picture_link"
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        yield gone("file_download", f"{method} of a file", method=method, path=own)
    past = {"Range": "bytes=999999-"}
    message = "The requested range is not satisfiable."
    yield Bad("file_download", "a range past the end", 416, message, {}, path=own, headers=past)


def _rest() -> Iterator[Bad]:
    for who in GUESTS:
        yield Bad("auth_refresh", f"{who} is refused", 401, NO_TOKEN, {}, who=who)
    yield Bad("auth_refresh", "GET", 404, NO_FILE, {}, method="GET")
    yield gone("auth_refresh", "PUT", method="PUT")
    yield generic("auth_refresh", "a broken JSON body", raw=b"{bad", headers=JSON)
    modifier = _query(fields="token:upper")
    yield generic("auth_refresh", "an unknown modifier in fields", query=modifier)
    for who in GUESTS:
        yield Bad("file_token", f"{who} is refused", 401, NO_TOKEN, {}, who=who)
    yield Bad("file_token", "GET", 404, NO_FILE, {}, method="GET")
    yield gone("file_token", "PUT", method="PUT")
    yield generic("file_token", "an unknown modifier in fields", query=modifier)
    for operation in ("health", "ready", "openapi_document"):
        path = OPERATIONS[operation].path
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            yield gone(operation, f"{method} is not its method", method=method)
        for claim, other in {
            "a slash at the end of the path": f"{path}/",
            "its path in capitals": path.upper(),
            "two slashes in the path": path.replace("/api/", "/api//"),
        }.items():
            yield Bad(operation, claim, 404, NO_FILE, {}, path=other)


ROWS = [*_lists(), *_views(), *_outside(), *_files(), *_rest()]
