"""Filter, step one: text to tokens. Knows no fields and no SQL.

Each text or number becomes a mark among the tokens, and its value is listed separately. Two filters that
differ in such values alone need the same SQL, so plans are cached by tokens.
"""

import re
from collections.abc import Iterator
from math import isfinite
from typing import NamedTuple

from bai_wx.dialect.text_cache import cached_by_text
from bai_wx.errors import BadQuery, Forbidden

MAX_BYTES = 3500

TEXT, EMPTY, NUMBER = "'…'", "''", "0"
"""The marks of a text, the empty text and a number among the tokens."""

Tokens = tuple[str, ...]
LiteralValue = str | float

SUPERUSER_TERMS = ("@collection.", "@request.")

_TOKEN = re.compile(
    r"""(?P<space>(?:[ \t\n]|//[^\n]*)++)
      | (?P<text>'(?>[^'\\]+|\\.)*'|"(?>[^"\\]+|\\.)*")
      | (?P<number>-?[0-9]+(?:\.[0-9]+)?|-\.[0-9]+)
      | (?P<call>[A-Za-z_@\#][A-Za-z0-9_.:]*\()
      | (?P<name>[A-Za-z_@\#][A-Za-z0-9_.:]*(?<![.:]))
      | (?P<symbol>[=!<>~?]+|&&|\|\||[(),])
      | (?P<unknown>.+)
    """,
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_ESCAPE = re.compile(r"\\([\\'\"ntr])")
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r"}


class Scanned(NamedTuple):
    """A filter's tokens, and the values of the texts and numbers marked in them, in order."""

    tokens: Tokens
    values: tuple[LiteralValue, ...]


NO_FILTER = Scanned((), ())


@cached_by_text(1024)
def scan(text: str) -> Scanned:
    """Split a filter into its tokens. Raises: `BadQuery`."""
    if not text:
        return NO_FILTER
    if _size(text) > MAX_BYTES:
        raise BadQuery(f"a filter of more than {MAX_BYTES} bytes")
    if "\0" in text:
        # PocketBase's scanner takes it for the end and drops the conditions after it.
        raise BadQuery("a NUL in a filter")
    values: list[LiteralValue] = []
    tokens = tuple(_tokens(text, values))
    if not tokens:
        raise BadQuery("a filter that says nothing")
    return Scanned(tokens, tuple(values))


def refuse_superuser_terms(*texts: str) -> None:
    """Raise `Forbidden` for texts that mention, even in a literal, what only PocketBase's rules may look at."""
    for text in texts:
        for term in SUPERUSER_TERMS:
            if term in text:
                raise Forbidden(f"Only superusers can filter by {term}")


def _size(text: str) -> int:
    try:
        return len(text.encode())
    except UnicodeEncodeError as exc:
        raise BadQuery("a filter with half a surrogate pair") from exc


def _tokens(text: str, values: list[LiteralValue]) -> Iterator[str]:
    for match in _TOKEN.finditer(text):
        kind, token = match.lastgroup, match.group()
        if kind == "text":
            yield _text(token, values)
        elif kind == "number":
            values.append(_number(token))
            yield NUMBER
        elif kind == "unknown":
            raise BadQuery(f"{token[0]!r} has no meaning in a filter")
        elif kind != "space":
            yield token


def _number(token: str) -> float:
    number = float(token)
    return number if isfinite(number) else 0.0  # as PocketBase reads what no float holds


def _text(token: str, values: list[LiteralValue]) -> str:
    value = token[1:-1]
    if not value:
        return EMPTY
    if "\\" in value:
        value = _ESCAPE.sub(lambda found: _ESCAPED.get(found[1], found[1]), value)
    values.append(value)
    return TEXT
