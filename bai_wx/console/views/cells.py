"""Kinds of column of the pages about sales: customers, badges of states, goods, masked numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette_admin.fields import StringField

from bai_wx.console import rows
from bai_wx.console.masking import MASKED
from bai_wx.console.sales import goods
from bai_wx.console.sales.states import State
from bai_wx.console.views.state_field import StateField
from models.users import masked_phone


@dataclass
class CustomerField(StringField):
    """The customer of an openid, by name and masked phone, with a link to its page."""

    list_template: str = "cells/customer.html"
    detail_template: str = "cells/customer.html"

    async def parse_obj(self, request: Request, obj: Any) -> Any:
        return getattr(obj, self.name), getattr(obj, rows.RELATED, {}).get(self.name)

    async def serialize_value(self, request: Request, value: Any) -> Any:
        openid, user = value
        if user is None:
            return {"openid": openid, "id": "", "name": "", "phone": ""}
        phone = masked_phone(user.users_phone)
        return {"openid": openid, "id": user.id, "name": user.users_name, "phone": phone}


def state_field(name: str, label: Any, states: Mapping[str, State]) -> StateField:
    """The field of a column that holds one of these states."""
    return StateField(
        name=name,
        label=label,
        choices=[(value, state.label) for value, state in states.items()],
        colours={value: state.colour for value, state in states.items()},
    )


@dataclass
class GoodsField(StringField):
    """What was ordered, in a few words."""

    list_template: str = "cells/goods.html"

    async def serialize_value(self, request: Request, value: Any) -> Any:
        first, lines = goods.summary_of(value)
        return {"first": first, "lines": lines}


@dataclass
class MaskedField(StringField):
    """A personal number, masked."""

    async def serialize_value(self, request: Request, value: Any) -> str:
        return MASKED[self.name](value)
