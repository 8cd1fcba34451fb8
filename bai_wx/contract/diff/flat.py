"""A schema without references and `allOf`: the plain alternatives that it allows.

`type: [string, 'null']` and `oneOf` of the two are the same two alternatives, so that writing a
schema in another way, or moving it to another file, is no change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any, Final

from bai_wx.contract.diff.changes import canonical
from bai_wx.contract.files import Pointer

UPPER: Final = frozenset(
    {"maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties", "maxContains"}
)
LOWER: Final = frozenset(
    {"minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties", "minContains"}
)
CHILDREN: Final = frozenset({"items", "additionalProperties", "propertyNames", "contains"})
ANNOTATIONS: Final = frozenset({"default", "readOnly", "writeOnly", "deprecated"})
TEXTS: Final = frozenset({"title", "description", "example", "examples", "$comment", "xml"})
_OF_TYPE: Final[Mapping[str, frozenset[str]]] = {
    "string": frozenset(
        {"minLength", "maxLength", "pattern", "format", "contentMediaType", "contentEncoding"}
    ),
    "number": frozenset(
        {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "format"}
    ),
    "array": frozenset(
        {"items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains"}
        | {"minContains", "maxContains", "unevaluatedItems"}
    ),
    "object": frozenset(
        {"properties", "required", "additionalProperties", "unevaluatedProperties"}
        | {"minProperties", "maxProperties", "patternProperties", "propertyNames"}
        | {"dependentRequired", "dependentSchemas"}
    ),
}
_TYPED: Final = frozenset().union(*_OF_TYPE.values())


@dataclass(frozen=True, slots=True)
class Node:
    """A schema as it is written, and its pointer in the bundle."""

    schema: Any
    at: Pointer

    def child(self, *keys: object) -> Node:
        """The part of it below these keys."""
        found = self.schema
        for key in keys:
            found = found[key]
        return Node(found, (*self.at, *map(str, keys)))


Nodes = tuple[Node, ...]
"""Schemas that must all hold for one value."""


@dataclass(slots=True)
class Flat:
    """One alternative: every keyword of all the schemas that must hold, with where it was written."""

    at: Pointer
    types: frozenset[str] | None = None
    values: dict[str, Any] | None = None
    limits: dict[str, float] = field(default_factory=dict)
    facets: dict[str, frozenset[str]] = field(default_factory=dict)
    words: dict[str, Any] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    properties: dict[str, Nodes] = field(default_factory=dict)
    children: dict[str, Nodes] = field(default_factory=dict)
    closed: bool = False
    places: dict[str, Pointer] = field(default_factory=dict)

    def place(self, keyword: str) -> Pointer:
        """Where a keyword was written, or the schema where it was not."""
        return self.places.get(keyword, self.at)

    def of_type(self, kind: str) -> Flat:
        """The part of it that holds values of one JSON type."""
        keys = _TYPED - _OF_TYPE.get("number" if kind == "integer" else kind, frozenset())
        is_object = kind == "object"
        return replace(
            self,
            types=frozenset({kind}),
            values=_values_of(self.values, kind),
            limits=_without(self.limits, keys),
            facets=_without(self.facets, keys),
            children=_without(self.children, keys),
            required=self.required if is_object else frozenset(),
            properties=self.properties if is_object else {},
            closed=self.closed and is_object,
        )


class Flattener:
    """Reads the schemas of one bundle."""

    def __init__(self, bundle: Mapping[str, Any]) -> None:
        self._schemas = bundle.get("components", {}).get("schemas", {})
        self._known: dict[tuple[Pointer, ...], list[Flat]] = {}

    def alternatives(self, nodes: Nodes) -> list[Flat]:
        """What a value may be where all these schemas hold; a list of no more than one JSON type
        each.
        """
        key = tuple(node.at for node in nodes)
        if key not in self._known:
            flats = [self._merged(parts, nodes[0].at) for parts in self._choices(nodes)]
            self._known[key] = [each for flat in flats for each in _by_type(flat)]
        return self._known[key]

    def resolved(self, nodes: Nodes) -> Nodes:
        """The same schemas, by their own names where they are mere references."""
        return tuple(self._named(node) for node in nodes)

    def _named(self, node: Node) -> Node:
        schema = node.schema
        while isinstance(schema, dict) and schema.keys() - TEXTS == {"$ref"}:
            name = str(schema["$ref"]).rpartition("/")[2]
            schema = self._schemas[name]
            node = Node(schema, ("components", "schemas", name))
        return node

    def spelled_out(self, value: Any, trail: tuple[str, ...] = ()) -> Any:
        """A part of a schema with its references written out and its texts left out."""
        if isinstance(value, list):
            return [self.spelled_out(each, trail) for each in value]
        if not isinstance(value, dict):
            return value
        name = str(value.get("$ref", "")).rpartition("/")[2]
        if name and name not in trail:
            inner = self.spelled_out(self._schemas[name], (*trail, name))
            return {**inner, **self.spelled_out(_rest(value, "$ref"), trail)}
        kept = {key: each for key, each in value.items() if key not in TEXTS}
        return {key: self.spelled_out(each, trail) for key, each in kept.items()}

    def _choices(self, nodes: Nodes) -> Iterator[list[Node]]:
        """Every choice of one branch of each union, as plain schemas that must all hold."""
        plain: list[Node] = []
        unions: list[list[Node]] = []
        self._collect(nodes, plain, unions, set())
        if not unions:
            yield plain
            return
        for branches in product(*unions):
            for chosen in self._choices(branches):
                yield [*plain, *chosen]

    def _collect(
        self, nodes: Iterable[Node], plain: list[Node], unions: list[list[Node]], seen: set[str]
    ) -> None:
        """Take `$ref`, `allOf`, `oneOf` and `anyOf` apart."""
        for node in nodes:
            schema = node.schema
            if not isinstance(schema, dict):
                plain.append(node)
                continue
            inner = list(self._referred(schema, seen))
            inner += [node.child("allOf", n) for n in range(len(schema.get("allOf", ())))]
            for word in (each for each in ("oneOf", "anyOf") if each in schema):
                unions.append([node.child(word, n) for n in range(len(schema[word]))])
            plain.append(Node(_rest(schema, "$ref", "allOf", "oneOf", "anyOf"), node.at))
            self._collect(inner, plain, unions, seen)

    def _referred(self, schema: Mapping[str, Any], seen: set[str]) -> Iterator[Node]:
        name = str(schema.get("$ref", "")).rpartition("/")[2]
        if name and name not in seen:
            seen.add(name)
            yield Node(self._schemas[name], ("components", "schemas", name))

    def _merged(self, parts: list[Node], at: Pointer) -> Flat:
        flat = Flat(at)
        for part in parts:
            schema = {"not": {}} if part.schema is False else part.schema
            for key, value in schema.items() if isinstance(schema, dict) else ():
                if key not in TEXTS:
                    self._merge(flat, part, key, value)
                    flat.places.setdefault(key, (*part.at, key))
        return flat

    def _merge(self, flat: Flat, part: Node, key: str, value: Any) -> None:
        """Let one more keyword hold."""
        if (merge := _MERGERS.get(key)) is not None:
            merge(flat, part, value)
        elif key in UPPER or key in LOWER:
            narrower = min if key in UPPER else max
            flat.limits[key] = narrower(flat.limits.get(key, value), value)
        elif key in CHILDREN:
            flat.children[key] = (*flat.children.get(key, ()), part.child(key))
        elif key in ANNOTATIONS or key.startswith("x-"):
            flat.words.setdefault(key, value)
        else:
            told = canonical(self.spelled_out(value))
            flat.facets[key] = flat.facets.get(key, frozenset()) | {told}


def _merge_types(flat: Flat, part: Node, value: Any) -> None:
    types = frozenset([value] if isinstance(value, str) else value)
    flat.types = types if flat.types is None else _common_types(flat.types, types)


def _common_types(one: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    """The types that both allow; every integer is a number."""
    integers = (
        {"integer"} & (one | other)
        if {"integer", "number"} & one and ({"integer", "number"} & other)
        else set()
    )
    return (one & other) | integers


def _merge_values(flat: Flat, part: Node, value: list[Any]) -> None:
    values = {canonical(each): each for each in value}
    known = flat.values
    flat.values = values if known is None else {k: v for k, v in values.items() if k in known}


def _merge_const(flat: Flat, part: Node, value: Any) -> None:
    _merge_values(flat, part, [value])
    flat.places.setdefault("enum", (*part.at, "const"))


def _merge_required(flat: Flat, part: Node, value: list[str]) -> None:
    flat.required |= set(value)


def _merge_properties(flat: Flat, part: Node, value: Mapping[str, Any]) -> None:
    for name in value:
        node = part.child("properties", name)
        flat.properties[name] = (*flat.properties.get(name, ()), node)


def _merge_additional(flat: Flat, part: Node, value: Any) -> None:
    if value is False:
        flat.closed = True
        flat.places.setdefault("closed", (*part.at, "additionalProperties"))
    elif isinstance(value, dict) and value:
        node = part.child("additionalProperties")
        flat.children["additionalProperties"] = (
            *flat.children.get("additionalProperties", ()),
            node,
        )


def _merge_unevaluated(flat: Flat, part: Node, value: Any) -> None:
    if value is False:
        flat.closed = True
        flat.places.setdefault("closed", (*part.at, "unevaluatedProperties"))


def _merge_unique_items(flat: Flat, part: Node, value: bool) -> None:
    if value:
        flat.facets["uniqueItems"] = frozenset({"true"})


_MERGERS: Final[Mapping[str, Callable[[Flat, Node, Any], None]]] = {
    "type": _merge_types,
    "enum": _merge_values,
    "const": _merge_const,
    "required": _merge_required,
    "properties": _merge_properties,
    "additionalProperties": _merge_additional,
    "unevaluatedProperties": _merge_unevaluated,
    "uniqueItems": _merge_unique_items,
}


def _by_type(flat: Flat) -> list[Flat]:
    """One alternative for each JSON type that is allowed."""
    types = flat.types
    if types is None and flat.values is not None:
        types = frozenset(_type_of(value) for value in flat.values.values())
    if types is None:
        return [flat]
    return [flat.of_type(kind) for kind in sorted(types)]


_JSON_TYPES: Final = {str: "string", bool: "boolean", int: "integer", float: "number"} | {
    type(None): "null",
    list: "array",
    dict: "object",
}


def _type_of(value: Any) -> str:
    return _JSON_TYPES[type(value)]


def _values_of(values: dict[str, Any] | None, kind: str) -> dict[str, Any] | None:
    """Those of an enum's values that are of a type."""
    if values is None:
        return None
    kinds = {"integer", "number"} if kind == "number" else {kind}
    return {key: value for key, value in values.items() if _type_of(value) in kinds}


def _without(found: Mapping[str, Any], keys: frozenset[str]) -> dict[str, Any]:
    return {key: value for key, value in found.items() if key not in keys}


def _rest(schema: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in schema.items() if key not in keys}
