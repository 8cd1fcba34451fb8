"""Which operation a path and method mean, and what answers when none does.

The edge asks before it awaits the body. Hook paths answer 405 with `Allow`; native paths answer as
PocketBase: 403 for what it routes and only superusers may do, 404 for everything else.
"""

from collections.abc import Iterable
from urllib.parse import unquote_to_bytes

from bai_wx.contract.family import RECORDS_PREFIX, Family, family_of_unknown, learn
from bai_wx.errors import ApiError, Forbidden, MethodNotAllowed, NotFound, Unauthorized
from bai_wx.record import collections
from bai_wx.request.operation import Operation

USERS = "tbl_auth_users"

NO_CONTEXT = "Missing or invalid collection context."

# What PocketBase routes below a collection; `*` is any one segment.
_RECORD = ["records", "*"]
_POCKETBASE_PATHS: dict[str, list[list[str]]] = {
    "GET": [[], ["records"], _RECORD],
    "POST": [["records"], ["impersonate", "*"]],
    "PATCH": [[], _RECORD],
    "DELETE": [[], ["truncate"], _RECORD],
}
_AUTH_ONLY: dict[str, frozenset[str]] = {
    "GET": frozenset({"auth-methods"}),
    "POST": frozenset(
        {"auth-refresh", "auth-with-password", "auth-with-oauth2", "auth-with-otp", "request-otp"}
        | {"request-password-reset", "confirm-password-reset", "request-verification"}
        | {"confirm-verification", "request-email-change", "confirm-email-change"}
    ),
}
"""What only a collection of users has."""
_TOKEN_FIRST = frozenset({"auth-refresh", "request-email-change"})

ByMethod = dict[str, Operation]
Found = tuple[Operation, dict[str, str]]


class Routes:
    """The routing table: a dictionary for fixed paths, a segment match for those with parameters."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._fixed: dict[str, ByMethod] = {}
        self._below: dict[str, tuple[str, ByMethod]] = {}  # fixed but for the last segment
        self._shaped: dict[tuple[str, ...], ByMethod] = {}
        for operation in operations:
            self._add(operation)
            learn([operation.spec.path])

    def find(self, method: str, raw_path: bytes) -> Found:
        """Return the operation and its path parameters. Raises the ApiError that answers otherwise."""
        path = raw_path.decode("latin-1")
        methods = self._fixed.get(path)
        values: dict[str, str] = {}
        if methods is None:
            methods, values = self._match(path)
        if methods is None:
            raise self._unrouted(method, path)
        operation = methods.get("GET" if method == "HEAD" and "GET" in methods else method)
        if operation is None:
            raise self._refused(method, path, methods)
        return operation, values

    def refusal(self, method: str, raw_path: bytes) -> ApiError:
        """Say why no operation takes this method on this path."""
        path = raw_path.decode("latin-1")
        methods, _ = self._match(path)
        return self._refused(method, path, methods) if methods else self._unrouted(method, path)

    def spelled(self, raw_path: bytes) -> str:
        """The path decoded, its collection by its own name; an encoded `/` or end of line stays encoded."""
        return "/".join(self._canonical(raw_path.decode("latin-1")))

    def _add(self, operation: Operation) -> None:
        path = operation.spec.path
        parent, _, last = path.rpartition("/")
        if "{" not in path:
            self._fixed.setdefault(path, {})[operation.spec.method] = operation
            return
        if "{" not in parent:
            _, methods = self._below.setdefault(parent, (last[1:-1], {}))
            methods[operation.spec.method] = operation
            return
        self._shaped.setdefault(tuple(path.split("/")), {})[operation.spec.method] = operation

    def _match(self, path: str) -> tuple[ByMethod | None, dict[str, str]]:
        """Match segment by segment; a collection may be named in any case or by its id."""
        parent, _, last = path.rpartition("/")
        if parent in self._below and last and "%" not in last:  # spelled as in the contract
            name, methods = self._below[parent]
            return methods, {name: last}
        segments = self._canonical(path)
        if "/".join(segments) in self._fixed:
            return self._fixed["/".join(segments)], {}
        name, methods = self._below.get("/".join(segments[:-1]), ("", {}))
        if methods:
            return (methods, {name: segments[-1]}) if segments[-1] else (None, {})
        for shape, by_method in self._shaped.items():
            values = _fit(shape, segments)
            if values is not None:
                return by_method, values
        return None, {}

    def _canonical(self, path: str) -> list[str]:
        """Decode the segments, and give the collection its own name."""
        segments = [_decoded(s) if "%" in s else s for s in path.split("/")]
        if path.startswith(RECORDS_PREFIX):
            model = collections.find(segments[4])
            segments[4] = model.collection() if model else segments[4]
        return segments

    def _refused(self, method: str, path: str, methods: ByMethod) -> ApiError:
        """Say why a path of the contract does not take this method."""
        if next(iter(methods.values())).family is Family.HOOK:
            return MethodNotAllowed(tuple(methods))
        return self._unrouted(method, path)

    def _unrouted(self, method: str, path: str) -> ApiError:
        if family_of_unknown(path) is Family.HOOK:
            return NotFound()
        segments = self._canonical(path)
        if not path.startswith(RECORDS_PREFIX) or "" in segments[4:]:
            return _no_route(method)
        return self._outside_contract(method, segments[4], segments[5:])

    def _outside_contract(self, method: str, collection: str, rest: list[str]) -> ApiError:
        """Answer what PocketBase has below a collection and our contract lacks."""
        asked = "GET" if method == "HEAD" else method
        is_known = collection in collections.COLLECTIONS
        if len(rest) == 1 and rest[0] in _AUTH_ONLY.get(asked, ()):
            return _no_auth(collection, rest[0]) if is_known else NotFound(NO_CONTEXT)
        shape = [*rest[:1], *("*" for _ in rest[1:])]
        if shape not in _POCKETBASE_PATHS.get(asked, ()):
            return _no_route(method)
        if is_known:
            return Forbidden()
        if not rest or rest[0] != "records":
            return _no_route(method)
        writes = method in ("POST", "PATCH")
        return NotFound(NO_CONTEXT if writes else "Missing collection context.")


def _no_auth(collection: str, asked: str) -> ApiError:
    """Answer what only an auth collection has; ours leaves logging in to WeChat.

    Some ask for a token before they look at the collection.
    """
    if collection == USERS:
        return Forbidden()
    if asked in _TOKEN_FIRST:
        return Unauthorized("a collection that has no users")
    return NotFound("Missing or invalid auth collection context.")


def _decoded(segment: str) -> str:
    """Decode percent signs. An encoded slash separates nothing, and bad UTF-8 is in no name or id.

    An encoded end of line stays as it is: to the pattern of a route the path would end there.
    """
    decoded = unquote_to_bytes(segment).decode(errors="replace")
    return decoded.replace("/", "%2F").replace("\n", "%0A")


def _no_route(method: str) -> NotFound:
    """PocketBase serves its dashboard's files from everywhere else, so a GET misses a file."""
    return NotFound("File not found." if method in ("GET", "HEAD") else "")


def _fit(shape: tuple[str, ...], segments: list[str]) -> dict[str, str] | None:
    if len(shape) != len(segments):
        return None
    values: dict[str, str] = {}
    for expected, given in zip(shape, segments, strict=True):
        if expected.startswith("{"):
            if not given:
                return None
            values[expected[1:-1]] = given
        elif expected != given:
            return None
    return values
