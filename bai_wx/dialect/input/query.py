"""The query of a native path, read strictly.

PocketBase drops a pair it cannot decode, and a filter with it: the list is then answered whole. We
refuse such a query instead.
"""

import re
from urllib.parse import unquote_to_bytes

from bai_wx.dialect.text_cache import cached_by_text
from bai_wx.errors import BadQuery

MAX_PAIRS = 1000
MAX_ESCAPES = 300_000  # a third of it are Chinese characters; decoding so many takes 0.1 s
_BROKEN_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")


@cached_by_text(1024)
def parse(raw: bytes) -> dict[str, str]:
    """Decode a query; of a repeated name the first value counts. Raises: `BadQuery`.

    Nobody may change what it returns.
    """
    found: dict[str, str] = {}
    for name, value in pairs(raw):
        found.setdefault(name, value)
    return found


def pairs(raw: bytes) -> list[tuple[str, str]]:
    """Decode every pair of a query or of an urlencoded form. Raises: `BadQuery`."""
    if b";" in raw:
        raise BadQuery("a raw ; in a query; write %3B")
    if raw.count(b"%") > MAX_ESCAPES:
        raise BadQuery(f"more than {MAX_ESCAPES} escapes")
    if _BROKEN_ESCAPE.search(raw):
        raise BadQuery("a % in a query that begins no escape; write %25")
    if raw.count(b"&") > MAX_PAIRS:
        raise BadQuery(f"more than {MAX_PAIRS} pairs")
    return [_pair(part) for part in raw.split(b"&") if part]


def _pair(part: bytes) -> tuple[str, str]:
    name, _, value = part.partition(b"=")
    try:
        return _decoded(name), _decoded(value)
    except UnicodeDecodeError as exc:
        raise BadQuery("a query that is not UTF-8") from exc


def _decoded(raw: bytes) -> str:
    return unquote_to_bytes(raw.replace(b"+", b" ")).decode()
