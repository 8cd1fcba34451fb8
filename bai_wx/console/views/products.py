"""The pages of products: pictures, prices and places in the list itself, a form in sections."""

from collections.abc import Sequence
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette_admin.actions import ActionSelection, action, row_action
from starlette_admin.fields import BaseField
from starlette_admin.filters.base import FilterGroup
from starlette_admin.flash import flash
from starlette_admin.helpers import edit_url
from starlette_admin.routing import route
from starlette_admin.types import RequestAction
from starlette_admin.views import CustomView
from starlette_admin.widgets import WidgetShorthand

from bai_wx.console import audit, products
from bai_wx.console.guard import acting
from bai_wx.console.products import SORT
from bai_wx.console.roles import Permission
from bai_wx.console.threads import in_thread
from bai_wx.console.views import layouts
from bai_wx.console.views.picture_field import PictureField
from bai_wx.console.views.record_view import RecordView
from bai_wx.console.views.state_field import StateField
from bai_wx.console.views.suggested_field import SuggestedField
from bai_wx.console.views.word_fields import JsonWordsField, TableField, WordsField
from bai_wx.console.words import both, now
from bai_wx.errors import NotFound
from bai_wx.record.base import Record
from models.products import OFF_SALE, ON_SALE

ICON: Final = "prod_list_icon"
OF_ICON: Final = both("列表和详情中显示的图片", "The picture in lists and on the product's page")
PRICE: Final = "prod_list_basic_price"
STATUS: Final = "prod_list_status"
NAMED_REFUSALS: Final = 5  # products that a message names which could not be put on sale

MAIN: Final = (
    ICON,
    "prod_list_name",
    "prod_list_modelnumber",
    PRICE,
    STATUS,
    SORT,
    "prod_list_barcode",
)
GROUPS: Final = (*products.SUGGESTED, "prod_list_tags", "prod_list_function")
TEXTS: Final = ("prod_list_description", "prod_list_feature", "prod_list_remark")
PARAMETERS: Final = "prod_list_parameters"
ORDER: Final = (*MAIN, *GROUPS, *TEXTS, PARAMETERS)
"""The fields in the order of the pages."""


