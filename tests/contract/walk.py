"""Looks around in a bundle: every operation, response, parameter, link and schema, each with a label."""

from collections.abc import Callable, Iterator
from typing import Any

from bai_wx.contract import loader

Json = dict[str, Any]
Rule = Callable[[Json], Iterator[str]]


def operations(bundle: Json) -> Iterator[tuple[str, str, str, Json]]:
    """Name, path, method and object of every operation."""
    for path, method, operation in loader.operations(bundle):
        yield operation["operationId"], path, method, operation


def responses(bundle: Json) -> Iterator[tuple[str, int, Json]]:
    """A label, the status and the object of every response."""
    for name, _, _, operation in operations(bundle):
        for status, response in operation["responses"].items():
            yield f"{name} {status}", int(status), response


def parameters(bundle: Json) -> Iterator[tuple[str, Json]]:
    """A label and the object of every parameter."""
    for name, _, _, operation in operations(bundle):
        for parameter in operation.get("parameters", []):
            yield f"{name} {parameter['name']}", parameter


def links(bundle: Json) -> Iterator[tuple[str, int, Json]]:
    """A label, the status and the object of every link."""
    for label, status, response in responses(bundle):
        for name, link in response.get("links", {}).items():
            yield f"{label} {name}", status, link


def subschemas(label: str, schema: Any) -> Iterator[tuple[str, Json]]:
    """A schema and every schema within it, each with a label."""
    if not isinstance(schema, dict):
        return
    yield label, schema
    for name, child in schema.get("properties", {}).items():
        yield from subschemas(f"{label}.{name}", child)
    for keyword in ("items", "additionalProperties", "if", "then", "else", "not"):
        yield from subschemas(f"{label}/{keyword}", schema.get(keyword))
    for keyword in ("allOf", "anyOf", "oneOf"):
        for index, child in enumerate(schema.get(keyword, [])):
            yield from subschemas(f"{label}/{keyword}/{index}", child)


def schemas(bundle: Json) -> Iterator[tuple[str, Json]]:
    """Every schema that stands under a name, and every schema within one."""
    for name, schema in bundle["components"]["schemas"].items():
        yield from subschemas(name, schema)


def resolved(bundle: Json, schema: Json) -> Json:
    """The schema itself, or the named one it refers to."""
    name = schema.get("$ref", "").rpartition("/")[2]
    return bundle["components"]["schemas"][name] if name else schema


def body_of(bundle: Json, operation: Json) -> Json:
    """The schema of an operation's JSON body, empty where it takes none."""
    content = operation.get("requestBody", {}).get("content", {})
    return resolved(bundle, content.get("application/json", {}).get("schema", {}))


def properties_of(bundle: Json, schema: Json) -> Json:
    """The properties of a schema with those of the schemas it includes."""
    found = dict(schema.get("properties", {}))
    for part in schema.get("allOf", []):
        found = {**properties_of(bundle, resolved(bundle, part)), **found}
    return found
