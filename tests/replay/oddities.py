"""Requests that are odd in their path, method, headers, tokens or bytes."""

import base64
import json
from collections.abc import Callable
from random import Random
from typing import Final

from tests.replay import dataset
from tests.replay.asking import FORM_TYPE, JSON_TYPE, UNREADABLE, asked, authorization
from tests.replay.known import Known
from tests.replay.wire import Headers, Request

PATHS: Final = (
    *("/pb/api/health", "/pb/api/system/users-count", "/pb/api/cart/list", "/pb/api/order/create"),
    "/pb/api/wechat/login",
    "/pb/api/collections/tbl_auth_users/auth-refresh",
    *(f"/pb/api/collections/tbl_{name}/records" for name in ("cart", "product_list", "company")),
    "/pb/api/collections/tbl_cart/records/cart00000000001",
    "/pb/api/collections/tbl_product_list/records/prod00000000001",
    "/pb/api/files/tbl_attachments/atta00000000001/picture_abcdef0001.png",
    "/pb/api/openapi.json",
)
STRANGE_PATHS: Final = (
    *("/pb/", "/pb", "/pb/api", "/pb/api/", "/favicon.ico", "/robots.txt", "/pb/docs/nope"),
    *("/pb/api/cart/list/", "/pb/api//cart/list", "/pb/api/CART/list", "/pb/api/cart/list%00"),
    *("/pb/api/cart%2Flist", "/pb/api/cart/./list", "/pb/api/x/../cart/list", "/pb/api/cart/nope"),
    *("/api/health", "/pb/api/collections", "/pb/api/collections/nope/records"),
    *("/pb/api/collections/tbl_auth_users/records", "/pb/api/collections/_superusers/records"),
    "/pb/api/collections/pbc_4274881862/records",
    *("/pb/api/collections/tbl_cart/records/", "/pb/api/collections/tbl_cart/records/a/b"),
    *("/pb/api/health?x=%zz", "/pb/api/health?%", "/pb/api/health?a=1&a=2&&=", "/pb/api/health?"),
    *("/pb/api/购物车/list", "/pb/api/%E8%B4%AD/list", "/pb/api/%ff%fe", "/pb/api/health#x"),
    *("/pb/api/health;x=1", "/pb/api/health%20", "/pb/api/heal%74h", "//evil.example/pb/api"),
    "http://replay.example/pb/api/health",
    "/" + "x" * 3000,
)
QUERIES: Final = (
    *("filter=prod_list_name~'开关'", "filter=prod_list_sort%3E1&perPage=2", "perPage=2&perPage=3"),
    *(
        "filter=prod_list_name%20~%20%27%E4%BC%A0%27&perPage=3",
        "filter=%ff",
        "filter=%00",
        "sort=%",
    ),
    *("perPage=%31", "per%50age=2", "perPage=+2", "perPage=2+", "perPage=２", "filter=a+%3D+1"),
    *("fields=id,prod_list_name&perPage=1", "page=1e1", "page=9007199254740992", "page=0x2"),
    *(
        "filter=prod_list_sort=1%26%26prod_list_sort=1",
        "FILTER=nope",
        "filter",
        "filter=&sort=&page=",
    ),
    "filter=(prod_list_sort>0)&sort=-prod_list_sort&perPage=4&skipTotal=1",
)
METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "NOPE")
ORIGINS: Final = (
    *("https://shop.example", "https://admin.shop.example", "https://evil.example", "null"),
    *("http://shop.example", "https://shop.example:443", ""),
)
MORE_HEADERS: Final[tuple[Headers, ...]] = (
    (("Accept", "text/html"),),
    (("Accept-Encoding", "gzip, br"),),
    (("Accept-Language", "zh-CN"),),
    (("If-None-Match", "*"),),
    (("Range", "bytes=0-3"),),
    (("X-Forwarded-For", "203.0.113.9"), ("X-Forwarded-Proto", "https")),
    (("Cookie", "token=x"),),
    (("Content-Encoding", "gzip"),),
    (("Expect", "100-continue"),),
    (("Connection", "close"),),
    (("Connection", "Upgrade"), ("Upgrade", "websocket")),
    (("X-Request-Id", "mine"),),
    (("User-Agent", "小程序/1.0"),),
    (("X-HTTP-Method-Override", "DELETE"),),
    (("X-HTTP-Method-Override", "GET"),),
    (("Content-Type", "text/plain"),),
    (("Host", "a b"),),
    (("Host", "[::1]:80"),),
    (("X[1]", "a"),),
    (("X", "a\x00b"),),
    (("Transfer-Encoding", "gzip, chunked"),),
    (("Content-Length", "-1"),),
    (("Content-Length", "99999999"),),
)
"""Headers that change nothing, something, or make of the request one that is refused."""
FORGED: Final = (
    dataset.token("alice", expires_at=1_600_000_000),
    dataset.token("alice", type="file"),
    dataset.token("alice", collectionId="pbc_1"),
    dataset.token("alice", id="nosuchrecord000"),
    dataset.token("alice", refreshable=False),
    dataset.token("dave"),
    *("garbage", "..", "a.b.c", "", "undefined", "\u5f00"),
)


def any_query(draw: Random, known: Known) -> Request:
    """A list whose query is written in some way of its own."""
    target = f"/pb/api/collections/tbl_product_list/records?{draw.choice(QUERIES)}"
    return asked("query", "GET", target)


