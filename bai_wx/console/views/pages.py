"""Pages and writes beside those of the library, each a method with `@route`. They stand in no menu."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.views import CustomView

from bai_wx.console.guard import acting
from bai_wx.console.roles import Permission


class Pages(CustomView):
    """Routes below `path`. A write asks for `Permission.EDIT` before it is reached (`guard.Roles`)."""

    add_to_menu = False
    index = None  # there is no page at `path` itself, and so no route

    def is_accessible(self, request: Request) -> bool:
        return acting(request).may(Permission.VIEW)

    def page(self, request: Request, template: str, **values: Any) -> Response:
        """A page of one of our templates."""
        assert self.templates is not None, "the library gives them to each of its views"
        return self.templates.TemplateResponse(request, template, values)
