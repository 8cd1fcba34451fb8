"""What OpenAPI 3.1 allows in a document.

`openapi-spec-validator` looks at everything; here the largest part of its work, whether each schema
is one, is done by jsonschema-rs: milliseconds instead of the quarter of a second that a first start
would wait. Importing this module takes longer than loading the contract: a start that knows its
contract does without.
"""

from collections.abc import Callable, Iterator
from typing import Any

import jsonschema_rs
from openapi_spec_validator import OpenAPIV31SpecValidator
from openapi_spec_validator.validation.keywords import OpenAPIV31SchemaValidator

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

schema_object = jsonschema_rs.Draft202012Validator(
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
    """Leaves to `schema_object` whether a schema is one; an unknown dialect is still refused."""

    def _get_schema_checker(self, schema: Any, schema_value: Any) -> Callable[[Any], None]:
        super()._get_schema_checker(schema, schema_value)
        return lambda _: None


class _Document(OpenAPIV31SpecValidator):
    keyword_validators = OpenAPIV31SpecValidator.keyword_validators | {"schema": _Schemas}


def errors(document: dict[str, Any]) -> Iterator[Any]:
    """What is wrong with a document whose schemas `schema_object` has let through."""
    yield from _Document(document).iter_errors()
