"""The pages of customers. Personal numbers are masked; who reveals one is in the audit log."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from peewee import Expression
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette_admin.fields import BaseField
from starlette_admin.filters.base import FilterGroup
from starlette_admin.routing import route
from starlette_admin.types import RequestAction

from bai_wx.console import rows, writing
from bai_wx.console.guard import acting
from bai_wx.console.masking import MASKED
from bai_wx.console.roles import Permission
from bai_wx.console.sales import customers
from bai_wx.console.sales.states import CART_STATES, CUSTOMER_STATES, CUSTOMER_TYPES, ORDER_STATES
from bai_wx.console.threads import in_thread
from bai_wx.console.views import filters as kinds
from bai_wx.console.views.answers import back_to_detail, refused, refused_by, require, told, typed
from bai_wx.console.views.cells import MaskedField, state_field
from bai_wx.console.views.fields import LineField
from bai_wx.console.views.pages import Pages
from bai_wx.console.views.record_view import RecordView
from bai_wx.console.words import both
from bai_wx.errors import ApiError
from bai_wx.record.base import Record
from models.users import DISABLED, REGISTERED, User

KEY: Final = "tbl_auth_users"
MAX_REASON: Final = 500  # characters
GROUPS: Final[Mapping[str, Expression]] = {
    "registered": User.users_type == REGISTERED,
    "guest": User.users_type != REGISTERED,
    "disabled": User.users_status == DISABLED,
}
"""The tabs of the list."""


SHORT: Final = frozenset({"users_level", "users_tag", "users_parent_id", "users_convers_id"})
"""Texts that have no bound to speak of, and one line all the same."""


class CustomerView(RecordView):
    """The list of customers, and the page of one."""

    icon = "fa fa-users"
    menu_label = display_name = both("客户", "Customers")
    named_by = "users_name"
    columns = ("users_name", "users_phone", "users_type", "users_status", "company", "created")
    hidden = RecordView.hidden | {"users_picture", "users_title_picture"}
    list_template = "customer/list.html"
    detail_template = "customer/detail.html"
    groups = (
        ("", both("全部", "All")),
        ("registered", both("注册用户", "Registered")),
        ("guest", both("游客", "Guests")),
        ("disabled", both("已停用", "Disabled")),
    )
    order_states = ORDER_STATES
    cart_states = CART_STATES
    max_reason = MAX_REASON

    def make_field(self, name: str) -> BaseField:
        label = self.titles.fields.get(name, name)
        if name in MASKED:
            return MaskedField(name=name, label=label, orderable=False)
        if name in SHORT:
            return LineField(name=name, label=label)
        if name == "users_status":
            return state_field(name, label, CUSTOMER_STATES)
        if name == "users_type":
            return state_field(name, label, CUSTOMER_TYPES)
        return super().make_field(name)

    def searched(self) -> list[str]:
        return [name for name in super().searched() if name not in MASKED]

    def search(self, text: str) -> Expression:
        return customers.matching(text)

    def condition(self, request: Request) -> Expression | None:
        if request.state.action is not RequestAction.LIST:
            return None
        return GROUPS.get(request.query_params.get("group", ""))

    async def find_all(
        self,
        request: Request,
        skip: int = 0,
        limit: int = 100,
        q: str | None = None,
        sorts: Sequence[tuple[str, str]] | None = None,
        filters: FilterGroup | None = None,
    ) -> Sequence[Record]:
        if request.state.action is RequestAction.LIST:
            request.state.counts = await in_thread(self._counts, q, filters)
        return await super().find_all(request, skip, limit, q, sorts, filters)

    def _counts(self, q: str | None, chosen: FilterGroup | None) -> dict[str, int]:
        asked = (self.search(q) if q else None, kinds.condition(self, chosen))
        groups = {"": None, **GROUPS}
        return {name: rows.count(User, rows.all_of(own, *asked)) for name, own in groups.items()}

    async def find_by_pk(self, request: Request, pk: Any) -> Record | None:
        found = await super().find_by_pk(request, pk)
        if isinstance(found, User) and request.state.action is RequestAction.DETAIL:
            request.state.sheet = await in_thread(customers.sheet, found)
        return found

    async def repr(self, obj: Any, request: Request) -> str:
        return str(obj.users_name or obj.users_id or obj.id)

    def can_create(self, request: Request) -> bool:
        return False

    def can_delete(self, request: Request) -> bool:
        # A customer is disabled, which can be taken back.
        return False


class CustomerPages(Pages):
    """What is done with one customer, which the address names by `pk`."""

    path = f"/{KEY}"

    @route("/reveal", methods=["POST"], name="customer-reveal")
    async def reveal(self, request: Request) -> Response:
        """Answer one masked number. The audit log has the entry before the answer leaves."""
        require(request, Permission.REVEAL)
        field = str((await request.form()).get("field") or "")
        if field not in MASKED:
            raise HTTPException(404)
        pk = request.query_params.get("pk", "")
        value = await in_thread(customers.reveal, pk, field, acting(request))
        return JSONResponse({"value": value})

    @route("/status", methods=["POST"], name="customer-status")
    async def status(self, request: Request) -> Response:
        """Disable a customer, or enable it again."""
        require(request, Permission.ADMINISTER)
        form = await request.form()
        status, reason = (typed(form, name) for name in ("status", "reason"))
        if status not in CUSTOMER_STATES:
            raise HTTPException(404)
        if len(reason) > MAX_REASON or (status == DISABLED and not reason):
            refused(request, f"请填写原因，最多 {MAX_REASON} 字", "Say why, briefly")
        else:
            await self._set(request, status, reason)
        return back_to_detail(request, KEY)

    async def _set(self, request: Request, status: str, reason: str) -> None:
        pk = request.query_params.get("pk", "")
        try:
            await in_thread(writing.set_user_status, pk, status, acting(request), reason)
        except ApiError as problem:
            refused_by(request, problem, KEY)
            return
        label = CUSTOMER_STATES[status].label
        told(request, f"客户状态：{label}", f"The customer is: {label}")
