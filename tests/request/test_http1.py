"""Heads and bodies as they are read, cut anywhere.

Covers: bai_wx/request/http_exchange.py
"""

import pytest

from bai_wx.request.http1 import BrokenBody, ChunkedBody, SizedBody, begins_badly, read_head

HEAD = b"POST /pb/api/x?q=\xe5\xbc\x80 HTTP/1.1\r\nHost: shop\r\nX-A:  1 \t\r\nx-a: 2\r\n"
CHUNKS = b"5;a=b\r\nhello\r\n1\r\n \r\n005\r\nworld\r\n0\r\nX: y\r\nAuthorization: z\r\n\r\n"
NEXT = b"GET / HTTP/1.1"


def test_head_is_read() -> None:
    """Names in small letters, values without spaces around, what is not ASCII escaped."""
    head = read_head(HEAD)
    assert head.problem is None
    assert (head.method, head.path, head.query) == ("POST", "/pb/api/x", b"q=%E5%BC%80")
    assert head.headers == [(b"host", b"shop"), (b"x-a", b"1")]


def test_fields_that_are_remembered_stay_as_they_were_read() -> None:
    """What becomes of one request's fields is nothing to the next request with the same ones."""
    read_head(HEAD).headers.clear()
    other = read_head(b"GET /pb HTTP/1.0\r\n" + HEAD.partition(b"\r\n")[2])
    assert (other.method, other.path, other.version) == ("GET", "/pb", "1.0")
    assert other.headers == [(b"host", b"shop"), (b"x-a", b"1")]
    for _ in range(2):
        refused = read_head(HEAD + b"Host: other\r\n").problem
        assert refused is not None
        assert refused.detail == "host more than once"


@pytest.mark.parametrize("cut", range(1, len(HEAD)))
def test_no_beginning_of_a_good_head_is_refused(cut: int) -> None:
    """Wherever the network cuts it."""
    assert not begins_badly(HEAD[:cut], 0)
    assert not begins_badly(HEAD, cut)


@pytest.mark.parametrize("cut", range(len(CHUNKS + NEXT) + 1))
def test_chunks_are_read_wherever_they_are_cut(cut: int) -> None:
    """The data is delivered, trailers are not, and what follows is handed back."""
    body, got = ChunkedBody(), bytearray()
    rest = None
    for part in ((CHUNKS + NEXT)[:cut], (CHUNKS + NEXT)[cut:]):
        rest = body.read(part, got.extend) if rest is None else rest + part
    assert bytes(got) == b"hello world"
    assert rest == NEXT


def test_chunks_are_read_byte_by_byte() -> None:
    """As slowly as one can send."""
    body, got = ChunkedBody(), bytearray()
    ends = [body.read(CHUNKS[n : n + 1], got.extend) for n in range(len(CHUNKS))]
    assert bytes(got) == b"hello world"
    assert ends == [None] * (len(CHUNKS) - 1) + [b""]


def test_trailers_that_never_end_are_refused() -> None:
    """However they are cut."""
    body = ChunkedBody()
    body.read(b"0\r\n", bytearray().extend)
    lines = (body.read(b"X: abcdefgh\r\n", bytearray().extend) for _ in range(100_000))
    with pytest.raises(BrokenBody):
        all(rest is None for rest in lines)


def test_sized_body_ends_where_it_says() -> None:
    """What follows is handed back."""
    body, got = SizedBody(5), bytearray()
    assert body.read(b"hel", got.extend) is None
    assert body.read(b"lo" + NEXT, got.extend) == NEXT
    assert bytes(got) == b"hello"
