"""Headers, asked and answered."""

from typing import Final

import jwt

from tests.conformance.compare import CART, OWN, Case, created, records
from tests.conformance.rows import USERS, product
from tests.row_ids import record_id

LINES, PRODUCTS = records("cart"), records("product_list")
ORIGIN: Final = "https://shop.example"
ANSWERED: Final = (
    *(
        "X-Content-Type-Options",
        "X-Frame-Options",
        "X-XSS-Protection",
        "Cross-Origin-Opener-Policy",
    ),
    *("Content-Type", "Content-Encoding", "Cache-Control", "ETag", "Vary"),
    *("Location", "Set-Cookie", "WWW-Authenticate", "Allow", "Last-Modified", "Retry-After"),
)
CORS: Final = (
    "Vary",
    *(
        f"Access-Control-{name}"
        for name in ("Allow-Origin", "Allow-Methods", "Allow-Headers", "Allow-Credentials")
    ),
    *("Access-Control-Expose-Headers", "Access-Control-Max-Age"),
)
CLAIMS: Final = {
    "id": record_id("tbl_auth_users", 0),
    "type": "auth",
    "collectionId": "pbc_421601843",
    "exp": 4_000_000_000,
    "refreshable": True,
}
FORGED: Final = jwt.encode(CLAIMS, "a key that is not theirs".ljust(40, "x"), algorithm="HS256")
UNSIGNED: Final = jwt.encode(CLAIMS, "", algorithm="none")


def authorized(name: str, text: str, path: str = LINES) -> Case:
    """Alice's lines, asked for with this Authorization."""
    return Case(name, path, user="alice", query={"perPage": 3}, headers={"Authorization": text})


def with_type(name: str, kind: str, body: bytes | None, method: str = "GET") -> Case:
    """A read with a media type, and maybe a body."""
    headers = {"Content-Type": kind}
    return Case(name, PRODUCTS, method, query={"perPage": 1}, headers=headers, body=body)


def answered(name: str, method: str, path: str, user: str = "alice") -> Case:
    """An answer with all its headers."""
    return Case(name, path, method, user=user, headers_too=ANSWERED)


def origin(name: str, method: str, path: str, **asked: str) -> Case:
    """A browser's request from elsewhere."""
    headers = {name.replace("_", "-"): value for name, value in asked.items()}
    return Case(name, path, method, headers=headers, headers_too=CORS)


PREFLIGHT: Final = {"Origin": ORIGIN, "Access_Control_Request_Method": "PATCH"}

