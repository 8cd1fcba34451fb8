"""Pages and writes beside those of the library, each a method with `@route`. They stand in no menu."""

from starlette.requests import Request
from starlette_admin.views import CustomView

from bai_wx.console.guard import acting
from bai_wx.console.roles import Permission


class Pages(CustomView):
    """Routes below `path`. A write asks for `Permission.EDIT` before it is reached (`guard.Roles`)."""

    add_to_menu = False
    index = None  # there is no page at `path` itself, and so no route

    def is_accessible(self, request: Request) -> bool:
        return acting(request).may(Permission.VIEW)
