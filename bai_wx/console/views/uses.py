"""A part of a row's page: where the row is used, as links."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette_admin.fields import BaseField
from starlette_admin.helpers import detail_url

from bai_wx.console.references import uses_of
from bai_wx.console.threads import in_thread
from bai_wx.console.views.others import view_of
from bai_wx.console.views.record_view import RecordView
from bai_wx.console.words import both

USES = "uses"


@dataclass
class UsesField(BaseField):
    """The rows that use a row. It is read for the page of one row alone."""

    searchable: bool | None = False
    orderable: bool | None = False
    exclude_from_list: bool | None = True
    exclude_from_create: bool | None = True
    exclude_from_edit: bool | None = True
    detail_template: str = "fields/detail/uses.html"
    find_view: Callable[[str], Any] | None = None
    """Finds the view of a collection by its name."""

    async def parse_obj(self, request: Request, obj: Any) -> Any:
        assert self.find_view is not None, "made by `uses_field`"
        links = []
        for row in await in_thread(uses_of, obj):
            view = self.find_view(row.collection())
            if view.is_accessible(request):
                address = detail_url(request, row.collection(), row.id)
                name = await view.repr(row, request)
                links.append({"collection": view.menu_label, "name": name, "url": address})
        return links

    async def serialize_value(self, request: Request, value: Any) -> Any:
        return value


def uses_field(view: RecordView, label: Any = None) -> UsesField:
    """The field of a view that tells where its rows are used."""
    return UsesField(
        USES, label=label or both("用在哪里", "Used in"), find_view=partial(view_of, view)
    )
