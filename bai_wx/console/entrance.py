"""The door: login and logout."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.templating import Jinja2Templates
from starlette_admin.helpers import index_url, safe_redirect_url

from bai_wx.console import cookies
from bai_wx.console.accounts import login, sessions
from bai_wx.console.accounts.errors import LoginRefused
from bai_wx.console.guard import acting, address
from bai_wx.console.threads import in_thread
from bai_wx.console.words import now

FIELDS = ("username", "password", "code")


def routes(templates: Jinja2Templates) -> list[Route]:
    """The routes `login` and `logout`."""
    return [
        Route("/login", _login(templates), methods=["GET", "POST"], name="login"),
        Route("/logout", _log_out, methods=["POST"], name="logout"),
    ]


def _login(templates: Jinja2Templates) -> Callable[[Request], Awaitable[Response]]:
    async def page(request: Request) -> Response:
        if not request.state.is_anonymous:
            return RedirectResponse(_next(request), 303)
        if request.method != "POST":
            return templates.TemplateResponse(request, "login.html")
        form = await request.form()
        name, password, code = (str(form.get(each) or "") for each in FIELDS)
        agent = request.headers.get("user-agent", "")
        try:
            value = await in_thread(login.log_in, name, password, code, address(request), agent)
        except LoginRefused as problem:
            said = {"error": now(problem.chinese, problem.english)}
            return templates.TemplateResponse(request, "login.html", said, status_code=400)
        response = RedirectResponse(_next(request), 303)
        cookies.put(response, cookies.SESSION, value)
        return response

    return page


async def _log_out(request: Request) -> Response:
    await in_thread(sessions.end, acting(request).session_id)
    response = RedirectResponse(request.url_for("console:login"), 303)
    cookies.drop(response, cookies.SESSION)
    return response


def _next(request: Request) -> str:
    home = index_url(request)
    return safe_redirect_url(request.query_params.get("next") or home, request, home)
