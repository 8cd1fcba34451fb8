"""What is wrong with a record's fields, in PocketBase's codes and words, all of it at once."""

import re
from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any, Final
from urllib.parse import urlsplit

import orjson

from bai_wx.database.connection import keeps_nul
from bai_wx.dialect import layout
from bai_wx.dialect.go_values import printed
from bai_wx.errors import FieldProblem
from bai_wx.record import ids
from bai_wx.record.base import Record
from bai_wx.record.collections import COLLECTIONS
from bai_wx.record.fields import Int, RecordField, Relation, Relations, Select, Text
from bai_wx.record.money import MAX_FEN, yuan_of
from bai_wx.record.problems import INVALID_FORMAT, MISSING_RELATION, REQUIRED, Problems, echoed

MAX_JSON_BYTES: Final = 1_048_576
MAX_EDITOR_BYTES: Final = 5_242_880
MAX_WHOLE: Final = 2**53 - 1
"""The largest whole number that every JSON reader keeps exactly."""

NOT_A_NUMBER: Final = FieldProblem(
    code="validation_not_a_number", message="The submitted number is not properly formatted."
)
ONLY_INT: Final = FieldProblem(
    code="validation_only_int_constraint", message="Decimal numbers are not allowed."
)
INVALID_URL: Final = FieldProblem(code="validation_invalid_url", message="Must be a valid url.")
PK_CHANGE: Final = FieldProblem(
    code="validation_pk_change", message="The record primary key cannot be changed."
)


def of_new(model: type[Record], values: Mapping[str, Any]) -> Problems:
    """What is wrong with a row to be created, missing fields included."""
    return _missing(model, values) | of_changes(model, values)


def of_changes(model: type[Record], values: Mapping[str, Any]) -> Problems:
    """What is wrong with these values. Relations must lead to rows that are not deleted."""
    fields = layout.of(model).fields
    found = {name: _problem(fields[name], value) for name, value in values.items()}
    return {name: problem for name, problem in found.items() if problem is not None}


def of_id(record_id: str) -> FieldProblem | None:
    """What is wrong with an id a client chose."""
    length = len(record_id)
    if length < ids.RECORD_ID_LENGTH:
        return _at_least(ids.RECORD_ID_LENGTH)
    if length > ids.RECORD_ID_LENGTH:
        return _at_most(ids.RECORD_ID_LENGTH)
    return None if set(record_id) <= set(ids.RECORD_ID_ALPHABET) else INVALID_FORMAT


def of_new_file(name: str) -> FieldProblem:
    """What is wrong with a text where a file is expected: no row holds a file of this name."""
    return FieldProblem(
        code="validation_invalid_file",
        message=f"Invalid new files: [{echoed(name)}].",
        params={"invalidFiles": [echoed(name)]},
    )


def _missing(model: type[Record], values: Mapping[str, Any]) -> Problems:
    fields = layout.of(model).fields
    needed = (name for name, f in fields.items() if f.required and not f.server_made)
    return {name: REQUIRED for name in needed if name not in values}


def _problem(field: RecordField, value: Any) -> FieldProblem | None:
    if value == field.zero:
        return REQUIRED if field.required else None
    return _CHECKS[field.kind](field, value) or _unkept(value)


def _unkept(value: Any) -> FieldProblem | None:
    """What is wrong with a value the database cannot hold: the one difference between the two."""
    is_kept = not isinstance(value, str) or "\0" not in value or keeps_nul()
    return None if is_kept else INVALID_FORMAT


def _text(field: Any, value: str) -> FieldProblem | None:
    if len(value) > field.text_max:
        return _at_most(field.text_max)
    if field.pattern and not re.fullmatch(field.pattern, value):
        return INVALID_FORMAT
    return None


def _url(field: Text, value: str) -> FieldProblem | None:
    return _text(field, value) or (None if _is_url(value) else INVALID_URL)


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    has_space = any(character.isspace() for character in text)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not has_space


