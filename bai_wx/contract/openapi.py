"""What OpenAPI 3.1 allows in a document, and where it is not kept.

`openapi-spec-validator` looks at everything; here the largest part of its work, whether each schema
is one, is done by jsonschema-rs: milliseconds instead of the quarter of a second that a first start
would wait. Importing this module takes longer than loading the contract: a start that knows its
contract does without.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import jsonschema_rs
from openapi_spec_validator import OpenAPIV31SpecValidator
from openapi_spec_validator.validation.keywords import OpenAPIV31SchemaValidator

from bai_wx.contract.bundler import DATA_KEYS, Bundler
from bai_wx.contract.files import Pointer, defect

_WORDS = {
    "discriminator": {
        "type": "object",
        "required": ["propertyName"],
        "properties": {
            "propertyName": {"type": "string"},
            "mapping": {"type": "object", "additionalProperties": {"type": "string"}},
        },
        "patternProperties": {"^x-": True},
        "additionalProperties": False,
    },
    "externalDocs": {
        "type": "object",
        "required": ["url"],
        "properties": {
            "url": {"type": "string", "format": "uri-reference"},
            "description": {"type": "string"},
        },
        "patternProperties": {"^x-": True},
        "additionalProperties": False,
    },
    "xml": {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "namespace": {"type": "string", "format": "uri"},
            "prefix": {"type": "string"},
            "attribute": {"type": "boolean"},
            "wrapped": {"type": "boolean"},
        },
        "patternProperties": {"^x-": True},
        "additionalProperties": False,
    },
}
"""OpenAPI's own words in a schema, as https://spec.openapis.org/oas/3.1/meta/base has them."""

_DRAFT = "https://json-schema.org/draft/2020-12/schema"

_schema_object = jsonschema_rs.Draft202012Validator(
    {
        "$schema": _DRAFT,
        "$id": "urn:bai-wx:schema-object",
        "$dynamicAnchor": "meta",  # what is true of a schema is true of those in it
        "$ref": _DRAFT,
        "properties": _WORDS,
    },
    validate_formats=True,  # a pattern must be a regular expression
)
"""Validates a schema of the document: JSON Schema 2020-12 and OpenAPI's own words."""


class _Schemas(OpenAPIV31SchemaValidator):
    """Leaves to `_schema_object` whether a schema is one; an unknown dialect is still refused."""

    def _get_schema_checker(self, schema: Any, schema_value: Any) -> Callable[[Any], None]:
        super()._get_schema_checker(schema, schema_value)
        return lambda _: None


class _Document(OpenAPIV31SpecValidator):
    keyword_validators = OpenAPIV31SpecValidator.keyword_validators | {"schema": _Schemas}


def validate(bundle: dict[str, Any], bundler: Bundler) -> None:
    """Raise `ContractError` for the first thing that OpenAPI 3.1 does not allow."""
    _check_schemas(bundle, bundler)
    try:
        error = next(_Document(bundle).iter_errors(), None)
    except (AttributeError, KeyError, TypeError, ValueError) as exc:
        # The validator itself stumbles over some defects, such as a list among the required names.
        raise defect(bundler.root, f"not OpenAPI 3.1: {exc}") from exc
    if error is not None:
        best = _deepest(error)
        place = bundler.source_of(tuple(str(part) for part in best.absolute_path))
        raise defect(place, f"not OpenAPI 3.1: {best.message[:300]}")


def _check_schemas(bundle: Mapping[str, Any], bundler: Bundler) -> None:
    """Every schema is one."""
    for pointer, schema in _schemas(bundle, ()):
        try:
            _schema_object.validate(schema)
        except jsonschema_rs.ValidationError as exc:
            place = bundler.source_of((*pointer, *(str(part) for part in exc.instance_path)))
            raise defect(place, f"not a JSON Schema: {exc.message[:300]}") from exc


def _schemas(node: Any, pointer: Pointer) -> Iterator[tuple[Pointer, Any]]:
    """Every outermost schema of the bundle: the named ones and those of bodies and parameters."""
    if isinstance(node, list):
        for index, child in enumerate(node):
            yield from _schemas(child, (*pointer, str(index)))
    elif isinstance(node, dict):
        for key, child in node.items():
            if key == "schema" or pointer == ("components", "schemas"):
                yield (*pointer, key), child
            elif key not in DATA_KEYS:
                yield from _schemas(child, (*pointer, key))


def _deepest(error: Any) -> Any:
    """Of the alternatives a validation error lists, the one that got furthest: it was meant."""
    while error.context:
        error = max(error.context, key=lambda inner: len(inner.absolute_path))
    return error
