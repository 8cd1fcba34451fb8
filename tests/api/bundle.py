"""The contract as the tests read it: every operation by its id."""

from dataclasses import dataclass
from typing import Any

from bai_wx.contract import loader
from bai_wx.contract.family import Family, family_of
from tests.contract.operations import BUNDLE, SCAFFOLDED

PREFIX = "/pb/api"


@dataclass(frozen=True)
class Op:
    """One operation: where it lives and what the contract says of it."""

    id: str
    method: str
    path: str
    definition: dict[str, Any]

    @property
    def is_hook(self) -> bool:
        """Whether it answers in the envelope."""
        return family_of(self.path) is Family.HOOK

    @property
    def demands_token(self) -> bool:
        """Whether a guest is refused with 401."""
        requirements = self.definition.get("security", [])
        return bool(requirements) and {} not in requirements

    @property
    def declared(self) -> set[int]:
        """The statuses it may answer."""
        return {int(status) for status in self.definition["responses"]}

    @property
    def body_schema(self) -> dict[str, Any]:
        """The schema of its JSON body, `{}` when it takes none."""
        content = self.definition.get("requestBody", {}).get("content", {})
        return resolved(content.get("application/json", {}).get("schema", {}))

    @property
    def properties(self) -> dict[str, dict[str, Any]]:
        """The schemas of its body's properties."""
        found = self.body_schema.get("properties", {})
        return {name: resolved(schema) for name, schema in found.items()}


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema with its own `$ref` followed; what stands beside the `$ref` stays."""
    while "$ref" in schema:
        beside = {key: value for key, value in schema.items() if key != "$ref"}
        schema = {**BUNDLE["components"]["schemas"][schema["$ref"].rpartition("/")[2]], **beside}
    return schema


OPERATIONS: dict[str, Op] = {
    definition["operationId"]: Op(definition["operationId"], method.upper(), path, definition)
    for path, method, definition in loader.operations(BUNDLE)
}
HOOK_PREFIXES = tuple({f"{op.path.rsplit('/', 1)[0]}/" for op in OPERATIONS.values() if op.is_hook})
"""How the paths of hooks begin: what is unknown beside them is answered as they are."""
_SEEN_TO = [op for op in OPERATIONS.values() if op.id not in SCAFFOLDED]
HOOKS = [op for op in _SEEN_TO if op.is_hook]
NATIVE = [op for op in _SEEN_TO if not op.is_hook]
"""The operations that tables ask for bad inputs; those that were scaffolded have a row of their own so far."""


def methods_of(path: str) -> set[str]:
    """The methods the contract has on a path."""
    return {op.method for op in OPERATIONS.values() if op.path == path}
