"""The console as an ASGI application, which `request/mounts.py` loads at the first request of `/console`."""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bai_wx.console import entrance
from bai_wx.console.admin import Admin
from bai_wx.console.context import Context
from bai_wx.console.guard import Sessions
from bai_wx.console.policy import Policy
from bai_wx.console.views.all import views
from bai_wx.database.connection import FAILURES
from bai_wx.errors import ApiError
from bai_wx.request.asgi import App
from bai_wx.transfer import contract_check


def build(context: Context) -> App:
    """Build the application. Its templates are compiled here, which takes some tenths of a second."""
    contract_check.enable(dict(context.bundle))
    admin = Admin(context, views(context), Sessions(entrance.routes))
    site = Starlette()
    admin.mount_to(site)
    for problem in (ApiError, *FAILURES):
        admin.app.add_exception_handler(problem, _refused(admin))
    for name in admin.templates.env.list_templates(extensions=["html"]):
        if not name.startswith("@"):
            admin.templates.env.get_template(name)
    return Policy(site)


def _refused(admin: Admin):  # type: ignore[no-untyped-def]  # Starlette's own name for it is private
    async def refused(request: Request, problem: Exception) -> Response:
        status = problem.status if isinstance(problem, ApiError) else 503
        return await admin._render_error(request, HTTPException(status))

    return refused
