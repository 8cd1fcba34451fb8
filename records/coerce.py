"""From what a client sends to what a column holds.

PocketBase knows no wrong type: what cannot be read becomes the field's zero value, and only then the
rules are asked. A number that breaks a rule stays as it is, for the rule to name it.
"""

from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any, Final

import orjson

from errors import BadQuery
from models.base import Record
from models.fields import RecordField
from models.money import MAX_FEN, fen_of, yuan_of
from records import layout
from records.dates import date_of
from records.numbers import number_of, text_of

Values = dict[str, Any]


def coerced(model: type[Record], body: Mapping[str, Any], stored: Mapping[str, Any]) -> Values:
    """Read every visible field of the body; unknown keys are left out.

    `number+` and `number-` add to what `stored` holds, or to what the same body sets. Keys are read
    shortest first. Raises: `BadQuery` for JSON that is nested too deeply to be kept.
    """
    fields = layout.of(model).fields
    values: Values = {}
    for key in sorted(body, key=len):
        if key in fields:
            values[key] = _COERCIONS[fields[key].kind](body[key])
        elif _changes_number(key, fields):
            _change_number(key, fields, body[key], values, stored)
    return values


def _changes_number(key: str, fields: Mapping[str, RecordField]) -> bool:
    return key[-1:] in ("+", "-") and key[:-1] in fields and fields[key[:-1]].kind in _NUMBERS


def _change_number(
    key: str,
    fields: Mapping[str, RecordField],
    change: Any,
    values: Values,
    stored: Mapping[str, Any],
) -> None:
    name = key[:-1]
    present = values.get(name, stored.get(name, 0))
    amount = _COERCIONS[fields[name].kind](change)
    values[name] = present + amount if key[-1] == "+" else present - amount


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return text_of(value)
    return value if isinstance(value, str) else ""


def _fen(value: Any) -> int | float:
    yuan = number_of(value)
    if not isfinite(yuan):
        return yuan
    if abs(yuan) > MAX_FEN:  # far beyond any amount; exactness no longer matters
        return int(yuan) * 100
    fen = fen_of(yuan) or 0
    # A third decimal is kept, so that a rule that compares amounts sees that this one differs.
    return fen if yuan_of(fen) == yuan else yuan * 100


def _single(value: Any) -> str:
    items = _items(value)
    return items[-1] if items else ""


def _many(value: Any) -> str:
    return orjson.dumps(list(dict.fromkeys(_items(value)))).decode()


def _items(value: Any) -> list[str]:
    """The texts of a list, of a list in JSON text, or of a lone value; empty ones are left out."""
    if isinstance(value, str) and value[:1] == "[":
        value = _loaded(value, value)
    items = value if isinstance(value, list) else [value]
    return [text for text in map(_text, items) if text]


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
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return otherwise


_NUMBERS: Final = frozenset({"number", "money"})

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
