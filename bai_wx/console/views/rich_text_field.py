"""Rich text as a form field: Markdown, or HTML where Markdown cannot say it, with a preview."""

from dataclasses import dataclass
from typing import Any, ClassVar, Final

from markupsafe import Markup
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette_admin.helpers import static_url
from starlette_admin.types import RequestAction

from bai_wx.console import rich_text
from bai_wx.console.threads import in_thread
from bai_wx.console.views.fields import LinesField, Unread
from bai_wx.console.views.picker import is_first_dialog
from bai_wx.console.words import now

MARKDOWN: Final = "markdown"
HTML: Final = "html"
EXCERPT: Final = 60  # characters of a text in a list


class Source(str):
    """What a form shows of a rich text. `mode` is `markdown` or `html`."""

    mode: str

    def __new__(cls, text: str, mode: str) -> "Source":
        made = super().__new__(cls, text)
        made.mode = mode
        return made


@dataclass
class RichTextField(LinesField):
    """A HTML column. The part `NAME-mode` of a form says how its text is written."""

    rows: int = 16
    class_: str = "field-textarea form-control font-monospace"
    form_template: str = "fields/form/rich_text.html"
    detail_template: str = "fields/detail/rich_text.html"
    is_wide: ClassVar[bool] = True

    async def parse_form_data(self, request: Request, form_data: FormData) -> str:
        typed = await super().parse_form_data(request, form_data)
        if form_data.get(f"{self.id}-mode") == HTML:
            return typed
        try:
            return await in_thread(rich_text.html_of, typed)
        except ValueError:
            return Unread(typed)

    async def validate(self, request: Request, value: Any, form_values: dict[str, Any]) -> None:
        if isinstance(value, Unread):
            raise ValueError(too_long())

    async def serialize_value(self, request: Request, value: Any) -> Any:
        if request.state.action.is_form():
            if isinstance(value, Unread):
                return Source(value, MARKDOWN)
            markdown = await in_thread(rich_text.markdown_of, value)
            return Source(value, HTML) if markdown is None else Source(markdown, MARKDOWN)
        if request.state.action is RequestAction.DETAIL:
            return Markup(await in_thread(rich_text.shown, value))  # noqa: S704  # nh3 has cleaned it
        return Markup(value[: EXCERPT * 10]).striptags()[:EXCERPT]  # noqa: S704  # a text again: its tags go

    def mode(self, request: Request, data: Any) -> str:
        """How the text that a form shows is written. A form with errors tells it itself."""
        form: FormData | None = getattr(request, "_form", None)
        typed = form.get(f"{self.id}-mode") if form is not None else None
        return str(typed or getattr(data, "mode", MARKDOWN))

    def opens_dialog(self, request: Request) -> bool:
        """Whether the picker's dialog is written beside this field."""
        return is_first_dialog(request)

    def additional_js_links(self, request: Request) -> list[str]:
        if not request.state.action.is_form():
            return []
        scripts = ("picker.js", "rich_text.js")
        return [static_url(request, script, v=2) for script in scripts]


def too_long() -> str:
    """What is told of more Markdown than is read."""
    most = rich_text.MOST_MARKDOWN
    return now(
        f"Markdown 最多 {most} 个字符，更长的正文请改用 HTML",
        f"At most {most} characters of Markdown; write longer texts as HTML",
    )
