"""A row's values as the contract writes them, and the values of a form as columns hold them."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from bai_wx.record.base import FieldValues, Record
from bai_wx.record.fields import Bool, Int, Money
from bai_wx.record.problem_texts import READ_ONLY, Texts, of_problem, of_unfit
from bai_wx.record.problems import REQUIRED
from bai_wx.record.record_field import RecordField
from bai_wx.record.shape import Shape, value
from bai_wx.record.strict_values import Unfit

CELLS = (Bool, Int, Money)
"""Kinds whose value a form may send as text."""


def shown(row: Record) -> dict[str, Any]:
    """A row by its fields: amounts in yuan, JSON parsed, moments in UTC. Hidden fields are left out."""
    return shown_of(type(row), row.__data__)


def shown_of(model: type[Record], columns: Mapping[str, Any]) -> dict[str, Any]:
    """The same of what the columns of a row hold, by field."""
    shape = _shape(model)
    held = tuple(columns[column.name] for column in shape.columns)  # type: ignore[attr-defined]  # each is a field
    [values] = shape.encode_parsed([held])
    return values


@cache
def _shape(model: type[Record]) -> Shape:
    fields = model.record_fields().items()
    return Shape({name: value(each) for name, each in fields if not each.hidden})


def read(model: type[Record], values: Mapping[str, Any]) -> tuple[FieldValues, dict[str, Texts]]:
    """Read the contract's values of a form: as columns hold them, and what does not fit, by field.

    None and, of a number, the empty text are the field's unset value. Unlike a client's values none is bent:
    a price that cannot be read is no price of 0.
    """
    fields, settable = model.record_fields(), model.set_by_operator()
    read: FieldValues = {}
    problems: dict[str, Texts] = {}
    for name, given in values.items():
        if name not in settable:
            problems[name] = READ_ONLY
            continue
        try:
            read[name] = _read(fields[name], given)
        except Unfit as exc:
            problems[name] = of_unfit(fields[name], exc)
        else:
            if fields[name].required and not str(read[name]).strip():
                problems[name] = of_problem(REQUIRED)
    return read, problems


def _read(field: RecordField, given: Any) -> Any:
    if given is None and not field.takes_null:
        return field.zero
    if isinstance(field, CELLS) and isinstance(given, str):
        if not given.strip():
            return field.zero
        given = field.from_cell(given.strip())
    try:
        return field.from_import(given)
    except OverflowError as exc:
        raise Unfit("must be a finite number") from exc
