"""A short text that offers the values that are there already."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette_admin.helpers import static_url

from bai_wx.console.views.fields import LineField


@dataclass
class SuggestedField(LineField):
    """A short text. The script asks `product-words` for the values of all such fields of a form."""

    form_template: str = "fields/form/suggested.html"

    def additional_js_links(self, request: Request) -> list[str]:
        return [static_url(request, "suggest.js", v=1)] if request.state.action.is_form() else []
