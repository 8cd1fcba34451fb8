"""The pages of orders: the list by states, one order with its timeline and moves, its print."""

from collections.abc import Sequence
from typing import Any, Final

from peewee import Expression
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.fields import BaseField
from starlette_admin.filters.base import FilterGroup
from starlette_admin.routing import route
from starlette_admin.types import RequestAction

from bai_wx.console import notes, rows, writing
from bai_wx.console.guard import acting
from bai_wx.console.sales import customers, orders
from bai_wx.console.sales.states import ORDER_MOVES, ORDER_SOURCES, ORDER_STATES
from bai_wx.console.threads import in_thread
from bai_wx.console.views import filters as kinds
from bai_wx.console.views.answers import back_to_detail, refused, refused_by, told, typed
from bai_wx.console.views.cells import CustomerField, GoodsField, state_field
from bai_wx.console.views.pages import Pages
from bai_wx.console.views.record_view import RecordView
from bai_wx.console.views.rendered import rendered
from bai_wx.console.words import both
from bai_wx.errors import ApiError
from bai_wx.record import clock
from bai_wx.record.base import Record
from models.orders import Order, Status
from models.users import masked_phone

KEY: Final = "tbl_order"
OWNER: Final = "order_owner"
MAX_REASON: Final = 500  # characters


class OrderView(RecordView):
    """The list of orders, and the page of one."""

    icon = "fa fa-receipt"
    menu_label = display_name = both("订单", "Orders")
    named_by = "order_number"
    columns = (
        "order_number",
        OWNER,
        "order_snap",
        "order_amount",
        "order_status",
        "order_create",
    )
    fields_default_sort = (("order_create", True),)
    list_template = "order/list.html"
    detail_template = "order/detail.html"
    states = ORDER_STATES
    moves = ORDER_MOVES
    max_reason = MAX_REASON
    max_note = notes.MAX_NOTE

    def make_field(self, name: str) -> BaseField:
        label = self.titles.fields.get(name, name)
        if name == OWNER:
            return CustomerField(name=name, label=both("客户", "Customer"), orderable=False)
        if name == "order_status":
            state = state_field(name, label, ORDER_STATES)
            state.list_template = "order/_state.html"
            return state
        if name == "order_source":
            return state_field(name, label, ORDER_SOURCES)
        if name == "order_snap":
            return GoodsField(name=name, label=both("商品", "Goods"), orderable=False)
        made = super().make_field(name)
        if name == "order_create":
            made.label = both("下单时间", "Placed")
        return made

    def search(self, text: str) -> Expression:
        columns = ["order_number", "order_id", "order_remark", "order_keywords"]
        named: Expression = Order.order_owner << customers.openids(text)
        return rows.holding(Order, columns, text) | named | orders.moved_because(text)

    def condition(self, request: Request) -> Expression | None:
        return asked(request).condition() if request.state.action is RequestAction.LIST else None

    async def find_all(
        self,
        request: Request,
        skip: int = 0,
        limit: int = 100,
        q: str | None = None,
        sorts: Sequence[tuple[str, str]] | None = None,
        filters: FilterGroup | None = None,
    ) -> Sequence[Record]:
        found = await super().find_all(request, skip, limit, q, sorts, filters)
        await self._complete(request, found)
        if request.state.action is RequestAction.LIST:
            request.state.asked = asked(request)
            tallies = await in_thread(self._tallies, request, q, filters)
            request.state.counts = {status: each.orders for status, each in tallies.items()}
            request.state.amount = orders.amount_of(tallies, request.state.asked.status)
        return found

    def _tallies(
        self, request: Request, q: str | None, chosen: FilterGroup | None
    ) -> dict[str, orders.Tally]:
        of_any_status = asked(request).condition(of_any_status=True)
        searched = self.search(q) if q else None
        where = rows.all_of(of_any_status, kinds.condition(self, chosen), searched)
        return orders.tallies(where)

    async def count(
        self, request: Request, q: str | None = None, filters: FilterGroup | None = None
    ) -> int:
        counts: dict[str, int] | None = getattr(request.state, "counts", None)
        if counts is None:
            return await super().count(request, q, filters)
        status = asked(request).status
        return counts.get(status, 0) if status else sum(counts.values())

    async def find_by_pks(self, request: Request, pks: list[Any]) -> Sequence[Record]:
        found = await super().find_by_pks(request, pks)
        await self._complete(request, found)
        return found

    async def _complete(self, request: Request, found: Sequence[Record]) -> None:
        """Read what a row of the list shows beside the order: its customer, and why it was cancelled."""
        await in_thread(customers.attach, found, OWNER)
        listed = [each for each in found if isinstance(each, Order)]
        request.state.reasons = await in_thread(orders.cancel_reasons, listed)

    async def find_by_pk(self, request: Request, pk: Any) -> Record | None:
        found = await super().find_by_pk(request, pk)
        if isinstance(found, Order) and request.state.action is RequestAction.DETAIL:
            request.state.sheet = await in_thread(orders.sheet, found)
        return found

    def can_delete(self, request: Request) -> bool:
        # The rules let an order's owner delete it. An operator cancels it, and it stays in the books.
        return False


