"""Requests that no client would write. Hypothesis draws the pieces, a seeded `Random` puts them together.

Hypothesis knows which numbers and characters break programs, but takes a millisecond or more for a request and
repeats itself: of 2,000 requests that it made whole, some 350 were distinct.
"""

import json
import re
from collections.abc import Callable, Sequence
from random import Random
from typing import Any, TypeVar
from urllib.parse import quote

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

LISTS = ("tbl_product_list", "tbl_document", "tbl_attachments", "tbl_company", "tbl_cart")
HOOKS = ("wechat/login", "wechat/profile", "cart/create", "cart/update", "cart/list")
HOOKS += ("order/create", "order/update", "order/list")
PARAMETERS = ("filter", "sort", "expand", "page", "perPage", "skipTotal")
DRAWN = 300  # pieces of each sort, for one set of them
MAY_BE_CUT = ("head", "trailer")
"""Kinds whose requests may end before the server has all that they promise."""
MUTATED = 0.3  # of the pieces
LONGEST_LINE, LONGEST_TEXT, LONGEST_WORD = 40, 60, 8
MOST_HEADERS, MOST_TRAILERS, MOST_PARTS = 8, 5, 5
MOST_PIECES = 30  # of an expression
DEEPEST, MOST_INNER = 4, 5  # of JSON

NAMES = (
    *(b"Host", b"Content-Length", b"Transfer-Encoding", b"Connection", b"Upgrade", b"Expect"),
    *(b"Content-Type", b"Authorization", b"Range", b"If-None-Match", b"X-HTTP-Method-Override"),
    *(b"X-Forwarded-For", b"Origin", b"Idempotency-Key", b"Content-Encoding", b"Trailer", b"TE"),
)
VALUES = (
    *(b"shop", b"0", b"2", b"chunked", b"gzip, chunked", b"close", b"upgrade", b"h2c", b"*"),
    *(b"application/json", b"multipart/form-data; boundary=x", b"bytes=-1", b"PATCH", b"a" * 9000),
)
COLONS = (b": ", b": ", b": ", b":", b" :", b":\t")
METHODS = (b"GET", b"POST", b"PATCH", b"DELETE", b"HEAD", b"OPTIONS", b"get", b"FOO")
PATHS = (b"/pb/api/health", b"/pb/api/cart/list", b"/pb/api/collections/tbl_cart/records")
PATHS += (b"*", b"/")
EXPRESSION = (
    *("id", "created", "prod_list_name", "prod_list_icon.id", "document_content", "expand", "*"),
    *("=", "!=", "~", "?~", "&&", "||", "(", ")", "'", '"', "\\", "%", ",", ".", ":", "-", "@"),
    *("now", "null", "1", "-1", "1e999", "strftime('%Y',created)", ":each", ":length", ":lower"),
    *(":excerpt(9,true)", ":excerpt(999999)", "tbl_product_list_via_prod_list_icon", "商", "\0"),
)
TIMES = (1, 1, 1, 20, 200)
KEYS = ("cart_id", "cart_ids", "items", "quantity", "order_amount", "users_name")
MEDIA = (b"application/json", b"multipart/form-data", b"text/plain", b"")
FILLERS = (b" ", b";", b"\t", b'"', b"a=", b"; boundary=", b"\\")
FILLED = (0, 1, 3, 500, 5000)
DISPOSITIONS = (b'form-data; name="attachments_link"; filename="a.png"', b"form-data")
ENDS = (b"--x--\r\n", b"--x--\r\n", b"--x--\r\n", b"", b"--x")

_NOT_RAW = re.compile(rb"[\x00-\x20#]")  # they would end the path
T = TypeVar("T")


