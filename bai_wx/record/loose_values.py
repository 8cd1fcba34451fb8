"""Conversions of a client's value, whatever its type, as PocketBase makes them. Nothing is refused here.

A value that cannot be converted becomes the field's zero value, and only then the rules are asked.
Numbers are in `go_values`, moments in `dates`.
"""

from math import isfinite
from typing import Any, Final
from urllib.parse import urlsplit

import orjson

from bai_wx.errors import BadQuery
from bai_wx.record.go_values import number_of, text_of
from bai_wx.record.json_text import parse_json
from bai_wx.record.money import MAX_FEN, fen_of

_FARTHEST: Final = 1e300  # an integer beyond a float's range cannot be compared with floats
_WRAPPINGS: Final = 30
_TRUE: Final = frozenset({"1", "t", "T", "true", "TRUE", "True"})  # Go, strconv.ParseBool
_JSON_STARTS: Final = tuple('0123456789-"[{')


def text(value: Any) -> str:
    """Convert a value to a text; a list or an object becomes the empty one."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return text_of(float(value))  # PocketBase keeps every number of a body as a float
    return value if isinstance(value, str) else ""


def truth(value: Any) -> bool:
    """Convert a value to yes or no: a number other than 0 is yes, and so is a text that Go reads as true."""
    if isinstance(value, str):
        return value in _TRUE
    return isinstance(value, (bool, int, float)) and value != 0


def fen(value: Any) -> int | float:
    """Convert an amount of yuan to fen; infinities and NaN stay, for a rule to name them."""
    yuan = number_of(value)
    if not isfinite(yuan):
        return yuan
    if abs(yuan) > MAX_FEN:  # far beyond any amount; exactness no longer matters
        return int(max(-_FARTHEST, min(_FARTHEST, yuan))) * 100
    return fen_of(yuan) or 0


def items(value: Any) -> list[str]:
    """The texts of a list, of a list of texts in JSON, or of a lone value: each once, none empty."""
    if isinstance(value, str) and "[" in value:
        value = _texts(value)
    listed = value if isinstance(value, list) else [value]
    return list(dict.fromkeys(item for item in map(text, listed) if item))


def last_item(value: Any) -> str:
    """The last of the items, the empty text without any."""
    listed = items(value)
    return listed[-1] if listed else ""


def item_list(value: Any) -> str:
    """The items as a JSON list."""
    return orjson.dumps(items(value)).decode()


def json(value: Any) -> str:
    """The compact JSON text of a value, or of the JSON in a text. Raises: `BadQuery` if nested too deeply."""
    if isinstance(value, str) and (value in ("true", "false", "null") or value[:1] in _JSON_STARTS):
        value = _parsed_or(value, value)
    # Wrapped deep enough that whatever can be written here can be written inside an answer, too.
    for _ in range(_WRAPPINGS):
        value = [value]
    try:
        written = orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
    except orjson.JSONEncodeError as exc:
        raise BadQuery("JSON nested too deeply") from exc
    return written[_WRAPPINGS:-_WRAPPINGS]


def is_url(address: str) -> bool:
    """Whether a text is an http or https address with a host and without a space."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    has_space = any(character.isspace() for character in address)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not has_space


def _texts(listed: str) -> Any:
    """What a text with a `[` lists; the text itself where that is no list of texts."""
    found = _parsed_or(listed, None)
    if not isinstance(found, list):
        return listed
    return found if all(item is None or isinstance(item, str) for item in found) else listed


def _parsed_or(json_text: str, otherwise: Any) -> Any:
    try:
        return parse_json(json_text)
    except orjson.JSONDecodeError:
        return otherwise
