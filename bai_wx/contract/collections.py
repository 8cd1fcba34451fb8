"""The collections as the contract declares them, read from their paths.

A collection is whatever has a path `/pb/api/collections/NAME/…`. Its record schema is what its list, its
view or its auth-refresh answers; what JSON Schema cannot say stands beside it in extensions
(`docs/contract-extensions.md`).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bai_wx.contract.bundler import CONTROLLER, METHODS, Contract
from bai_wx.contract.field_specs import FieldSpec, field_spec
from bai_wx.contract.files import ContractError, Pointer
from bai_wx.contract.keywords import Keywords, at_pointer, keywords, named, properties, required
from bai_wx.contract.spots import Spot, Spots

BASE = "PocketBaseRecordBase"
ENVELOPE = frozenset({"collectionId", "collectionName", "expand"})
"""Members that PocketBase adds to every record; no collection has a field for them."""

_PATH = re.compile(r"/pb/api/collections/([^/{}]+)/(.+)")
_VERBS = {
    ("records", "get"): "list",
    ("records", "post"): "create",
    ("records/{recordId}", "get"): "view",
    ("records/{recordId}", "patch"): "update",
    ("records/{recordId}", "delete"): "delete",
    ("auth-refresh", "post"): "auth_refresh",
}
_RECORD_IN = {"list": "items", "view": "", "create": "", "auth_refresh": "record"}
"""By operation: the property of its answer that holds the record or records."""


@dataclass(frozen=True)
class Unique:
    """Columns that are unique together, in the rows where the filter `when` holds (`""`: all)."""

    fields: tuple[str, ...]
    when: str
    spot: Spot


@dataclass(frozen=True)
class OperationSpec:
    """A native operation of a collection."""

    id: str
    verb: str
    """`list`, `view`, `create`, `update`, `delete` or `auth_refresh`."""
    path: str
    method: str
    definition: dict[str, Any]
    pointer: Pointer
    spot: Spot
    body: Mapping[str, Keywords] = field(default_factory=dict)
    """The keys that its body has, by name."""
    body_required: frozenset[str] = frozenset()
    body_spot: Spot | None = None
    """Where the keys of the body are."""
    required_spot: Spot | None = None

    @property
    def settable(self) -> set[str]:
        """The fields a client may set by it. Every create takes an `id`, which is not among them."""
        named = {name for name, said in self.body.items() if not said.get("readOnly")}
        return named - {"id"}

    @property
    def max_body(self) -> int | None:
        """The bytes a body may have, where the contract says so."""
        limit: int | None = self.definition.get("x-max-body")
        return limit

    @property
    def is_for_users(self) -> bool:
        """Whether a token is looked at."""
        return any(self.definition.get("security", ()))


@dataclass(frozen=True)
class CollectionSpec:
    """A collection as the contract declares it."""

    name: str
    schema: str
    """The name of the record schema."""
    module: str
    """The module of its handlers: `wechat_auth` of `wechat-auth.yaml`."""
    keywords: Keywords
    spot: Spot
    spots: Spots
    fields: Mapping[str, FieldSpec]
    """The fields in the contract's order, hidden ones last. The common ones (`id` …) are not among them."""
    common: Mapping[str, FieldSpec]
    """`id`, `created`, `updated` and `is_delete`."""
    constants: Mapping[str, str | bool]
    """Members that are the same in each record and are no fields."""
    owner: str | None
    """The column of the owner's openid."""
    visible: str
    """The filter of the rows that are shown, `""` for all; owner and `is_delete` stand beside it."""
    uniques: tuple[Unique, ...]
    operations: Mapping[str, OperationSpec]
    """The operations by verb."""

    @property
    def title(self) -> str:
        """The Chinese name of the collection's record."""
        return str(self.keywords.get("title", ""))

    @property
    def is_auth(self) -> bool:
        """Whether it is an auth collection of PocketBase."""
        return "auth_refresh" in self.operations

    def spot_of(self, keyword: str) -> Spot:
        """Where a keyword of the record schema stands, or the schema where it has none."""
        return self.spots.of(self.keywords.place(keyword))

    def settable(self, verb: str) -> set[str]:
        """The fields a client may set by `create` or `update`, empty where there is no such operation."""
        found = self.operations.get(verb)
        return found.settable if found else set()

    def unknown(self) -> Iterator[tuple[str, str, Spot]]:
        """Verb, name and place of each key of a body that is no field of the record: a misspelt one."""
        for verb, operation in self.operations.items():
            for name in sorted(operation.settable - self.fields.keys() - self.common.keys()):
                yield verb, name, self.spots.of(operation.body[name].pointer)


