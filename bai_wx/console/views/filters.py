"""What a list can be filtered by, for each kind of form field. A filter makes a condition of SQL.

The address of a list holds its filters, so that a bookmark finds the same rows.
"""

from functools import reduce
from operator import and_, or_
from typing import Any, Final

from peewee import Expression
from starlette.exceptions import HTTPException
from starlette_admin.fields import BaseField, BooleanField
from starlette_admin.filters.base import (
    BaseFilter,
    FilterApplyContext,
    FilterDataType,
    FilterGroup,
    FilterValidationError,
)
from starlette_admin.filters.registry import FilterRegistry

from bai_wx.console import rows, times
from bai_wx.console.views.fields import (
    AddressField,
    ChoiceField,
    JsonField,
    LineField,
    LinesField,
    MomentField,
    MoneyField,
    RelationField,
    RelationsField,
    WholeField,
)
from bai_wx.console.words import both, now
from bai_wx.record.money import fen_of

MOST_FILTERS: Final = 100
MOST: Final = 2**62
"""A number is within this bound, or a database cannot compare with it."""


def _column(ctx: FilterApplyContext) -> Any:
    return getattr(_model(ctx), ctx.field_name)


def _model(ctx: FilterApplyContext) -> Any:
    view: Any = ctx.view
    return view.model


class Contains(BaseFilter):
    """A text contains another, whatever the case."""

    name, label, data_type = "contains", both("包含", "contains"), FilterDataType.STRING

    def apply(self, ctx: FilterApplyContext) -> Any:
        return rows.holding(_model(ctx), [ctx.field_name], ctx.value)


class Equals(BaseFilter):
    """A text is another."""

    name, label, data_type = "eq", both("等于", "is"), FilterDataType.STRING

    def apply(self, ctx: FilterApplyContext) -> Any:
        return _column(ctx) == ctx.value


class Among(BaseFilter):
    """A value is one of some."""

    name, label, data_type = "in", both("属于", "is one of"), FilterDataType.ENUM

    def parse_value(self, raw: str) -> list[str]:
        return [str(each) for each in raw] if isinstance(raw, list) else str(raw).split(",")

    def apply(self, ctx: FilterApplyContext) -> Any:
        return _column(ctx) << ctx.value


class NotAmong(Among):
    """A value is none of some."""

    name, label = "not_in", both("不属于", "is none of")

    def apply(self, ctx: FilterApplyContext) -> Any:
        return ~(_column(ctx) << ctx.value)


class Unset(BaseFilter):
    """A text, moment or relation is not set."""

    name, label, data_type = "empty", both("为空", "is empty"), FilterDataType.NONE

    def apply(self, ctx: FilterApplyContext) -> Any:
        return _column(ctx) == _column(ctx).zero


class IsSet(Unset):
    """A text, moment or relation is set."""

    name, label = "not_empty", both("不为空", "is not empty")

    def apply(self, ctx: FilterApplyContext) -> Any:
        return _column(ctx) != _column(ctx).zero


class AtLeast(BaseFilter):
    """A number is not below another."""

    name, label, data_type = "gte", both("不小于", "is at least"), FilterDataType.NUMBER

    def parse_value(self, raw: str) -> int:
        try:
            number = int(raw)
        except ValueError as exc:
            raise _unread(raw) from exc
        if abs(number) > MOST:
            raise _unread(raw)
        return number

    def apply(self, ctx: FilterApplyContext) -> Any:
        return _column(ctx) >= ctx.value


class AtMost(AtLeast):
    """A number is not above another."""

    name, label = "lte", both("不大于", "is at most")

    def apply(self, ctx: FilterApplyContext) -> Any:
        return _column(ctx) <= ctx.value


class AmountAtLeast(AtLeast):
    """An amount, in yuan, is not below another."""

    def parse_value(self, raw: str) -> int:
        fen = fen_of(raw)
        if fen is None or abs(fen) > MOST:
            raise _unread(raw)
        return fen


class AmountAtMost(AmountAtLeast):
    """An amount, in yuan, is not above another."""

    name, label = "lte", both("不大于", "is at most")

    def apply(self, ctx: FilterApplyContext) -> Any:
        return _column(ctx) <= ctx.value


class OnDays(BaseFilter):
    """A moment lies in some of Beijing's days, both ends included."""

    name, label = "between", both("日期范围", "is between the days")
    data_type, has_value2 = FilterDataType.DATE, True

    def parse_value(self, raw: str) -> tuple[str, str]:
        try:
            return times.day_bounds(raw)
        except (ValueError, OverflowError) as exc:
            raise _unread(raw) from exc

    def apply(self, ctx: FilterApplyContext) -> Any:
        return (_column(ctx) >= ctx.value[0]) & (_column(ctx) < ctx.value2[1])


class OnDay(OnDays):
    """A moment lies in one of Beijing's days."""

    name, label, has_value2 = "eq", both("日期", "is on the day"), False

    def apply(self, ctx: FilterApplyContext) -> Any:
        return (_column(ctx) >= ctx.value[0]) & (_column(ctx) < ctx.value[1])


class IsTrue(BaseFilter):
    """Yes."""

    name, label, data_type = "is_true", both("是", "is true"), FilterDataType.NONE

    def apply(self, ctx: FilterApplyContext) -> Any:
        return _column(ctx) != 0


class IsFalse(IsTrue):
    """No."""

    name, label = "is_false", both("否", "is false")

    def apply(self, ctx: FilterApplyContext) -> Any:
        return _column(ctx) == 0


REGISTRY: Final = FilterRegistry(
    {
        LineField: (Contains, Equals, Unset, IsSet),
        LinesField: (Contains, Unset, IsSet),
        AddressField: (Contains, Unset, IsSet),
        JsonField: (Contains,),
        ChoiceField: (Among, NotAmong),
        WholeField: (AtLeast, AtMost),
        MoneyField: (AmountAtLeast, AmountAtMost),
        MomentField: (OnDays, OnDay, Unset, IsSet),
        BooleanField: (IsTrue, IsFalse),
        RelationField: (Unset, IsSet),
        RelationsField: (Unset, IsSet),
        BaseField: (),
    }
)


def condition(view: Any, filters: FilterGroup | None) -> Expression | None:
    """The condition of a tree of filters; None where it asks for nothing.

    Raises: `HTTPException` 400 for more of them than a database takes in one question.
    """
    if filters is None or filters.is_empty():
        return None
    if _size(filters) > MOST_FILTERS:
        raise HTTPException(400)
    parts = [_part(view, rule) for rule in filters.rules]
    wanted = [part for part in parts if part is not None]
    return reduce(or_ if filters.logic == "or" else and_, wanted) if wanted else None


def _size(rule: Any) -> int:
    return sum(map(_size, rule.rules)) if isinstance(rule, FilterGroup) else 1


def _part(view: Any, rule: Any) -> Expression | None:
    if isinstance(rule, FilterGroup):
        return condition(view, rule)
    field = next(each for each in view._all_fields if each.name == rule.field)
    chosen = REGISTRY.get_filter(field, rule.filter)
    assert chosen is not None, "the library refuses a filter that the field has not"
    asked = FilterApplyContext(None, rule.field, rule.value, rule.value2, view=view)
    found: Expression = chosen().apply(asked)
    return found


def _unread(raw: object) -> FilterValidationError:
    return FilterValidationError(now(f"无法识别：{raw}", f"not understood: {raw}"))
