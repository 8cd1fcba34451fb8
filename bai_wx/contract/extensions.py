"""The contract's extensions: which there are, where each may stand, and what it may say.

A key that begins with `x-` and is not among them, or not at its place, stops the load. So does a value that
names a field or a collection that is not there, or a filter that cannot be read.
Each is described in `docs/contract-extensions.md`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from bai_wx.contract import row_filters
from bai_wx.contract.bundler import DATA_KEYS, METHODS, NAME_MAPS, Bundler
from bai_wx.contract.collections import record_schemas
from bai_wx.contract.files import Pointer, defect
from bai_wx.contract.keywords import at_pointer, keywords, properties


class Where(StrEnum):
    """The places an extension may have."""

    OPERATION = "an operation"
    RECORD = "a record schema"
    FIELD = "a property of a record schema"
    PROPERTY = "a property of another schema"
    LINK = "a link"
    ELSEWHERE = "elsewhere"


def _is_true(value: Any) -> bool:
    return value is True


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_size(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(map(_is_text, value))


def _is_keys(value: Any) -> bool:
    return value == "*" or _is_texts(value)


def _is_target(value: Any) -> bool:
    return _is_text(value) or (_is_texts(value) and len(value) == 1)


def _is_derived(value: Any) -> bool:
    keys = set(value) if isinstance(value, dict) else set()
    return keys in ({"value", "when"}, {"joins"}) and all(map(_is_text, value.values()))


def _is_uniques(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(map(_is_unique, value))


def _is_unique(value: Any) -> bool:
    keys = set(value) if isinstance(value, dict) else set()
    return {"fields"} <= keys <= {"fields", "when"} and _is_texts(value["fields"])


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


@dataclass(frozen=True)
class Extension:
    """One extension at one kind of place."""

    name: str
    where: tuple[Where, ...]
    is_valid: Callable[[Any], bool]
    value: str
    """What its value must be, in words."""


_OPERATION, _RECORD, _FIELD = (Where.OPERATION,), (Where.RECORD,), (Where.FIELD,)

EXTENSIONS: Final = (
    Extension("x-owner", _RECORD, _is_text, "a field's name"),
    Extension("x-visible", _RECORD, _is_text, "a filter"),
    Extension("x-unique", _RECORD, _is_uniques, "a list of {fields, when}"),
    Extension("x-hidden-fields", _RECORD, _is_object, "properties by name"),
    Extension("x-relation", _FIELD, _is_target, "a collection's name"),
    Extension("x-unique", _FIELD, _is_true, "true"),
    Extension("x-private", _FIELD, _is_true, "true"),
    Extension("x-hidden", _FIELD, _is_true, "true"),
    Extension("x-derived", _FIELD, _is_derived, "{value, when} or {joins}"),
    Extension("x-id-prefix", _FIELD, _is_text, "a text"),
    Extension("x-file", _FIELD, _is_true, "true"),
    Extension("x-own-limits", (Where.PROPERTY,), _is_text, "the reason, a text"),
    Extension("x-refusal", (Where.PROPERTY, Where.FIELD), _is_text, "a text"),
    Extension("x-max-body", _OPERATION, _is_size, "a number of bytes"),
    Extension("x-max-form", _OPERATION, _is_size, "a number of bytes"),
    Extension("x-beside", _OPERATION, _is_keys, "a list of keys, or '*'"),
    Extension("x-success-message", _OPERATION, _is_text, "a text"),
    Extension("x-read-only", _OPERATION, _is_true, "true"),
    Extension("x-wechat-code", _OPERATION, _is_text, "a key of the body"),
    Extension("x-spends-code", _OPERATION, _is_text, "a key of the body"),
    Extension("x-needs-no-database", _OPERATION, _is_true, "true"),
    Extension("x-openapi-router-controller", _OPERATION, _is_text, "a module's name"),
    Extension("x-schemathesis", (Where.LINK,), _is_object, "an object"),
)


@dataclass(frozen=True)
class Used:
    """An extension that the contract uses."""

    name: str
    value: Any
    where: Where
    pointer: Pointer
    record: Pointer | None = None
    """The record schema it is said of, or of a field of which."""


def check(bundle: Mapping[str, Any], bundler: Bundler) -> None:
    """Raise `ContractError` for an extension that is unknown, misplaced or says what it cannot."""
    targets = set(record_schemas(bundle))
    for each in used(bundle):
        if problem := _problem(each) or _dangling(each, bundle, targets):
            raise defect(bundler.source_of((*each.pointer, each.name)), problem)


def _problem(used: Used) -> str:
    """What is wrong with the place or the value of an extension, `""` for nothing."""
    named = [each for each in EXTENSIONS if each.name == used.name]
    if not named:
        return f"unknown extension {used.name}"
    fitting = next((each for each in named if used.where in each.where), None)
    if fitting is None:
        places = " or ".join(where for each in named for where in each.where)
        return f"{used.name} belongs to {places}, not {used.where}"
    return "" if fitting.is_valid(used.value) else f"{used.name} must be {fitting.value}"


def _dangling(used: Used, bundle: Mapping[str, Any], targets: set[str]) -> str:
    """What a value names that is not there, `""` for nothing."""
    if used.name == "x-relation":
        named = used.value if isinstance(used.value, str) else used.value[0]
        return "" if named in targets else f"there is no collection {named}"
    if used.record is None:
        return ""
    hidden = at_pointer(bundle, used.record).get("x-hidden-fields", {})
    fields = properties(bundle, used.record) | {
        name: (*used.record, "x-hidden-fields", name) for name in hidden
    }
    unknown = {name for name in _named_fields(used) if name not in fields}
    if unknown:
        return f"there is no field {min(unknown)}"
    return "; ".join(filter(None, (_defect(text, fields, bundle) for text in _filters(used))))


def _named_fields(used: Used) -> Iterator[str]:
    if used.name == "x-owner":
        yield used.value
    if used.name == "x-unique" and used.where is Where.RECORD:
        yield from (name for each in used.value for name in each["fields"])
    if used.name == "x-derived" and "joins" in used.value:
        yield used.value["joins"]


def _filters(used: Used) -> Iterator[str]:
    if used.name == "x-visible":
        yield used.value
    if used.name == "x-unique" and used.where is Where.RECORD:
        yield from (each["when"] for each in used.value if "when" in each)
    if used.name == "x-derived" and "when" in used.value:
        yield used.value["when"]


def _defect(text: str, fields: Mapping[str, Pointer], bundle: Mapping[str, Any]) -> str:
    """Why a filter cannot be read, or what it asks of a field that never is so; `""` for neither."""
    try:
        read = row_filters.read(text, fields)
    except ValueError as exc:
        return f"{text!r}: {exc}"
    for name, value in read.equalities():
        enum = keywords(bundle, fields[name]).get("enum") if name in fields else None
        if enum and value not in (*enum, ""):
            return f"{text!r}: {name} is never {value!r}"
    return ""


def used(bundle: Mapping[str, Any]) -> Iterator[Used]:
    """Every extension in a bundle."""
    of: dict[Pointer, Pointer] = {}
    for record in record_schemas(bundle).values():
        of |= dict.fromkeys(properties(bundle, record).values(), record) | {record: record}
    for node, pointer in nodes(bundle):
        if isinstance(node, dict) and not is_name_map(pointer):
            record_of = of.get(pointer)
            for key in node:
                if key.startswith("x-"):
                    yield Used(key, node[key], _where(pointer, record_of), pointer, record_of)


def nodes(node: Any, pointer: Pointer = ()) -> Iterator[tuple[Any, Pointer]]:
    """Every list and object of a bundle that is no data, with its place."""
    yield node, pointer
    if isinstance(node, list):
        for index, child in enumerate(node):
            yield from nodes(child, (*pointer, str(index)))
    elif isinstance(node, dict):
        is_names = is_name_map(pointer)
        for key, child in node.items():
            if is_names or not (key in DATA_KEYS or key == "examples" or _is_data(key)):
                yield from nodes(child, (*pointer, key))


def _is_data(key: str) -> bool:
    return key.startswith("x-") and key not in NAME_MAPS


def is_name_map(pointer: Pointer) -> bool:
    """Whether the keys of the object there are names: those of a property called `properties` are not."""
    return bool(pointer) and pointer[-1] in NAME_MAPS and not is_name_map(pointer[:-1])


def _where(pointer: Pointer, record: Pointer | None) -> Where:
    if record is not None:
        return Where.RECORD if pointer == record else Where.FIELD
    match pointer[-2:]:
        case ("x-hidden-fields", _):
            return Where.FIELD
        case ("properties", _):
            return Where.PROPERTY
        case ("links", _):
            return Where.LINK
        case (_, method) if pointer[:1] == ("paths",) and method in METHODS and len(pointer) == 3:
            return Where.OPERATION
        case _:
            return Where.ELSEWHERE