def any_method(draw: Random, known: Known) -> Request:
    """Any method on any path."""
    headers = authorization(draw, known, known.anybody(draw))
    method = draw.choice(METHODS)
    body = draw.choice((None, b"{}", {"page": 1})) if method not in ("GET", "HEAD") else None
    return asked("method", method, draw.choice(PATHS), headers, body)


def strange_path(draw: Random, known: Known) -> Request:
    """A path that is none, or is written in a way of its own."""
    method = draw.choice(("GET", "GET", "GET", "POST", "HEAD", "DELETE"))
    headers = authorization(draw, known, "alice")
    body = {} if method == "POST" else None
    return asked("path", method, draw.choice(STRANGE_PATHS), headers, body)


def from_elsewhere(draw: Random, known: Known) -> Request:
    """A browser's request from another origin, or what it asks before."""
    headers: Headers = (("Origin", draw.choice(ORIGINS)),)
    path = draw.choice((*PATHS, "/pb/api/nope"))
    if draw.random() < 0.5:
        method = draw.choice(("GET", "GET", "POST", "HEAD"))
        return asked("origin", method, path, headers, {} if method == "POST" else None)
    if draw.random() < 0.8:
        headers = (*headers, ("Access-Control-Request-Method", draw.choice(METHODS)))
    if draw.random() < 0.5:
        asked_for = "authorization, X-HTTP-Method-Override"
        headers = (*headers, ("Access-Control-Request-Headers", asked_for))
    return asked("origin", "OPTIONS", path, headers)


def more_headers(draw: Random, known: Known) -> Request:
    """One more header; what it makes of the request is answered on a connection of its own."""
    headers = (*authorization(draw, known, "alice"), *draw.choice(MORE_HEADERS))
    if draw.random() < 0.6:
        path = draw.choice(PATHS[:2] + PATHS[6:])
        return asked("header", "GET", path, headers, is_alone=True)
    kind = () if any(name == "Content-Type" for name, _ in headers) else (JSON_TYPE,)
    body = b'{"perPage":1}'
    return Request("header", "POST", "/pb/api/cart/list", (*headers, *kind), body, is_alone=True)


def broken_token(draw: Random, known: Known) -> Request:
    """A token that does not hold, on any kind of operation; and the ways a good one may be written."""
    good = draw.choice(list(known.tokens.values()))
    written = draw.choice(
        (
            f"Bearer  {good}",
            f"Bearer{good}",
            f"Bearer Bearer {good}",
            f"Basic {good}",
            f"Token {good}",
            f'"{good}"',
            f"{good}, {good}",
            f"{good}x",
            f"{good}=",
            f"{good}.x",
            f"  Bearer {good}  ",
            f"Bearer {draw.choice(FORGED)}",
            draw.choice(FORGED),
            _unsigned(),
            "Bearer " + "x" * 3000,
        )
    )
    headers: Headers = (("Authorization", written),)
    method, path = draw.choice(
        (
            ("POST", "/pb/api/cart/list"),
            ("POST", "/pb/api/order/list"),
            ("POST", "/pb/api/wechat/profile"),
            ("POST", "/pb/api/system/refresh-token"),
            ("POST", "/pb/api/collections/tbl_auth_users/auth-refresh"),
            ("GET", "/pb/api/collections/tbl_cart/records?perPage=2"),
            ("GET", "/pb/api/collections/tbl_cart/records/cart00000000001"),
            ("GET", "/pb/api/collections/tbl_product_list/records?perPage=1"),
            ("POST", "/pb/api/collections/tbl_company/records"),
        )
    )
    body = {"perPage": 1} if method == "POST" else None
    return asked("token", method, path, headers, body)


def _unsigned() -> str:
    parts: tuple[dict[str, object], ...] = (
        {"alg": "none", "typ": "JWT"},
        {"id": "user00000000000", "type": "auth", "exp": 4_000_000_000},
    )
    encoded = [base64.urlsafe_b64encode(json.dumps(each).encode()).decode() for each in parts]
    return f"{encoded[0].rstrip('=')}.{encoded[1].rstrip('=')}."


def odd_body(draw: Random, known: Known) -> Request:
    """A body that cannot be read, where one is expected and where none is."""
    headers = authorization(draw, known, known.anybody(draw))
    method, path = draw.choice(
        (
            ("POST", "/pb/api/collections/tbl_company/records"),
            ("POST", "/pb/api/collections/tbl_attachments/records"),
            ("PATCH", "/pb/api/collections/tbl_company/records/comp00000000001"),
            ("DELETE", "/pb/api/collections/tbl_cart/records/nosuchrecord000"),
            ("GET", "/pb/api/collections/tbl_product_list/records?perPage=1"),
            ("POST", "/pb/api/order/create"),
        )
    )
    kind = draw.choice(
        (
            JSON_TYPE,
            JSON_TYPE,
            FORM_TYPE,
            ("Content-Type", "multipart/form-data; boundary=x"),
            ("Content-Type", "multipart/form-data"),
            ("Content-Type", "text/plain"),
        )
    )
    body = draw.choice((*UNREADABLE, b"company_name=%zz&company_name=x", b"--x\r\n\r\n"))
    return Request("body", method, path, (*headers, kind), body, is_chunked=draw.random() < 0.1)


ODDITIES: Final[dict[Callable[[Random, Known], Request], int]] = {
    any_query: 16,
    any_method: 14,
    strange_path: 14,
    from_elsewhere: 30,
    more_headers: 24,
    broken_token: 24,
    odd_body: 14,
}
"""What is asked, and how often."""