def asked(request: Request) -> orders.Asked:
    """What an address asks the list for. Raises: `HTTPException` 400."""
    try:
        return orders.Asked.read(request.query_params)
    except ValueError as exc:
        raise HTTPException(400) from exc


class OrderPages(Pages):
    """What is done with one order, which the address names by `pk`."""

    path = f"/{KEY}"

    @route("/move", methods=["POST"], name="order-move")
    async def move(self, request: Request) -> Response:
        """Move the order to another state. Cancelling asks for the reason."""
        form = await request.form()
        status, reason = (typed(form, name) for name in ("status", "reason"))
        if status == Status.CANCELLED and not reason:
            refused(request, "请填写取消原因", "Say why the order is cancelled")
        elif len(reason) > MAX_REASON:
            refused(request, f"原因最多 {MAX_REASON} 字", f"At most {MAX_REASON} characters")
        else:
            await self._move(request, status, reason)
        return back_to_detail(request, KEY)

    async def _move(self, request: Request, status: str, reason: str) -> None:
        try:
            moved = await in_thread(
                writing.move_order, _pk(request), status, reason, acting(request)
            )
        except ApiError as problem:
            refused_by(request, problem, KEY)
            return
        label = ORDER_STATES[moved.order_status].label
        number = moved.order_number
        told(request, f"订单 {number} {label}", f"Order {number}: {label}")

    @route("/note", methods=["POST"], name="order-note")
    async def note(self, request: Request) -> Response:
        """Note something about the order, for operators alone."""
        text = typed(await request.form(), "text").replace("\r\n", "\n")
        order = await in_thread(_order, request)
        if 0 < len(text) <= notes.MAX_NOTE:
            await in_thread(notes.add, order, text, acting(request))
            told(request, "备注已保存", "The note is saved")
        else:
            most = notes.MAX_NOTE
            refused(request, f"备注需 1 到 {most} 字", f"A note has 1 to {most} characters")
        return back_to_detail(request, KEY)

    @route("/print", name="order-print")
    async def printed(self, request: Request) -> Response:
        """The order on paper."""
        order = await in_thread(_order, request)
        sheet = await in_thread(orders.sheet, order)
        return await rendered(
            self,
            request,
            "order/print.html",
            order=order,
            sheet=sheet,
            states=ORDER_STATES,
            phone=masked_phone(sheet.customer.users_phone) if sheet.customer else "",
            moment=clock.now(),
        )


def _pk(request: Request) -> str:
    return request.query_params.get("pk", "")


def _order(request: Request) -> Order:
    order = rows.by_id(Order, _pk(request))
    if not isinstance(order, Order):
        raise HTTPException(404)
    return order
