"""Kinds of field as a form shows and reads them. `field_of` finds the kind's, so each is mapped once.

A form's value leaves here as JSON of the contract: yuan, record ids, parsed JSON, UTC moments. What cannot
be read is kept as it was typed, and `validate` says so.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from dataclasses import field as dc_field
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import orjson
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette_admin.fields import (
    BaseField,
    BooleanField,
    EnumField,
    HasMany,
    HasOne,
    StringField,
    TextAreaField,
    URLField,
)
from starlette_admin.helpers import static_url
from starlette_admin.types import RequestAction

from bai_wx.console import rows, times
from bai_wx.console.amounts import yuan
from bai_wx.console.words import now
from bai_wx.record import fields as kinds
from bai_wx.record.base import Record
from bai_wx.record.money import yuan_of
from bai_wx.record.record_field import RecordField

SHORT: Final = 200  # characters; a longer text has several lines in a form


@dataclass
class Typed(StringField):
    """A value that is typed as a text and read as something else."""

    async def parse_form_data(self, request: Request, form_data: FormData) -> Any:
        typed = str(form_data.get(self.id) or "").strip()
        try:
            return self.read(typed)
        except ValueError:
            return Unread(typed)

    async def validate(self, request: Request, value: Any, form_values: dict[str, Any]) -> None:
        if isinstance(value, Unread):
            raise ValueError(self.unread())
        if value == "" and self.required:
            raise ValueError(now("请填写", "This is required"))

    async def serialize_value(self, request: Request, value: Any) -> Any:
        if isinstance(value, Unread):
            return str(value)
        return self.typed(value) if request.state.action.is_form() else self.shown(value)

    def read(self, typed: str) -> Any:
        """The value of a typed text. Raises: `ValueError`."""
        return typed

    def unread(self) -> str:
        """What would have been understood."""
        return now("无法识别", "This is not understood")

    def typed(self, value: Any) -> str:
        """What a form shows of a column's value."""
        return self.shown(value)

    def shown(self, value: Any) -> str:
        """What lists and details show of a column's value."""
        return str(value)


class Unread(str):
    """What was typed where it could not be read."""


@dataclass
class LineField(StringField):
    """A short text."""

    async def parse_form_data(self, request: Request, form_data: FormData) -> str:
        return str(form_data.get(self.id) or "")


@dataclass
class LinesField(TextAreaField):
    """A text of several lines. Its box grows with what is typed."""

    rows: int = 3

    async def parse_form_data(self, request: Request, form_data: FormData) -> str:
        return str(form_data.get(self.id) or "").replace("\r\n", "\n")


@dataclass
class AddressField(URLField):
    """An http or https address."""

    async def parse_form_data(self, request: Request, form_data: FormData) -> str:
        return str(form_data.get(self.id) or "").strip()


@dataclass
class WholeField(Typed):
    """A whole number."""

    input_type: str = "number"

    def read(self, typed: str) -> int:
        return int(typed or "0")

    def unread(self) -> str:
        return now("请填写整数", "Enter a whole number")


AS_TYPED: Final = str.maketrans("，．。￥", ",..¥")
"""What a Chinese keyboard types in an amount."""
GROUPED: Final = re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.\d*)?")
"""An amount with commas between the thousands."""


@dataclass
class MoneyField(Typed):
    """An amount: yuan with two decimals in forms, fen in the column."""

    input_type: str = "text"
    extra: dict[str, Any] | None = dc_field(default_factory=lambda: {"inputmode": "decimal"})

    def read(self, typed: str) -> int | float:
        try:
            plain = typed.translate(AS_TYPED).replace("¥", "").strip()
            if "," in plain and not GROUPED.fullmatch(plain):
                raise ValueError(typed)  # 29,9 may mean 29.9: it must not become 299
            amount = Decimal(plain.replace(",", "") or "0")
            fen = amount * 100
            if fen != fen.to_integral_value():
                raise ValueError(typed)
            return yuan_of(int(fen))
        except (InvalidOperation, OverflowError) as exc:
            raise ValueError(typed) from exc

    def unread(self) -> str:
        return now("请填写金额，最多两位小数", "Enter an amount with at most two decimals")

    def typed(self, value: Any) -> str:
        return f"{value / 100:.2f}"

    def shown(self, value: Any) -> str:
        return yuan(value / 100)


@dataclass
class MomentField(Typed):
    """A moment, in Beijing's time."""

    input_type: str = "datetime-local"

    def read(self, typed: str) -> str:
        return times.stored(typed) if typed else ""

    def unread(self) -> str:
        return now("请填写日期和时间", "Enter a date and a time")

    def typed(self, value: Any) -> str:
        return times.typed(value)

    def input_params(self) -> str:
        return f'{super().input_params()} step="any"'  # else a browser refuses seconds

    def shown(self, value: Any) -> str:
        return times.shown(value)


