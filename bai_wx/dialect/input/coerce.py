"""From what a client sends to what a column holds.

PocketBase knows no wrong type: what cannot be read becomes the field's zero value, and only then the
rules are asked. A number that breaks a rule stays as it is, for the rule to name it.
"""

from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any, Final

import orjson

from bai_wx.dialect import layout
from bai_wx.dialect.go_values import number_of, text_of
from bai_wx.dialect.input.dates import date_of
from bai_wx.dialect.input.json_text import loaded
from bai_wx.errors import BadQuery
from bai_wx.record import ids
from bai_wx.record.base import Record
from bai_wx.record.fields import RecordField
from bai_wx.record.money import MAX_FEN, fen_of

Values = dict[str, Any]


def coerced(model: type[Record], body: Mapping[str, Any], stored: Mapping[str, Any]) -> Values:
    """Read every visible field of the body; unknown keys are left out.

    A key with a modifier, as `number+`, changes what `stored` holds, or what the same body sets.
    Keys are read shortest first. Raises: `BadQuery` for JSON that is nested too deeply to be kept.
    """
    fields = layout.of(model).fields
    values: Values = {}
    for key in sorted(body, key=len):
        if key in fields:
            values[key] = _COERCIONS[fields[key].kind](body[key])
            continue
        name, modifier = _modified(key)
        change = _MODIFIERS.get(fields[name].kind, {}).get(modifier) if name in fields else None
        if change is not None:
            present = values.get(name, stored.get(name, fields[name].zero))
            values[name] = change(fields[name], present, body[key])
    return values


def _modified(key: str) -> tuple[str, str]:
    """The field and the modifier of a key: `views+` is `views` and `f+`."""
    if key.startswith("+"):
        return key[1:], "+f"
    if key.endswith(("+", "-")):
        return key[:-1], f"f{key[-1]}"
    name, _, modifier = key.partition(":")
    return name, f"f:{modifier}"


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return text_of(float(value))  # PocketBase keeps every number of a body as a float
    return value if isinstance(value, str) else ""


def _fen(value: Any) -> int | float:
    yuan = number_of(value)
    if not isfinite(yuan):
        return yuan
    if abs(yuan) > MAX_FEN:  # far beyond any amount; exactness no longer matters
        return int(max(-_FARTHEST, min(_FARTHEST, yuan))) * 100
    return fen_of(yuan) or 0


_FARTHEST: Final = 1e300  # an integer beyond a float's range cannot be compared with floats


def _single(value: Any) -> str:
    items = _items(value)
    return items[-1] if items else ""


def _many(value: Any) -> str:
    return orjson.dumps(_items(value)).decode()


def _items(value: Any) -> list[str]:
    """The texts of a list, of a list of texts in JSON, or of a lone value: each once, none empty."""
    if isinstance(value, str) and "[" in value:
        value = _texts(value)
    items = value if isinstance(value, list) else [value]
    return list(dict.fromkeys(text for text in map(_text, items) if text))


def _texts(text: str) -> Any:
    """What a text with a `[` lists; the text itself where that is no list of texts."""
    items = _loaded(text, None)
    if not isinstance(items, list):
        return text
    return items if all(item is None or isinstance(item, str) for item in items) else text


def _json(value: Any) -> str:
    if isinstance(value, str) and (value in ("true", "false", "null") or value[:1] in _JSON_STARTS):
        value = _loaded(value, value)
    # Wrapped deep enough that whatever can be written here can be written inside an answer, too.
    for _ in range(_WRAPPINGS):
        value = [value]
    try:
        text = orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
    except orjson.JSONEncodeError as exc:
        raise BadQuery("JSON nested too deeply") from exc
    return text[_WRAPPINGS:-_WRAPPINGS]


_WRAPPINGS: Final = 30
_JSON_STARTS: Final = tuple('0123456789-"[{')


def _loaded(text: str, otherwise: Any) -> Any:
    try:
        return loaded(text)
    except orjson.JSONDecodeError:
        return otherwise


_COERCIONS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "text": _text,
    "url": _text,
    "editor": _text,
    "number": number_of,
    "money": _fen,
    "date": date_of,
    "select": _single,
    "relation": _single,
    "relations": _many,
    "json": _json,
    "file": _single,
}
"""By kind of field."""


def _plus(field: RecordField, present: Any, sent: Any) -> Any:
    return present + _COERCIONS[field.kind](sent)


def _minus(field: RecordField, present: Any, sent: Any) -> Any:
    return present - _COERCIONS[field.kind](sent)


def _after(field: RecordField, present: Any, sent: Any) -> Any:
    return _COERCIONS[field.kind](_items([*_items(present), *_items(sent)]))


def _before(field: RecordField, present: Any, sent: Any) -> Any:
    return _COERCIONS[field.kind](_items([*_items(sent), *_items(present)]))


def _without(field: RecordField, present: Any, sent: Any) -> Any:
    removed = set(_items(sent))
    return _COERCIONS[field.kind]([item for item in _items(present) if item not in removed])


def _completed(field: RecordField, present: Any, sent: Any) -> str:
    # Of all texts only an id has a pattern to generate the rest by.
    return _text(sent) + (ids.record_id() if field.name == "id" else "")


_OF_NUMBERS: Final = {"f+": _plus, "f-": _minus}
_OF_CHOICES: Final = {"f+": _after, "+f": _before, "f-": _without}

_MODIFIERS: Final[Mapping[str, Mapping[str, Callable[[RecordField, Any, Any], Any]]]] = {
    "number": _OF_NUMBERS,
    "money": _OF_NUMBERS,
    "select": _OF_CHOICES,
    "relation": _OF_CHOICES,
    "relations": _OF_CHOICES,
    "text": {"f:autogenerate": _completed},
}
"""By kind of field and modifier: the new value, of the present one and what is sent."""
