"""The keywords of a schema of the bundle, those of the schemas it names included, each with its place."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bai_wx.contract.files import Pointer

ALTERNATIVES = ("oneOf", "anyOf")


@dataclass(frozen=True)
class Keywords:
    """What a schema says. A keyword beside a `$ref` wins over that of the schema it names."""

    pointer: Pointer
    """Where the schema stands in the bundle."""
    values: dict[str, Any] = field(default_factory=dict)
    pointers: dict[str, Pointer] = field(default_factory=dict)
    """By keyword, where it stands in the bundle."""
    names: tuple[str, ...] = ()
    """The named schemas it is made of, such as `Money`."""

    def get(self, keyword: str, otherwise: Any = None) -> Any:
        """The value of a keyword."""
        return self.values.get(keyword, otherwise)

    def place(self, keyword: str) -> Pointer:
        """Where a keyword stands; the schema itself where it says nothing of it."""
        return self.pointers.get(keyword, self.pointer)


def keywords(bundle: Mapping[str, Any], pointer: Pointer) -> Keywords:
    """The keywords of the schema at `pointer`."""
    found = Keywords(pointer)
    names: list[str] = []
    for schema, at in _parts(bundle, at_pointer(bundle, pointer), pointer, names):
        for keyword, value in schema.items():
            if keyword not in found.values and keyword not in ("$ref", "allOf"):
                found.values[keyword] = value
                found.pointers[keyword] = (*at, keyword)
    return Keywords(pointer, found.values, found.pointers, tuple(names))


def properties(bundle: Mapping[str, Any], pointer: Pointer) -> dict[str, Pointer]:
    """Where each property of the object schema at `pointer` stands, those of its parts included."""
    found: dict[str, Pointer] = {}
    for schema, at in _parts(bundle, at_pointer(bundle, pointer), pointer, []):
        for name in schema.get("properties", {}):
            found.setdefault(name, (*at, "properties", name))
    return found


def required(bundle: Mapping[str, Any], pointer: Pointer) -> set[str]:
    """The names that the object schema at `pointer` requires, those of its parts included."""
    parts = _parts(bundle, at_pointer(bundle, pointer), pointer, [])
    return {name for schema, _ in parts for name in schema.get("required", ())}


def named(bundle: Mapping[str, Any], pointer: Pointer) -> Pointer:
    """Where the schema stands that the one at `pointer` is another name of, or itself."""
    schema = at_pointer(bundle, pointer)
    if not isinstance(schema, dict) or "$ref" not in schema:
        return pointer
    return named(bundle, ("components", "schemas", schema["$ref"].rpartition("/")[2]))


def at_pointer(bundle: Mapping[str, Any], pointer: Pointer) -> Any:
    """The part of the bundle at a pointer."""
    node: Any = bundle
    for step in pointer:
        node = node[int(step)] if isinstance(node, list) else node[step]
    return node


def _parts(
    bundle: Mapping[str, Any], schema: Any, pointer: Pointer, names: list[str]
) -> Iterator[tuple[dict[str, Any], Pointer]]:
    """A schema, the one it refers to, and those in its `allOf`, from the outermost on."""
    if not isinstance(schema, dict):
        return
    yield schema, pointer
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        names.append(name)
        target = ("components", "schemas", name)
        yield from _parts(bundle, at_pointer(bundle, target), target, names)
    for index, part in enumerate(schema.get("allOf", ())):
        yield from _parts(bundle, part, (*pointer, "allOf", str(index)), names)
