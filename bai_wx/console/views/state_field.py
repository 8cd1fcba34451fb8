"""A field of few values that lists show as coloured badges, under words in both languages."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as dc_field
from typing import Any

from starlette.requests import Request

from bai_wx.console.views.fields import ChoiceField


@dataclass
class StateField(ChoiceField):
    """A state. `choices` has a value and its word (`words.both`); `colours` a colour of Tabler by value.

    Example: `StateField("x", choices=[("on", both("开", "On"))], colours={"on": "green"})`. A value without
    a colour is grey.
    """

    list_template: str = "fields/list/state.html"
    detail_template: str = "fields/list/state.html"
    colours: Mapping[str, str] = dc_field(default_factory=dict)

    async def serialize_value(self, request: Request, value: Any) -> Any:
        if request.state.action.is_form():
            return value
        label = self._get_label(value, request)
        return {"label": str(label), "colour": self.colours.get(value, "secondary")}
