"""The table of raw exchanges: names begin with the id of a fault, or with `C0` for what was right before."""

from tests.faults.wire import (
    HEALTH,
    HOOK,
    NATIVE,
    SMUGGLED,
    Row,
    posted,
    request,
)
from tests.faults.wire_framing import PAGE, framing


def _heads() -> list[Row]:
    get = b"GET " + HEALTH + b" HTTP/1.1\r\n"
    return [
        Row("C6-no-host", get + b"\r\n", (400,)),
        Row(
            "C6-no-host-on-a-hook",
            b"POST " + HOOK + b" HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
            (400,),
            (b'"errMsg"',),
        ),
        Row("C6-two-hosts", request(HEALTH, b"Host: other"), (400,)),
        Row("C6-two-equal-hosts", request(HEALTH, b"Host: shop.example"), (400,)),
        Row("C6-two-hosts-on-a-hook", posted(b"Host: other"), (400,), (b'"errMsg"',)),
        Row("C6-host-with-a-space", get + b"Host: a b\r\n\r\n", (400,)),
        Row("C6-host-with-a-slash", get + b"Host: a/b\r\n\r\n", (400,)),
        Row("C6-host-with-a-user", get + b"Host: u@b\r\n\r\n", (400,)),
        Row("C0-empty-host", get + b"Host:\r\n\r\n", (200, 200)),
        Row("C0-host-with-a-port", get + b"Host: x:80\r\n\r\n", (200, 200)),
        Row("C0-host-that-is-IPv6", get + b"Host: [::1]:80\r\n\r\n", (200, 200)),
        Row("C0-host-in-another-case", get + b"hOST: x\r\n\r\n", (200, 200)),
        Row("C0-http-1.0-without-host", b"GET " + HEALTH + b" HTTP/1.0\r\n\r\n", (200,)),
        Row("C0-http-1.0-with-host", b"GET " + HEALTH + b" HTTP/1.0\r\nHost: x\r\n\r\n", (200,)),
        Row("C0-close", request(HEALTH, b"Connection: close"), (200,), (b"connection: close",)),
        Row("C0-close-in-a-list", request(HEALTH, b"Connection: keep-alive, Close"), (200,)),
        Row("C0-keep-alive", request(HEALTH, b"Connection: keep-alive"), (200, 200)),
        Row("C0-whole-address", request(b"http://shop.example" + HEALTH), (200, 200)),
        Row("C0-whole-address-with-query", request(b"HTTP://shop.example" + NATIVE), (200, 200)),
        Row("C0-another-scheme", request(b"ftp://shop.example" + HEALTH), (400,)),
        Row("C0-no-slash", request(b"pb/api/health"), (400,)),
        Row("C0-star", request(b"*", method=b"OPTIONS"), (204, 200)),
        Row("C0-fragment", request(HEALTH + b"#x"), (400,)),
        Row("C0-empty-lines-before", b"\r\n\r\n" + request(HEALTH), (200, 200)),
        Row("C0-folded-field", request(HEALTH, b"X: a", b" b"), (400,)),
        Row("C0-space-before-the-colon", request(HEALTH, b"X : a"), (400,)),
        Row("C0-no-colon", request(HEALTH, b"X"), (400,)),
        Row("C0-empty-name", request(HEALTH, b": a"), (400,)),
        Row("C0-name-in-brackets", request(HEALTH, b"X[1]: a"), (400,)),
        Row("C0-name-with-a-letter-beyond-ASCII", request(HEALTH, "X\u00e9: a".encode()), (400,)),
        Row("C0-NUL-in-a-value", request(HEALTH, b"X: a\x00b"), (400,)),
        Row("C0-bare-CR-in-a-value", request(HEALTH, b"X: a\rb"), (400,)),
        Row("C0-bare-LF-in-a-value", request(HEALTH, b"X: a\nY: b"), (400,)),
        Row("C0-escape-in-a-value", request(HEALTH, b"X: \x1b[2J"), (400,)),
        Row("C0-value-in-UTF-8", request(HEALTH, "X: \u5f00\u5173".encode()), (200, 200)),
        Row("C0-spaces-around-a-value", request(HEALTH, b"Connection: \t close \t "), (200,)),
        Row("C0-LF-alone-ends-lines", request(HEALTH).replace(b"\r\n", b"\n"), (400,)),
        Row(
            "C0-two-spaces-before-the-target",
            get.replace(b"GET ", b"GET  ") + b"Host: x\r\n\r\n",
            (400,),
        ),
        Row(
            "C0-tab-before-the-target", get.replace(b"GET ", b"GET\t") + b"Host: x\r\n\r\n", (400,)
        ),
        Row("C0-space-before-the-method", b" " + request(HEALTH), (400,)),
        Row("C0-no-version", b"GET " + HEALTH + b"\r\n\r\n", (400,)),
        Row("C0-version-0.9", get.replace(b"1.1", b"0.9") + b"\r\n", (400,)),
        Row("C0-version-2.0", get.replace(b"1.1", b"2.0") + b"Host: x\r\n\r\n", (400,)),
        Row("C0-version-1.10", get.replace(b"1.1", b"1.10") + b"Host: x\r\n\r\n", (400,)),
        Row(
            "C0-version-in-small-letters",
            get.replace(b"HTTP", b"http") + b"Host: x\r\n\r\n",
            (400,),
        ),
        Row("C0-TLS-on-the-wrong-port", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", (400,)),
        Row("C0-head-of-300-kB", request(HEALTH, b"X: " + b"a" * 300_000), (413,)),
        Row("C0-head-of-300-kB-in-lines", request(HEALTH, *[b"X: a"] * 60_000), (413,)),
        Row("C0-target-of-70-kB", request(HEALTH + b"?x=" + b"a" * 70_000), (400,)),
        Row("C6-malformed-behind-a-request", request(NATIVE) + b"BAD\r\n\r\n", (200, 400)),
        Row("C6-malformed-behind-a-body", posted() + b"BAD\r\n\r\n", (200, 400), PAGE),
        Row("C6-malformed-behind-ten", request(NATIVE) * 10 + b"\x00", (200,) * 10 + (400,)),
        Row("C6-no-host-behind-a-request", request(NATIVE) + get + b"\r\n", (200, 400)),
        Row(
            "C6-FOO-on-a-hook",
            request(HOOK, method=b"FOO"),
            (405, 200),
            (b'"errMsg"', b"method_not_allowed"),
        ),
        Row("C6-FOO-natively", request(NATIVE, method=b"FOO"), (404, 200), (b'"message"',)),
        Row(
            "C6-small-letters-on-a-hook", request(HOOK, method=b"post"), (405, 200), (b'"errMsg"',)
        ),
        Row("C6-small-letters-natively", request(HEALTH, method=b"get"), (404, 200)),
        Row("C6-TRACE", request(HEALTH, method=b"TRACE"), (404, 200)),
        Row("C6-method-with-all-signs", request(HEALTH, method=b"!#$%&'*+-.^_`|~"), (404, 200)),
        Row("C0-method-with-a-bracket", request(HEALTH, method=b"G(T"), (400,)),
    ]


def _queries() -> list[Row]:
    switch = "\u5f00\u5173".encode()
    products = b"/pb/api/collections/tbl_product_list/records?perPage=1&filter="
    by_name = products + b"prod_list_name~%27" + switch + b"%27"
    return [
        Row("C2-Chinese-in-a-filter", request(by_name), (200, 200), (b'"totalItems":',)),
        Row(
            "C2-Chinese-in-a-filter-with-quotes", request(by_name.replace(b"%27", b"'")), (200, 200)
        ),
        Row(
            "C2-Chinese-in-a-hook-query",
            request(HOOK + b"?x=" + switch, method=b"GET"),
            (405, 200),
            (b'"errMsg"',),
        ),
        Row(
            "C2-Chinese-in-a-posted-query",
            posted().replace(HOOK, HOOK + b"?x=" + switch),
            (200, 200),
            PAGE,
        ),
        Row("C2-Chinese-in-the-path", request(b"/pb/api/" + switch), (404, 200)),
        Row(
            "C2-Chinese-below-a-hook",
            request(HOOK + b"/" + switch, method=b"POST"),
            (404, 200),
            (b'"errMsg"',),
        ),
        Row("C2-no-UTF-8-in-a-filter", request(products + b"prod_list_name='\xff'"), (400, 200)),
        Row("C2-no-UTF-8-in-the-path", request(b"/pb/api/\xff"), (404, 200)),
        Row(
            "C2-an-origin-is-answered",
            request(by_name, b"Origin: https://shop.example"),
            (200, 200),
            (b"access-control-allow-origin",),
        ),
    ]


def _twice() -> list[Row]:
    token, other = b"Authorization: Bearer @TOKEN@", b"Authorization: Bearer other"
    media = b"Content-Type: text/plain"
    return [
        Row("C3-the-first-token-counts", posted(other), (401, 200)),
        Row(
            "C3-the-second-token-does-not",
            posted().replace(token, token + b"\r\n" + other),
            (200, 200),
            PAGE,
        ),
        Row("C3-the-first-media-type-counts", posted(media), (415, 200)),
        Row(
            "C3-the-second-media-type-does-not",
            posted().replace(b"/json\r\n", b"/json\r\n" + media + b"\r\n"),
            (200, 200),
            PAGE,
        ),
        Row("C0-the-same-token-twice", posted(token), (200, 200), PAGE),
        Row(
            "C3-the-first-override-counts",
            request(
                b"/pb/api/collections/tbl_cart/records/aaaaaaaaaaaaaaa",
                b"X-HTTP-Method-Override: PATCH",
                b"X-HTTP-Method-Override: DELETE",
                b"Content-Length: 0",
                method=b"POST",
            ),
            (404, 200),
        ),
    ]


def _closing() -> list[Row]:
    guest = request(
        HOOK, b"Content-Type: application/json", b"Content-Length: 9000000000", method=b"POST"
    )
    return [
        Row("C4-a-length-of-9-GB-of-a-guest", guest, (401,), (b"connection: close",)),
        Row(
            "C4-a-404-before-9-GB",
            request(b"/pb/api/none", b"Content-Length: 9000000000", method=b"POST") + SMUGGLED,
            (404,),
            (b"connection: close",),
        ),
        Row(
            "C4-a-405-before-9-GB",
            request(HOOK, b"Content-Length: 9000000000", method=b"PUT") + SMUGGLED,
            (405,),
            (b"connection: close",),
        ),
        Row(
            "C4-a-405-before-chunks",
            request(HOOK, b"Transfer-Encoding: chunked", method=b"PUT", body=b"5\r\nab"),
            (405,),
            (b"connection: close",),
        ),
    ]


def table() -> list[Row]:
    """All rows."""
    return [*framing(), *_heads(), *_queries(), *_twice(), *_closing()]
