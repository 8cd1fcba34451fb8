"""Reading rows from outside: the contract's values become columns, and what does not fit is named.

A row is read alone. Its relations hold the ids it was given; they are looked up by who writes it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from bai_wx.database.connection import keeps_nul
from bai_wx.record import clock, data_keys, encrypted
from bai_wx.record.base import FieldValues, Record
from bai_wx.record.data_keys import DataKey, DataKeyMissing
from bai_wx.record.encryption import WrongPlace
from bai_wx.record.fields import RecordField
from bai_wx.record.shape import Shape, value
from bai_wx.record.strict_values import Unfit
from bai_wx.transfer.references import without_business_ids

IGNORED_FIELDS = ("collectionId", "collectionName")
"""Members of PocketBase's records that repeat the table's name."""

_MISSING: Any = object()

Problem = tuple[str, str]
"""A field, or a path into it, and what is wrong with it."""

Check = Callable[[str, Mapping[str, Any]], Iterable[Problem]]
"""Checks a collection's row as lists answer it. Yields each field that does not fit, and what would."""


def no_check(collection: str, row: Mapping[str, Any]) -> Iterable[Problem]:
    """The check of rows that are known to fit."""
    return ()


@dataclass(slots=True)
class ReadRow:
    """A row as columns hold it.

    `values` has every column but `seq`, in the order of `RowReader.columns`; it is not complete where there
    are `problems`. `given` names the fields that the row itself had, or that the collection's rules set.
    `notes` are keys of the collection's `IMPORT_NOTES` under which the row is counted.
    """

    values: FieldValues
    given: frozenset[str]
    notes: list[str]
    problems: list[Problem] = field(default_factory=list)


class RowReader:
    """Reads the rows of one collection. Fields that a row does not name are made: ids, moments, states."""

    def __init__(
        self, model: type[Record], check: Check = no_check, *, may_hold_nul: bool | None = None
    ) -> None:
        """`may_hold_nul` says whether the database can store a NUL; by default the present one is asked."""
        self.columns = tuple(f.name for f in model._meta.sorted_fields if f.name != "seq")
        self._model, self._check = model, check
        self._may_hold_nul = keeps_nul() if may_hold_nul is None else may_hold_nul
        self._fields = model.record_fields()
        self._makers = {name: _maker(model._meta.fields[name].default) for name in self._fields}
        self._made = {name for name in self._fields if callable(model._meta.fields[name].default)}
        self._encrypted = encrypted.fields_of(model)
        self._shape = Shape({name: value(each) for name, each in self._fields.items()})

    def read(self, values: Mapping[str, Any]) -> ReadRow:
        """Read the contract's values of one row. What is wrong with it stands in `problems`."""
        problems = list(self._unknown(values))
        given = {
            name: self._column(values[name], each, problems)
            for name, each in self._fields.items()
            if _is_given(values, each, is_made=name in self._made)
        }
        notes = list(self._model.prepare_import(given))
        whole = {name: self._value(name, given, problems) for name in self._fields}
        if not problems:
            whole = self._revealed(whole, problems)
        if not problems:
            problems += self._compared(whole)
        if not problems:
            self._model.fill_derived(whole)
            whole = self.sealed(whole, whole["id"])
            whole = {name: whole[name] for name in self.columns}
        return ReadRow(whole, frozenset(given), notes, problems)

    def sealed(self, values: FieldValues, record_id: str) -> FieldValues:
        """The values, plain, with what is encrypted at rest as the columns of this row hold it."""
        if not self._encrypted:
            return values
        return encrypted.sealed(self._model, values, record_id, self._key)

    def _revealed(self, whole: FieldValues, problems: list[Problem]) -> FieldValues:
        """The values with the plain texts of those that an export has encrypted."""
        for name in self._encrypted:
            try:
                whole = whole | encrypted.revealed(self._model, {name: whole[name]}, whole["id"])
            except DataKeyMissing as exc:
                problems.append((name, f"is encrypted: {exc}"))
            except WrongPlace:
                problems.append((name, "is encrypted, and does not open: it is another row's"))
        return whole

    @cached_property
    def _key(self) -> DataKey:
        """The key of the whole reading; who writes the rows sees whether it is still the current one."""
        return data_keys.current()

    @property
    def key_id(self) -> str:
        """The id of the data key that values were encrypted with, `""` where there are none such."""
        return self._key.id if self._encrypted else ""

    def _unknown(self, values: Mapping[str, Any]) -> Iterator[Problem]:
        for name in values:
            if name not in self._fields and name not in IGNORED_FIELDS:
                yield name, "is not a field of this collection"

    def _column(self, given: Any, each: RecordField, problems: list[Problem]) -> Any:
        try:
            held = each.from_import(given)
        except Unfit as exc:
            problems.append((each.name, str(exc)))
            return None
        if each.required and held == each.zero:
            problems.append((each.name, "is required"))
            return None
        if isinstance(held, str) and "\0" in held and not self._may_hold_nul:
            problems.append((each.name, "holds a NUL, which PostgreSQL cannot keep"))
        return held

    def _compared(self, whole: Mapping[str, Any]) -> Iterator[Problem]:
        """What is off the contract as lists answer the row, and what the collection's own check finds."""
        known = {name: _record_ids(each, whole[name]) for name, each in self._fields.items()}
        held = tuple(known[column.name] for column in self._shape.columns)  # type: ignore[attr-defined]  # each is a field
        [shown] = self._shape.encode_parsed([held])
        yield from self._check(self._model.collection(), shown)
        yield from self._model.check_import(whole, shown)

    def _value(self, name: str, given: FieldValues, problems: list[Problem]) -> Any:
        """The given value, or the one that is made for a row without it."""
        if name in given:
            return given[name]
        if given.get("created") and self._is_moment_of_creation(name):
            return given["created"]
        if self._fields[name].first:
            return self._fields[name].first
        made = self._makers[name]()
        if self._fields[name].required and made == self._fields[name].zero:
            problems.append((name, "is required"))
        return made

    def _is_moment_of_creation(self, name: str) -> bool:
        """Whether a row without a moment of its own has that of its `created` there."""
        return self._model._meta.fields[name].default is clock.now


def _is_given(values: Mapping[str, Any], each: RecordField, *, is_made: bool) -> bool:
    """Whether the row has a value for a field.

    A null is a value for JSON alone, and an empty id or moment of the server's asks for a new one.
    """
    found = values.get(each.name, _MISSING)
    if found is _MISSING or (found is None and not each.takes_null):
        return False
    return found != "" or not is_made


def _record_ids(each: RecordField, held: Any) -> Any:
    """The value as lists answer it. A relation's business ids are not looked up yet."""
    return without_business_ids(each, held) if each.target else held


def _maker(default: Any) -> Callable[[], Any]:
    return default if callable(default) else lambda: default
