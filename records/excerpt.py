"""The beginning of a rich text as plain text: `fields=document_content:excerpt(80,true)`."""

import re
from html import unescape
from typing import Any, Final

# As the browser splits HTML, near enough: each alternative stops at the next `<`, so that broken
# markup costs no second look.
_PIECE: Final = re.compile(
    r"""<!--.*?(?:-->|\Z)
      | <(?P<close>/?)(?P<tag>[A-Za-z][A-Za-z0-9]*)(?:(?:"[^"]*"|'[^']*'|[^"'<>])*+>|[^<>]*>)
      | <[A-Za-z/!?][^<>]*\Z
      | <[!?][^<>]*>
      | (?P<text>[^<]+|<)
    """,
    re.VERBOSE | re.DOTALL,
)
_SPACES: Final = re.compile(r"[ \t\n\f\r]+")
_UNSEEN: Final = frozenset({"head", "style", "script", "iframe", "embed", "object"})
_VOID: Final = frozenset({"embed"})
_INLINE: Final = re.compile(
    "a|abbr|acronym|b|bdo|big|br|button|cite|code|em|i|label|q|small|span|strong|strike|sub|sup|time"
)
_ENOUGH: Final = 2  # characters beyond the limit, so that spaces at both ends can go


def excerpt(value: Any, max_length: int, has_ellipsis: bool) -> Any:
    """Cut a text to so many characters, tags stripped and spaces collapsed; others pass unchanged.

    Source: PocketBase, tools/picker/excerpt_modifier.go.
    """
    if not isinstance(value, str):
        return value
    text = _plain(value, max_length + _ENOUGH)
    if len(text) <= max_length:
        return text
    return text[:max_length].strip() + ("..." if has_ellipsis else "")


def _plain(html: str, enough: int) -> str:
    """At least the first `enough` characters of the text, if there are as many."""
    text = _Text()
    unseen = ""
    for piece in _PIECE.finditer(html):
        tag = (piece["tag"] or "").lower()
        if unseen:
            unseen = "" if piece["close"] and tag == unseen else unseen
        elif tag in _UNSEEN:
            unseen = "" if piece["close"] or tag in _VOID else tag
        elif tag:
            text.add("" if _INLINE.fullmatch(tag) else " ")
        elif piece["text"]:
            text.add(_SPACES.sub(" ", unescape(piece["text"])))
        if text.length > enough:
            break
    return "".join(text.parts).strip()


class _Text:
    """Text that grows piece by piece, never with two spaces side by side."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.length = 0

    def add(self, more: str) -> None:
        if self.parts and self.parts[-1].endswith(" "):
            more = more.lstrip(" ")
        if more:
            self.parts.append(more)
            self.length += len(more)
