"""Load the contract: many YAML files in, one OpenAPI 3.1 document out.

```
root YAML ── follow every $ref ──► schemas hoisted to components/schemas, all else inlined
          ── check ──────────────► operationIds, schemas, then openapi-spec-validator
          ── answer ─────────────► one plain dict that Connexion, the docs page and clients see
```

Schemas stay references (`#/components/schemas/NAME`, names kept, one name one schema), so that
recursive ones work; in parameters and form bodies they are written out, as Connexion
reads those itself.
A defect stops the start with a `ContractError` that names the file and the JSON pointer.
"""

from __future__ import annotations

import copy
import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import unquote

import jsonschema_rs
import orjson
import yaml

CONTRACT_ROOT = Path(__file__).resolve().parents[2] / "spec" / "openapi-wx.yaml"

CONTROLLER = "x-openapi-router-controller"
REMEMBERED = "contract.valid"

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

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
    }
)
# The values of these keywords are data: a "$ref" inside an example is text.
DATA_KEYS = frozenset({"example", "default", "const", "enum", "value"})
FORM_TYPES = frozenset({"multipart/form-data", "application/x-www-form-urlencoded"})
ANNOTATIONS = frozenset(
    {"title", "description", "default", "deprecated", "example", "examples", "summary"}
)

Pointer: TypeAlias = tuple[str, ...]


class ContractError(Exception):
    """The contract is defective, or the code does not fit it. The message says where and what."""


@dataclass(frozen=True)
class Place:
    """A spot in one of the contract's files."""

    file: Path
    pointer: Pointer = ()

    def __truediv__(self, key: object) -> Place:
        return Place(self.file, (*self.pointer, str(key)))

    def __str__(self) -> str:
        escaped = (part.replace("~", "~0").replace("/", "~1") for part in self.pointer)
        return f"{self.file}#/{'/'.join(escaped)}"

    @property
    def is_schema(self) -> bool:
        """Whether a whole named schema lives here."""
        return len(self.pointer) == 3 and self.pointer[:2] == ("components", "schemas")


def _defect(place: Place, problem: str) -> ContractError:
    return ContractError(f"{place}: {problem}")


def load(root: Path = CONTRACT_ROOT, *, cache: Path | None = None) -> dict[str, Any]:
    """Return the bundled, validated contract.

    Args: `root` is the root YAML; `cache` a directory that remembers the hash of the last bundle
        found valid, so that a start with an unchanged contract skips the slow validation.
    Raises: `ContractError` for any defect; its message names the file and the JSON pointer.
    """
    bundler = _Bundler(_Files(), Place(root))
    bundle = bundler.bundle()
    _check_operation_ids(bundle, bundler)
    _name_controllers(bundle, bundler)
    fingerprint = _fingerprint(bundle)
    if cache is None:
        _validate(bundle, bundler)
    elif not _is_remembered(cache, fingerprint):
        _validate_apart(bundle, bundler)
        _remember(cache, fingerprint)
    return bundle


def operations(bundle: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every operation of a bundle as path, lower-case method and operation object."""
    for path, item in bundle["paths"].items():
        yield from ((path, method, item[method]) for method in METHODS if method in item)


# --- reading files ---


class _Loader(yaml.CSafeLoader):
    """Safe YAML as JSON knows it: a time stays text, and a key said twice is an error."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        mapping: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        if len(mapping) != len(node.value):
            _refuse_duplicate_key(node)
        return mapping


_Loader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in rows if tag != "tag:yaml.org,2002:timestamp"]
    for first, rows in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def _refuse_duplicate_key(node: yaml.MappingNode) -> None:
    seen: set[str] = set()
    for key, _ in node.value:
        if key.value in seen:
            raise yaml.MarkedYAMLError(
                problem=f"duplicate key {key.value!r}", problem_mark=key.start_mark
            )
        seen.add(key.value)


@dataclass
class _Files:
    """The contract's files, each read once."""

    _documents: dict[Path, Any] = field(default_factory=dict)

    def lookup(self, place: Place, asked_from: Place) -> Any:
        """The node at `place`; a missing file or a dangling pointer is blamed on `asked_from`."""
        node = self._document(place.file, asked_from)
        for index, part in enumerate(place.pointer):
            try:
                node = node[int(part)] if isinstance(node, list) else node[part]
            except (KeyError, IndexError, ValueError, TypeError):
                found = Place(place.file, place.pointer[:index])
                raise _defect(
                    asked_from, f"{place} does not exist: {found} has no {part!r}"
                ) from None
        return node

    def _document(self, file: Path, asked_from: Place) -> Any:
        if file not in self._documents:
            self._documents[file] = self._read(file, asked_from)
        return self._documents[file]

    def _read(self, file: Path, asked_from: Place) -> Any:
        try:
            document = yaml.load(file.read_bytes(), Loader=_Loader)  # a safe loader, narrowed above
        except OSError as exc:
            raise _defect(asked_from, f"cannot read {file}: {exc.strerror}") from exc
        except yaml.YAMLError as exc:
            raise _defect(Place(file), f"not YAML: {' '.join(str(exc).split())}") from exc
        if not isinstance(document, dict):
            raise _defect(Place(file), "must be a mapping")
        return document


# --- bundling ---


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
            raise _defect(self.at, f"{target} refers to itself and cannot be written out")
        return _Spot(target, self.out, (*self.trail, target), self.spell_out)


