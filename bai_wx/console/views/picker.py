"""Relations to attachments as form fields: thumbnails, chosen from what is there or uploaded on the spot.

`static/picker.js` runs the dialog, by the routes of `attachment_routes.py`.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

from starlette.requests import Request
from starlette_admin.helpers import static_url

from bai_wx.console import attachment_files
from bai_wx.console.views.fields import RelationsField
from models.attachments import Attachment


def is_first_dialog(request: Request) -> bool:
    """Whether a page has no picker's dialog yet. It needs one, however many fields open it."""
    had = getattr(request.state, "has_picker", False)
    request.state.has_picker = True
    return not had


@dataclass
class AttachmentsField(RelationsField):
    """Attachments, in an order of their own. `kind` is what is offered: `picture`, `video` or `file`."""

    kind: str = "picture"
    form_template: str = "fields/form/attachments.html"
    list_template: str = "fields/list/attachments.html"
    detail_template: str = "fields/detail/attachments.html"
    is_wide: ClassVar[bool] = True

    async def serialize_value(self, request: Request, value: Any) -> Any:
        if request.state.action.is_form():
            return [each.id if isinstance(each, Attachment) else each for each in value]
        return [attachment_files.described(each) for each in value]

    def picked(self, data: Any) -> list[str]:
        """The record ids of what a form shows."""
        return [data] if isinstance(data, str) and data else list(data or [])

    def opens_dialog(self, request: Request) -> bool:
        """Whether the dialog is written beside this field."""
        return is_first_dialog(request)

    def additional_css_links(self, request: Request) -> list[str]:
        return []

    def additional_js_links(self, request: Request) -> list[str]:
        is_form = request.state.action.is_form()
        return [static_url(request, "picker.js", v=1)] if is_form else []
