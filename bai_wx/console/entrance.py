"""The door: login and logout."""

import secrets
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.templating import Jinja2Templates
from starlette_admin.helpers import index_url

from bai_wx.console import cookies
from bai_wx.console.accounts import changes, login
from bai_wx.console.accounts.errors import CodeNeeded, CodeRefused, LoginRefused, TooManyAttempts
from bai_wx.console.accounts.operators import Operator
from bai_wx.console.guard import acting, address
from bai_wx.console.threads import in_thread
from bai_wx.console.words import now

FIELDS = ("username", "password", "code")
DEVICE_BYTES = 32


def routes(templates: Jinja2Templates) -> list[Route]:
    """The routes `login` and `logout`."""
    return [
        Route("/login", _login(templates), methods=["GET", "POST"], name="login"),
        Route("/logout", _log_out, methods=["POST"], name="logout"),
    ]


def device(request: Request) -> str:
    """The value of the browser's device cookie, `""` where it has none."""
    return request.cookies.get(cookies.DEVICE, "")


def _login(templates: Jinja2Templates) -> Callable[[Request], Awaitable[Response]]:
    async def page(request: Request) -> Response:
        if not request.state.is_anonymous:
            return RedirectResponse(_next(request), 303)
        if request.method != "POST":
            nobody = not await in_thread(Operator.select().exists)
            said = {"is_nobody_there": nobody}
            return templates.TemplateResponse(request, "login.html", said)
        form = await request.form()
        name, password, code = (str(form.get(each) or "") for each in FIELDS)
        agent, known = request.headers.get("user-agent", ""), device(request)
        known = known or secrets.token_urlsafe(DEVICE_BYTES)
        who = (address(request), agent)
        try:
            value = await in_thread(login.log_in, name, password, code, *who, device=known)
        except LoginRefused as problem:
            return _refused(templates, request, name, problem)
        return _let_in(_next(request), value, known)

    return page


def _let_in(path: str, session: str, known: str) -> Response:
    response = RedirectResponse(path, 303)
    cookies.put(response, cookies.SESSION, session)
    cookies.put(response, cookies.DEVICE, known, max_age_s=cookies.DEVICE_S)
    return response


def _refused(
    templates: Jinja2Templates, request: Request, name: str, problem: LoginRefused
) -> Response:
    """The page again, with the name that was typed and what is wrong."""
    said = {
        "error": now(problem.chinese, problem.english),
        "is_code": isinstance(problem, CodeNeeded | CodeRefused),
        "name": name,
    }
    if not isinstance(problem, TooManyAttempts):
        return templates.TemplateResponse(request, "login.html", said, status_code=400)
    later = {"Retry-After": str(problem.wait_s)}
    return templates.TemplateResponse(request, "login.html", said, 429, later)


async def _log_out(request: Request) -> Response:
    await in_thread(changes.log_out, acting(request))
    response = RedirectResponse(request.url_for("console:login").path, 303)
    cookies.drop(response, cookies.SESSION)
    return response


def _next(request: Request) -> str:
    """The page that was asked for before the login, as a path of the console; its index otherwise.

    Whatever host the query names, only path and query of it are followed.
    """
    home = urlsplit(index_url(request)).path
    asked = urlsplit(request.query_params.get("next", ""))
    if not asked.path.startswith(home) or asked.path.startswith(f"{home}login"):
        return home
    return f"{asked.path}?{asked.query}" if asked.query else asked.path
