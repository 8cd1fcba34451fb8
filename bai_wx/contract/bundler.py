"""Follows the references of the contract's files until one document is left.

Schemas stay references (`#/components/schemas/NAME`, names kept, one name one schema), so that
recursive ones work; in parameters and form bodies they are written out, as Connexion
reads those itself.
"""

from __future__ import annotations

import copy
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

from bai_wx.contract.files import Files, Place, Pointer, defect

# Keys of these objects are names, never keywords: a property may be called "example".
NAME_MAPS = frozenset(
    {
        "$defs",
        "callbacks",
        "content",
        "dependentSchemas",
        "encoding",
        "examples",
        "headers",
        "links",
        "parameters",
        "pathItems",
        "paths",
        "patternProperties",
        "properties",
        "requestBodies",
        "responses",
        "schemas",
        "securitySchemes",
        "variables",
        "x-hidden-fields",
    }
)
# The values of these keywords are data: a "$ref" inside an example is text.
DATA_KEYS = frozenset({"example", "default", "const", "enum", "value"})
CONTROLLER = "x-openapi-router-controller"
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
FORM_TYPES = frozenset({"multipart/form-data", "application/x-www-form-urlencoded"})
ANNOTATIONS = frozenset(
    {"title", "description", "default", "deprecated", "example", "examples", "summary"}
)


@dataclass(frozen=True)
class _Spot:
    """Where the walk stands: in a file, in the bundle, and how it came there."""

    at: Place
    out: Pointer = ()
    trail: tuple[Place, ...] = ()
    spell_out: bool = False

    def child(self, key: object, *, spell_out: bool = False) -> _Spot:
        """One step down; `spell_out` is inherited by everything below."""
        return _Spot(self.at / key, (*self.out, str(key)), self.trail, self.spell_out or spell_out)

    def jump(self, target: Place) -> _Spot:
        """The same spot of the bundle, filled from another place."""
        if target in self.trail:
            raise defect(self.at, f"{target} refers to itself and cannot be written out")
        return _Spot(target, self.out, (*self.trail, target), self.spell_out)