@dataclass
class _Bundler:
    """Follows references from the root and remembers where each part of the bundle came from."""

    files: _Files
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
                or key.startswith("x-")
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
        node = self.files.lookup(place, asked_from)
        if isinstance(node, dict) and set(node) == {"$ref"}:
            target = _target(node["$ref"], place)
            if target.is_schema and target != place and target.pointer == place.pointer:
                return self._hoist(target, place)
        name = place.pointer[-1]
        if self.homes.setdefault(name, place) != place:
            raise _defect(place, f"the schema name {name!r} is taken by {self.homes[name]}")
        if name not in self.schemas:
            out = ("components", "schemas", name)
            self.origins[out] = place
            self.schemas[name] = (
                None  # holds the name's turn, and stops a recursive schema from coming again
            )
            self.schemas[name] = self._walk(node, _Spot(place, out))
        return name


def _text_keys(node: dict[Any, Any], at: Place) -> Iterator[tuple[str, Any]]:
    for key, child in node.items():
        if not isinstance(key, str):
            raise _defect(at, f"the key {key!r} must be text: put it in quotes")
        yield key, child


def _target(ref: str, at: Place) -> Place:
    """The place a reference written at `at` points to."""
    file, _, fragment = ref.partition("#")
    if re.match(r"[a-z][a-z0-9+.-]*:", file):
        raise _defect(at, f"{ref} is not a file of this contract")
    if fragment and not fragment.startswith("/"):
        raise _defect(at, f"{ref} has no JSON pointer after its #")
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


# --- checking ---


def _check_operation_ids(bundle: Mapping[str, Any], bundler: _Bundler) -> None:
    """Every operation has an id, and no id is given twice."""
    _check_mappings(bundle, bundler)
    seen: dict[str, Place] = {}
    for path, method, operation in operations(bundle):
        place = bundler.source_of(("paths", path, method))
        name = operation.get("operationId")
        if not isinstance(name, str):
            raise _defect(place, f"{method.upper()} {path} has no operationId")
        if name in seen:
            raise _defect(place, f"operationId {name!r} is already taken by {seen[name]}")
        seen[name] = place


def _name_controllers(bundle: Mapping[str, Any], bundler: _Bundler) -> None:
    """Tell the resolver which module serves an operation: wechat-auth.yaml is `wechat_auth`."""
    for path, method, operation in operations(bundle):
        file = bundler.source_of(("paths", path, method)).file
        operation.setdefault(CONTROLLER, f"handlers.{file.stem.replace('-', '_')}")


def _check_mappings(bundle: Mapping[str, Any], bundler: _Bundler) -> None:
    """Whatever holds operations, and every operation, is a mapping."""
    if not isinstance(bundle.get("paths"), dict):
        raise _defect(bundler.root / "paths", "must be a mapping")
    for path, item in bundle["paths"].items():
        if not isinstance(item, dict):
            raise _defect(bundler.source_of(("paths", path)), "must be a mapping")
        for method in METHODS:
            if not isinstance(item.get(method, {}), dict):
                raise _defect(bundler.source_of(("paths", path, method)), "must be a mapping")


def _validate(bundle: dict[str, Any], bundler: _Bundler) -> None:
    """Raise for the first thing OpenAPI 3.1 does not allow."""
    # Imported here: it takes longer than all of the rest, and most starts do not need it.
    from bai_wx.contract import openapi

    _check_schemas(bundle, bundler, openapi.schema_object)
    try:
        error = next(openapi.errors(bundle), None)
    except (AttributeError, KeyError, TypeError, ValueError) as exc:
        # The validator itself stumbles over some defects, such as a list among the required names.
        raise _defect(bundler.root, f"not OpenAPI 3.1: {exc}") from exc
    if error is not None:
        best = _deepest(error)
        place = bundler.source_of(tuple(str(part) for part in best.absolute_path))
        raise _defect(place, f"not OpenAPI 3.1: {best.message[:300]}")


def _validate_apart(bundle: dict[str, Any], bundler: _Bundler) -> None:
    """The same in a child: what it takes, 11 MiB, is not for every worker to inherit."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        said = ""
        try:
            _validate(bundle, bundler)
        except ContractError as defect:
            said = str(defect)
        except BaseException as problem:
            said = f"it could not be validated: {problem!r}"
        finally:  # whatever it is, this is no second server
            try:
                os.write(writing, said.encode(errors="replace"))
            finally:
                os._exit(0)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as pipe:
        said = pipe.read()
    with suppress(
        ChildProcessError
    ):  # whoever started us may have told the kernel to reap children
        os.waitpid(pid, 0)
    if said:
        raise ContractError(said)


def _check_schemas(
    bundle: Mapping[str, Any], bundler: _Bundler, schema_object: jsonschema_rs.Draft202012Validator
) -> None:
    """Every schema is one."""
    for pointer, schema in _schemas(bundle, ()):
        try:
            schema_object.validate(schema)
        except jsonschema_rs.ValidationError as exc:
            place = bundler.source_of((*pointer, *(str(part) for part in exc.instance_path)))
            raise _defect(place, f"not a JSON Schema: {exc.message[:300]}") from exc


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


def _fingerprint(bundle: Mapping[str, Any]) -> str:
    """Names a bundle and the validator that looked at it."""
    seal = version("openapi-spec-validator").encode()
    return hashlib.sha256(seal + orjson.dumps(bundle)).hexdigest()


def _is_remembered(cache: Path, fingerprint: str) -> bool:
    """Whether this very bundle was the last one found valid."""
    with suppress(OSError):
        return (cache / REMEMBERED).read_text() == fingerprint
    return False


def _remember(cache: Path, fingerprint: str) -> None:
    """Note that a bundle is valid. A cache that cannot be written costs time, nothing else."""
    with suppress(OSError):
        cache.mkdir(parents=True, exist_ok=True)
        (cache / REMEMBERED).write_text(fingerprint)
