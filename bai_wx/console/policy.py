"""What every answer of the console says to the browser, and which requests are not even read.

The policy lets a page run the scripts that carry its nonce and load from this server alone. `style`
attributes are allowed: the library's templates have some.
"""

import secrets
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bai_wx.console.guard import SAFE

MAX_BODY_BYTES: Final = 16 * 1024 * 1024
STATIC: Final = "/console/static/"
KEPT_A_DAY: Final = "public, max-age=86400"

POLICY: Final = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
    "style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; media-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


class Policy:
    """Wraps the console: headers on every answer, a bound on bodies, no write from another origin."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        nonce = secrets.token_urlsafe(16)
        headers = Headers(scope=scope)
        scope = {**scope, "state": {**scope.get("state", {}), "nonce": nonce}}

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                _add(MutableHeaders(scope=message), scope["path"], nonce)
            await send(message)

        refusal = _refusal(scope["method"], headers)
        if refusal is not None:
            await refusal(scope, receive, send_with_headers)
            return
        try:
            await self._app(scope, _bounded(receive), send_with_headers)
        except TooLarge:
            answer = PlainTextResponse("请求过大 · The request is too large", 413)
            await answer(scope, receive, send_with_headers)


class TooLarge(Exception):
    """More came than a form of the console can hold."""


def _refusal(method: str, headers: Headers) -> PlainTextResponse | None:
    if method in SAFE:
        return None
    if not is_same_origin(headers):
        return PlainTextResponse("来源不符 · The request comes from another site", 403)
    length = headers.get("content-length", "0")
    if length.isdecimal() and int(length) > MAX_BODY_BYTES:
        return PlainTextResponse("请求过大 · The request is too large", 413)
    return None


def is_same_origin(headers: Headers) -> bool:
    """Whether a write comes from a page of this host, as far as the browser says.

    A proxy may have ended TLS, so the scheme says nothing.
    """
    site = headers.get("sec-fetch-site", "same-origin")
    origin = headers.get("origin")
    if site != "same-origin":
        return False
    return origin is None or urlsplit(origin).netloc == headers.get("host", "")


def _bounded(receive: Receive) -> Receive:
    read = 0

    async def receive_bounded() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > MAX_BODY_BYTES:
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
