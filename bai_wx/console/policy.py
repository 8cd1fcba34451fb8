"""What every answer of the console says to the browser, and which requests are not even read.

The policy lets a page run the scripts that carry its nonce and load from this server alone. `style`
attributes are allowed: the library's templates have some.
"""

import logging
import secrets
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bai_wx.console.guard import SAFE, STATIC, whoever
from bai_wx.database.connection import FAILURES
from bai_wx.errors import ApiError

log = logging.getLogger("bai_wx.server")

MAX_BODY_BYTES: Final = 16 * 1024 * 1024
MAX_STRANGERS_BODY_BYTES: Final = 16 * 1024
"""Of a request without a session, which can be nothing but a login."""
TOO_LARGE: Final = "请求过大 · The request is too large"
OTHER_SITE: Final = "来源不符 · The request comes from another site"
BUSY: Final = "服务繁忙，请稍后再试 · Busy now, please try again"
KEPT_A_DAY: Final = "public, max-age=86400"

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
        limit = MAX_STRANGERS_BODY_BYTES if operator is None else MAX_BODY_BYTES
        state = {**scope.get("state", {}), "nonce": nonce, "acting": operator}
        answer = _refusal(scope["method"], Headers(scope=scope), limit)
        try:
            await (answer or self._app)(
                {**scope, "state": state}, _bounded(receive, limit), send_with_headers
            )
        except TooLarge:
            await _plain(413, TOO_LARGE)(scope, receive, send_with_headers)


class TooLarge(Exception):
    """More came than a form of the console can hold."""


def _refusal(method: str, headers: Headers, limit: int) -> PlainTextResponse | None:
    if method in SAFE:
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


def is_same_origin(headers: Headers) -> bool:
    """Whether a write comes from a page of this host, as far as the browser says.

    A proxy may have ended TLS, so the scheme says nothing.
    """
    site = headers.get("sec-fetch-site", "same-origin")
    origin = headers.get("origin")
    if site != "same-origin":
        return False
    return origin is None or urlsplit(origin).netloc == headers.get("host", "")


def _bounded(receive: Receive, limit: int) -> Receive:
    read = 0

    async def receive_bounded() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > limit:
            raise TooLarge
        return message

    return receive_bounded


def _add(headers: MutableHeaders, path: str, nonce: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Frame-Options"] = "DENY"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    # A file of the shop has a policy of its own, a stricter one.
    headers.setdefault("Content-Security-Policy", POLICY.format(nonce=nonce))
    headers.setdefault("Cache-Control", KEPT_A_DAY if path.startswith(STATIC) else "no-store")
