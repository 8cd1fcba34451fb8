"""Deleted rows of every collection: what there is, and who deleted it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from peewee import Expression, ModelSelect

from bai_wx.console.audit import Action, AuditEntry
from bai_wx.record.base import COLLECTIONS, Record

Asked = Mapping[str, Expression | None]
"""The collections that are asked for by name, each with a condition beside being deleted."""


@dataclass(frozen=True, slots=True)
class DeletedRow:
    """A deleted row. `by` is the operator who deleted it, `""` where it was its owner or nobody knows."""

    row: Record
    by: str


def counts(asked: Asked) -> dict[str, int]:
    """How many deleted rows each collection has."""
    return {name: int(_deleted(name, condition).count()) for name, condition in asked.items()}


def page(asked: Asked, start: int, number: int) -> list[DeletedRow]:
    """Some of the deleted rows of all these collections, those that were deleted last first."""
    found: list[Record] = []
    for name, condition in asked.items():
        model = COLLECTIONS[name]
        newest = _deleted(name, condition).order_by(model.updated.desc(), model.seq.desc())
        found.extend(newest.limit(start + number))
    found.sort(key=lambda row: str(row.updated), reverse=True)
    return _with_operators(found[start : start + number])


def find(collection: str, record_id: str) -> DeletedRow | None:
    """The deleted row of this record id."""
    if collection not in COLLECTIONS:
        return None
    model = COLLECTIONS[collection]
    row = _deleted(collection, model.id == record_id).first()
    return None if row is None else _with_operators([row])[0]


def _deleted(collection: str, condition: Expression | None) -> "ModelSelect[Record]":
    model = COLLECTIONS[collection]
    deleted = model.select().where(model.is_delete == 1)
    return deleted if condition is None else deleted.where(condition)


def _with_operators(rows: Sequence[Record]) -> list[DeletedRow]:
    """The rows with who deleted each last, by the log."""
    entries = AuditEntry.select().where(
        AuditEntry.collection << list({row.collection() for row in rows}),
        AuditEntry.record_id << [row.id for row in rows],
        AuditEntry.action << [Action.DELETE, Action.RESTORE],
    )
    last: dict[tuple[str, str], AuditEntry] = {}
    for entry in entries.order_by(AuditEntry.seq):
        last[entry.collection, entry.record_id] = entry
    return [DeletedRow(row, _by(last.get((row.collection(), row.id)))) for row in rows]


def _by(entry: AuditEntry | None) -> str:
    # A row that was restored and is deleted again was deleted by its owner.
    return str(entry.operator_name) if entry and entry.action == Action.DELETE else ""
