"""Which parts of a record the answer holds: `fields=id,expand.company.company_name,*`."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from errors import BadQuery
from records.excerpt import excerpt

EVERYTHING: Final = "*"

Modify = Callable[[Any], Any]


@dataclass
class Pick:
    """What is asked of one key: the whole value, perhaps modified, or parts of it by key."""

    is_whole: bool = False
    modify: Modify | None = None
    parts: dict[str, "Pick"] = field(default_factory=dict)


Picks = dict[str, Pick]


@lru_cache(256)
def read(text: str) -> Picks:
    """Read a comma list of dotted paths. Raises: `BadQuery` for a modifier that is not understood.

    Nobody may change what it returns.
    """
    picks: Picks = {}
    for item in filter(None, map(str.strip, _split(text))):
        path, colon, modifier = item.partition(":")
        pick = _at(picks, path.split("."))
        pick.is_whole = True
        pick.modify = _modifier(modifier) if colon else None
    return picks


def _at(picks: Picks, keys: list[str]) -> Pick:
    for key in keys[:-1]:
        picks = picks.setdefault(key, Pick()).parts
    return picks.setdefault(keys[-1], Pick())


def _split(text: str) -> list[str]:
    """Split at commas outside of parentheses."""
    parts, depth = [""], 0
    for piece in text.split(","):
        parts[-1] += ("," if depth else "") + piece
        depth = max(depth + piece.count("(") - piece.count(")"), 0)
        if not depth:
            parts.append("")
    if depth:
        raise BadQuery("a ( without its ) in fields")
    return parts


def _modifier(text: str) -> Modify:
    name, *arguments = text.replace("(", " ").replace(")", " ").replace(",", " ").split() or [""]
    if name != "excerpt" or not 1 <= len(arguments) <= 2:
        raise BadQuery(f"unknown modifier {text!r}; there is excerpt(max, withEllipsis)")
    if not arguments[0].isascii() or not arguments[0].isdigit() or not int(arguments[0][:18]):
        raise BadQuery("excerpt needs a number of characters")
    max_length = int(arguments[0][:18])
    has_ellipsis = arguments[1:] == ["true"] or arguments[1:] == ["1"]
    return lambda value: excerpt(value, max_length, has_ellipsis)


def pick(value: Any, picks: Picks) -> Any:
    """Keep of an object, or of each object of a list, what is asked for; without picks all."""
    if not picks:
        return value
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
        return pick(value, asked.parts)
    return asked.modify(value) if asked.modify else value
