"""Fields that hold several words, and tables of parameters, with editors of their own.

Without scripts each is a text area: a word a line, JSON for a table.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import orjson
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette_admin.helpers import static_url
from starlette_admin.types import RequestAction

from bai_wx.console.views.fields import JsonField, LinesField, Unread
from bai_wx.console.words import both, now

BAR: Final = "|"


@dataclass
class WordsField(LinesField):
    """Words that a text column holds joined by `|`."""

    rows: int = 2
    list_template: str = "fields/list/words.html"
    detail_template: str = "fields/list/words.html"
    form_template: str = "fields/form/words.html"
    is_wide: ClassVar[bool] = False

    async def parse_form_data(self, request: Request, form_data: FormData) -> Any:
        return BAR.join(_lines(form_data, self.id))

    async def serialize_value(self, request: Request, value: Any) -> Any:
        words = [word for word in str(value).split(BAR) if word]
        return "\n".join(words) if request.state.action.is_form() else words

    def additional_js_links(self, request: Request) -> list[str]:
        return [static_url(request, "words.js", v=1)] if request.state.action.is_form() else []


@dataclass
class JsonWordsField(WordsField):
    """Words that a JSON column holds as a list. Other JSON is shown and read as JSON."""

    async def parse_form_data(self, request: Request, form_data: FormData) -> Any:
        typed = str(form_data.get(self.id) or "").strip()
        if typed[:1] in {"[", "{"}:
            try:
                return orjson.loads(typed)
            except orjson.JSONDecodeError:
                return Unread(typed)
        return _lines(form_data, self.id) or None

    async def validate(self, request: Request, value: Any, form_values: dict[str, Any]) -> None:
        if isinstance(value, Unread):
            raise ValueError(now("不是有效的 JSON", "This is not valid JSON"))

    async def serialize_value(self, request: Request, value: Any) -> Any:
        if isinstance(value, Unread):
            return str(value)
        parsed = orjson.loads(value) if isinstance(value, str) and value else value
        if parsed is None:
            return "" if request.state.action.is_form() else []
        is_words = isinstance(parsed, list) and all(isinstance(each, str) for each in parsed)
        if not request.state.action.is_form():
            return parsed if is_words else [orjson.dumps(parsed).decode()]
        if is_words and not any("\n" in each for each in parsed):
            return "\n".join(parsed)
        return orjson.dumps(parsed, option=orjson.OPT_INDENT_2).decode()


PARAMETERS: Final[Sequence[tuple[str, str]]] = (
    ("category", both("分组", "Group")),
    ("name", both("名称", "Name")),
    ("value", both("值", "Value")),
    ("unit", both("单位", "Unit")),
)
"""The columns of the editor of a product's parameters; the order of its rows becomes `sort`."""


@dataclass
class TableField(JsonField):
    """A JSON list of flat objects, as a table that is typed into.

    `table` has the objects' keys with their titles; `numbered` names the key that counts the rows,
    `optional` the one that the form says may be left out. JSON of another shape is edited as JSON.
    """

    is_wide: ClassVar[bool] = True
    table: Sequence[tuple[str, str]] = PARAMETERS
    numbered: str = "sort"
    optional: str = "category"
    detail_template: str = "fields/detail/table.html"
    form_template: str = "fields/form/table.html"

    async def serialize_value(self, request: Request, value: Any) -> Any:
        if request.state.action is not RequestAction.DETAIL:
            return await super().serialize_value(request, value)
        parsed = orjson.loads(value) if isinstance(value, str) and value else value
        if not parsed:
            return None
        if isinstance(parsed, list) and all(isinstance(each, dict) for each in parsed):
            return parsed
        return orjson.dumps(parsed, option=orjson.OPT_INDENT_2).decode()

    def additional_js_links(self, request: Request) -> list[str]:
        return [static_url(request, "table.js", v=2)] if request.state.action.is_form() else []


def _lines(form_data: FormData, name: str) -> list[str]:
    """The words of a text area, a line each, once each, without the bar that would divide one."""
    typed = str(form_data.get(name) or "").replace(BAR, "\n").splitlines()
    return list(dict.fromkeys(word for word in (line.strip() for line in typed) if word))
