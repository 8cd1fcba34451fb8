"""What `openapi` uses of openapi-spec-validator below its public API, by name: see `pyproject.toml`.

Covers: bai_wx/contract/openapi.py
"""

import inspect

from openapi_spec_validator import OpenAPIV31SpecValidator
from openapi_spec_validator.validation.keywords import OpenAPIV31SchemaValidator


def test_the_check_of_a_schema_can_be_replaced() -> None:
    """One method makes it, from the schema and the value that names its dialect."""
    makes = OpenAPIV31SchemaValidator._get_schema_checker
    assert list(inspect.signature(makes).parameters) == ["self", "schema", "schema_value"]


def test_the_validator_of_a_schema_is_found_by_its_keyword() -> None:
    assert OpenAPIV31SpecValidator.keyword_validators["schema"] is OpenAPIV31SchemaValidator
