"""The check of a table's rows against what is stored: what is to be done with each, or why it is refused."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

from bai_wx.record import row_values
from bai_wx.record.base import Record
from bai_wx.record.collections import business_id_field
from bai_wx.record.fields import Date
from bai_wx.record.problem_texts import READ_ONLY, Texts
from bai_wx.record.strict_values import Unfit
from bai_wx.transfer import contract_check, operator_rows
from bai_wx.transfer.loading.known import StoredRows
from bai_wx.transfer.loading.picture_rows import PictureRows
from bai_wx.transfer.loading.plans import Change, Create, Plan, derived_id
from bai_wx.transfer.loading.relating import Cells, Relating
from bai_wx.transfer.loading.report import MOST_CHANGES, ChangedRow, Operator, Options, Report
from bai_wx.transfer.operator_rows import Invalid
from bai_wx.transfer.sheets.table import CellFault, Table, TableRow, fault

CHUNK: Final = 500  # rows whose stored rows are looked up together

MASK: Final = "****"

DELETED: Final[Texts] = (
    "这条记录已被删除，请先在回收站恢复",
    "This row is deleted; restore it first.",
)
UNKNOWN: Final[Texts] = ("没有这个编号的记录", "No row has this id.")
NOT_ONE_ROW: Final[Texts] = ("两个编号不是同一条记录", "The two ids are not those of one row.")


@dataclass
class _Row:
    """A row of the table on its way through the check."""

    source: TableRow
    values: Cells
    record_id: str
    """What the table says, else the one derived of the file and the line."""
    business_id: str
    is_derived: bool
    faults: list[CellFault] = field(default_factory=list)


class Checker:
    """The check of one table's rows, in their order."""

    def __init__(
        self,
        model: type[Record],
        table: Table,
        options: Options,
        operator: Operator,
        pictures: PictureRows | None,
        report: Report,
    ) -> None:
        self._model, self._table, self._options = model, table, options
        self._operator, self._report = operator, report
        self._relating = Relating(model, pictures)
        self._business = business_id_field(model)
        self._settable = model.set_by_operator()
        self._fields = model.record_fields()
        self._lines: dict[str, int] = {}
        self.reasons: dict[int, list[str]] = {}
        """Why rows are refused, in Chinese, by line."""

    def plans(self, rows: Iterator[TableRow]) -> Iterator[list[Plan]]:
        """What is to be done, chunk by chunk. The report counts every row; a refused one makes no plan."""
        while chunk := list(islice(rows, CHUNK)):
            yield list(self._chunk([self._read(row) for row in chunk]))

    def refuse(self, line: int, faults: Sequence[CellFault]) -> None:
        """Count a row as refused, and keep the reasons."""
        self._report.note(faults)
        said = self.reasons.setdefault(line, [])
        said.extend(f"{f.title}：{f.chinese}" if f.title else f.chinese for f in faults)

    def fault(self, line: int, name: str, texts: Texts) -> CellFault:
        """A fault of a field in a line of the table."""
        return fault(self._table, line, name, *texts)

    def changed_meanwhile(self, row: Record) -> Texts:
        """The problem of a row that was changed after the table was made."""
        by = self._operator.last_change(self._model, row.id, row.updated)
        return (
            f"导出之后，这条记录在 {row.updated} 被{by or '他人'}修改过，请重新导出后再修改",
            f"The row was changed at {row.updated} by {by or 'somebody'}, after the export.",
        )

    def _read(self, source: TableRow) -> _Row:
        """A row with the values that are the operator's to set."""
        cells = source.cells
        values = {name: value for name, value in cells.items() if name in self._settable}
        for name in source.empty:
            if name in self._options.cleared and name in self._settable:
                values[name] = None
        record_id, business_id = (str(cells.get(name, "")) for name in ("id", self._business))
        is_derived = not (record_id or business_id)
        if is_derived:
            record_id = derived_id(self._report.sha256, source.line)
        return _Row(source, values, record_id, business_id, is_derived, list(source.faults))

    def _chunk(self, rows: list[_Row]) -> Iterator[Plan]:
        stored = StoredRows(
            self._model,
            (row.record_id for row in rows if row.record_id),
            (row.business_id for row in rows if row.business_id),
        )
        self._relating.look_up(row.values for row in rows)
        for row in rows:
            self._report.read += 1
            plan = self._plan(row, stored)
            if row.faults:
                self.refuse(row.source.line, row.faults)
                continue
            yield from self._relating.pictures_of(row.values)
            if plan is not None:
                yield plan

    def _plan(self, row: _Row, stored: StoredRows[Any]) -> Plan | None:
        """What is to be done with a row; None for one that is right as it is, or that has faults."""
        self._relating.settle(row.values, lambda name, texts: self._note(row, name, texts))
        there = self._stored(row, stored)
        if there is not None and there.is_delete:
            self._note(row, "" if row.is_derived else "id", DELETED)
        elif there is not None and row.is_derived:
            self._report.unchanged += not row.faults  # this file has brought it before
        elif there is not None:
            return self._change(row, there)
        else:
            return self._create(row)
        return None

    def _stored(self, row: _Row, stored: StoredRows[Any]) -> Any:
        """The stored row that a row names, if any. A row that is named twice is noted."""
        by_id = stored.by_id.get(row.record_id)
        there = by_id or stored.by_business_id.get(row.business_id)
        by_business = stored.by_business_id.get(row.business_id, by_id)
        names_two = row.record_id and row.business_id and by_business is not by_id
        if names_two and there is not None:
            self._note(row, self._business, NOT_ONE_ROW)
        if not row.is_derived:
            key = there.id if there is not None else row.record_id or row.business_id
            first = self._lines.setdefault(key, row.source.line)
            if first != row.source.line:
                self._note(row, "id" if row.record_id else self._business, _doubled(first))
        return there

    def _create(self, row: _Row) -> Create | None:
        if not operator_rows.are_created(self._model):
            problem = operator_rows.NOT_CREATED if row.is_derived else UNKNOWN
            self._note(row, "" if row.is_derived else "id", problem)
            return None
        record_id = row.record_id or derived_id(self._report.sha256, row.source.line)
        try:
            made = operator_rows.new(self._model, row.values, record_id, self._exist)
            if row.business_id:
                self._keep_business_id(made, row.business_id)
        except Invalid as exc:
            self._note_all(row, exc.problems)
            return None
        if row.faults:
            return None
        self._report.created += 1
        columns = {name: held for name, held in made.__data__.items() if name != "seq"}
        return Create(row.source.line, columns)

    def _keep_business_id(self, made: Record, business_id: str) -> None:
        """Let a new row have the business id that the table says."""
        try:
            held = self._fields[self._business].from_import(business_id)
        except Unfit as exc:
            raise Invalid({self._business: ("格式不正确", f"{exc}.")}) from exc
        made.__data__[self._business] = held
        shown = row_values.shown(made)
        operator_rows.refuse({}, contract_check.problems(self._model, shown, (self._business,)))

    def _change(self, row: _Row, there: Record) -> Change | None:
        for name in self._protected(row.source.cells, there):
            self._note(row, name, READ_ONLY)
        seen = str(row.source.cells.get("updated", ""))
        changes, unread = operator_rows.differing(there, row.values)
        if not (changes or unread or row.faults):
            self._report.unchanged += 1
            return None
        if changes and seen and not is_as_seen(there.updated, seen):
            self._note(row, "updated", self.changed_meanwhile(there))
            return None
        updated, before = there.updated, row_values.shown(there)
        try:
            operator_rows.check(there, changes, unread, self._exist)
            operator_rows.apply(there, changes)
        except Invalid as exc:
            self._note_all(row, exc.problems)
        if row.faults:
            return None
        self._report.changed += 1
        was, now = differences(before, row_values.shown(there))
        self._preview(row.source.line, there.id, was, now)
        return Change(row.source.line, there.id, updated, changes, was, now, dict(row.values), seen)

    def _protected(self, cells: Mapping[str, Any], there: Record) -> Iterator[str]:
        """The fields that a table says otherwise than the row, and that are not the operator's to set.

        Moments are passed over: a spreadsheet may have shortened them. So are personal numbers that the
        console has exported masked, such as `138****8000`.
        """
        shown = row_values.shown(there)
        for name, value in cells.items():
            if name in self._settable or name in ("id", self._business):
                continue
            is_masked = isinstance(value, str) and MASK in value
            if is_masked or isinstance(self._fields[name], Date) or self._fields[name].target:
                continue
            if value != shown.get(name, value) and str(value) != str(shown[name]):
                yield name

    def _exist(self, target: str, record_ids: Sequence[str]) -> bool:
        return self._relating.targets.exist(target, record_ids)

    def _preview(self, line: int, record_id: str, was: Cells, now: Cells) -> None:
        if len(self._report.changes) < MOST_CHANGES:
            self._report.changes.append(ChangedRow(line, record_id, was, now))

    def _note(self, row: _Row, name: str, texts: Texts) -> None:
        row.faults.append(self.fault(row.source.line, name, texts))

    def _note_all(self, row: _Row, problems: Mapping[str, Texts]) -> None:
        known = {each.field for each in row.faults}
        for name, texts in problems.items():
            if name not in known:  # what could not be read is no second fault
                self._note(row, name, texts)


def is_as_seen(updated: str, seen: str) -> bool:
    """Whether a row is still the one that the table was made of.

    A spreadsheet may have cut the moment's milliseconds off.
    """
    return updated == seen or (seen.endswith(".000Z") and seen[:19] == updated[:19])


def differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[Cells, Cells]:
    """The contract's values of the fields that differ, before and now."""
    names = [name for name in now if now[name] != before[name]]
    return {name: before[name] for name in names}, {name: now[name] for name in names}


def _doubled(first: int) -> Texts:
    return f"与第 {first} 行是同一条记录", f"Row {first} is of the same record."
