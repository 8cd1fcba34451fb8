"""The rules of the contract's lint about what people read: titles, descriptions, Chinese."""

import re
from collections.abc import Iterator
from typing import Any

from bai_wx.contract.collections import ENVELOPE, record_schemas
from bai_wx.contract.family import Family, family_of
from bai_wx.contract.keywords import keywords, properties
from tests.contract.walk import (
    Json,
    body_of,
    links,
    operations,
    parameters,
    properties_of,
    resolved,
    responses,
    schemas,
)

CHINESE = re.compile(r"[\u4e00-\u9fff]")


def texts_are_chinese(bundle: Json) -> Iterator[str]:
    """Operations, answers, parameters, links and named schemas are described for the owner."""
    for name, _, _, operation in operations(bundle):
        described = [operation.get("description", ""), operation.get("summary", "")]
        if "requestBody" in operation:
            described.append(operation["requestBody"].get("description", ""))
        if not all(CHINESE.search(text) for text in described):
            yield name
    others = [
        *((label, response) for label, _, response in responses(bundle)),
        *((label, link) for label, _, link in links(bundle)),
        *parameters(bundle),
        *bundle["components"]["schemas"].items(),
    ]
    for label, holder in others:
        if not CHINESE.search(holder.get("description", "")):
            yield label


def named_schemas_have_titles(bundle: Json) -> Iterator[str]:
    """The docs page shows the title before the name."""
    for name, schema in bundle["components"]["schemas"].items():
        if not CHINESE.search(schema.get("title", "")):
            yield name


def properties_are_described(bundle: Json) -> Iterator[str]:
    """Every property says in Chinese what it is, or is a condition within if or then."""
    for label, schema in schemas(bundle):
        if re.search(r"/(if|then|else|not)", label):
            continue
        for name, child in schema.get("properties", {}).items():
            if not CHINESE.search(child.get("description", "")):
                yield f"{label}.{name}"


def hook_bodies_have_titles(bundle: Json) -> Iterator[str]:
    """A toast names a property by its Chinese title."""
    for name, path, _, operation in operations(bundle):
        if family_of(path) is Family.HOOK:
            body = body_of(bundle, operation)
            for label, schema in titled_bodies(bundle, name, body):
                if not CHINESE.search(schema.get("title", "")):
                    yield label


def fields_have_titles(bundle: Json) -> Iterator[str]:
    """Forms and tables are headed by the titles of a collection's fields."""
    for collection, record in record_schemas(bundle).items():
        for name in properties(bundle, record).keys() - ENVELOPE:
            said = keywords(bundle, properties(bundle, record)[name])
            if "const" not in said.values and not said.get("title"):
                yield f"{collection}.{name}"


def titled_bodies(bundle: Json, label: str, schema: Json) -> Iterator[tuple[str, Json]]:
    """Every property of a body, those of its items among them."""
    for name, child in properties_of(bundle, schema).items():
        yield f"{label}.{name}", child
        items = resolved(bundle, child).get("items", {})
        yield from titled_bodies(bundle, f"{label}.{name}[]", resolved(bundle, items))


def enum_values_are_explained(bundle: Json) -> Iterator[str]:
    """The description names each value in backticks, the empty one and null in words."""
    for label, schema in [*schemas(bundle), *((n, p["schema"]) for n, p in parameters(bundle))]:
        text = schema.get("description", "")
        for value in schema.get("enum", []) if text else []:
            words = {"": "空字符串", None: "null"}.get(value, f"`{value}`")
            if words not in text and f"`{value}`" not in text:
                yield f"{label}: {value!r}"


def punctuation_is_chinese(bundle: Json) -> Iterator[str]:
    """Between Chinese characters stands no half-width comma, stop, colon or question mark."""
    for label, text in texts(bundle, ""):
        prose = re.sub(r"`[^`]*`", "", text)
        if re.search(r"[\u4e00-\u9fff][,.;:?!][\u4e00-\u9fff]", prose):
            yield f"{label}: {text}"


def texts(value: Any, label: str) -> Iterator[tuple[str, str]]:
    """Every text of a JSON value, with its pointer."""
    if isinstance(value, str):
        yield label, value
    children = dict(enumerate(value)) if isinstance(value, list) else value
    for key, child in children.items() if isinstance(children, dict) else ():
        yield from texts(child, f"{label}/{key}")