@dataclass
class Bundler:
    """Follows references from the root and remembers where each part of the bundle came from."""

    files: Files
    root: Place
    schemas: dict[str, Any] = field(default_factory=dict)
    homes: dict[str, Place] = field(default_factory=dict)
    origins: dict[Pointer, Place] = field(default_factory=dict)

    def bundle(self) -> dict[str, Any]:
        """The whole document with no reference left but those to `#/components/schemas`."""
        document = dict(self.files.lookup(self.root, self.root))
        components = dict(document.get("components") or {})
        named = list(components.pop("schemas", None) or {})
        bundled = self._object({**document, "components": components}, _Spot(self.root))
        for name in named:
            self._hoist(self.root / "components" / "schemas" / name, self.root)
        # The root's schemas in its order, then the others in the order they were met.
        bundled["components"]["schemas"] = {
            name: self.schemas[name] for name in [*named, *self.schemas]
        }
        return bundled

    def source_of(self, pointer: Pointer) -> Place:
        """Where the part of the bundle at `pointer` was written."""
        for length in range(len(pointer), 0, -1):
            if origin := self.origins.get(pointer[:length]):
                return Place(origin.file, (*origin.pointer, *pointer[length:]))
        return Place(self.root.file, pointer)

    def _walk(self, node: Any, spot: _Spot) -> Any:
        """Copy `node` into the bundle."""
        if isinstance(node, list):
            return [self._walk(child, spot.child(index)) for index, child in enumerate(node)]
        if not isinstance(node, dict):
            return node
        if isinstance(node.get("$ref"), str):
            return self._follow(node, spot)
        return self._object(node, spot)

    def _object(self, node: dict[Any, Any], spot: _Spot) -> dict[str, Any]:
        """Copy an object whose keys are keywords."""
        copied: dict[str, Any] = {}
        for key, child in _text_keys(node, spot.at):
            if (
                key in DATA_KEYS
                or (key.startswith("x-") and key not in NAME_MAPS)
                or (key == "examples" and isinstance(child, list))
            ):
                copied[key] = copy.deepcopy(child)
            elif key in NAME_MAPS and isinstance(child, dict):
                copied[key] = self._names(child, spot.child(key))
            else:
                copied[key] = self._walk(child, spot.child(key, spell_out=key == "parameters"))
        return copied

    def _names(self, node: dict[Any, Any], spot: _Spot) -> dict[str, Any]:
        """Copy an object whose keys are names."""
        return {
            name: self._walk(child, spot.child(name, spell_out=name in FORM_TYPES))
            for name, child in _text_keys(node, spot.at)
        }

    def _follow(self, node: dict[str, Any], spot: _Spot) -> Any:
        """Put what a `$ref` names in its place: a schema by its name, anything else as a copy."""
        target = _target(node["$ref"], spot.at)
        beside = self._object({key: node[key] for key in node if key != "$ref"}, spot)
        if target.is_schema and not spot.spell_out:
            return {"$ref": f"#/components/schemas/{self._hoist(target, spot.at)}", **beside}
        found = self.files.lookup(target, spot.at)
        self.origins.setdefault(spot.out, target)
        return _beside(self._walk(found, spot.jump(target)), beside)

    def _hoist(self, place: Place, asked_from: Place) -> str:
        """Put the schema at `place` among the bundle's schemas, once, and return its name."""
        self._refuse_circle(place, asked_from)
        node = self.files.lookup(place, asked_from)
        if isinstance(node, dict) and set(node) == {"$ref"}:
            target = _target(node["$ref"], place)
            if target.is_schema and target.pointer == place.pointer:
                return self._hoist(target, place)
        name = place.pointer[-1]
        if self.homes.setdefault(name, place) != place:
            raise defect(place, f"the schema name {name!r} is taken by {self.homes[name]}")
        if name not in self.schemas:
            out = ("components", "schemas", name)
            self.origins[out] = place
            self.schemas[name] = (
                None  # holds the name's turn, and stops a recursive schema from coming again
            )
            self.schemas[name] = self._walk(node, _Spot(place, out))
        return name

    def _refuse_circle(self, place: Place, asked_from: Place) -> None:
        """Refuse a schema of which references that follow each other say nothing but itself."""
        trail, node = [place], self.files.lookup(place, asked_from)
        while isinstance(node, dict) and isinstance(node.get("$ref"), str):
            target = _target(node["$ref"], trail[-1])
            if target in trail:
                raise defect(place, "refers to itself")
            node = self.files.lookup(target, trail[-1])
            trail.append(target)


class Contract(NamedTuple):
    """The bundled contract, and who knows where each part of it was written."""

    bundle: dict[str, Any]
    bundler: Bundler


def _text_keys(node: dict[Any, Any], at: Place) -> Iterator[tuple[str, Any]]:
    for key, child in node.items():
        if not isinstance(key, str):
            raise defect(at, f"the key {key!r} must be text: put it in quotes")
        yield key, child


def _target(ref: str, at: Place) -> Place:
    """The place a reference written at `at` points to."""
    file, _, fragment = ref.partition("#")
    if re.match(r"[a-z][a-z0-9+.-]*:", file):
        raise defect(at, f"{ref} is not a file of this contract")
    if fragment and not fragment.startswith("/"):
        raise defect(at, f"{ref} has no JSON pointer after its #")
    parts = fragment.split("/")[1:]
    pointer = tuple(unquote(part).replace("~1", "/").replace("~0", "~") for part in parts)
    return Place(Path(os.path.normpath(at.file.parent / file)) if file else at.file, pointer)


def _beside(found: Any, beside: dict[str, Any]) -> Any:
    """Join a written-out target with the keys beside its `$ref`.

    Annotations replace the target's; of keywords that both have, both must hold.
    """
    if not beside or not isinstance(found, dict):
        return found
    if found.keys() & beside.keys() <= ANNOTATIONS:
        return {**found, **beside}
    return {**beside, "allOf": [found, *beside.get("allOf", [])]}
