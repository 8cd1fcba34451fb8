"""What every answer of the console says to the browser, and which requests are not even read.

That the type of an answer is not guessed is said by `request/render.py`, to every answer of the server.

The policy lets a page run the scripts that carry its nonce and load from this server alone. `style`
attributes are allowed: the library's templates have some.
"""

import logging
import re
import secrets
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bai_wx.console.acting import present
from bai_wx.console.guard import SAFE, STATIC, whoever
from bai_wx.database.connection import FAILURES
from bai_wx.errors import ApiError

log = logging.getLogger("bai_wx.server")

MAX_BODY_BYTES: Final = 16 * 1024 * 1024
MAX_STRANGERS_BODY_BYTES: Final = 16 * 1024
"""Of a request without a session, which can be nothing but a login."""
TOO_LARGE: Final = "请求过大 · The request is too large"
OTHER_SITE: Final = "来源不符 · The request comes from another site"
NO_ADDRESS: Final = "地址有误 · The address cannot be read"
BUSY: Final = "服务繁忙，请稍后再试 · Busy now, please try again"
KEPT_A_DAY: Final = "public, max-age=86400"

DESTINATIONS: Final = frozenset({"next", "_origin"})
"""The parts of an address that name another, to which the answer leads."""
CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")

POLICY: Final = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
    "style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; media-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


class Policy:
    """Wraps the console: headers on every answer, a bound on bodies, no write from another origin.

    It finds the session, so that a stranger's body is not even read.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        nonce = secrets.token_urlsafe(16)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                _add(MutableHeaders(scope=message), scope["path"], nonce)
            await send(message)

        try:
            operator = None if _is_static(scope) else await whoever(Request(scope))
        except (ApiError, *FAILURES) as problem:
            log.warning("no session can be read: %s", ascii(repr(problem)))
            await _plain(503, BUSY)(scope, receive, send_with_headers)
            return
        present.set(operator)
        limit = MAX_STRANGERS_BODY_BYTES if operator is None else MAX_BODY_BYTES
        state = {**scope.get("state", {}), "nonce": nonce, "acting": operator}
        scope = {**scope, "state": state}
        if scope["method"] == "HEAD":
            # The library takes whatever is not GET for a form that was sent. The server sends no body.
            scope["method"], receive = "GET", _nothing
        refusal = _refusal(scope, limit)
        if refusal is not None:
            await refusal(scope, receive, send_with_headers)
        else:
            await self._answer(scope, _Bounded(receive, limit), send_with_headers)

    async def _answer(self, scope: Scope, receive: "_Bounded", send: Send) -> None:
        """Let the console answer, unless the body is too large: then nothing counts that it says."""

        async def send_unless_refused(message: Message) -> None:
            if not receive.is_exceeded:
                await send(message)

        try:
            await self._app(scope, receive, send_unless_refused)
        except Exception:
            if not receive.is_exceeded:
                raise
        if receive.is_exceeded:
            await _plain(413, TOO_LARGE)(scope, _nothing, send)


class _Bounded:
    """Receives a body of `limit` bytes at most."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive, self._left = receive, limit

    @property
    def is_exceeded(self) -> bool:
        """Whether more came."""
        return self._left < 0

    async def __call__(self) -> Message:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self.is_exceeded:
            raise ConnectionError("the body is not read to its end")
        return message


async def _nothing() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


def _refusal(scope: Scope, limit: int) -> PlainTextResponse | None:
    headers = Headers(scope=scope)
    if not leads_somewhere(scope["query_string"].decode("latin-1")):
        return _plain(400, NO_ADDRESS)
    if scope["method"] in SAFE:
        return None
    if not is_same_origin(headers):
        return _plain(403, OTHER_SITE)
    length = headers.get("content-length", "0")
    return _plain(413, TOO_LARGE) if not length.isdecimal() or int(length) > limit else None


def _plain(status: int, text: str) -> PlainTextResponse:
    return PlainTextResponse(text, status)


def _is_static(scope: Scope) -> bool:
    path: str = scope["path"]
    return path.startswith(STATIC)


def leads_somewhere(query: str) -> bool:
    """Whether every destination of a query can be told apart into its parts, and those that it holds itself.
    No part of a query has a NUL: PostgreSQL cannot be asked for one.

    A browser leaves control characters out of an address: `/<tab>/host` leads it to another host.
    """
    try:
        parts = parse_qsl(query)
        if any("\0" in value for _, value in parts):
            return False
        named = [value for name, value in parts if name in DESTINATIONS]
        return all(
            not CONTROL.search(value) and leads_somewhere(urlsplit(value).query) for value in named
        )
    except (ValueError, RecursionError):
        return False


def is_same_origin(headers: Headers) -> bool:
    """Whether a write comes from a page of this host, as far as the browser says.

    A proxy may have ended TLS, so the scheme says nothing.
    """
    site = headers.get("sec-fetch-site", "same-origin")
    origin = headers.get("origin")
    if site != "same-origin":
        return False
    return origin is None or urlsplit(origin).netloc == headers.get("host", "")


def _add(headers: MutableHeaders, path: str, nonce: str) -> None:
    headers["X-Frame-Options"] = "DENY"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    # A file of the shop has a policy of its own, a stricter one.
    headers.setdefault("Content-Security-Policy", POLICY.format(nonce=nonce))
    headers.setdefault("Cache-Control", KEPT_A_DAY if path.startswith(STATIC) else "no-store")
