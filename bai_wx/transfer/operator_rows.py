"""The rows that an operator's values make, of a form or of a table: checked, and not written.

Values are checked by what checks native writes and imports; what a client may not do is not asked. The last
check holds the whole row against the contract, as lists would answer it.
"""

from collections.abc import Mapping
from typing import Any, Final, TypeVar

from bai_wx.dialect.input import validate
from bai_wx.dialect.input.validate import AllExist, all_exist
from bai_wx.record import clock, ids, joined, row_values
from bai_wx.record.base import FieldValues, Record
from bai_wx.record.problem_texts import Texts, of_problem
from bai_wx.record.problems import Problems
from bai_wx.transfer import contract_check

RecordT = TypeVar("RecordT", bound=Record)

NOT_CREATED: Final[Texts] = ("不能在此新建", "Rows of this collection are not created here.")


class Invalid(Exception):
    """Values are refused. `problems` has a Chinese and an English text by field; `""` is the whole."""

    def __init__(self, problems: Mapping[str, Texts]) -> None:
        super().__init__(", ".join(f"{name}: {english}" for name, (_, english) in problems.items()))
        self.problems = dict(problems)


def are_created(model: type[Record]) -> bool:
    """Whether an operator makes rows of a collection of values alone."""
    has_file = any(field.is_file for field in model.record_fields().values())
    return model.OPERATOR_CREATES and not has_file


def new(
    model: type[RecordT],
    values: Mapping[str, Any],
    record_id: str = "",
    exist: AllExist = all_exist,
) -> RecordT:
    """A new row of the contract's values, with what is derived of them. Raises: `Invalid`."""
    given, unread = row_values.read(model, values)
    problems = validate.of_new(model, given, exist)
    model.check_values(given, {}, problems)
    if record_id and (problem := validate.of_id(record_id)):
        problems["id"] = problem
    refuse(problems, unread)
    for _ in model.prepare_import(given):  # what an import would report, a form shows
        pass
    begins = {name: field.first for name, field in model.record_fields().items() if field.first}
    row = model(**{**begins, **given, "id": record_id or ids.record_id()})
    model.fill_derived(row.__data__)
    joined.fill(model, row.__data__, {})
    shown = row_values.shown(row)
    refuse({}, contract_check.problems(model, shown, shown))
    return row


def differing(row: Record, values: Mapping[str, Any]) -> tuple[FieldValues, dict[str, Texts]]:
    """The columns in which a stored row differs from the contract's values, and what cannot be read of them."""
    given, unread = row_values.read(type(row), values)
    return {name: held for name, held in given.items() if held != getattr(row, name)}, unread


def check(
    row: Record,
    changes: FieldValues,
    unread: Mapping[str, Texts] = {},
    exist: AllExist = all_exist,
) -> None:
    """Check the changes of a stored row, as `differing` finds them. Raises: `Invalid`."""
    model = type(row)
    problems = validate.of_changes(model, changes, exist)
    model.check_values(changes, row.__data__, problems)
    refuse(problems, unread)


def apply(row: Record, changes: FieldValues) -> None:
    """Change a row in memory, with what is derived of the changes; `changes` has all of them afterwards.

    Raises: `Invalid` where the contract forbids what lists would answer.
    """
    model = type(row)
    whole = {**row.__data__, **changes}
    model.fill_derived(whole)
    changes |= {name: held for name, held in whole.items() if held != row.__data__[name]}
    joined.fill(model, changes, row.__data__)
    row.__data__.update(changes, updated=clock.after(row.updated))
    refuse({}, contract_check.problems(model, row_values.shown(row), changes))


def refuse(problems: Problems, unread: Mapping[str, Texts]) -> None:
    """Raise `Invalid` where there is a problem; what could not be read wins over what it led to."""
    texts = {name: of_problem(problem) for name, problem in problems.items()} | dict(unread)
    if texts:
        raise Invalid(texts)