CASES: list[Case] = [
    Case("bad token is a guest", records("cart"), headers={"Authorization": "garbage"}),
    Case("HEAD", records("product_list"), "HEAD"),
    Case(
        "nosniff",
        records("product_list"),
        query={"perPage": 1},
        headers_too=("X-Content-Type-Options",),
    ),
    # Authorization.
    authorized("a bare token", "{token}"),
    authorized("Bearer", "Bearer {token}"),
    authorized("bearer", "bearer {token}"),
    authorized("bEARER", "bEARER {token}"),
    authorized("Bearer with two spaces", "Bearer  {token}"),
    authorized("Bearer with a tab", "Bearer\t{token}"),
    authorized("Bearer without a space", "Bearer{token}"),
    authorized("Bearer twice", "Bearer Bearer {token}"),
    authorized("Bearer alone", "Bearer"),
    authorized("no token at all", ""),
    authorized("spaces around a token", "  {token}  "),
    authorized("a space after Bearer's token", "Bearer {token} "),
    authorized("Token", "Token {token}"),
    authorized("Basic", "Basic {token}"),
    authorized("a token in quotes", '"{token}"'),
    authorized("two tokens", "{token}, {token}"),
    authorized("a token and more", "{token}x"),
    authorized("a token and padding", "{token}="),
    authorized("a token and a part", "{token}.x"),
    authorized("an expired token", "{expired}"),
    authorized("an expired token on a public list", "Bearer {expired}", PRODUCTS),
    authorized("a forged token", FORGED),
    authorized("an unsigned token", UNSIGNED),
    authorized("a token that claims no algorithm", f"{UNSIGNED}x"),
    authorized("two dots", ".."),
    authorized("a word for no token", "Bearer undefined"),
    authorized("a token that is no ASCII", "\xe9"),
    authorized("a forged token on a view", FORGED, f"{LINES}/{record_id('tbl_cart', 1)}"),
    Case(
        "a forged token creates",
        LINES,
        "POST",
        headers={"Authorization": FORGED},
        json={
            "cart_owner": USERS["alice"],
            "cart_product_id": product(30),
            "cart_product_quantity": 1,
        },
    ),
    Case(
        "an unsigned token refreshes",
        "/collections/tbl_auth_users/auth-refresh",
        "POST",
        headers={"Authorization": UNSIGNED},
    ),
    Case(
        "a forged token refreshes elsewhere",
        "/collections/tbl_cart/auth-refresh",
        "POST",
        headers={"Authorization": FORGED},
    ),
    Case("a forged token in the query", LINES, query={"token": FORGED}),
    Case("a token in a cookie", LINES, headers={"Cookie": f"token={FORGED}"}),
    created("created with Bearer", "cart", CART, headers={"Authorization": "Bearer {token}"}),
    # Content-Type of a request that needs none.
    with_type("GET as JSON without a body", "application/json", None),
    with_type("GET as a text without a body", "text/plain", None),
    with_type("GET with a JSON body", "application/json", b'{"page":2}'),
    with_type("GET with a broken body", "application/json", b"{bad"),
    with_type("GET with a JSON list", "application/json", b"[]"),
    with_type("GET with a text", "text/plain", b"x"),
    with_type("GET with XML", "application/xml", b"<x/>"),
    with_type("GET with an untyped body", "", b"x"),
    with_type("GET with a form", "application/x-www-form-urlencoded", b"page=2&perPage=5"),
    with_type("HEAD with a broken body", "application/json", b"{bad", "HEAD"),
    Case(
        "DELETE with a broken body",
        f"{LINES}/{{tbl_cart}}",
        "DELETE",
        user=OWN,
        own={"tbl_cart": {}},
        headers={"Content-Type": "application/json"},
        body=b"{bad",
    ),
    Case(
        "DELETE as a text",
        f"{LINES}/{{tbl_cart}}",
        "DELETE",
        user=OWN,
        own={"tbl_cart": {}},
        headers={"Content-Type": "text/plain"},
        headers_too=ANSWERED,
    ),
    # What is answered.
    answered("headers of a list", "GET", PRODUCTS),
    answered("headers of a view", "GET", f"{PRODUCTS}/{product(1)}"),
    answered("headers of the head of a list", "HEAD", LINES),
    answered("headers of no row", "GET", f"{LINES}/nope"),
    answered("headers of no path", "GET", "/nope"),
    answered("headers of a POST nowhere", "POST", "/nope"),
    answered("headers of a null rule", "DELETE", f"{PRODUCTS}/{product(1)}"),
    answered("headers of a wrong method", "PUT", LINES),
    answered(
        "headers of a refused token", "POST", "/collections/tbl_auth_users/auth-refresh", "guest"
    ),
    answered("headers of health", "GET", "/health"),
    answered("headers of no file", "GET", "/files/tbl_attachments/nope/x.png"),
    Case(
        "headers of bad JSON",
        LINES,
        "POST",
        user="alice",
        body=b"{",
        headers={"Content-Type": "application/json"},
        headers_too=ANSWERED,
    ),
    Case(
        "headers of a filter that is refused", LINES, query={"filter": "(("}, headers_too=ANSWERED
    ),
    Case("gzip is not", PRODUCTS, headers={"Accept-Encoding": "gzip, br"}, headers_too=ANSWERED),
    Case("HTML is not", PRODUCTS, headers={"Accept": "text/html"}, headers_too=ANSWERED),
    Case("another language", f"{LINES}/nope", headers={"Accept-Language": "zh-CN"}),
    Case("a part of a list", PRODUCTS, headers={"Range": "bytes=0-3"}, headers_too=ANSWERED),
    Case("a list that is known", PRODUCTS, headers={"If-None-Match": "*"}, headers_too=ANSWERED),
    # Of one length: UTF-8 as it is, nothing escaped that need not be, no line after the end.
    *(
        Case(
            f"the length of {path.rpartition('/')[2]}",
            path,
            query={"fields": ""},
            headers_too=("Content-Length",),
        )
        for path in (
            *(f"{PRODUCTS}/{product(number)}" for number in (0, 1, 2, 3, 5, 6, 10, 14, 15, 17)),
            *(f"{records('company')}/{record_id('tbl_company', number)}" for number in (3, 4, 6)),
            f"{records('document')}/{record_id('tbl_document', 14)}",
            f"{records('attachments')}/{record_id('tbl_attachments', 5)}",
        )
    ),
    # Requests from elsewhere.
    origin("a list without an origin", "GET", PRODUCTS),
    origin("a list from elsewhere", "GET", PRODUCTS, Origin=ORIGIN),
    origin("a list from a file", "GET", PRODUCTS, Origin="null"),
    origin("a list from an empty origin", "GET", PRODUCTS, Origin=""),
    origin("no row from elsewhere", "GET", f"{LINES}/nope", Origin=ORIGIN),
    origin("no path from elsewhere", "GET", "/nope", Origin=ORIGIN),
    origin("a null rule from elsewhere", "DELETE", f"{PRODUCTS}/x", Origin=ORIGIN),
    origin("OPTIONS without an origin", "OPTIONS", LINES),
    origin("OPTIONS from elsewhere", "OPTIONS", LINES, Origin=ORIGIN),
    origin("a preflight", "OPTIONS", LINES, **PREFLIGHT),
    origin("a preflight of a row", "OPTIONS", f"{LINES}/x", **PREFLIGHT),
    origin("a preflight nowhere", "OPTIONS", "/nope", **PREFLIGHT),
    origin(
        "a preflight without an origin", "OPTIONS", LINES, Access_Control_Request_Method="PATCH"
    ),
    origin(
        "a preflight with headers",
        "OPTIONS",
        LINES,
        **PREFLIGHT,
        Access_Control_Request_Headers="authorization, X-HTTP-Method-Override",
    ),
]
