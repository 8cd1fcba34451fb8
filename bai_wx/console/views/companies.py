"""Companies: name, credit code and address in sections, and who belongs to each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from starlette.requests import Request
from starlette_admin.fields import BaseField
from starlette_admin.widgets import WidgetShorthand

from bai_wx.console.views import layouts
from bai_wx.console.views.fields import LineField
from bai_wx.console.views.record_view import RecordView
from bai_wx.console.views.uses import uses_field
from bai_wx.console.words import both
from models.company import usci_is_valid

USCI: Final = "company_usci"
MAIN: Final = (
    "company_name",
    USCI,
    "company_type",
    "company_entity",
    "company_level",
    "company_status",
    "company_remark",
)
PLACE: Final = (
    "company_nationality",
    "company_nationality_code",
    "company_province",
    "company_province_code",
    "company_city",
    "company_city_code",
    "company_district",
    "company_district_code",
    "company_add",
    "company_postalcode",
)
ORDER: Final = (*MAIN, *PLACE, "uses")


@dataclass
class CreditCodeField(LineField):
    """A unified social credit code. An import may have brought one that is none: it is marked."""

    list_template: str = "fields/list/credit_code.html"
    detail_template: str = "fields/list/credit_code.html"

    async def parse_form_data(self, request: Request, form_data: Any) -> str:
        typed = await super().parse_form_data(request, form_data)
        return typed.strip()

    async def serialize_value(self, request: Request, value: Any) -> Any:
        if request.state.action.is_form() or not value:
            return value
        return {"code": value, "is_valid": usci_is_valid(value)}


class CompanyView(RecordView):
    """Companies."""

    icon = "fa fa-building"
    display_name = both("企业", "company")
    named_by = "company_name"
    columns = (
        "company_name",
        USCI,
        "company_type",
        "company_province",
        "company_city",
        "company_status",
        "created",
    )

    def make_fields(self) -> list[BaseField]:
        fields = [*super().make_fields(), uses_field(self, both("成员", "Members"))]
        return sorted(fields, key=lambda f: ORDER.index(f.name) if f.name in ORDER else len(ORDER))

    def make_field(self, name: str) -> BaseField:
        general = super().make_field(name)
        if name != USCI:
            return general
        return CreditCodeField(
            name,
            label=general.label,
            help_text=both(
                "18 位，可留空；按 GB 32100-2015 校验",
                "18 characters or none, checked by GB 32100-2015",
            ),
        )

    def make_form(self) -> Sequence[WidgetShorthand]:
        by_name = {field.name: field for field in self.fields}
        sections = (
            (both("企业信息", "Company"), MAIN),
            (both("地址", "Address"), PLACE),
        )
        return [
            layouts.section(title, [by_name[name] for name in names]) for title, names in sections
        ]
