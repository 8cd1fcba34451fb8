"""Documents: rich text with pictures, and the window of time in which each is shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, ClassVar, Final

from peewee import Expression
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette_admin.actions import ActionSelection, action, row_action
from starlette_admin.fields import BaseField
from starlette_admin.filters.base import FilterApplyContext
from starlette_admin.flash import flash
from starlette_admin.helpers import static_url
from starlette_admin.routing import route
from starlette_admin.views import CustomView
from starlette_admin.widgets import WidgetShorthand

from bai_wx.console import document_states, document_types, rich_text
from bai_wx.console.document_states import State
from bai_wx.console.guard import acting
from bai_wx.console.roles import Permission
from bai_wx.console.threads import in_thread
from bai_wx.console.views import filters, layouts
from bai_wx.console.views.picker import AttachmentsField
from bai_wx.console.views.record_view import RecordView
from bai_wx.console.views.rich_text_field import HTML, RichTextField, too_long
from bai_wx.console.views.state_field import StateField
from bai_wx.console.views.word_fields import WordsField
from bai_wx.console.words import both, now
from bai_wx.record.base import Record
from models.documents import DRAFT, VALID, Document

STATUS: Final = "document_status"
CONTENT: Final = "document_content"
TYPE: Final = "document_type"
EFFECT, EXPIRY = "document_effect_date", "document_expiry_date"
WORDS: Final = (
    TYPE,
    "document_hotel_type",
    "document_keywords",
    "document_product_categories",
    "document_application_scenarios",
)
PICKED: Final = {
    "document_images": "picture",
    "document_videos": "video",
    "document_files": "file",
}
MAIN: Final = (
    *("document_title", TYPE, "document_subtitle"),
    *("document_relation_model", "document_summary"),
)
ORDER: Final = (
    *(
        "document_title",
        TYPE,
        STATUS,
        EFFECT,
        EXPIRY,
        "document_subtitle",
        "document_relation_model",
    ),
    *("document_summary", CONTENT, *PICKED, *WORDS[1:]),
)
"""The fields in the order of the pages."""
NAMES: Final = {
    State.DRAFT: both("草稿", "Draft"),
    State.COMING: both("待生效", "Not yet shown"),
    State.SHOWN: both("展示中", "Shown"),
    State.EXPIRED: both("已过期", "Expired"),
}
COLOURS: Final = {
    State.DRAFT: "secondary",
    State.COMING: "blue",
    State.SHOWN: "green",
    State.EXPIRED: "orange",
}


class InState(filters.Among):
    """A document is in one of some states."""

    def apply(self, ctx: FilterApplyContext) -> Any:
        return _in_states(ctx.value)


class NotInState(filters.NotAmong):
    """A document is in none of some states."""

    def apply(self, ctx: FilterApplyContext) -> Any:
        return ~_in_states(ctx.value)


def _in_states(values: Sequence[str]) -> Expression:
    known = [State(value) for value in values if value in NAMES]
    if not known:
        return Document.seq.is_null()
    return reduce(or_, (document_states.condition(state) for state in known))


class DocumentState(StateField):
    """What customers see of a document now. A form asks whether it is published."""

    def _get_choices(self, request: Request) -> Any:
        if request.state.action.is_form():
            return [
                (VALID, now("发布", "Published")),
                (DRAFT, now("草稿，不展示", "Draft, not shown")),
            ]
        return list(NAMES.items())

    async def parse_obj(self, request: Request, obj: Any) -> Any:
        if request.state.action.is_form():
            return obj.document_status or VALID
        return document_states.state_of(obj)


@dataclass
class TypesField(WordsField):
    """Words of dictionaries, each as `dictionary@word`. Lists and pages show the word alone."""

    form_template: str = "fields/form/types.html"

    async def serialize_value(self, request: Request, value: Any) -> Any:
        shown = await super().serialize_value(request, value)
        if request.state.action.is_form():
            return shown
        return [each.rpartition("@")[2] or each for each in shown]

    def additional_js_links(self, request: Request) -> list[str]:
        links = super().additional_js_links(request)
        return [*links, static_url(request, "types.js", v=1)] if links else []


class DocumentView(RecordView):
    """Documents."""

    icon = "fa fa-file-lines"
    display_name = both("文档", "document")
    named_by = "document_title"
    columns = ("document_title", STATUS, EFFECT, EXPIRY, TYPE, "updated")
    row_actions = ("view", "edit", "publish", "withdraw", "delete")
    list_template = "record/documents.html"
    fields_default_sort = (("document_create", True),)
    hidden: ClassVar[frozenset[str]] = RecordView.hidden | {
        "document_image",
        "document_video",
        "document_file",
    }

    @property
    def tabs(self) -> list[tuple[str, Any]]:
        """The filters that the list offers by a click, with their titles."""
        states = [(f"{STATUS}__in={state}", name) for state, name in NAMES.items()]
        return [("", both("全部", "All")), *states]

    def make_fields(self) -> list[BaseField]:
        fields = super().make_fields()
        return sorted(fields, key=lambda f: ORDER.index(f.name) if f.name in ORDER else len(ORDER))

    def make_field(self, name: str) -> BaseField:
        general = super().make_field(name)
        said: dict[str, Any] = {"name": name, "label": general.label, "orderable": False}
        if name in PICKED:
            return AttachmentsField(
                key="tbl_attachments", kind=PICKED[name], searchable=False, **said
            )
        if name == CONTENT:
            return RichTextField(**said)
        if name in WORDS:
            return TypesField(**said) if name == TYPE else WordsField(**said)
        if name == STATUS:
            said |= {"choices": list(NAMES.items()), "colours": COLOURS, "default": VALID}
            return DocumentState(filters=[InState, NotInState], required=True, **said)
        general.help_text = HELPS.get(name)
        return general

    def make_form(self) -> Sequence[WidgetShorthand]:
        by_name = {field.name: field for field in self.fields}
        told = {*MAIN, CONTENT, STATUS, EFFECT, EXPIRY, *PICKED, *WORDS}
        rest = [f.name for f in self.fields if f.name in self.model.set_by_operator() - told]
        sections = (
            (both("标题与摘要", "Title and summary"), MAIN),
            (both("正文", "Text"), (CONTENT, "document_images")),
            (both("发布", "Publishing"), (STATUS, EFFECT, EXPIRY)),
            (both("视频与文件", "Videos and files"), ("document_videos", "document_files")),
            (both("分类", "Groups"), WORDS[1:]),
            (both("其他", "More"), rest),
        )
        return [
            layouts.section(title, [by_name[name] for name in names]) for title, names in sections
        ]

    async def edit(self, request: Request, pk: Any, data: dict[str, Any]) -> Record:
        """Change a document. A text that shows the same as the stored one leaves it as it is written."""
        row = await self.find_by_pk(request, pk)
        if row is not None and CONTENT in data:
            stored = str(getattr(row, CONTENT))
            if rich_text.is_same(data[CONTENT], stored):
                data = {**data, CONTENT: stored}
        return await super().edit(request, pk, data)

    async def is_row_action_allowed_for_obj(self, request: Request, name: str, obj: Any) -> bool:
        if name in {"publish", "withdraw"}:
            return bool((obj.document_status == DRAFT) == (name == "publish"))
        return await super().is_row_action_allowed_for_obj(request, name, obj)

    @action("publish", both("发布", "Publish"), icon_class="fa fa-circle-up")
    async def publish_all(self, request: Request, selection: ActionSelection) -> None:
        """Publish the chosen documents."""
        await self._put(request, await selection.pks(), VALID)

    @action("withdraw", both("撤回为草稿", "Make drafts"), icon_class="fa fa-circle-down")
    async def withdraw_all(self, request: Request, selection: ActionSelection) -> None:
        """Make the chosen documents drafts."""
        await self._put(request, await selection.pks(), DRAFT)

    @row_action("publish", both("发布", "Publish"), icon_class="fa fa-circle-up")
    async def publish(self, request: Request, pk: Any) -> None:
        """Publish one document."""
        await self._put(request, [pk], VALID)

    @row_action("withdraw", both("撤回为草稿", "Make a draft"), icon_class="fa fa-circle-down")
    async def withdraw(self, request: Request, pk: Any) -> None:
        """Make one document a draft."""
        await self._put(request, [pk], DRAFT)

    async def _put(self, request: Request, pks: Sequence[Any], status: str) -> None:
        ids = [str(pk) for pk in pks]
        await in_thread(document_states.put, ids, status, acting(request))
        done = now(
            f"{len(ids)} 篇文档已{'发布' if status == VALID else '撤回为草稿'}",
            f"{len(ids)} documents {'published' if status == VALID else 'made drafts'}",
        )
        flash(request, done, "success")


HELPS: Final = {
    EFFECT: both("北京时间；留空则立即展示", "Beijing's time; empty: shown at once"),
    EXPIRY: both(
        "北京时间；到期后客户仍能看到，标为“过期”；要让客户看不到，请改为草稿。留空则一直有效",
        "Beijing's time; later customers see it as expired (a draft is hidden); empty: it never expires",
    ),
}


class DocumentRoutes(CustomView):
    """`POST /documents/preview`: what a rich text looks like. `GET /documents/types`: what types there are."""

    path = "/documents"
    add_to_menu = False

    async def index(self, request: Request) -> Response:
        """There is no such page: without `@route` this one is not reached."""
        raise NotImplementedError

    def is_accessible(self, request: Request) -> bool:
        return acting(request).may(Permission.EDIT)

    @route("/types", name="document-types")
    async def types(self, request: Request) -> Response:
        """The types that a document can be given."""
        return JSONResponse(await in_thread(document_types.types))

    @route("/preview", methods=["POST"], name="document-preview")
    async def preview(self, request: Request) -> Response:
        """Answer the form's `text`, in `mode` Markdown or HTML: `html` cleaned, `other` in the other mode.

        `other` is None for HTML that Markdown cannot say.
        """
        form = await request.form(max_files=0, max_fields=4, max_part_size=MOST_BYTES)
        text, is_html = str(form.get("text") or ""), form.get("mode") == HTML
        try:
            return JSONResponse(await in_thread(_previewed, text.replace("\r\n", "\n"), is_html))
        except ValueError:
            return JSONResponse({"error": too_long()}, 400)


MOST_BYTES: Final = 6 * 1024 * 1024  # more than a document may have


def _previewed(text: str, is_html: bool) -> dict[str, str | None]:
    html = text if is_html else rich_text.html_of(text)
    return {
        "html": rich_text.shown(html),
        "other": rich_text.markdown_of(html) if is_html else html,
    }