class Inputs:
    """Makes requests by kind. `token` is of a user; the same seed makes the same requests."""

    def __init__(self, token: str, first_seed: int, drawn: int = DRAWN) -> None:
        self._drawn = drawn
        self._authorization = f"Authorization: Bearer {token}\r\n".encode()
        self._random = Random(first_seed)
        self.kinds: dict[str, Callable[[], bytes]] = {
            "head": self._head,
            "trailer": self._trailer,
            "query": lambda: self._listing(self._one(PARAMETERS)),
            "fields": lambda: self._listing("fields"),
            "media type": self._media_type,
            "multipart": self._multipart,
            "JSON body": self._json_body,
        }
        self.draw()

    def draw(self) -> None:
        """Let Hypothesis draw other pieces."""
        number = self._random.randrange(2**32)
        scalars = st.none() | st.booleans() | st.integers() | st.floats()
        self._bytes = _drawn(st.binary(max_size=LONGEST_LINE), number, self._drawn)
        self._texts = _drawn(st.text(max_size=LONGEST_TEXT), number, self._drawn)
        self._words = _drawn(st.text(max_size=LONGEST_WORD), number, self._drawn)
        self._scalars = _drawn(scalars | st.text(max_size=20), number, self._drawn)

    def of(self, kind: str, count: int) -> list[bytes]:
        """So many requests of a kind."""
        make = self.kinds[kind]
        return [make() for _ in range(count)]

    def _one(self, among: Sequence[T]) -> T:
        return among[int(self._random.random() * len(among))]

    def _up_to(self, most: int) -> range:
        return range(int(self._random.random() * (most + 1)))

    def _any_bytes(self) -> bytes:
        """Bytes as they were drawn, or with a piece of themselves repeated, left out or replaced."""
        found = self._one(self._bytes)
        if self._random.random() >= MUTATED:
            return found
        start, end = sorted((self._place(found), self._place(found)))
        middle = self._one((b"", found[start:end] * 2, self._one(self._bytes)))
        return found[:start] + middle + found[end:]

    def _any_text(self) -> str:
        found = self._one(self._texts)
        if self._random.random() >= MUTATED:
            return found
        start, end = sorted((self._place(found), self._place(found)))
        middle = self._one(("", found[start:end] * 2, self._one(self._texts)))
        return found[:start] + middle + found[end:]

    def _place(self, among: bytes | str) -> int:
        return int(self._random.random() * (len(among) + 1))

    def _line(self) -> bytes:
        return self._any_bytes().replace(b"\r", b"").replace(b"\n", b"")

    def _of_or_line(self, among: Sequence[bytes]) -> bytes:
        return self._one(among) if self._random.random() < 0.5 else self._line()

    def _header(self) -> bytes:
        return self._of_or_line(NAMES) + self._one(COLONS) + self._of_or_line(VALUES) + b"\r\n"

    def _headers(self, most: int) -> bytes:
        return b"".join([self._header() for _ in self._up_to(most)])

    def _head(self) -> bytes:
        path = self._one(PATHS) if self._random.random() < 0.5 else b"/" + self._line()
        line = self._one(METHODS) + b" " + path + b" HTTP/1.1\r\n"
        if self._random.random() < 0.5:  # without a host a request is refused at once
            line += b"Host: shop\r\n"
        return line + self._headers(MOST_HEADERS) + b"\r\n" + self._any_bytes()

    def _trailer(self) -> bytes:
        chunk = self._any_bytes()
        body = b"%x\r\n" % len(chunk) + chunk + b"\r\n" if chunk else b""
        headers = b"Transfer-Encoding: chunked\r\nContent-Type: application/json\r\n"
        body += b"0\r\n" + self._headers(MOST_TRAILERS) + b"\r\n"
        return _request(b"POST /pb/api/cart/list HTTP/1.1\r\n", headers, body)

    def _listing(self, parameter: str) -> bytes:
        """A list asked with an expression, percent-encoded or raw."""
        if self._random.random() < 0.5:
            text = self._any_text()
        else:
            text = "".join([self._one(EXPRESSION) for _ in self._up_to(MOST_PIECES)])
        if self._random.random() < 0.5:
            value = _NOT_RAW.sub(b"+", text.encode(errors="replace"))
        else:
            value = quote(text, errors="replace").encode()
        path = f"/pb/api/collections/{self._one(LISTS)}/records?{parameter}=".encode()
        return _request(b"GET " + path + value * self._one(TIMES) + b" HTTP/1.1\r\n")

    def _media_type(self) -> bytes:
        kind = self._of_or_line(MEDIA) + self._one(FILLERS) * self._one(FILLED) + self._line()
        return self._sized(b"collections/tbl_attachments/records", kind, b"{}")

    def _multipart(self) -> bytes:
        body = b"".join([self._part() for _ in self._up_to(MOST_PARTS)]) + self._one(ENDS)
        kind = b"multipart/form-data; boundary=x"
        return self._sized(b"collections/tbl_attachments/records", kind, body)

    def _part(self) -> bytes:
        header = self._one(
            (
                self._one(DISPOSITIONS),
                b'form-data; name="' + self._line() + b'"',
                b"form-data; name=attachments_link; filename*=" + self._line(),
            )
        )
        value = self._any_bytes()
        return b"--x\r\nContent-Disposition: " + header + b"\r\n\r\n" + value + b"\r\n"

    def _json_body(self) -> bytes:
        whole = self._random.random() < 0.75
        body = json.dumps(self._json(DEEPEST)).encode() if whole else self._any_bytes()
        return self._sized(self._one(HOOKS).encode(), b"application/json", body)

    def _json(self, deep: int) -> Any:
        """A value, mostly an object: nothing else is read any further."""
        drawn = self._random.random()
        if not deep or drawn < 0.2:
            return self._one(self._scalars)
        if drawn < 0.4:
            return [self._json(deep - 1) for _ in self._up_to(MOST_INNER)]
        keys = [self._one((KEYS, self._words)) for _ in self._up_to(MOST_INNER)]
        return {self._one(key): self._json(deep - 1) for key in keys}

    def _sized(self, path: bytes, kind: bytes, body: bytes) -> bytes:
        headers = b"Content-Type: " + kind + b"\r\nContent-Length: %d\r\n" % len(body)
        line = b"POST /pb/api/" + path + b" HTTP/1.1\r\n"
        return _request(line, headers + self._authorization, body)


def _request(line: bytes, headers: bytes = b"", body: bytes = b"") -> bytes:
    return line + b"Host: shop\r\nConnection: close\r\n" + headers + b"\r\n" + body


def _drawn(strategy: st.SearchStrategy[T], number: int, count: int) -> list[T]:
    found: list[T] = []

    @seed(number)
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def note(value: T) -> None:
        found.append(value)

    work: Callable[[], None] = note
    work()
    return found
