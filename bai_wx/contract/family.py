"""The two families of paths: hooks, and PocketBase's own (native)."""

from collections.abc import Iterable
from enum import Enum

RECORDS_PREFIX = "/pb/api/collections/"
BATCH_PATH = "/pb/api/batch"
NATIVE_PREFIXES = (
    RECORDS_PREFIX,
    BATCH_PATH,
    "/pb/api/files/",
    "/pb/api/health",
    "/pb/api/ready",
    "/pb/api/openapi.json",
)
_PREFIX = "/pb/api/"
_hooks: set[str] = set()
"""The segment behind `/pb/api/` of each hook path of the contract: `cart`, `order` …"""


class Family(Enum):
    """Whose manners a path has."""

    HOOK = "hook"
    NATIVE = "native"


def family_of(path: str) -> Family:
    """Tell the family of a path of the contract; what is new is a hook unless it says otherwise."""
    return Family.NATIVE if path.startswith(NATIVE_PREFIXES) else Family.HOOK


def learn(paths: Iterable[str]) -> None:
    """Note where the hooks of a contract lie: an unknown path beside them is answered as they are."""
    hooks = (path for path in paths if family_of(path) is Family.HOOK)
    _hooks.update(path.removeprefix(_PREFIX).partition("/")[0] for path in hooks)


def family_of_unknown(path: str) -> Family:
    """Tell the family that answers for a path outside the contract."""
    segment, slash, _ = path.removeprefix(_PREFIX).partition("/")
    is_hook = path.startswith(_PREFIX) and slash and segment in _hooks
    return Family.HOOK if is_hook else Family.NATIVE
