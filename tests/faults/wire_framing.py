"""Raw exchanges about where a request ends: offers to upgrade, trailers, lengths and chunks."""

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


def _framing() -> list[Row]:
    big = b"9" * 30
    rows = [
        Row("C0-a-body-with-its-length", posted(), (200, 200), PAGE),
        Row("C0-a-body-in-one-chunk", chunked(chunk(BODY)), (200, 200), PAGE),
        Row(
            "C0-a-body-byte-by-byte",
            chunked(*(chunk(BODY[n : n + 1]) for n in range(len(BODY)))),
            (200, 200),
            PAGE,
        ),
        Row("C0-a-chunk-extension", chunked(chunk(BODY, b";name=value")), (200, 200), PAGE),
        Row("C0-a-chunk-size-with-zeros", chunked(b"000" + chunk(BODY)), (200, 200), PAGE),
        Row("C0-no-body-at-all", posted(body=b""), (200, 200)),
        Row("C0-two-posts-at-once", posted() + posted(), (200, 200, 200), PAGE),
        Row("C0-a-post-then-a-get", posted() + request(NATIVE), (200, 200, 200), PAGE),
        Row("C0-twenty-at-once", request(HEALTH) * 20, (200,) * 21),
        Row(
            "C0-a-get-with-a-body",
            request(HEALTH, b"Content-Length: %d" % len(SMUGGLED), body=SMUGGLED),
            (200, 200),
        ),
        Row(
            "C0-HEAD-with-a-body",
            request(HEALTH, b"Content-Length: %d" % len(SMUGGLED), method=b"HEAD", body=SMUGGLED),
            (200, 200),
        ),
        Row(
            "C0-OPTIONS-with-a-body",
            request(HOOK, b"Content-Length: %d" % len(SMUGGLED), method=b"OPTIONS", body=SMUGGLED),
            (204, 200),
        ),
        Row(
            "C0-a-404-with-a-body",
            request(
                b"/pb/api/none",
                b"Content-Length: %d" % len(SMUGGLED),
                method=b"POST",
                body=SMUGGLED,
            ),
            (404, 200),
        ),
        Row(
            "C0-a-405-with-a-body",
            request(HOOK, b"Content-Length: %d" % len(SMUGGLED), method=b"PUT", body=SMUGGLED),
            (405, 200),
        ),
        Row("C0-an-expectation-with-its-body", posted(b"Expect: 100-continue"), (200, 200), PAGE),
        Row("C0-an-unknown-expectation", posted(b"Expect: miracles"), (200, 200), PAGE),
        Row(
            "C6-gzip-and-chunked",
            chunked(chunk(BODY)).replace(b"g: chunked", b"g: gzip, chunked"),
            (501,),
        ),
        Row(
            "C6-gzip-and-chunked-in-two-lines",
            chunked(chunk(BODY), lines=(b"Transfer-Encoding: gzip",)),
            (501,),
        ),
        Row("C6-gzip-alone", chunked(chunk(BODY)).replace(b"g: chunked", b"g: gzip"), (400,)),
        Row("C6-identity", chunked(chunk(BODY)).replace(b"g: chunked", b"g: identity"), (400,)),
        Row(
            "C6-chunked-twice",
            chunked(chunk(BODY)).replace(b"g: chunked", b"g: chunked, chunked"),
            (400,),
        ),
        Row(
            "C6-chunked-in-two-lines",
            chunked(chunk(BODY), lines=(b"Transfer-Encoding: chunked",)),
            (400,),
        ),
        Row(
            "C6-chunked-before-gzip",
            chunked(chunk(BODY)).replace(b"g: chunked", b"g: chunked, gzip"),
            (400,),
        ),
        Row(
            "C6-chunked-in-quotes",
            chunked(chunk(BODY)).replace(b"g: chunked", b'g: "chunked"'),
            (400,),
        ),
        Row(
            "C6-chunked-with-a-vertical-tab",
            chunked(chunk(BODY)).replace(b"g: chunked", b"g: \x0bchunked"),
            (400,),
        ),
        Row("C6-empty-coding", chunked(chunk(BODY)).replace(b"g: chunked", b"g:"), (400,)),
        Row(
            "C0-Chunked-in-another-case",
            chunked(chunk(BODY)).replace(b"g: chunked", b"g: CHUNKED"),
            (200, 200),
            PAGE,
        ),
        Row(
            "C6-chunked-in-http-1.0", chunked(chunk(BODY)).replace(b"HTTP/1.1", b"HTTP/1.0"), (400,)
        ),
        Row("C0-length-and-chunked", chunked(chunk(BODY), lines=(b"Content-Length: 5",)), (400,)),
        Row(
            "C0-chunked-and-length",
            chunked(chunk(BODY)).replace(b"g: chunked\r\n", b"g: chunked\r\nContent-Length: 5\r\n"),
            (400,),
        ),
        Row("C0-two-lengths", posted(b"Content-Length: 5"), (400,)),
        Row("C0-two-equal-lengths", posted(b"Content-Length: %d" % len(BODY)), (400,)),
    ]
    lengths = {
        b"-1": "negative",
        b"+13": "with-a-plus",
        b"0x0d": "in-hex",
        b"13, 13": "as-a-list",
        b"1 3": "with-a-space",
        b"": "empty",
        b"13.0": "with-a-point",
        big: "of-30-digits",
        b"1_3": "with-an-underscore",
    }
    rows += [
        Row(f"C0-length-{name}", posted(length=value), (400,)) for value, name in lengths.items()
    ]
    sizes = {
        b"g": "that-is-no-hex",
        b"-5": "negative",
        b"0x5": "with-0x",
        b" 5": "with-a-space-before",
        b"": "empty",
        b"f" * 17: "of-17-digits",
        b"5\x00": "with-a-NUL",
        b"1_0": "with-an-underscore",
    }
    rows += [
        Row(f"C0-chunk-size-{name}", chunked(size + b"\r\n" + BODY + b"\r\n"), (400,))
        for size, name in sizes.items()
    ]
    rows += [
        Row("C0-chunk-longer-than-it-says", chunked(b"5\r\n" + BODY + b"\r\n"), (400,)),
        Row("C0-chunk-without-its-line-end", chunked(b"d\r\n" + BODY + b"0\r\n"), (400,)),
        Row("C0-chunk-ended-by-LF", chunked(b"d\n" + BODY + b"\n"), (400,)),
        Row("C0-chunks-in-great-number", chunked(chunk(b" ") * 40_000), (413,)),
    ]
    return rows


def framing() -> list[Row]:
    """All rows of this page."""
    return [*_upgrades(), *_trailers(), *_framing()]
