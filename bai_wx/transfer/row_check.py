"""The check of imported rows against the contract: lists that show them must answer what it says.

A row is held against the schemas its collection is answered in, field by field: the record of the native
paths, and what hooks make of it where they are stricter. What the contract does not know of (a token's key)
is the importer's own to check.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from bai_wx.contract.family import RECORDS_PREFIX
from bai_wx.contract.schemas import Schemas
from bai_wx.record.base import Record
from bai_wx.record.collections import COLLECTIONS
from bai_wx.record.fields import RecordField

Problem = tuple[str, str]
"""A field, or a path into it, and what it must be."""


class RowCheck:
    """The check of a row as lists would answer it."""

    def __init__(self, bundle: dict[str, Any]) -> None:
        schemas = Schemas(bundle)
        self._validators = {
            name: schemas.validator(_row_schema(bundle, name)) for name in COLLECTIONS
        }

    def __call__(self, collection: str, row: Mapping[str, Any]) -> list[Problem]:
        """Check one row. Returns: each field that does not fit, and what would."""
        validator = self._validators[collection]
        if validator.is_valid(row):
            return []
        found: dict[str, str] = {}
        for error in validator.iter_errors(row):
            for field, wanted in _explained(error):
                found.setdefault(field, wanted)
        return list(found.items())


def _row_schema(bundle: Mapping[str, Any], collection: str) -> dict[str, Any]:
    """The contract's schemas of a collection's fields, each by itself."""
    fields = COLLECTIONS[collection].record_fields()
    native = [
        {"properties": _of_fields(bundle, schema, fields)} for schema in _native(bundle, collection)
    ]
    # Hooks show another row in the place of a relation, and no row that is deleted.
    stored = {
        name: field
        for name, field in fields.items()
        if not field.target and name != Record.is_delete.name
    }
    hooks = [
        {"properties": _of_fields(bundle, schema, stored)}
        for schema in COLLECTIONS[collection].SHOWN_AS
    ]
    return {"type": "object", "allOf": [*native, *hooks]}


def _native(bundle: Mapping[str, Any], collection: str) -> Iterator[str]:
    """The name of the schema that a record of the collection is viewed as, where it has a view."""
    path = bundle["paths"].get(f"{RECORDS_PREFIX}{collection}/records/{{recordId}}", {})
    if "get" in path:
        media = path["get"]["responses"]["200"]["content"]["application/json"]
        yield media["schema"]["$ref"].rpartition("/")[2]


def _of_fields(
    bundle: Mapping[str, Any], schema: str, fields: Mapping[str, RecordField]
) -> dict[str, Any]:
    return {name: held for name, held in _properties(bundle, schema).items() if name in fields}


def _properties(bundle: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The properties of a named schema with those of the schemas it includes."""
    schema = bundle["components"]["schemas"][name]
    found: dict[str, Any] = {}
    for part in schema.get("allOf", ()):
        found |= _properties(bundle, part["$ref"].rpartition("/")[2])
    found |= schema.get("properties", {})
    return found


def _explained(error: Any) -> Iterator[Problem]:
    """The paths of an error, and what must stand there. Of alternatives, the one that fits best explains it."""
    path = ".".join(map(str, error.instance_path))
    kind = error.kind
    match kind.name:
        case "required":
            yield f"{path}.{kind.property}".lstrip("."), "is required"
        case "additionalProperties" | "unevaluatedProperties":
            for name in kind.unexpected:
                yield f"{path}.{name}".lstrip("."), "is not known to the contract"
        case "oneOf" | "anyOf":
            yield from _alternatives(error, path)
        case name:
            yield path, _WANTED.get(name, lambda _: f"does not fit: {error.message[:200]}")(kind)


def _alternatives(error: Any, path: str) -> Iterator[Problem]:
    """Explain by the alternative that has the value's type; else name the types there are."""
    meant = [
        branch
        for branch in error.kind.context
        if not any(e.kind.name == "type" and _depth(e) <= _depth(error) for e in branch)
    ]
    if len(meant) == 1:
        for inner in meant[0]:
            yield from _explained(inner)
        return
    types = [
        t for branch in error.kind.context for e in branch for t in getattr(e.kind, "types", [])
    ]
    yield path, f"must be {' or '.join(types) or 'one of the alternatives of the contract'}"


def _depth(error: Any) -> int:
    return len(error.instance_path)


_WANTED: dict[str, Callable[[Any], str]] = {
    "type": lambda kind: f"must be {' or '.join(kind.types)}",
    "enum": lambda kind: f"must be one of {', '.join(repr(each) for each in kind.options)}",
    "const": lambda kind: f"must be {kind.expected_value!r}",
    "minimum": lambda kind: f"must be {kind.limit} or more",
    "maximum": lambda kind: f"must be {kind.limit} or less",
    "minLength": lambda kind: f"must be no less than {kind.limit} characters",
    "maxLength": lambda kind: f"must be no more than {kind.limit} characters",
    "minItems": lambda kind: f"must have no less than {kind.limit} items",
    "maxItems": lambda kind: f"must have no more than {kind.limit} items",
    "uniqueItems": lambda kind: "must have no item twice",
    "pattern": lambda kind: f"must match {kind.pattern}",
}
