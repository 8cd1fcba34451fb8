"""Writing what was planned, in short transactions, each with its entries of the audit log and the journal."""

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Final, TypeAlias

from peewee import IntegrityError

from bai_wx.database.connection import database, insert_rows, locked
from bai_wx.dialect.input import unique
from bai_wx.record import clock, row_values
from bai_wx.record.base import FieldValues, Record
from bai_wx.record.problem_texts import Texts, of_problem
from bai_wx.transfer import operator_rows
from bai_wx.transfer.loading.checking import Checker, differences, is_as_seen
from bai_wx.transfer.loading.journal import Journal, Written
from bai_wx.transfer.loading.pace import Pace
from bai_wx.transfer.loading.picture_rows import PictureRows, target_of_files
from bai_wx.transfer.loading.plans import AddPicture, Change, Create, Plan
from bai_wx.transfer.loading.relating import Cells
from bai_wx.transfer.loading.report import AuditNote, Operator, Report
from bai_wx.transfer.operator_rows import Invalid

GONE: Final[Texts] = ("这条记录刚被删除", "The row was deleted meanwhile.")
REFUSED: Final[Texts] = ("数据库拒绝了这一行", "The database refuses the row.")

Refusal: TypeAlias = tuple[Create | Change, Mapping[str, Texts]]
"""A row that is refused, and why, by field."""


class Stop(Exception):
    """A row is refused, and all were to be written or none."""


class Writer:
    """Writes the plans of one table. A row that is refused by now is left out."""

    def __init__(
        self,
        model: type[Record],
        checker: Checker,
        operator: Operator,
        pictures: PictureRows | None,
        report: Report,
        journal: Journal | None,
        reason: str,
    ) -> None:
        """With a `journal`, all rows are written or none: the first refused one raises `Stop`."""
        self._model, self._checker, self._operator = model, checker, operator
        self._pictures, self._report, self._journal = pictures, report, journal
        self._reason = reason
        self._columns = [f.name for f in model._meta.sorted_fields if f.name != "seq"]
        self.pace = Pace()

    def write(self, plans: Iterable[Plan], progress: Callable[[int], None]) -> None:
        """Write every plan; `progress` is told how many rows are done. Raises: `Stop`."""
        done = 0
        for portion in self.pace.portions(plans):
            for each in portion:
                if isinstance(each, AddPicture):
                    self._add_picture(each)
            rows = [each for each in portion if not isinstance(each, AddPicture)]
            if rows:
                self._write_portion(rows)
            done += len(rows)
            progress(done)

    def _write_portion(self, plans: list[Create | Change]) -> None:
        with database.atomic():
            began = time.monotonic()  # with SQLite's lock taken
            try:
                with database.atomic():
                    refused = self._apply(plans)
            except IntegrityError:
                refused = self._apply_singly(plans)
            for plan, problems in refused:
                self._refuse(plan, problems)
        self.pace.took(len(plans), time.monotonic() - began)

    def _apply_singly(self, plans: list[Create | Change]) -> list[Refusal]:
        """Write the rows one by one. Returns: those that the database refuses too."""
        refused: list[Refusal] = []
        for plan in plans:
            try:
                with database.atomic():
                    refused += self._apply([plan])
            except IntegrityError as exc:
                if not self._is_there(plan):
                    found = unique.problems_of(self._model, exc)
                    problems = {name: of_problem(each) for name, each in found.items()}
                    refused.append((plan, problems or {"": REFUSED}))
        return refused

    def _is_there(self, plan: Create | Change) -> bool:
        """Whether a row was made meanwhile, by the same table that somebody sent twice."""
        if isinstance(plan, Change):
            return False
        record_id = plan.columns["id"]
        is_there = bool(self._model.select().where(self._model.id == record_id).exists())
        if is_there:
            self._report.created -= 1
            self._report.unchanged += 1
        return is_there

    def _apply(self, plans: list[Create | Change]) -> list[Refusal]:
        """Write rows. Returns: those that are refused by now. Raises: `IntegrityError`, half-way."""
        refused: list[Refusal] = []
        written = [
            *self._create([plan for plan in plans if isinstance(plan, Create)]),
            *self._change([plan for plan in plans if isinstance(plan, Change)], refused),
        ]
        if self._journal is not None and written:
            self._journal.add(self._model.collection(), written)
        return refused

    def _create(self, plans: list[Create]) -> list[Written]:
        if not plans:
            return []
        now = clock.now()
        for plan in plans:
            plan.columns.update(created=now, updated=now)
        insert_rows(
            self._model,
            self._columns,
            [tuple(plan.columns[name] for name in self._columns) for plan in plans],
        )
        entries: list[AuditNote] = [
            (plan.columns["id"], {}, row_values.shown_of(self._model, plan.columns))
            for plan in plans
        ]
        self._operator.note("create", self._model, entries, self._reason)
        return [Written(record_id, now, None) for record_id, _, _ in entries]

    def _change(self, plans: list[Change], refused: list[Refusal]) -> list[Written]:
        if not plans:
            return []
        model = self._model
        named = model.id << [plan.record_id for plan in plans]
        asked = model.select().where(named, model.undeleted(model)).order_by(model.seq)
        rows = {row.id: row for row in locked(asked)}
        entries: list[AuditNote] = []
        written: list[Written] = []
        for plan in plans:
            row = rows.get(plan.record_id)
            try:
                if row is None:
                    raise Invalid({"": GONE})
                changed, (was, now) = self._apply_change(row, plan)
            except Invalid as exc:
                refused.append((plan, exc.problems))
                continue
            row.update_row(*changed, "updated")
            entries.append((row.id, was, now))
            written.append(Written(row.id, row.updated, changed))
        if entries:
            self._operator.note("change", model, entries, self._reason)
        return written

    def _apply_change(self, row: Record, plan: Change) -> tuple[FieldValues, tuple[Cells, Cells]]:
        """Change a row in memory.

        Returns: what its changed columns held, and the contract's values before and after. Raises: `Invalid`.
        """
        stored = dict(row.__data__)
        if row.updated == plan.updated:
            row.__data__.update(plan.changes, updated=clock.after(row.updated))
            told = (
                {**plan.before, "updated": plan.updated},
                {**plan.after, "updated": row.updated},
            )
            return {name: stored[name] for name in plan.changes}, told
        # Somebody has changed the row since it was checked.
        changes, unread = operator_rows.differing(row, plan.values)
        if changes and plan.seen and not is_as_seen(row.updated, plan.seen):
            raise Invalid({"updated": self._checker.changed_meanwhile(row)})
        before = row_values.shown(row)
        operator_rows.check(row, changes, unread)
        operator_rows.apply(row, changes)
        told = differences(before, row_values.shown(row))
        return {name: stored[name] for name in changes}, told

    def _add_picture(self, plan: AddPicture) -> None:
        assert self._pictures is not None
        target = target_of_files()

        def note(made: Record) -> None:
            entry: AuditNote = (made.id, {}, row_values.shown(made))
            self._operator.note("upload", target, [entry], self._reason)
            if self._journal is not None:
                self._journal.add(target.collection(), [Written(made.id, made.updated, None)])

        self._report.pictures += self._pictures.store(target, plan, note)

    def _refuse(self, plan: Create | Change, problems: Mapping[str, Texts]) -> None:
        if isinstance(plan, Create):
            self._report.created -= 1
        else:
            self._report.changed -= 1
        faults = [self._checker.fault(plan.line, name, texts) for name, texts in problems.items()]
        self._checker.refuse(plan.line, faults)
        if self._journal is not None:
            raise Stop
