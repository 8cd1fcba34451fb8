"""Conditional and range requests in Connexion's lane: what RFC 9110 (13 and 14) makes of one for known content.

Where it leaves room we do as PocketBase's `http.ServeContent`, but for a range that cannot be read: it is
ignored, where Go answers 416.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from werkzeug.http import parse_date

from bai_wx.errors import PreconditionFailed, RangeNotSatisfiable

Headers = Mapping[bytes, bytes]
LONGEST_DATE = 100
_RANGE = re.compile(r"bytes=[ \t]*([0-9]{0,100})-([0-9]{0,100})[ \t]*", re.IGNORECASE)
# Each byte is looked at once: a header may be 100,000 bytes long.
_TAG = re.compile(rb'(W/)?("[^"]*")')


@dataclass(frozen=True, slots=True)
class Content:
    """What is asked for: its quoted ETag, which is a strong one, and its Unix time where it has one."""

    etag: bytes
    size: int
    mtime: int | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a content: `length` bytes from `offset` on."""

    offset: int
    length: int


def is_known(headers: Headers, content: Content) -> bool:
    """Tell whether the client has the content already, which is 304. Raises: `PreconditionFailed`."""
    if b"if-match" in headers:
        if not _names(headers[b"if-match"], content.etag, weakly=False):
            raise PreconditionFailed
    elif _is_newer(content, headers.get(b"if-unmodified-since")) is True:
        raise PreconditionFailed
    if b"if-none-match" in headers:
        return _names(headers[b"if-none-match"], content.etag, weakly=True)
    return _is_newer(content, headers.get(b"if-modified-since")) is False


def wanted_part(headers: Headers, content: Content) -> Part | None:
    """Read which part is asked for; None for the whole. Raises: `RangeNotSatisfiable`.

    Several parts at once may be ignored (RFC 9110, 14.2), and are.
    """
    matched = _RANGE.fullmatch(headers.get(b"range", b"").decode("latin-1"))
    if matched is None or not _may_be_cut(headers, content):
        return None
    first, last = matched.groups()
    if not first:
        return _suffix(int(last), content.size) if last else None
    start = int(first)
    if last and int(last) < start:
        return None
    if start >= content.size:
        raise RangeNotSatisfiable(content.size)
    end = min(int(last), content.size - 1) if last else content.size - 1
    return Part(start, end - start + 1)


def _suffix(length: int, size: int) -> Part:
    """The last `length` bytes, or the whole of what is shorter."""
    if not length or not size:
        raise RangeNotSatisfiable(size)
    length = min(length, size)
    return Part(size - length, length)


def _may_be_cut(headers: Headers, content: Content) -> bool:
    """Whether `If-Range`, if there is one, names this very content: a weak tag never does."""
    condition = headers.get(b"if-range")
    if condition is None:
        return True
    if condition.startswith((b'"', b"W/")):
        return condition.strip() == content.etag
    return content.mtime is not None and _seconds(condition) == content.mtime


def _names(condition: bytes, etag: bytes, *, weakly: bool) -> bool:
    """Whether a list of tags, or `*`, names this one."""
    if condition.strip() == b"*":
        return True
    return any(tag == etag and (weakly or not weak) for weak, tag in _TAG.findall(condition))


def _is_newer(content: Content, date: bytes | None) -> bool | None:
    """Whether the content changed after a date; None when there is no such date."""
    seconds = None if date is None else _seconds(date)
    if seconds is None or content.mtime is None:
        return None
    return content.mtime > seconds


def _seconds(date: bytes) -> int | None:
    """Read an HTTP date."""
    if len(date) > LONGEST_DATE:
        return None
    parsed = parse_date(date.decode("latin-1"))
    return None if parsed is None else int(parsed.timestamp())
