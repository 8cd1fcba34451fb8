"""The table of raw exchanges: names begin with the id of a fault, or with `C0` for what was right before."""

from tests.faults.wire import (
    BODY,
    HEALTH,
    HOOK,
    NATIVE,
    SMUGGLED,
    Row,
    chunk,
    chunked,
    posted,
    request,
)

PAGE = (b'"perPage":1',)
UPGRADE = (
    b"Connection: Upgrade, HTTP2-Settings",
    b"Upgrade: h2c",
    b"HTTP2-Settings: AAMAAABkAAQAAP__",
)
READ = "Go reads the offer, and the body after it, as we do"
GO_LENIENT = (
    "Go takes what RFC 9112 lets a server refuse; a proxy before us may read it differently"
)


def _upgrades() -> list[Row]:
    offers = {
        "h2c": UPGRADE,
        "websocket": (b"Connection: Upgrade", b"Upgrade: websocket"),
        "tls": (b"Upgrade: TLS/1.0", b"Connection: upgrade"),
        "keep-alive-and-upgrade": (b"Connection: keep-alive, Upgrade", b"Upgrade: h2c"),
        "lower-case": (b"connection: upgrade", b"upgrade: h2c"),
        "unknown-protocol": (b"Connection: Upgrade", b"Upgrade: irc/6.9, shttp/1.3"),
        "two-connection-lines": (
            b"Connection: keep-alive",
            b"Connection: Upgrade",
            b"Upgrade: h2c",
        ),
    }
    rows = []
    for name, lines in offers.items():
        rows += [
            Row(f"A1-{name}-with-body", posted(*lines), (200, 200), PAGE),
            Row(
                f"A1-{name}-with-a-request-as-body",
                posted(*lines, body=SMUGGLED),
                (400, 200),
                why="our hooks do not exist there",
            ),
            Row(f"A1-{name}-chunked", chunked(chunk(BODY), lines=lines), (200, 200), PAGE),
            Row(f"A1-{name}-without-body", request(NATIVE, *lines), (200, 200)),
        ]
    rows += [
        Row("A1-pipelined-behind-an-offer", posted(*UPGRADE) + posted(), (200, 200, 200), PAGE),
        Row("A1-native-patch-with-offer", _patch(*UPGRADE), (400, 200)),
        Row("A1-CONNECT-to-a-path", request(HEALTH, method=b"CONNECT", body=b""), (404, 200)),
        Row("A1-CONNECT-to-a-host", request(b"evil.example:443", method=b"CONNECT"), (400,)),
        Row(
            "A1-offer-and-100-continue", posted(*UPGRADE, b"Expect: 100-continue"), (200, 200), PAGE
        ),
        Row("A1-http2-preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", (400,)),
    ]
    return rows


def _patch(*lines: bytes) -> bytes:
    return request(
        b"/pb/api/collections/tbl_cart/records/aaaaaaaaaaaaaaa",
        *lines,
        b"Content-Type: application/json",
        b"Content-Length: %d" % len(SMUGGLED),
        method=b"PATCH",
        body=SMUGGLED,
    )


def _trailers() -> list[Row]:
    end = b"0\r\n%b\r\n\r\n"
    no_token = (
        b"POST /pb/api/cart/list HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n" + chunk(BODY)
    )
    return [
        Row("A7-token-as-trailer", no_token + end % b"Authorization: Bearer @TOKEN@", (401, 200)),
        Row(
            "A7-override-as-trailer",
            chunked(chunk(BODY), end=end % b"X-HTTP-Method-Override: DELETE"),
            (200, 200),
            PAGE,
        ),
        Row(
            "A7-media-type-as-trailer",
            request(
                HOOK,
                b"Authorization: Bearer @TOKEN@",
                b"Transfer-Encoding: chunked",
                method=b"POST",
                body=chunk(BODY) + end % b"Content-Type: application/json",
            ),
            (415, 200),
        ),
        Row(
            "A7-length-as-trailer",
            chunked(chunk(BODY), end=end % b"Content-Length: 5"),
            (200, 200),
            PAGE,
        ),
        Row("A7-host-as-trailer", chunked(chunk(BODY), end=end % b"Host: evil"), (200, 200), PAGE),
        Row("A7-ordinary-trailer", chunked(chunk(BODY), end=end % b"X-Sum: abc"), (200, 200), PAGE),
        Row(
            "A7-many-trailers",
            chunked(chunk(BODY), end=end % b"\r\n".join([b"X: y"] * 50)),
            (200, 200),
            PAGE,
        ),
        Row("A7-trailer-that-is-no-field", chunked(chunk(BODY), end=end % b"no field"), (400,)),
        Row(
            "A7-trailer-with-a-space-before-the-colon",
            chunked(chunk(BODY), end=end % b"X : y"),
            (400,),
        ),
        Row(
            "A6-trailer-of-100-kB",
            chunked(chunk(BODY), end=end % (b"X: " + b"a" * 100_000)),
            (413,),
        ),
        Row(
            "A6-trailers-of-100-kB-in-lines",
            chunked(chunk(BODY), end=end % b"\r\n".join([b"X1: a"] * 15_000)),
            (413,),
        ),
        Row(
            "A6-trailer-name-of-100-kB", chunked(chunk(BODY), end=b"0\r\n" + b"a" * 100_000), (413,)
        ),
        Row("A6-chunk-extension-of-100-kB", chunked(b"5;" + b"a" * 100_000 + b"\r\n"), (413,)),
        Row("A6-chunk-size-of-100-kB", chunked(b"0" * 100_000 + b"5\r\n"), (413,)),
    ]


def table() -> list[Row]:
    """All rows."""
    return [*_upgrades(), *_trailers()]
