"""A value that a schema of the contract accepts: its example where it has one, else the plainest one."""

import re
from typing import Any


def resolved(schema: Any, bundle: dict[str, Any]) -> Any:
    """The schema itself, or the named one it refers to."""
    while isinstance(schema, dict) and "$ref" in schema:
        schema = bundle["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def properties_of(schema: Any, bundle: dict[str, Any]) -> tuple[dict[str, Any], set[str]] | None:
    """Properties and required keys of an object schema, those of its `allOf` parts included.

    Returns: None where the object has alternatives.
    """
    schema = resolved(schema, bundle)
    if not isinstance(schema, dict) or "oneOf" in schema:
        return None
    properties, required = dict(schema.get("properties", {})), set(schema.get("required", ()))
    for part in schema.get("allOf", ()):
        more = properties_of(part, bundle)
        if more is None:
            return None
        properties, required = {**more[0], **properties}, required | more[1]
    return properties, required


def sample(schema: Any, bundle: dict[str, Any], holder: dict[str, Any] | None = None) -> Any:
    """A value of a schema; `holder` is the parameter or media type that may have an example itself."""
    schema = resolved(schema, bundle)
    for owner in (holder or {}, schema):
        if "example" in owner:
            return owner["example"]
        if owner.get("examples"):
            return _first(owner["examples"])
    for key in ("const", "default"):
        if key in schema:
            return schema[key]
    if "enum" in schema:
        return schema["enum"][0]
    for key in ("oneOf", "anyOf"):
        if key in schema:
            return sample(schema[key][0], bundle)
    return _plainest(schema, bundle)


def _first(examples: Any) -> Any:
    if isinstance(examples, dict):
        return next(iter(examples.values())).get("value")
    return examples[0]


def _plainest(schema: Any, bundle: dict[str, Any]) -> Any:
    kind = schema.get("type")
    match kind[0] if isinstance(kind, list) else kind:
        case None | "object":
            properties, required = properties_of(schema, bundle) or ({}, set())
            return {name: sample(properties.get(name, {}), bundle) for name in sorted(required)}
        case "array":
            return [sample(schema.get("items", {}), bundle)] * schema.get("minItems", 0)
        case "integer" | "number":
            return schema.get("minimum", 0)
        case "string":
            width = re.search(r"\{(\d+)\}\$$", schema.get("pattern", ""))
            return "0" * max(schema.get("minLength", 1), int(width[1]) if width else 1)
        case "null":
            return None
        case _:
            return False