class ProductView(RecordView):
    """Products."""

    display_name = both("产品", "product")
    icon = "fa-solid fa-box"
    named_by = "prod_list_name"
    columns = (*MAIN[:6], "prod_list_category")
    fields_default_sort = ((SORT, False),)
    inline_editable_fields = (PRICE, SORT)
    actions = ("put_on_sale", "take_off_sale", "delete")
    row_actions = ("edit", "put_on_sale", "take_off_sale", "copy", "delete")
    list_template = "product/list.html"
    detail_template = "product/detail.html"

    def make_fields(self) -> list[BaseField]:
        fields = super().make_fields()
        return sorted(fields, key=lambda f: ORDER.index(f.name) if f.name in ORDER else len(ORDER))

    def make_field(self, name: str) -> BaseField:
        general = super().make_field(name)
        said: dict[str, Any] = {
            "name": name,
            "label": general.label,
            "help_text": general.help_text,
        }
        if name == ICON:
            return PictureField(
                key="tbl_attachments", orderable=False, **said | {"help_text": OF_ICON}
            )
        if name == STATUS:
            states = [(ON_SALE, both("在售", "On sale")), (OFF_SALE, both("已下架", "Off sale"))]
            colours = {ON_SALE: "green"}
            return StateField(choices=states, default=ON_SALE, colours=colours, **said)
        if name == "prod_list_tags":
            return WordsField(orderable=False, **said)
        if name == "prod_list_function":
            return JsonWordsField(orderable=False, **said)
        if name == PARAMETERS:
            return TableField(orderable=False, **said)
        if name in products.SUGGESTED:
            return SuggestedField(maxlength=self.model.record_fields()[name].text_max, **said)  # type: ignore[attr-defined]  # each is a Text
        if name == SORT:
            general.help_text = both(
                "数字小的排在前面；留空则排在最后",
                "The lowest comes first; empty is the last place",
            )
        return general

    def make_form(self) -> Sequence[WidgetShorthand]:
        by_name = {field.name: field for field in self.fields}
        sections = (
            (both("基本信息", "Product"), MAIN),
            (both("分类与标签", "Groups and tags"), GROUPS),
            (both("参数", "Parameters"), (PARAMETERS,)),
            (both("介绍与备注", "Texts"), TEXTS),
        )
        return [
            layouts.section(title, [by_name[name] for name in names]) for title, names in sections
        ]

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
        """Products of one place stand in the order of their insertion, as in the shop."""
        if sorts and sorts[-1][0] == SORT:
            sorts = [*sorts, ("seq", sorts[-1][1])]
        return await super().find_all(request, skip, limit, q, sorts, filters)

    async def find_by_pk(self, request: Request, pk: Any) -> Record | None:
        row = await super().find_by_pk(request, pk)
        if row is not None and request.state.action is RequestAction.DETAIL:
            request.state.prices = await in_thread(audit.price_history, row.id)
        return row

    # Writing

    async def create(self, request: Request, data: dict[str, Any]) -> Record:
        if not data.get(SORT):
            data = {**data, SORT: await in_thread(products.next_place)}
        return await super().create(request, data)

    async def is_row_action_allowed_for_obj(self, request: Request, name: str, obj: Any) -> bool:
        needed = {"put_on_sale": OFF_SALE, "take_off_sale": ON_SALE}.get(name)
        is_fit = needed is None or obj.prod_list_status == needed
        return is_fit and await super().is_row_action_allowed_for_obj(request, name, obj)

    @action("put_on_sale", both("上架", "Put on sale"), icon_class="fa-solid fa-circle-up")
    async def put_all_on_sale(self, request: Request, selection: ActionSelection) -> None:
        """Put the chosen products on sale; those without a price stay off, and are named."""
        await self._put(request, await selection.pks(), ON_SALE)

    @action("take_off_sale", both("下架", "Take off sale"), icon_class="fa-solid fa-circle-down")
    async def take_all_off_sale(self, request: Request, selection: ActionSelection) -> None:
        """Take the chosen products off sale."""
        await self._put(request, await selection.pks(), OFF_SALE)

    @row_action("put_on_sale", both("上架", "Put on sale"), icon_class="fa-solid fa-circle-up")
    async def put_on_sale(self, request: Request, pk: Any) -> None:
        """Put one product on sale."""
        await self._put(request, [pk], ON_SALE)

    @row_action(
        "take_off_sale", both("下架", "Take off sale"), icon_class="fa-solid fa-circle-down"
    )
    async def take_off_sale(self, request: Request, pk: Any) -> None:
        """Take one product off sale."""
        await self._put(request, [pk], OFF_SALE)

    @row_action("copy", both("复制", "Copy"), icon_class="fa-regular fa-copy", custom_response=True)
    async def copy(self, request: Request, pk: Any) -> Response:
        """Copy a product and open the form of the copy."""
        made = await in_thread(products.copy, str(pk), acting(request))
        text = now(
            "已复制，副本尚未上架。请修改后保存。",
            "Copied. The copy is off sale: edit and save it.",
        )
        flash(request, text, "success")
        return RedirectResponse(edit_url(request, self.model.collection(), made.id), 303)

    async def _put(self, request: Request, pks: Sequence[Any], status: str) -> None:
        ids = [str(pk) for pk in pks]
        done, refused = await in_thread(products.put, ids, status, acting(request))
        if done:
            chinese, english = ("上架", "on sale") if status == ON_SALE else ("下架", "off sale")
            flash(
                request, now(f"{done} 个产品已{chinese}", f"{done} products {english}"), "success"
            )
        if refused:
            flash(request, _told(refused), "warning")


def _told(refused: Sequence[products.Refusal]) -> str:
    named = [
        now(f"{each.name}（{each.why[0]}）", f"{each.name} ({each.why[1]})") for each in refused
    ]
    more = now(" 等", " and more") if len(named) > NAMED_REFUSALS else ""
    listed = now("、", ", ").join(named[:NAMED_REFUSALS]) + more
    number = len(refused)
    return now(f"{number} 个产品未更改：{listed}", f"{number} products are not changed: {listed}")


class ProductRoutes(CustomView):
    """`GET /products/words`, `POST /products/order`: what the scripts of the pages ask for."""

    path = "/products"
    add_to_menu = False

    async def index(self, request: Request) -> Response:
        """There is no such page: without `@route` this one is not reached."""
        raise NotImplementedError

    def is_accessible(self, request: Request) -> bool:
        return acting(request).may(Permission.VIEW)

    @route("/words", name="product-words")
    async def words(self, request: Request) -> Response:
        """The present values of the fields that offer them, by field."""
        return JSONResponse(await in_thread(products.words))

    @route("/order", methods=["POST"], name="product-order")
    async def order(self, request: Request) -> Response:
        """Move the product `id` behind `after` and before `before`; answers the changed places by id."""
        form = await request.form()
        moved, after, before = (str(form.get(name) or "") for name in ("id", "after", "before"))
        try:
            changed = await in_thread(products.move, moved, after, before, acting(request))
        except NotFound:
            text = now("产品已不存在，请刷新页面", "The product is gone. Load the page anew.")
        except products.TooManyMoved:
            text = now(
                "排序值相同的产品过多，请直接填写排序值",
                "Too many products have the same place: enter the place itself",
            )
        else:
            return JSONResponse(changed)
        return JSONResponse({"error": text}, 409)
