"""What the search in the frame of every page finds."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette_admin.helpers import detail_url
from starlette_admin.routing import route
from starlette_admin.views import CustomView

from bai_wx.console import times
from bai_wx.console.guard import acting
from bai_wx.console.roles import Permission
from bai_wx.console.sales.states import ORDER_STATES
from bai_wx.console.search import MAX_TEXT, Found, search
from bai_wx.console.threads import in_thread
from bai_wx.console.views.dashboard import yuan
from bai_wx.console.views.rendered import rendered
from bai_wx.console.words import both
from bai_wx.record.base import Record
from models.users import masked_phone


class SearchPage(CustomView):
    """The page at `/console/search?q=…`. Where only one row is found, its own page is shown."""

    menu_label = both("搜索", "Search")
    path = "/search"
    add_to_menu = False

    def is_accessible(self, request: Request) -> bool:
        return acting(request).may(Permission.VIEW)

    @route("", name="search")
    async def index(self, request: Request) -> Response:
        text = request.query_params.get("q", "")[:MAX_TEXT]
        found = await in_thread(search, text)
        if found.number == 1:
            return RedirectResponse(_only(request, found), 303)
        return await rendered(
            self,
            request,
            "search/page.html",
            title=self.title(request),
            searched=text,
            found=found,
            states=ORDER_STATES,
            yuan=yuan,
            shown=times.shown,
            masked=masked_phone,
        )


def _only(request: Request, found: Found) -> str:
    row: Record = [*found.orders, *found.customers, *found.products][0]
    return detail_url(request, row.collection(), row.id)