def _editor(field: RecordField, value: str) -> FieldProblem | None:
    return _content_limit(value, MAX_EDITOR_BYTES, "content_size", "content")


def _json(field: RecordField, value: str) -> FieldProblem | None:
    return _content_limit(value, MAX_JSON_BYTES, "json_size", "JSON")


def _content_limit(value: str, max_bytes: int, code: str, what: str) -> FieldProblem | None:
    if len(value.encode()) <= max_bytes:
        return None
    return FieldProblem(
        code=f"validation_{code}_limit",
        message=f"The maximum allowed {what} size is {max_bytes} bytes.",
        params={"maxSize": max_bytes},
    )


def _number(field: Int, value: float) -> FieldProblem | None:
    if not isfinite(value):
        return NOT_A_NUMBER
    if not float(value).is_integer() or not -(2**63) <= value < 2**63:
        return ONLY_INT
    minimum = -MAX_WHOLE if field.minimum is None else field.minimum
    return _in_range(value, minimum, MAX_WHOLE if field.maximum is None else field.maximum)


def _money(field: RecordField, fen: float) -> FieldProblem | None:
    if not isfinite(fen):
        return NOT_A_NUMBER
    return _in_range(fen, 0, MAX_FEN, shown=yuan_of)


def _in_range(
    value: float, minimum: int, maximum: int, shown: Callable[[int], float] = int
) -> FieldProblem | None:
    if value < minimum:
        return _bound("min", "greater", shown(minimum))
    if value > maximum:
        return _bound("max", "less", shown(maximum))
    return None


def _bound(end: str, comparison: str, limit: float) -> FieldProblem:
    return FieldProblem(
        code=f"validation_{end}_number_constraint",
        message=f"Must be {comparison} or equal than {printed(limit)}.",
        params={end: limit},
    )


def _at_least(length: int) -> FieldProblem:
    return FieldProblem(
        code="validation_min_text_constraint",
        message=f"Must be at least {length} character(s).",
        params={"min": length},
    )


def _at_most(length: int) -> FieldProblem:
    return FieldProblem(
        code="validation_max_text_constraint",
        message=f"Must be no more than {length} character(s).",
        params={"max": length},
    )


def _select(field: Select, value: str) -> FieldProblem | None:
    if value in field.values:
        return None
    return FieldProblem(
        code="validation_invalid_value",
        message=_sentence(f"Invalid value {echoed(value)}"),
        params={"value": echoed(value)},
    )


def _sentence(text: str) -> str:
    """End a text that quotes a client's value as PocketBase ends its messages."""
    text = text.strip()
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _relation(field: Relation, value: str) -> FieldProblem | None:
    return None if _all_exist(field.target, [value]) else MISSING_RELATION


def _relations(field: Relations, value: str) -> FieldProblem | None:
    return None if _all_exist(field.target, orjson.loads(value)) else MISSING_RELATION


def _all_exist(target: str, record_ids: list[str]) -> bool:
    if len(record_ids) > MAX_RELATIONS or not all(of_id(id_) is None for id_ in record_ids):
        return False
    model = COLLECTIONS[target]
    undeleted = model.select().where(model.id << record_ids, model.is_delete == 0)
    return bool(undeleted.count() == len(record_ids))


MAX_RELATIONS: Final = 999  # PocketBase's own limit of a relation without a maximum


def _none(field: RecordField, value: Any) -> FieldProblem | None:
    return None


_CHECKS: Final[Mapping[str, Callable[[Any, Any], FieldProblem | None]]] = {
    "text": _text,
    "url": _url,
    "editor": _editor,
    "number": _number,
    "money": _money,
    "date": _none,
    "select": _select,
    "relation": _relation,
    "relations": _relations,
    "json": _json,
    "file": _none,
}
"""By kind of field: what is wrong with a value that is not the zero value."""
