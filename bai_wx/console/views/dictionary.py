"""The dictionary: each row holds words, edited as a table of value, text, use and place.

The four columns hold lists that belong together by position, as JSON or joined by `|`, as each row's operator
once wrote it. `static/dictionary.js` shows them as a table and writes them in the same way.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from starlette.requests import Request
from starlette_admin.exceptions import FormValidationError
from starlette_admin.fields import BaseField
from starlette_admin.helpers import static_url
from starlette_admin.widgets import WidgetShorthand

from bai_wx.console.dictionary_words import LISTS, VALUES, rows_of, words_of
from bai_wx.console.views import layouts
from bai_wx.console.views.fields import LineField, LinesField
from bai_wx.console.views.record_view import RecordView
from bai_wx.console.words import both, now

HELPS: Final[Mapping[str, Any]] = {
    "dict_name": both("互不相同，程序按它查找", "No two are the same: programs look for it"),
    "dict_parent_id": both(
        "上级字典的字典编号，可留空", "The id of the dictionary above, or nothing"
    ),
}
"""The short texts of a dictionary, and what their form fields say."""


@dataclass
class ListField(LinesField):
    """One of the lists of a dictionary."""

    rows: int = 3
    list_template: str = "fields/list/words.html"
    detail_template: str = "fields/list/words.html"

    async def serialize_value(self, request: Request, value: Any) -> Any:
        if request.state.action.is_form():
            return value
        found = words_of(str(value))
        return [str(value)] if found is None else found

    def additional_js_links(self, request: Request) -> list[str]:
        return [static_url(request, "dictionary.js", v=1)] if request.state.action.is_form() else []


@dataclass
class WordsOfRow(BaseField):
    """The words of a dictionary, those in use first told, as lists and pages show them."""

    searchable: bool | None = False
    orderable: bool | None = False
    exclude_from_create: bool | None = True
    exclude_from_edit: bool | None = True
    list_template: str = "fields/list/dictionary.html"
    detail_template: str = "fields/list/dictionary.html"

    async def parse_obj(self, request: Request, obj: Any) -> Any:
        return rows_of({name: getattr(obj, name) for name in LISTS})

    async def serialize_value(self, request: Request, value: Any) -> Any:
        return value


class DictionaryView(RecordView):
    """The dictionary."""

    icon = "fa fa-book"
    display_name = both("字典", "dictionary")
    named_by = "dict_name"
    columns = ("dict_name", "words", "dict_parent_id", "dict_remark", "updated")

    def make_fields(self) -> list[BaseField]:
        words = WordsOfRow("words", label=both("词", "Words"))
        first, *rest = super().make_fields()
        return [first, words, *rest]

    def make_field(self, name: str) -> BaseField:
        general = super().make_field(name)
        if name in HELPS:
            return LineField(
                name, label=general.label, required=general.required, help_text=HELPS[name]
            )
        if name in LISTS:
            return ListField(name, label=general.label, orderable=False, exclude_from_detail=True)
        return general

    def make_form(self) -> Sequence[WidgetShorthand]:
        by_name = {field.name: field for field in self.fields}
        rest = [n for n in by_name if n in self.model.set_by_operator() - {"dict_name", *LISTS}]
        return [
            layouts.section(both("字典", "Dictionary"), [by_name[n] for n in ("dict_name", *rest)]),
            layouts.section(both("词", "Words"), [by_name[name] for name in LISTS]),
        ]

    async def validate_fields(
        self, request: Request, data: dict[str, Any], exclude: Collection[str] = ()
    ) -> None:
        """Check too that the lists can be read and are equally long, where they are filled."""
        await super().validate_fields(request, data, exclude)
        problems: dict[str | int, Any] = {}
        lists = {name: words_of(data[name]) for name in LISTS if name in data}
        for name, words in lists.items():
            if words is None:
                problems[name] = now("不是有效的 JSON 数组", "This is not a JSON array of values")
        number = len(lists.get(VALUES) or [])
        for name, words in lists.items():
            if words and len(words) != number:
                problems.setdefault(
                    name,
                    now(
                        f"有 {len(words)} 项，而取值有 {number} 项",
                        f"{len(words)} for {number} values",
                    ),
                )
        if problems:
            raise FormValidationError(problems)
