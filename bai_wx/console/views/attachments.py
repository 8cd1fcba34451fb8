"""Attachments: their pictures, where they are used, uploads, and which are invalid."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from starlette.requests import Request
from starlette_admin.actions import ActionSelection, action, row_action
from starlette_admin.exceptions import ActionFailed
from starlette_admin.fields import BaseField
from starlette_admin.flash import flash

from bai_wx.console import attachment_files, writing
from bai_wx.console.acting import Acting
from bai_wx.console.guard import acting
from bai_wx.console.masking import PAPER_TEXT, masked_paper_text
from bai_wx.console.roles import Permission
from bai_wx.console.threads import in_thread
from bai_wx.console.views.fields import LinesField, WholeField
from bai_wx.console.views.record_view import RecordView
from bai_wx.console.views.state_field import StateField
from bai_wx.console.views.uses import USES, uses_field
from bai_wx.console.words import both, now
from bai_wx.database.connection import database
from bai_wx.errors import ApiError
from bai_wx.record.base import Record
from models.attachments import INVALID, VALID, Attachment

PREVIEW, STATUS, SIZE = "attachments_link", "attachments_status", "attachments_size"
STEPS = ((1 << 20, "MB"), (1 << 10, "KB"))


@dataclass
class PreviewField(BaseField):
    """The file itself: a thumbnail in lists, the picture or video on a page of its own."""

    searchable: bool | None = False
    orderable: bool | None = False
    exclude_from_create: bool | None = True
    exclude_from_edit: bool | None = True
    list_template: str = "fields/list/preview.html"
    detail_template: str = "fields/detail/preview.html"
    cell: ClassVar[str] = "cell-picture cell-preview"
    is_wide: ClassVar[bool] = True

    async def parse_obj(self, request: Request, obj: Any) -> Any:
        may_see = acting(request).may(Permission.REVEAL)
        return {
            **attachment_files.described(obj),
            "is_identity": bool(obj.attachments_is_identity),
            "may_see": may_see or not obj.attachments_is_identity,
        }

    async def serialize_value(self, request: Request, value: Any) -> Any:
        return value


@dataclass
class ReadTextField(LinesField):
    """What was read from a picture. Of an identity paper no page shows it, and a form begins without it."""

    async def parse_obj(self, request: Request, obj: Any) -> Any:
        if not obj.attachments_is_identity:
            return await super().parse_obj(request, obj)
        is_form = request.state.action.is_form()
        return "" if is_form else masked_paper_text(obj.attachments_ocr)


@dataclass
class BytesField(WholeField):
    """A number of bytes, shown in KB or MB."""

    def shown(self, value: Any) -> str:
        for step, unit in STEPS:
            if value >= step:
                return f"{value / step:.1f} {unit}"
        return f"{value} B"


TABS = (
    ("", both("全部", "All")),
    ("attachments_filetype__contains=image/", both("图片", "Pictures")),
    ("attachments_filetype__contains=video/", both("视频", "Videos")),
    ("attachments_filetype__contains=pdf", both("PDF", "PDF")),
    (f"{STATUS}__in={INVALID}", both("无效", "Invalid")),
)


class AttachmentView(RecordView):
    """The attachments of everybody. New ones are uploaded in the list, many at once."""

    icon = "fa fa-images"
    display_name = both("附件", "attachment")
    named_by = "attachments_filename"
    columns = (PREVIEW, "attachments_filename", "attachments_filetype", SIZE, STATUS, "created")
    list_template = "record/attachments.html"
    tabs = TABS
    """The filters that the list offers by a click, with their titles."""

    def make_fields(self) -> list[BaseField]:
        fields = [*super().make_fields(), uses_field(self)]
        first = (PREVIEW, USES)
        by_place = [f for name in first for f in fields if f.name == name]
        return [*by_place, *(f for f in fields if f.name not in first)]

    def make_field(self, name: str) -> BaseField:
        label = self.titles.fields.get(name, name)
        if name == PREVIEW:
            return PreviewField(name, label=both("预览", "Preview"))
        if name == SIZE:
            return BytesField(name, label=label, exclude_from_create=True, exclude_from_edit=True)
        if name == STATUS:
            return StateField(
                name,
                label=label,
                choices=[(VALID, both("有效", "Valid")), (INVALID, both("无效", "Invalid"))],
                colours={VALID: "green", INVALID: "red"},
                exclude_from_create=True,
                exclude_from_edit=True,
            )
        if name == PAPER_TEXT:
            return ReadTextField(name, label=label, orderable=False, searchable=False)
        return super().make_field(name)

    async def edit(self, request: Request, pk: Any, data: dict[str, Any]) -> Record:
        row = await self.find_by_pk(request, pk)
        if (
            row is not None
            and getattr(row, "attachments_is_identity", False)
            and not data.get(PAPER_TEXT)
        ):
            data = {name: value for name, value in data.items() if name != PAPER_TEXT}
        return await super().edit(request, pk, data)

    def can_create(self, request: Request) -> bool:
        return False

    def can_upload(self, request: Request) -> bool:
        """Whether the list offers to upload."""
        return acting(request).may(Permission.EDIT)

    async def is_row_action_allowed_for_obj(self, request: Request, name: str, obj: Any) -> bool:
        if name in {"hide", "show"}:
            return (attachment_files.state(obj) == INVALID) == (name == "show")
        return await super().is_row_action_allowed_for_obj(request, name, obj)

    @action(
        name="hide",
        text=both("标为无效", "Mark as invalid"),
        icon_class="fa fa-ban",
        confirmation=both(
            "顾客将看不到无效的附件，引用它们的商品和文档也不再显示。确定吗？",
            "Customers no longer see invalid attachments, nor where they are used. Go on?",
        ),
        submit_btn_text=both("标为无效", "Mark as invalid"),
    )
    async def hide_selected(self, request: Request, selection: ActionSelection) -> None:
        """Mark the selected attachments as invalid."""
        await self._mark(request, await selection.pks(), INVALID)

    @action(name="show", text=both("恢复有效", "Mark as valid"), icon_class="fa fa-check")
    async def show_selected(self, request: Request, selection: ActionSelection) -> None:
        """Mark the selected attachments as valid."""
        await self._mark(request, await selection.pks(), VALID)

    @row_action(
        name="hide",
        text=both("标为无效", "Mark as invalid"),
        icon_class="fa fa-ban",
        confirmation=both("顾客将看不到这个附件。确定吗？", "Customers no longer see it. Go on?"),
        submit_btn_text=both("标为无效", "Mark as invalid"),
    )
    async def hide_one(self, request: Request, pk: Any) -> None:
        """Mark one attachment as invalid."""
        await self._mark(request, [pk], INVALID)

    @row_action(name="show", text=both("恢复有效", "Mark as valid"), icon_class="fa fa-check")
    async def show_one(self, request: Request, pk: Any) -> None:
        """Mark one attachment as valid."""
        await self._mark(request, [pk], VALID)

    async def _mark(self, request: Request, pks: Iterable[Any], status: str) -> None:
        ids = [str(pk) for pk in pks]
        try:
            await in_thread(mark, ids, status, acting(request))
        except ApiError as problem:
            raise ActionFailed(now(problem.toast, problem.sentence)) from problem
        word = now("有效", "valid") if status == VALID else now("无效", "invalid")
        told = now(f"{len(ids)} 个附件已标为{word}", f"{len(ids)} marked as {word}")
        flash(request, told, "success")

    async def repr(self, obj: Any, request: Request) -> str:
        return str(obj.attachments_filename or obj.attachments_id)


def mark(record_ids: Iterable[str], status: str, by: Acting) -> list[Record]:
    """Mark attachments as valid or invalid, all or none. Raises: `Forbidden`, `NotFound`."""
    with database.atomic():
        return [writing.change(Attachment, each, {STATUS: status}, None, by) for each in record_ids]
