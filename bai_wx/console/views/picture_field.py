"""A picture of the shop: a relation to one attachment, shown as what it is and uploaded in the form itself."""

from dataclasses import dataclass
from typing import Any, ClassVar

from starlette.requests import Request
from starlette_admin.helpers import static_url

from bai_wx.console.attachment_files import described
from bai_wx.console.views.fields import RelationField
from bai_wx.console.views.picker import is_first_dialog
from models.attachments import Attachment


@dataclass
class PictureField(RelationField):
    """One picture. Its form field uploads a chosen or dropped file at once, or takes an attachment that
    is there, and sends its id.

    Templates get what `attachment_files.described` tells of the attachment.
    """

    list_template: str = "fields/list/picture.html"
    detail_template: str = "fields/detail/picture.html"
    form_template: str = "fields/form/picture.html"
    cell: ClassVar[str] = "cell-picture"
    is_wide: ClassVar[bool] = True

    async def serialize_value(self, request: Request, value: Any) -> Any:
        return described(value) if isinstance(value, Attachment) else value

    def additional_css_links(self, request: Request) -> list[str]:
        return []

    def additional_js_links(self, request: Request) -> list[str]:
        if not request.state.action.is_form():
            return []
        return [static_url(request, name, v=1) for name in ("picker.js", "picture.js")]

    def opens_dialog(self, request: Request) -> bool:
        """Whether the picker's dialog is written beside this field."""
        return is_first_dialog(request)
