"""The parts of a record that `fields` asks for: `fields=id,expand.company.company_name,*`."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from bai_wx.dialect.excerpt import excerpt, start_clock
from bai_wx.dialect.text_cache import cached_by_text
from bai_wx.errors import BadQuery
from bai_wx.record import go_values

EVERYTHING: Final = "*"
MAX_EXCERPT: Final = 10_000

_QUOTES: Final = ("'", '"', "`")
_SPACES: Final = " \t\n\v\f\r\x85\xa0"
_LAST_DOT: Final = re.compile(r"(?<!\*)\.\Z")  # it names the same key, except after a star
_NUL: Final = "\0"

Modify = Callable[[Any], Any]


@dataclass
class Pick:
    """The request for one key: its whole value, perhaps modified, or parts of it by key."""

    is_whole: bool = False
    modify: Modify | None = None
    parts: dict[str, "Pick"] = field(default_factory=dict)


Picks = dict[str, Pick]


@cached_by_text(256)
def parse(text: str) -> Picks:
    """Parse a comma list of dotted paths. Raises: `BadQuery` for a modifier that is not understood.

    Nobody may change what it returns.
    """
    picks: Picks = {}
    for item in _tokens(text, ",", has_groups=True):
        path, colon, modifier = item.strip().partition(":")
        pick = _at(picks, _LAST_DOT.sub("", path).split("."))
        pick.is_whole = True
        pick.modify = _modifier(modifier) if colon else None
    return picks


def _at(picks: Picks, keys: list[str]) -> Pick:
    for key in keys[:-1]:
        picks = picks.setdefault(key, Pick()).parts
    return picks.setdefault(keys[-1], Pick())


def _tokens(text: str, separators: str, *, has_groups: bool) -> list[str]:
    """Split at separators outside of quotes and, where they group, of parentheses.

    Source: PocketBase, tools/tokenizer/tokenizer.go, to which a NUL is the end of a token.
    """
    tokens, token, depth, quote = [], "", 0, ""
    for char in f"{text}{_NUL}":
        if char in _QUOTES and quote in ("", char) and not (quote and token.endswith("\\")):
            quote = "" if quote else char
        elif has_groups and not quote:
            depth = max(depth + (char == "(") - (char == ")"), 0)
        is_open = bool(quote or depth)
        if char == _NUL and is_open:
            raise BadQuery("a quote or a ( without its end in fields")
        if char == _NUL or (char in separators and not is_open):
            tokens.append(token.strip(_SPACES))
            token = ""
        else:
            token += char
    return list(filter(None, tokens))


def _modifier(text: str) -> Modify:
    name, *arguments = _tokens(text, "(), ", has_groups=False) or [""]
    if name != "excerpt" or not 1 <= len(arguments) <= 2:
        raise BadQuery(f"unknown modifier {text!r}; there is excerpt(max, withEllipsis)")
    max_length = go_values.whole_of(arguments[0])
    if not 0 < max_length <= MAX_EXCERPT:
        raise BadQuery(f"excerpt needs a number of characters, {MAX_EXCERPT} at the most")
    has_ellipsis = len(arguments) == 2 and go_values.truth_of(arguments[1]) is True
    return lambda value: excerpt(value, max_length, has_ellipsis)


def pick(value: Any, picks: Picks) -> Any:
    """Keep the picked keys of an object, or of each object of a list; without picks, all of them.

    Raises: `BadQuery` when the excerpts in it take too long together.
    """
    if not picks:
        return value
    start_clock()
    return _pick(value, picks)


def _pick(value: Any, picks: Picks) -> Any:
    if isinstance(value, dict):
        return _of_object(value, picks)
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [_of_object(item, picks) if isinstance(item, dict) else item for item in value]
    return value


def _of_object(record: dict[str, Any], picks: Picks) -> dict[str, Any]:
    others = picks.get(EVERYTHING)
    if others is not None and not others.is_whole:
        others = None
    asked = ((key, value, picks.get(key, others)) for key, value in record.items())
    return {key: _picked(value, found) for key, value, found in asked if found is not None}


def _picked(value: Any, asked: Pick) -> Any:
    if not asked.is_whole:
        return _pick(value, asked.parts) if asked.parts else value
    return asked.modify(value) if asked.modify else value
