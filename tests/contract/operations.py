"""The contract's operations, and what its tests ask of their schemas."""

import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest

from bai_wx.contract import loader
from bai_wx.contract.family import Family, family_of
from tests.tree import ROOT

CONTRACT = loader.read()
"""Read once for all tests of a process: it is checked as it is read."""
BUNDLE = CONTRACT.bundle
OPERATIONS = {
    operation["operationId"]: (path, method, operation)
    for path, method, operation in loader.operations(BUNDLE)
}
ROWS = ROOT / "tests" / "api" / "test_scaffolded.py"
SCAFFOLDED = set(re.findall(r'id="(\w+)"', ROWS.read_text("utf-8"))) if ROWS.exists() else set()
"""The operations that are as `bai-wx scaffold` wrote them: nobody has seen to their examples yet."""
each_operation = pytest.mark.parametrize("name", OPERATIONS)
each_hook = pytest.mark.parametrize(
    "name", [n for n, (p, _, _) in OPERATIONS.items() if family_of(p) is Family.HOOK]
)


def validator(schema: Any) -> jsonschema_rs.Draft202012Validator:
    """A validator of a schema that stands anywhere in the bundle."""
    return jsonschema_rs.Draft202012Validator(
        {"components": BUNDLE["components"], "allOf": [schema]}
    )


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema itself, or the named one it refers to."""
    name = schema.get("$ref", "").rpartition("/")[2]
    named: dict[str, Any] = BUNDLE["components"]["schemas"]
    return dict(named[name]) if name else schema


def json_body(name: str) -> dict[str, Any] | None:
    """The schema of an operation's JSON body, if it takes one."""
    content = OPERATIONS[name][2].get("requestBody", {}).get("content", {})
    return resolved(content["application/json"]["schema"]) if content else None


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Every object within a JSON value."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for child in value:
            yield from nodes(child)


def examples(holder: dict[str, Any]) -> Iterator[Any]:
    """The example values of a media type, parameter or header."""
    if "example" in holder:
        yield holder["example"]
    for example in holder.get("examples", {}).values():
        yield example["value"]
