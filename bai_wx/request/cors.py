"""Which pages of other origins a browser lets read our answers. The edge asks before it does anything else."""

from bai_wx.request.render import Headers, Reply

API_METHODS = b"GET,HEAD,PUT,PATCH,POST,DELETE"
_PREFLIGHT_VARIES: Headers = [
    (b"vary", b"Access-Control-Request-Method"),
    (b"vary", b"Access-Control-Request-Headers"),
]


class Origins:
    """The origins that the settings allow; `*` allows every one."""

    def __init__(self, origins: tuple[str, ...]) -> None:
        self._allowed = frozenset(origin.encode() for origin in origins)
        self._allows_all = "*" in origins

    def allowed(self, headers: dict[bytes, bytes]) -> bytes | None:
        """Return what Access-Control-Allow-Origin says, or None when it is not sent."""
        origin = headers.get(b"origin")
        if not origin or not self._allowed:
            return None
        if self._allows_all:
            return b"*"
        return origin if origin in self._allowed else None


def allow_origin(origin: bytes | None) -> Headers:
    """The header that lets a page of this origin read the answer; none without an origin."""
    return [(b"access-control-allow-origin", origin)] if origin else []


def preflight(headers: dict[bytes, bytes], origin: bytes | None) -> Reply:
    """Answer OPTIONS on any path, as PocketBase does."""
    if origin is None:
        return Reply(204, b"")
    allowed: Headers = [*_PREFLIGHT_VARIES, (b"access-control-allow-methods", API_METHODS)]
    asked = headers.get(b"access-control-request-headers")
    if asked:
        allowed.append((b"access-control-allow-headers", asked))
    return Reply(204, b"", allowed)
