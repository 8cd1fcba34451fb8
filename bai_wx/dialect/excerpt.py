"""The beginning of a rich text as plain text: `fields=document_content:excerpt(80,true)`."""

import re
import threading
import time
from collections import Counter
from html import unescape
from typing import Any, Final

from bai_wx.errors import BadQuery

# As the browser splits HTML, near enough: each alternative stops at the next `<`, so that broken
# markup costs no second look.
_PIECE: Final = re.compile(
    r"""<!--.*?(?:-->|\Z)
      | <(?P<close>/?)(?P<tag>[A-Za-z][A-Za-z0-9]*+)(?:(?:"[^"]*"|'[^']*'|[^"'<>])*+>|[^<>]*>)
      | <[A-Za-z/!?][^<>]*\Z
      | <[!?][^<>]*>
      | (?P<text>[^<]+|<)
    """,
    re.VERBOSE | re.DOTALL,
)
_SPACES: Final = re.compile(r"[ \t\n\f\r]+")
_RAW: Final = frozenset({"script", "style", "iframe", "textarea"})
"""Elements that are not shown; nothing inside them is markup."""
_UNSEEN: Final = frozenset(
    {"applet", "button", "dialog", "embed", "form", "img", "input", "object", "option", "picture"}
    | {"select", "svg", "template"}
)
_IN_HEAD: Final = frozenset({"title", "noscript", "noframes"})
"""Elements that are not shown before the text begins, because they are in the head then."""
_NO_ELEMENT: Final = frozenset({"html", "head", "body", "frame", "frameset"})
_IN_TABLE: Final = frozenset(
    {"caption", "col", "colgroup", "tbody", "td", "tfoot", "th", "thead", "tr"}
)
_INLINE: Final = frozenset(
    {"a", "abbr", "acronym", "b", "bdo", "big", "br", "cite", "code", "em", "i", "label", "q"}
    | {"small", "span", "strong", "strike", "sub", "sup", "time"}
)
_VOID: Final = frozenset(
    {"area", "base", "basefont", "bgsound", "br", "col", "embed", "hr", "img", "input", "keygen"}
    | {"link", "meta", "param", "source", "track", "wbr"}
)
LIMIT_S: Final = 2
"""How long all excerpts of one answer may take; a filter may take as long."""
_PIECES_BETWEEN_CHECKS: Final = 1000
_TRIM_MARGIN: Final = 2  # bytes beyond the limit, so that spaces at both ends can go


class _Thread(threading.local):
    until = float("inf")


_thread = _Thread()


def start_clock() -> None:
    """Start the time of an answer's excerpts in this thread: together they have `LIMIT_S`."""
    _thread.until = time.monotonic() + LIMIT_S


def _check_time() -> None:
    if time.monotonic() > _thread.until:
        raise BadQuery("excerpts that take too long")


def excerpt(value: Any, max_length: int, has_ellipsis: bool) -> Any:
    """Cut a text to `max_length` characters, tags stripped and spaces collapsed; other values stay.

    PocketBase goes into no further element once it has so many bytes, however few characters they
    are; the text beside the elements goes on. A Chinese text may end before the limit.
    Raises: `BadQuery` when this answer's excerpts take too long.
    Source: PocketBase, tools/picker/excerpt_modifier.go.
    """
    if not isinstance(value, str):
        return value
    text = _plain(value, max_length)
    if len(text) <= max_length:
        return text
    return text[:max_length].strip() + ("..." if has_ellipsis else "")


def _plain(html: str, max_length: int) -> str:
    """The plain text, cut somewhere after its first `max_length` characters."""
    text = _Text(max_length + _TRIM_MARGIN)
    raw = ""
    for place, piece in enumerate(_PIECE.finditer(html)):
        if place % _PIECES_BETWEEN_CHECKS == 0:
            _check_time()
        tag = (piece["tag"] or "").lower()
        if raw:
            raw = "" if piece["close"] and tag == raw else raw
        elif tag and piece["close"]:
            text.close(tag)
        elif tag in _RAW or (tag in _IN_HEAD and text.is_empty):
            raw = tag
        elif tag:
            text.open(tag)
        elif piece["text"]:
            text.add(_SPACES.sub(" ", unescape(piece["text"])))
        if text.length > max_length:
            break
    return "".join(text.parts).strip()


class _Text:
    """Text that grows piece by piece, never with two spaces side by side.

    `length` counts its characters between the spaces at its ends. It takes nothing from elements that are
    not shown, nor from those that open when it has more than `most_bytes`.
    """

    def __init__(self, most_bytes: int) -> None:
        self.parts = [" "]  # the document is a block of its own
        self.length = 0
        self._most_bytes = most_bytes
        self._bytes = 1
        self._spaces = 0  # at the end
        self._elements: list[str] = []
        self._open = Counter[str]()
        self._left_out: int | None = None  # how many elements stand around the first of these

    @property
    def is_empty(self) -> bool:
        """Whether there is no text yet, and no element is open."""
        return not self.length and not self._elements

    def open(self, tag: str) -> None:
        """Begin an element."""
        if tag in _NO_ELEMENT or (tag in _IN_TABLE and not self._open["table"]):
            return
        self._border(tag)
        if tag in _VOID:
            return
        is_left_out = tag in _UNSEEN or self._bytes > self._most_bytes
        if self._left_out is None and is_left_out:
            self._left_out = len(self._elements)
        self._elements.append(tag)
        self._open[tag] += 1

    def close(self, tag: str) -> None:
        """End an element with those inside it; nothing when there is none."""
        if not self._open[tag]:
            if tag == "p":  # which a browser takes for an empty paragraph
                self._border(tag)
            return
        inner = ""
        while inner != tag:
            inner = self._elements.pop()
            self._open[inner] -= 1
            if self._left_out == len(self._elements):
                self._left_out = None
            self._border(inner)

    def _border(self, tag: str) -> None:
        if tag not in _INLINE and tag not in _UNSEEN:
            self.add(" ")

    def add(self, more: str) -> None:
        """Add a text."""
        if self._left_out is not None:
            return
        if self.parts[-1].endswith(" "):
            more = more.lstrip(" ")
        if more:
            self.parts.append(more)
            self._bytes += len(more.encode(errors="surrogatepass"))
            self._count(more if self.length else more.lstrip())

    def _count(self, more: str) -> None:
        solid = more.rstrip()
        if solid:
            self.length += self._spaces + len(solid)
            self._spaces = 0
        if self.length:
            self._spaces += len(more) - len(solid)
