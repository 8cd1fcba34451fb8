"""Queries are read strictly, bodies generously.

Covers: bai_wx/dialect/input/body.py, bai_wx/dialect/input/multipart.py
"""

import pytest

from bai_wx.dialect.input import body, query
from bai_wx.errors import BadQuery, UnsupportedContentType


@pytest.mark.parametrize(
    ("raw", "values"),
    [
        pytest.param(b"", {}, id="none"),
        pytest.param(b"a=1&a=2", {"a": "1"}, id="first wins"),
        pytest.param(b"a+b=c+d&&e", {"a b": "c d", "e": ""}, id="plus, gaps, no value"),
        pytest.param("k=%E5%95%86&n=商".encode(), {"k": "商", "n": "商"}, id="UTF-8"),
        pytest.param(b"f=a%3D1%3B=2", {"f": "a=1;=2"}, id="encoded signs"),
    ],
)
def test_query_is_decoded(raw: bytes, values: dict[str, str]) -> None:
    """Names and values as the client meant them."""
    assert query.parse(raw) == values


@pytest.mark.parametrize("raw", [b"a=%zz", b"a=%", b"a=1;b=2", b"a=%ff", b"\xff=1", b"a=%ed%a0%80"])
def test_broken_query_is_refused(raw: bytes) -> None:
    """PocketBase would drop the pair, and a filter with it."""
    with pytest.raises(BadQuery):
        query.parse(raw)


JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=xx"


def parts(*contents: str) -> bytes:
    """A multipart body."""
    return (
        "".join(f"--xx\r\nContent-Disposition: form-data; {c}\r\n" for c in contents).encode()
        + b"--xx--\r\n"
    )


@pytest.mark.parametrize(
    ("content_type", "raw", "values"),
    [
        pytest.param("", b"", {}, id="nothing needs no type"),
        pytest.param(JSON, b'{"a":1,"a":"2"}', {"a": "2"}, id="last key counts"),
        pytest.param("Application/JSON; charset=utf-8", b"{}", {}, id="any case"),
        pytest.param("application/jsonx", b"null", {}, id="a prefix will do; null is empty"),
        pytest.param(JSON, rb'{"a":"\u0000"}', {"a": "\0"}, id="NUL"),
        pytest.param(JSON, b'{"a":' + b"9" * 40 + b"}", {"a": 1e40}, id="long number"),
        pytest.param(
            FORM,
            b"a=x&n=3&m=1.5&z=03&t=true&a=y",
            {"a": ["x", "y"], "n": 3, "m": 1.5, "z": "03", "t": True, "kind": "q"},
            id="form with the query",
        ),
        pytest.param(
            FORM,
            b"%40jsonPayload=%7B%22a%22%3A%223%22%7D",
            {"a": "3", "kind": "q"},
            id="payload as it is",
        ),
        pytest.param(f"{FORM}x", b"a=1", {"kind": "q"}, id="a longer name reads nothing"),
        pytest.param(f"{FORM};", b"kind=p", {"kind": ["p", "q"]}, id="the query comes last"),
        pytest.param(
            MULTIPART, parts('name="kind"\r\n\r\np'), {"kind": ["q", "p"]}, id="the query first"
        ),
        pytest.param(
            FORM,
            b"a=1&%40jsonPayload=null&%40jsonPayload=%7B%22b%22%3A2%7D",
            {"b": 2},
            id="a payload of null takes the place of all before",
        ),
        pytest.param(
            MULTIPART,
            parts('name="a"; filename=""\r\n\r\n7'),
            {"a": 7, "kind": "q"},
            id="a file without a name is a text",
        ),
        pytest.param(
            MULTIPART,
            parts('name="a"\r\n\r\n7').replace(b"form-data", b"attachment"),
            {"kind": "q"},
            id="a part that is no form's",
        ),
        pytest.param(
            MULTIPART,
            parts('name="a"\r\n\r\n7', 'name="f"; filename="x"\r\n\r\nbytes'),
            {"a": 7, "kind": "q"},
            id="multipart without its files",
        ),
    ],
)
def test_body_is_parsed(content_type: str, raw: bytes, values: dict[str, object]) -> None:
    """Each form of body is one dict."""
    assert body.parse(content_type, raw, [("kind", "q")]) == values


@pytest.mark.parametrize(
    ("content_type", "raw"),
    [
        pytest.param(JSON, b"{bad", id="no JSON"),
        pytest.param(JSON, b"[1]", id="array"),
        pytest.param(JSON, b"3", id="scalar"),
        pytest.param(JSON, b"{} x", id="text after"),
        pytest.param(JSON, b'{"a":"\xff"}', id="no UTF-8"),
        pytest.param(JSON, rb'{"a":"\ud800"}', id="half a surrogate pair"),
        pytest.param(JSON, b'{"a":NaN}', id="NaN"),
        pytest.param(JSON, b'{"a":1e999}', id="infinite"),
        pytest.param(JSON, b'{"a":' * 5000, id="deep"),
        pytest.param(FORM, b"a=%zz", id="broken escape"),
        pytest.param(f"{FORM}; charset", b"a=1", id="half a parameter"),
        pytest.param(f"{FORM}; a=1; A=2", b"a=1", id="a parameter twice"),
        pytest.param(f"{FORM} x", b"a=1", id="something behind the media type"),
        pytest.param("multipart/form-datax; boundary=xx", b"--xx--", id="a longer name"),
        pytest.param(FORM, b"@jsonPayload=3", id="payload that is no object"),
        pytest.param("multipart/form-data", b"x", id="no boundary"),
        pytest.param(MULTIPART, b"nonsense", id="no multipart"),
        pytest.param(MULTIPART, parts('name="a"\r\n\r\n7')[:40], id="cut off"),
        pytest.param("text/xml", b"<a/>", id="XML"),
        pytest.param(JSON, b'{"a":[' + b"0," * 100_001 + b"0]}", id="too many values"),
        pytest.param(FORM, b"@jsonPayload=[" + b"0," * 100_001 + b"0]", id="too many in a payload"),
    ],
)
def test_broken_body_is_refused(content_type: str, raw: bytes) -> None:
    """All of them by the generic 400."""
    with pytest.raises(BadQuery) as refused:
        body.parse(content_type, raw, [])
    assert refused.value.sentence == BadQuery.message


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/vnd.api+json"])
def test_other_media_types_are_named(content_type: str) -> None:
    """PocketBase has a sentence of its own for them."""
    with pytest.raises(UnsupportedContentType):
        body.parse(content_type, b"{}", [])
