"""LIKE patterns: what a literal stands for right of a `~`."""

from typing import Final

from bai_wx.dialect.filter.scan import LiteralValue
from bai_wx.record.go_values import text_of

SQL_SPACES: Final = " \t\n\v\f\r"
"""Spaces that SQLite ignores around a number in a text."""


def pattern_of(value: LiteralValue) -> str:
    r"""The LIKE pattern a value stands for.

    With a `%` of its own it is one already. Else it is looked for anywhere, its `%`, `_` and `\\`
    standing for themselves unless a `\\` before them says so already.
    """
    text = value if isinstance(value, str) else text_of(value)
    if _has_wildcard(text):
        return text
    return f"%{_escaped(text)}%"


def is_whole_pattern(pattern: str) -> bool:
    r"""Whether a pattern does not end with a `\\` that escapes nothing."""
    ends = _marked(pattern)[-1:]
    return ends != [("\\", False)]


def _has_wildcard(text: str) -> bool:
    return any(not escaped and character == "%" for character, escaped in _marked(text))


def _marked(text: str) -> list[tuple[str, bool]]:
    r"""Each character, and whether an unescaped `\\` stands before it."""
    marked = []
    is_escaped = False
    for character in text:
        marked.append((character, is_escaped))
        is_escaped = character == "\\" and not is_escaped
    return marked


def _escaped(text: str) -> str:
    r"""Put a `\\` before each special character without one, going from the end.

    Source: PocketBase, tools/search/filter.go, escapeUnescapedChars.
    """
    reversed_out: list[str] = []
    is_special = False
    for character in reversed(text):
        if is_special:
            if character != "\\":
                reversed_out.append("\\")
            is_special = False
        else:
            is_special = character in "\\%_"
        reversed_out.append(character)
    if is_special:
        reversed_out.append("\\")
    return "".join(reversed(reversed_out))
