"""Who comes in: sessions, forged forms, roles. Every path asks for a session, every write for a role.

The order of a request: `policy` (headers, size, origin), CSRF, session, role, then the page.
"""

import hashlib
import hmac
import secrets
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from starlette.exceptions import HTTPException
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Route
from starlette.templating import Jinja2Templates
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette_admin.auth import AdminUser, BaseAuthProvider
from starlette_admin.security.csrf import CSRFMiddleware

from bai_wx.console import cookies
from bai_wx.console.accounts import sessions
from bai_wx.console.acting import Acting
from bai_wx.console.roles import Permission
from bai_wx.console.threads import in_thread

SAFE: Final = frozenset({"GET", "HEAD"})
STATIC: Final = "/console/static/"

OPEN_WRITES: Final = frozenset(
    {"login", "logout", "account-password", "account-totp", "account-session"}
)
"""The routes that write nothing of the shop: who may see the console may use them, and `login` everybody."""

Refuse = Callable[[Request, int], Awaitable[Response]]
"""Answers a request with an error page of this status."""


def acting(request: Request) -> Acting:
    """The operator behind a request that was let in."""
    operator: Acting = request.state.acting
    return operator


class Sessions(BaseAuthProvider):
    """Knows an operator by the session that a cookie names. Nothing else opens the console."""

    def __init__(self, routes: Callable[[Jinja2Templates], list[Route]]) -> None:
        """`routes` makes the routes of login and logout."""
        super().__init__()
        self._routes = routes

    def get_routes(self, templates: Jinja2Templates) -> list[Route]:
        return self._routes(templates)

    async def authenticate(self, request: Request) -> AdminUser | None:
        operator: Acting | None = request.state.acting
        return AdminUser(username=operator.name) if operator else None


async def whoever(request: Request) -> Acting | None:
    """The operator whose session the request's cookie names."""
    cookie = request.cookies.get(cookies.SESSION)
    return await in_thread(sessions.acting, cookie, address(request)) if cookie else None


class BoundToken(CSRFMiddleware):
    """Refuses a write without the token of its session; the token of another session is worth nothing.

    `keys` says what tokens are made of: the first key makes them, those of the others hold.
    """

    def __init__(self, app: ASGIApp, keys: Callable[[], Sequence[bytes]], refuse: Refuse) -> None:
        BaseHTTPMiddleware.__init__(self, app)
        self._keys = keys
        self._refuse = refuse

    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        if request.method in SAFE and request.scope["path"].startswith(STATIC):
            # Nobody's session was looked up for it: the token of its answer would be a stranger's.
            return await call_next(request)
        bound_to = self._bound_to(request)
        visit = bound_to or secrets.token_urlsafe(24)
        token, *others = (_token(key, request, visit) for key in self._keys())
        request.state.csrf_token = token
        if request.method not in SAFE:
            try:
                sent = await self._get_submitted_token(request) if bound_to else None
            except HTTPException as problem:  # of a form that cannot be read
                return await self._refuse(request, problem.status_code)
            if not _is_one_of(sent or "", token, *others):
                return await self._refuse(request, 403)
        response = await call_next(request)
        if not bound_to:
            cookies.put(response, cookies.VISIT, visit)
        if request.cookies.get(self.cookie_name) != token:
            # The library's scripts read it and send it back in a header.
            response.set_cookie(
                self.cookie_name, token, path="/console", secure=True, samesite="strict"
            )
        return response

    def _bound_to(self, request: Request) -> str | None:
        """The cookie that the token of this request's page was made of."""
        name = cookies.VISIT if request.state.acting is None else cookies.SESSION
        return request.cookies.get(name)


def _token(key: bytes, request: Request, bound_to: str) -> str:
    kind = "visit" if request.state.acting is None else "session"
    return hmac.new(key, f"{kind} {bound_to}".encode(), hashlib.sha256).hexdigest()


def _is_one_of(sent: str, *tokens: str) -> bool:
    return any(hmac.compare_digest(sent.encode(), each.encode()) for each in tokens)


class Roles:
    """Refuses a write of an operator whose role may not change the shop."""

    def __init__(self, app: ASGIApp, refuse: Refuse) -> None:
        self._app = app
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in SAFE:
            request = Request(scope, receive)
            operator: Acting | None = request.state.acting
            may_edit = operator is not None and operator.may(Permission.EDIT)
            if not may_edit and route_name(scope) not in OPEN_WRITES:
                answer = await self._refuse(request, 403)
                await answer(scope, receive, send)
                return
        await self._app(scope, receive, send)


def route_name(scope: Scope) -> str:
    """The name of the console's route that a request will reach, `""` for none."""
    routes: list[BaseRoute] = scope["app"].routes
    for route in routes:
        if route.matches(scope)[0] is Match.FULL:
            return getattr(route, "name", None) or ""
    return ""


def address(request: Request) -> str:
    """The client's address. Behind a trusted proxy it is the one that the proxy told."""
    return request.client.host if request.client else ""
