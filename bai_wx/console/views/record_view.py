"""Pages over any collection: list, search, filters, sort, detail, forms.

The page of one collection is a subclass.
"""

from collections.abc import Sequence
from typing import Any, ClassVar, Final

from markupsafe import escape
from peewee import Expression
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.actions import ActionSelection, action, row_action
from starlette_admin.exceptions import ActionFailed, FormValidationError
from starlette_admin.fields import BaseField, StringField, TextAreaField
from starlette_admin.filters.base import FilterGroup
from starlette_admin.filters.registry import FilterRegistry
from starlette_admin.types import ListParams, RequestAction, RowActionsPosition
from starlette_admin.views import BaseModelView
from starlette_admin.widgets import PanelWidget, WidgetShorthand

from bai_wx.console import rows, writing
from bai_wx.console.guard import acting
from bai_wx.console.masking import MASKED
from bai_wx.console.roles import Permission
from bai_wx.console.threads import in_thread
from bai_wx.console.titles import Titles
from bai_wx.console.views import columns, filters, layouts, problems
from bai_wx.console.views.answers import told_with_link
from bai_wx.console.views.fields import JsonField, MoneyField, WholeField, field_of
from bai_wx.console.words import both, now
from bai_wx.errors import ApiError
from bai_wx.record.base import Record
from bai_wx.record.fields import Editor, Json

SEEN: Final = "_seen"
"""The hidden part of a form that says of which moment the row is that it was made from."""
MADE_ID: Final = "_id"
"""The hidden part of a form that carries the id of the row it makes: sent twice it makes one."""
LAST_PAGE: Final = 1_000_000
"""A list that is asked for a page behind this one shows this one, so that no database counts too far."""
FEW: Final = 6
"""So many columns a list has by itself; the others can be chosen."""


