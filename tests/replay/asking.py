"""How requests are put together, and ways to spoil a body."""

import json
from random import Random
from typing import Any, Final
from urllib.parse import quote

from urllib3.filepost import encode_multipart_formdata

from tests.replay.known import GUEST, Known
from tests.replay.wire import Headers, Request

JSON_TYPE: Final = ("Content-Type", "application/json")
FORM_TYPE: Final = ("Content-Type", "application/x-www-form-urlencoded")
BOUNDARY: Final = "----replay"
UNREADABLE: Final = (
    b"{",
    b"",
    b"[]",
    b"null",
    b'"text"',
    b"1",
    b"users_wx_code=demo-alice",
    b'{"page":1,}',
    b'{"page":NaN}',
    b'{} {"more":1}',
    b'{"cart_id":"\xff\xfe"}',
    b'{"cart_id":"\\ud800"}',
    b"\xef\xbb\xbf{}",
    b"[" * 70 + b"]" * 70,
    b'{"x":' + b"[" * 1000 + b"]" * 1000 + b"}",
    b"\x1f\x8b\x08\x00garbage",
)
"""Bodies that are no object of JSON, or hardly one."""
TYPES: Final = (
    "text/plain",
    "application/xml",
    "application/json; charset=utf-8",
    "application/json;charset=gbk",
    "APPLICATION/JSON",
    "application/jsonx",
    "multipart/form-data",
    "application/x-www-form-urlencoded",
    "",
)
ODD_VALUES: Final = (
    None,
    True,
    False,
    0,
    -1,
    1.5,
    2.0,
    10**15,
    10**40,
    "",
    " ",
    "1",
    "0x10",
    "' OR 1=1 --",
    "a\x00b",
    "长" * 501,
    "x" * 1001,
    "🛒 é ‮",
    [],
    [None],
    {},
    {"$ne": ""},
)
"""Values that few fields take."""


def authorization(draw: Random, known: Known, who: str) -> Headers:
    """The header that says who asks, in one of the ways it may be written; none for a guest."""
    token = known.tokens.get(who, "")
    if who == GUEST or not token:
        return ()
    return (("Authorization", draw.choice(("Bearer ", "Bearer ", "", "bearer ")) + token),)


def asked(
    family: str,
    method: str,
    target: str,
    headers: Headers = (),
    body: Any = None,
    **more: Any,
) -> Request:
    """A request; a body that is not bytes goes as JSON."""
    if body is None or isinstance(body, bytes):
        return Request(family, method, target, headers, body or b"", **more)
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    return Request(family, method, target, (*headers, JSON_TYPE), content, **more)


def query(**parameters: Any) -> str:
    """A query text, percent-encoded; what is None is left out. Names of ids and times stay readable."""
    given = {name: value for name, value in parameters.items() if value is not None}
    return "&".join(f"{name}={quote(str(value), safe='~')}" for name, value in given.items())


def multipart(fields: list[tuple[str, Any]]) -> tuple[Headers, bytes]:
    """A multipart form: its header and bytes. A file is `(name, bytes, media type)`."""
    content, kind = encode_multipart_formdata(fields, boundary=BOUNDARY)
    return (("Content-Type", kind),), content


def spoilt(draw: Random, body: dict[str, Any]) -> Any:
    """A body with something wrong: a key too many or too few, another value, or no JSON at all."""
    way = draw.randrange(10)
    if way == 0:
        return draw.choice(UNREADABLE)
    if way == 1:
        return {**body, draw.choice(("colour", "id", "is_delete", "token_key", "")): "red"}
    if way == 2 and body:
        left_out = draw.choice(list(body))
        return {name: value for name, value in body.items() if name != left_out}
    name = draw.choice(list(body) or ["page"])
    return {**body, name: draw.choice(ODD_VALUES)}


def posted(
    draw: Random, family: str, target: str, headers: Headers, body: dict[str, Any], share: float
) -> Request:
    """A POST of a JSON body, this share of them spoilt, some chunked or of another media type."""
    if draw.random() >= share:
        return asked(family, "POST", target, headers, body, is_chunked=draw.random() < 0.03)
    found = spoilt(draw, body)
    if isinstance(found, bytes):
        return Request(family, "POST", target, (*headers, JSON_TYPE), found)
    if draw.random() < 0.15:
        kind = draw.choice(TYPES)
        headers = (*headers, ("Content-Type", kind)) if kind else headers
        return Request(family, "POST", target, headers, json.dumps(found).encode())
    return asked(family, "POST", target, headers, found)
