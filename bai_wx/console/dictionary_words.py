"""The words of a dictionary: lists that belong together by position, in JSON or joined by `|`."""

from collections.abc import Mapping
from typing import Any, Final

import orjson

BAR: Final = "|"
VALUES, TEXTS = "dict_word_enum", "dict_word_description"
ENABLED, PLACES = "dict_word_is_enabled", "dict_word_sort_order"
LISTS: Final = (VALUES, TEXTS, ENABLED, PLACES)
OFF: Final = frozenset({"", "0", "false", "False", "否"})


def words_of(text: str) -> list[str] | None:
    """The parts of a list, in JSON or joined by `|`; None for JSON that is no list of plain values."""
    if not text:
        return []
    if text.lstrip()[:1] not in "[{":
        return text.split(BAR)
    try:
        parsed = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(parsed, list) or any(isinstance(each, (list, dict)) for each in parsed):
        return None
    return [each if isinstance(each, str) else orjson.dumps(each).decode() for each in parsed]


def rows_of(lists: Mapping[str, str]) -> list[dict[str, Any]]:
    """The words of a row: value, text, whether it is in use. Empty where a list cannot be read."""
    read = [words_of(lists[name]) for name in (VALUES, TEXTS, ENABLED)]
    if any(each is None for each in read):
        return []
    values, texts, enabled = (each or [] for each in read)
    return [
        {
            "value": value,
            "text": texts[place] if place < len(texts) else value,
            "is_used": place >= len(enabled) or enabled[place] not in OFF,
        }
        for place, value in enumerate(values)
    ]