class RecordView(BaseModelView):
    """Pages over one collection."""

    pk_attr = "id"
    exporters: Sequence[Any] = ()
    importers: Sequence[Any] = ()
    page_size = 20
    page_size_options: Sequence[int] = (20, 50, 100)
    icon = "fa fa-table"
    fields_default_sort: Sequence[tuple[str, bool] | str] = (("created", True),)
    create_template = "record/create.html"
    edit_template = "record/edit.html"
    list_template = "record/list.html"
    detail_template = "record/detail.html"
    row_actions_position = RowActionsPosition.AFTER_COLUMNS

    model: type[Record]
    columns: Sequence[str] = ()
    """The columns that a list shows unless others are chosen."""
    named_by: str = ""
    """The field that a row is called by."""
    hidden: ClassVar[frozenset[str]] = frozenset({"is_delete"})
    """Fields that no page shows."""

    def __init__(self, model: type[Record], titles: Titles) -> None:
        self.model = model
        self.titles = titles
        self.key = model.collection()
        self.menu_label = self.menu_label or titles.collection
        self.display_name = self.display_name or titles.collection
        self.named_by = self.named_by or _name_like(list(model.record_fields()))
        self.fields = self.make_fields()
        self.columns = self.columns or _first_columns(self.named_by, self.fields)
        self.searchable_fields = self.searched()
        self.sortable_fields = [f.name for f in self.fields if f.orderable]
        self.form_layout = self.make_form()
        super().__init__()

    # What the pages of a collection refine

    def make_fields(self) -> list[BaseField]:
        """The fields of the pages, in their order: the name first, ids and moments of the server last."""
        shown = (f for f in self.model.record_fields().values() if not f.hidden)
        fields = [self.make_field(f.name) for f in shown if f.name not in self.hidden]
        for field in fields:
            if field.name not in self.model.set_by_operator():
                field.exclude_from_create = field.exclude_from_edit = True
        return sorted(fields, key=self._place)

    def _place(self, field: BaseField) -> int:
        if field.name == self.named_by:
            return 0
        if field.name in self.columns:
            return 1 + self.columns.index(field.name)
        return (
            1
            + len(self.columns)
            + (field.name in {"id", "created", "updated"})
            + self._is_business_id(field.name)
        )

    def _is_business_id(self, name: str) -> bool:
        field = self.model.record_fields().get(name)
        return field is not None and field.server_made and name.endswith("_id")

    def make_form(self) -> Sequence[WidgetShorthand]:
        """How the form is laid out: rows of fields, or sections (`layouts.section`)."""
        return layouts.rows(f for f in self.fields if f.name in self.model.set_by_operator())

    def make_field(self, name: str) -> BaseField:
        """The form field of one of the collection's fields."""
        field = self.model.record_fields()[name]
        made = field_of(field, self.titles.fields.get(name, name))
        if isinstance(field, (Json, Editor)):
            made.orderable = False
        made.copy_to_clipboard = name == "id" or self._is_business_id(name)
        return made

    def searched(self) -> list[str]:
        """The columns that a search looks at: the texts of a collection."""
        return [
            field.name
            for field in self.fields
            if isinstance(field, StringField)
            and not isinstance(field, (TextAreaField, JsonField))
            and isinstance(getattr(self.model, field.name).zero, str)
        ]

    def search(self, text: str) -> Expression:
        """The condition of a search for this text."""
        return rows.holding(self.model, self.searchable_fields or ["id"], text)

    def condition(self, request: Request) -> Expression | None:
        """What every row of the pages meets; None for all undeleted rows."""
        return None

    # How the templates show it

    @property
    def has_sections(self) -> bool:
        """Whether the form consists of sections, each a card of its own."""
        return any(isinstance(part, PanelWidget) for part in self.form_layout or ())

    @property
    def has_private(self) -> bool:
        """Whether rows have personal numbers, which lists show masked."""
        return not MASKED.keys().isdisjoint(self.model.record_fields())

    @property
    def takes_rows(self) -> bool:
        """Whether operators bring rows in by a file."""
        return bool(self.model.set_by_operator())

    def cell_class(self, field: BaseField) -> str:
        """The class of a list's cell: `cell-name`, `cell-number`, or what the field says (`cell`)."""
        if field.name == self.named_by:
            return "cell-name"
        if isinstance(field, (MoneyField, WholeField)):
            return "cell-number"
        return str(getattr(field, "cell", ""))

    def is_wide(self, field: BaseField) -> bool:
        """Whether the field takes the whole width of the page about one row."""
        return layouts.is_wide(field)

    # Who may do what

    def is_accessible(self, request: Request) -> bool:
        return acting(request).may(Permission.VIEW)

    def can_create(self, request: Request) -> bool:
        return self.model.OPERATOR_CREATES and acting(request).may(Permission.EDIT)

    def can_edit(self, request: Request) -> bool:
        return bool(self.model.set_by_operator()) and acting(request).may(Permission.EDIT)

    def can_delete(self, request: Request) -> bool:
        return self.model.OPERATOR_DELETES and acting(request).may(Permission.EDIT)

    def can_export(self, request: Request) -> bool:
        return False

    def can_import(self, request: Request) -> bool:
        return False

    async def is_action_allowed(self, request: Request, name: str) -> bool:
        if name in {"delete", "export"}:
            return await super().is_action_allowed(request, name)
        return acting(request).may(Permission.EDIT)

    async def is_row_action_allowed(self, request: Request, name: str) -> bool:
        if name in {"view", "edit", "delete"}:
            return await super().is_row_action_allowed(request, name)
        return acting(request).may(Permission.EDIT)

    async def handle_row_action(self, request: Request, pk: Any, name: str) -> Response | None:
        if self._row_actions.get(name, {}).get("is_link"):  # the library would call it
            raise ActionFailed(now("该操作是一个链接", "This action is a link"))
        return await super().handle_row_action(request, pk, name)

    # Reading

    async def find_all(
        self,
        request: Request,
        skip: int = 0,
        limit: int = 100,
        q: str | None = None,
        sorts: Sequence[tuple[str, str]] | None = None,
        filters: FilterGroup | None = None,
    ) -> Sequence[Record]:
        where = self._where(request, q, filters)
        return await in_thread(rows.page, self.model, where, sorts or (), skip, limit)

    async def count(
        self, request: Request, q: str | None = None, filters: FilterGroup | None = None
    ) -> int:
        return await in_thread(rows.count, self.model, self._where(request, q, filters))

    async def find_by_pk(self, request: Request, pk: Any) -> Record | None:
        """The row of this id. A form's request then knows what it is called (`state.called`), and of which
        moment the operator has seen it (`state.seen`).
        """
        row = next(iter(await self.find_by_pks(request, [pk])), None)
        if row is not None and request.state.action.is_form():
            request.state.called = await self.repr(row, request)
            sent = await request.form() if request.method == "POST" else {}
            request.state.seen = str(sent.get(SEEN) or "") if sent else row.updated
        return row

    async def find_by_pks(self, request: Request, pks: list[Any]) -> Sequence[Record]:
        return await in_thread(rows.by_ids, self.model, [str(pk) for pk in pks])

    def _where(
        self, request: Request, q: str | None, asked: FilterGroup | None
    ) -> Expression | None:
        searched = self.search(q) if q else None
        return rows.all_of(self.condition(request), filters.condition(self, asked), searched)

    def asked(self, request: Request) -> tuple[Expression | None, ListParams]:
        """The condition of all rows that a list's address asks for, and what else it says."""
        request.state.action = RequestAction.LIST
        params = self._parse_list_params(request)
        return self._where(request, params.q, params.filters), params

    def get_filter_registry(self) -> FilterRegistry:
        return filters.REGISTRY

    def _parse_list_params(
        self, request: Request, query_params: QueryParams | None = None
    ) -> ListParams:
        params = super()._parse_list_params(request, query_params)
        params.page = min(params.page, LAST_PAGE)
        asked = request.query_params if query_params is None else query_params
        if not asked.get("cols"):
            names = [field.name for field in self.get_fields_list(request)]
            kept = columns.chosen(request, self.model.collection(), names)
            params.visible_cols = kept or list(self.columns)
        return params

    async def repr(self, obj: Any, request: Request) -> str:
        return str(getattr(obj, self.named_by, "") or obj.id)

    async def select2_result(self, obj: Any, request: Request) -> str:
        return f"<span>{escape(await self.repr(obj, request))}</span>"

    # Writing

    async def create(self, request: Request, data: dict[str, Any]) -> Record:
        made_id = str((await request.form()).get(MADE_ID) or "")
        made: Record = await self._written(
            writing.create, self.model, data, acting(request), made_id
        )
        return made

    async def edit(self, request: Request, pk: Any, data: dict[str, Any]) -> Record:
        seen = str((await request.form()).get(SEEN) or "")
        work = (writing.change, self.model, str(pk), data, seen, acting(request))
        try:
            changed: Record = await self._written(*work)
        except FormValidationError as refused:
            if isinstance(refused.__cause__, writing.Changed):
                # The form tells what is there now; saving it once more is meant.
                request.state.adopted = await self._adopted(request, str(pk), refused.__cause__)
                request.state.seen = refused.__cause__.at
            raise
        return changed

    async def _adopted(
        self, request: Request, record_id: str, problem: writing.Changed
    ) -> dict[str, Any]:
        """What the form shows of fields that others changed and this operator did not."""
        names = {each.field for each in problem.differences if each.is_untouched}
        row = await self.find_by_pk(request, record_id)
        present = await self.serialize(row, request) if row is not None else {}
        return {name: value for name, value in present.items() if name in names}

    @row_action(
        "delete",
        both("删除", "Delete"),
        confirmation=both(
            "确定删除这条记录吗？删除后可以在回收站中恢复。",
            "Delete this? It can be restored from the deleted rows.",
        ),
        icon_class="default_actions.delete",
        submit_btn_text=both("删除", "Delete"),
        submit_btn_class="action.modal_confirm_button_delete",
        action_btn_class="action.row_item_delete",
    )
    async def row_action_3_delete(self, request: Request, pk: Any) -> None:
        row = await self.find_by_pk(request, pk)
        name = str(pk) if row is None else await self.repr(row, request)
        await self.delete(request, [pk])
        deleted = request.url_for(
            "console:trash-row", collection=self.model.collection(), record_id=pk
        )
        told_with_link(
            request,
            f"已删除“{name}”。",
            f"“{name}” is deleted.",
            deleted.path,
            now("去回收站恢复", "See it among the deleted rows"),
        )

    @action(
        "delete",
        both("删除", "Delete"),
        confirmation=both(
            "确定删除选中的记录吗？删除后可以在回收站中恢复。",
            "Delete the chosen rows? They can be restored from the deleted rows.",
        ),
        icon_class="default_actions.delete",
        submit_btn_text=both("删除", "Delete"),
        submit_btn_class="action.modal_confirm_button_delete",
    )
    async def delete_action(self, request: Request, selection: ActionSelection) -> None:
        await super().delete_action(request, selection)

    async def delete(self, request: Request, pks: list[Any]) -> int:
        ids = [str(pk) for pk in pks]
        try:
            return await in_thread(writing.delete, self.model, ids, acting(request))
        except writing.Invalid as problem:
            told = problems.of_invalid(problem, frozenset())
            raise ActionFailed(str(told[problems.WHOLE_FORM])) from problem
        except ApiError as problem:
            raise ActionFailed(now(problem.toast, problem.sentence)) from problem

    async def _written(self, work: Any, *arguments: Any) -> Any:
        """Do a write in a thread. Raises: `FormValidationError` with what the operator is told."""
        try:
            done = await in_thread(work, *arguments)
        except writing.Invalid as problem:
            told = problems.of_invalid(problem, frozenset(f.name for f in self.fields))
            raise FormValidationError(told) from problem
        except writing.Changed as problem:
            raise FormValidationError(problems.of_changed(problem, self.titles.fields)) from problem
        if isinstance(done, Record):
            await in_thread(rows.attach_related, self.model, [done])
        return done


def _name_like(names: Sequence[str]) -> str:
    """The field that says what a row is called: a name, a title, a number, else its id."""
    for ending in ("_name", "_title", "_number", "_filename", "_id"):
        found = next((name for name in names if name.endswith(ending)), None)
        if found:
            return found
    return "id"


def _first_columns(named_by: str, fields: Sequence[BaseField]) -> list[str]:
    """The columns of a list that nobody has chosen: the name first, long texts and ids left out."""
    short = [f.name for f in fields if not (isinstance(f, TextAreaField) or f.copy_to_clipboard)]
    first = [named_by, *(name for name in short if name != named_by)]
    kept = [name for name in first if name not in {"created", "updated"}][:FEW]
    return [*kept, "created"]