@dataclass
class ChoiceField(EnumField):
    """One of some values. A value that is none of them is shown as it stands."""

    def _get_label(self, value: Any, request: Request) -> Any:
        return dict(self._get_choices(request)).get(value, value)

    async def parse_form_data(self, request: Request, form_data: FormData) -> str:
        return str(form_data.get(self.id) or "")


@dataclass
class JsonField(LinesField):
    """Any JSON, as indented text."""

    rows: int = 8
    class_: str = "field-textarea form-control font-monospace"

    async def parse_form_data(self, request: Request, form_data: FormData) -> Any:
        typed = str(form_data.get(self.id) or "").strip()
        try:
            return orjson.loads(typed) if typed else None
        except orjson.JSONDecodeError:
            return Unread(typed)

    async def validate(self, request: Request, value: Any, form_values: dict[str, Any]) -> None:
        if isinstance(value, Unread):
            raise ValueError(now("不是有效的 JSON", "This is not valid JSON"))

    async def serialize_value(self, request: Request, value: Any) -> Any:
        if isinstance(value, Unread):
            return str(value)
        parsed = orjson.loads(value) if isinstance(value, str) and value else value
        if parsed is None:
            return ""
        if request.state.action is RequestAction.LIST:
            return orjson.dumps(parsed).decode()
        return orjson.dumps(parsed, option=orjson.OPT_INDENT_2).decode()


class _Related:
    """Shows the rows that a relation points at by their names, from what was read with the row."""

    name: str
    key: str | None
    multiple: bool
    _view: Any

    async def parse_obj(self, request: Request, obj: Any) -> Any:
        near = getattr(obj, rows.RELATED, {}).get(self.name, [])
        return near if self.multiple else next(iter(near), None)

    def additional_js_links(self, request: Request) -> list[str]:
        if not request.state.action.is_form():
            return []
        names = (("js/vendor/select2.min.js", "4.1.0"), ("relations.js", "1"))
        return [static_url(request, name, v=version) for name, version in names]

    async def parse_form_data(self, request: Request, form_data: FormData) -> Any:
        sent = [str(each) for each in form_data.getlist(self.name) if each]
        return sent if self.multiple else next(iter(sent), "")

    async def serialize_value(self, request: Request, value: Any) -> Any:
        found = value if self.multiple else [value]
        if request.state.action.is_form():
            shown: list[Any] = [each.id if isinstance(each, Record) else each for each in found]
        else:
            shown = [await self._named(request, each) for each in found]
        return shown if self.multiple else next(iter(shown), None)

    async def _named(self, request: Request, row: Record) -> dict[str, Any]:
        view = self._view._find_foreign_view(self.key)
        return {"id": row.id, "_meta": {"repr": await view.repr(row, request)}}


@dataclass
class RelationField(_Related, HasOne):
    """One row of another collection."""


@dataclass
class RelationsField(_Related, HasMany):
    """Rows of another collection."""


Made = Callable[[Any, dict[str, Any]], BaseField]


def _text(field: kinds.Text, said: dict[str, Any]) -> BaseField:
    if field.text_max > SHORT:
        return LinesField(maxlength=field.text_max, **said)
    return LineField(maxlength=field.text_max, **said)


def _choice(field: kinds.Select, said: dict[str, Any]) -> BaseField:
    values = [(value, value) for value in field.values]
    if not (field.required or field.default):
        values.insert(0, ("", "—"))
    return ChoiceField(choices=values, **said)


MADE: Final[Mapping[type[RecordField], Made]] = {
    kinds.Text: _text,
    kinds.Url: lambda field, said: AddressField(maxlength=field.text_max, **said),
    kinds.Editor: lambda _, said: LinesField(rows=14, **said),
    kinds.Int: lambda field, said: WholeField(**said),
    kinds.Bool: lambda _, said: BooleanField(**said),
    kinds.Money: lambda _, said: MoneyField(**said),
    kinds.Date: lambda _, said: MomentField(**said),
    kinds.Select: _choice,
    kinds.Json: lambda _, said: JsonField(**said),
    kinds.Relation: lambda field, said: RelationField(key=field.target, **said),
    kinds.Relations: lambda field, said: RelationsField(key=field.target, **said),
    kinds.File: lambda _, said: LineField(read_only=True, **said),
}
"""What makes the form field of each kind; a kind without a row has that of the class it is made from."""


def field_of(field: RecordField, label: Any, help_text: str = "") -> BaseField:
    """The form field of a collection's field. What the server fills is shown, and never asked for."""
    said: dict[str, Any] = {
        "name": field.name,
        "label": label,
        "help_text": help_text or None,
        "required": field.required and not field.is_filled_by_us,
    }
    if field.server_made or field.is_file:
        said |= {"exclude_from_create": True, "exclude_from_edit": True}
    kind = next(each for each in type(field).__mro__ if each in MADE)
    return MADE[kind](field, said)
