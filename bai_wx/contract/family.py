"""The two families of paths: hooks, and PocketBase's own (native)."""

from enum import Enum

RECORDS_PREFIX = "/pb/api/collections/"
BATCH_PATH = "/pb/api/batch"
NATIVE_PREFIXES = (
    RECORDS_PREFIX,
    BATCH_PATH,
    "/pb/api/files/",
    "/pb/api/health",
    "/pb/api/openapi.json",
)
HOOK_PREFIXES = ("/pb/api/system/", "/pb/api/wechat/", "/pb/api/cart/", "/pb/api/order/")


class Family(Enum):
    """Whose manners a path has."""

    HOOK = "hook"
    NATIVE = "native"


def family_of(path: str) -> Family:
    """Tell the family of a path of the contract; what is new is a hook unless it says otherwise."""
    return Family.NATIVE if path.startswith(NATIVE_PREFIXES) else Family.HOOK


def family_of_unknown(path: str) -> Family:
    """Tell the family that answers for a path outside the contract."""
    return Family.HOOK if path.startswith(HOOK_PREFIXES) else Family.NATIVE
