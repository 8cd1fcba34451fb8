"""What a page over several collections asks of its site: the pages of each, what rows and states are called."""

from typing import Any

from starlette.requests import Request
from starlette_admin.fields import EnumField
from starlette_admin.types import RequestAction
from starlette_admin.views import BaseView

from bai_wx.console.views.record_view import RecordView
from bai_wx.record.base import Record


def view_of(page: BaseView, collection: str) -> RecordView:
    """The pages of a collection in the site of `page`."""
    admin: Any = page._admin
    view: RecordView = admin._find_view_by_key(collection)
    return view


async def name_of(page: BaseView, request: Request, row: Record) -> str:
    """What the pages of its collection call a row."""
    return await view_of(page, row.collection()).repr(row, request)


def words_of(page: BaseView, request: Request, collection: str) -> dict[str, dict[Any, Any]]:
    """The words of a collection's states, by field and stored value, as the page of a row has them."""
    request.state.action = RequestAction.DETAIL
    fields = view_of(page, collection).fields
    choices = (field for field in fields if isinstance(field, EnumField))
    return {field.name: dict(field._get_choices(request)) for field in choices}
