"""The carts, for reading: the lines of one customer together."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from peewee import Expression
from starlette.requests import Request
from starlette_admin.fields import BaseField
from starlette_admin.filters.base import FilterGroup
from starlette_admin.types import RequestAction

from bai_wx.console import rows
from bai_wx.console.sales import carts, customers
from bai_wx.console.sales.states import CART_STATES
from bai_wx.console.threads import in_thread
from bai_wx.console.views.cells import CustomerField, state_field
from bai_wx.console.views.fields import RelationField
from bai_wx.console.views.record_view import RecordView
from bai_wx.console.words import both
from bai_wx.record.base import Record
from models.cart import ACTIVE, CartLine

OWNER: Final = "cart_owner"
EVERY: Final = "all"
"""The state in an address that asks for every line; none asks for those in a cart now."""


@dataclass
class ProductField(RelationField):
    """A product with its picture."""

    list_template: str = "cells/product.html"

    async def parse_obj(self, request: Request, obj: Any) -> Any:
        return obj, await super().parse_obj(request, obj)

    async def serialize_value(self, request: Request, value: Any) -> Any:
        line, product = value
        shown = await super().serialize_value(request, product) if product else None
        if request.state.action is not RequestAction.LIST:
            return shown
        name = shown["_meta"]["repr"] if shown else ""
        found = {"id": shown["id"] if shown else "", "name": name}
        return found | {"picture": getattr(line, carts.PICTURE, "")}


class CartView(RecordView):
    """The list of cart lines."""

    icon = "fa fa-cart-shopping"
    menu_label = display_name = both("购物车", "Carts")
    named_by = "cart_number"
    columns = (
        "cart_product_id",
        "cart_product_quantity",
        "cart_at_price",
        "cart_status",
        "updated",
    )
    fields_default_sort = ((OWNER, False),)
    page_size = 50
    list_template = "cart/list.html"
    states = CART_STATES

    def make_field(self, name: str) -> BaseField:
        label = self.titles.fields.get(name, name)
        if name == OWNER:
            return CustomerField(name=name, label=both("客户", "Customer"))
        if name == "cart_status":
            return state_field(name, label, CART_STATES)
        if name == carts.PRODUCT:
            label = both("商品", "Product")
            return ProductField(name=name, label=label, key="tbl_product_list", orderable=False)
        return super().make_field(name)

    def search(self, text: str) -> Expression:
        named: Expression = CartLine.cart_owner << customers.openids(text)
        return rows.holding(CartLine, ["cart_number", "cart_id", "cart_remark"], text) | named

    def condition(self, request: Request) -> Expression | None:
        if request.state.action is not RequestAction.LIST:
            return None
        state = request.query_params.get("status", "") or ACTIVE
        customer = request.query_params.get("customer", "")
        return rows.all_of(
            CartLine.cart_status == state if state != EVERY else None,
            CartLine.cart_owner << customers.openids(customer) if customer else None,
        )

    async def find_all(
        self,
        request: Request,
        skip: int = 0,
        limit: int = 100,
        q: str | None = None,
        sorts: Sequence[tuple[str, str]] | None = None,
        filters: FilterGroup | None = None,
    ) -> Sequence[Record]:
        request.state.together = [tuple(each) for each in sorts or ()] == [(OWNER, "asc")]
        if not request.state.together:
            found = await super().find_all(request, skip, limit, q, sorts, filters)
            return await in_thread(_completed, found)
        where = self._where(request, q, filters)
        lines = await in_thread(carts.page, where, skip, limit)
        owners = {line.cart_owner for line in lines}
        request.state.carts = await in_thread(carts.of_owners, owners)
        return await in_thread(_completed, lines)

    async def find_by_pks(self, request: Request, pks: list[Any]) -> Sequence[Record]:
        return await in_thread(_completed, await super().find_by_pks(request, pks))

    def can_create(self, request: Request) -> bool:
        return False

    can_edit = can_delete = can_create


def _completed(found: Sequence[Record]) -> Sequence[Record]:
    """Read the customers of these lines and the pictures of their products."""
    customers.attach(found, OWNER)
    carts.attach_pictures([row for row in found if isinstance(row, CartLine)])
    return found