def collections(contract: Contract) -> dict[str, CollectionSpec]:
    """Every collection of the contract by name, in the order of its paths.

    Raises: `ContractError` for a collection whose record or field cannot be understood.
    """
    spots = Spots(contract.bundler)
    records = record_schemas(contract.bundle)
    found: dict[str, dict[str, OperationSpec]] = {}
    for name, verb, pointer in _operations(contract.bundle):
        found.setdefault(name, {})[verb] = _operation(contract.bundle, verb, pointer, spots)
    if bare := found.keys() - records.keys():
        raise ContractError(f"{min(bare)} has no operation that answers a record")
    return {
        name: _collection(name, keywords(contract.bundle, records[name]), made, contract, spots)
        for name, made in found.items()
    }


def _operations(bundle: Mapping[str, Any]) -> Iterator[tuple[str, str, Pointer]]:
    """Collection, verb and place of each native operation."""
    for path, item in bundle["paths"].items():
        matched = _PATH.fullmatch(path)
        for method in METHODS if matched else ():
            verb = _VERBS.get((matched[2], method)) if matched else None
            if matched and verb and method in item:
                yield matched[1], verb, ("paths", path, method)


def _operation(
    bundle: Mapping[str, Any], verb: str, pointer: Pointer, spots: Spots
) -> OperationSpec:
    definition = at_pointer(bundle, pointer)
    spot = spots.of(pointer)
    name, _, method = definition["operationId"], *pointer[1:]
    made = OperationSpec(name, verb, pointer[1], method, definition, pointer, spot)
    media = definition.get("requestBody", {}).get("content", {})
    if not media:
        return made
    at = (*pointer, "requestBody", "content", next(iter(media)), "schema")
    body = {key: keywords(bundle, where) for key, where in properties(bundle, at).items()}
    names = frozenset(required(bundle, at))
    said = keywords(bundle, at)
    return replace(
        made,
        body=body,
        body_required=names,
        body_spot=spots.of(said.place("properties")),
        required_spot=spots.of(said.place("required")),
    )


def _collection(
    name: str,
    said: Keywords,
    operations: dict[str, OperationSpec],
    contract: Contract,
    spots: Spots,
) -> CollectionSpec:
    bundle = contract.bundle
    members = properties(bundle, said.pointer)
    base = _base_fields(bundle)
    read = {key: keywords(bundle, at) for key, at in members.items() if key not in ENVELOPE}
    constants = {key: each.get("const") for key, each in read.items() if "const" in each.values}
    fields = {k: field_spec(k, each, spots) for k, each in read.items() if k not in constants}
    own = {key: each for key, each in fields.items() if key not in base}
    return CollectionSpec(
        name,
        said.pointer[-1],
        next(iter(operations.values())).definition[CONTROLLER].rpartition(".")[2],
        said,
        spots.of(said.pointer),
        spots,
        own | _hidden(said, bundle, spots),
        {key: each for key, each in fields.items() if key in base},
        constants,
        said.get("x-owner"),
        said.get("x-visible", ""),
        tuple(_uniques(said, spots)),
        operations,
    )


def record_schemas(bundle: Mapping[str, Any]) -> dict[str, Pointer]:
    """Where the record schema of each collection stands, of those that answer one."""
    found: dict[str, Pointer] = {}
    for name, verb, pointer in _operations(bundle):
        if at := _record(bundle, verb, pointer):
            found.setdefault(name, at)
    return found


def _record(bundle: Mapping[str, Any], verb: str, operation: Pointer) -> Pointer | None:
    """The record schema that an operation answers, None where it answers none."""
    if verb not in _RECORD_IN:
        return None
    try:
        at = (*operation, "responses", "200", "content", "application/json", "schema")
        if holder := _RECORD_IN[verb]:
            at = properties(bundle, at)[holder]
        return named(bundle, (*at, "items") if verb == "list" else at)
    except KeyError:
        return None


def _base_fields(bundle: Mapping[str, Any]) -> set[str]:
    """The fields that every collection has; none where the contract has no such schema."""
    schemas = bundle.get("components", {}).get("schemas", {})
    return set(properties(bundle, ("components", "schemas", BASE))) if BASE in schemas else set()


def _hidden(said: Keywords, bundle: Mapping[str, Any], spots: Spots) -> dict[str, FieldSpec]:
    at = said.place("x-hidden-fields")
    return {
        name: field_spec(name, keywords(bundle, (*at, name)), spots, hidden=True)
        for name in said.get("x-hidden-fields", {})
    }


def _uniques(said: Keywords, spots: Spots) -> Iterator[Unique]:
    at = said.place("x-unique")
    for index, each in enumerate(said.get("x-unique", ())):
        yield Unique(tuple(each["fields"]), each.get("when", ""), spots.of((*at, str(index))))
