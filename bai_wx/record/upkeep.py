"""What only the operator may do to rows: restore deleted ones, and remove them for good."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from peewee import BaseQuery, IntegrityError

from bai_wx.database.connection import database, locked
from bai_wx.database.statement import Statement
from bai_wx.errors import ApiError, NotFound
from bai_wx.files.store import FileStore
from bai_wx.record import idempotency, joined
from bai_wx.record.base import Record
from bai_wx.record.collections import COLLECTIONS, business_id_field, relations, targets_first
from bai_wx.record.fields import RecordField, Relations


class CannotRestore(ApiError):
    """Another row has by now a value of the deleted row that must be unique."""

    status, code, errmsg = 409, "cannot_restore", "不能恢复：已有另一条记录占用了相同的值"
    message = "It cannot be restored: another row has the same value by now."


@dataclass
class Purged:
    """The result of a purge: rows removed and rows kept by collection, folders of files, and
    stored answers of Idempotency-Keys that were removed.
    """

    rows: dict[str, int] = field(default_factory=dict)
    kept: dict[str, int] = field(default_factory=dict)
    files: int = 0
    idempotency_keys: int = 0


def undelete(collection: str, name: str) -> Record:
    """Restore a deleted row, named by its record id or its business id.

    Raises: `NotFound` when there is no such deleted row, `CannotRestore` when another row stands in
    its place by now (an active cart line of the same product, a company of the same credit code).
    """
    model = COLLECTIONS[collection]
    with database.atomic():
        deleted = model.select().where(_named(model, name) & (model.is_delete == 1))
        row: Record | None = locked(deleted).first()
        if row is None:
            raise NotFound
        row.is_delete = 0
        row.touch()
        try:
            row.save(only=[model.is_delete, model.updated])
        except IntegrityError as exc:
            raise CannotRestore(str(exc)) from exc
    return row


def purge(before: str, files: FileStore) -> Purged:
    """Remove rows that were deleted, and last changed, before a moment, with their files.

    As in PocketBase, an optional relation to a removed row is emptied, and a row that a required
    relation still points at is kept. Expired answers of Idempotency-Keys are removed too, and files
    whose upload never got its row.
    """
    done = Purged()
    removed: list[tuple[str, str]] = []
    with database.atomic():
        for model in reversed(targets_first()):
            ids = _removable(model, before, done)
            _clear_relations(model, ids)
            for chunk in _chunks(ids):
                model.delete().where(model.id << chunk).execute()
            done.rows[model.collection()] = len(ids)
            removed += [(model.collection(), record_id) for record_id in ids]
    done.idempotency_keys = idempotency.remove_older(time.time() - idempotency.LIFETIME_S)
    # After the transaction: if it fails, the rows still have their files.
    for collection, record_id in [*removed, *_abandoned(files)]:
        done.files += files.remove(collection, record_id)
    return done


def _named(model: type[Record], name: str) -> Any:
    return (model.id == name) | (getattr(model, business_id_field(model)) == name)


def pointing_at(model: type[Record]) -> Iterator[tuple[type[Record], RecordField]]:
    """The relations that point at rows of a collection, each with the collection it stands in."""
    for other in COLLECTIONS.values():
        for each in relations(other):
            if each.target == model.collection():
                yield other, each


def _removable(model: type[Record], before: str, done: Purged) -> list[str]:
    old = (model.is_delete == 1) & (model.updated < before)
    ids = _first_column(model.select(model.id).where(old))
    required: set[str] = set()
    for other, each in pointing_at(model):
        if each.required:
            column = getattr(other, each.name)
            required |= ids & _first_column(other.select(column).distinct())
    done.kept[model.collection()] = len(required)
    return sorted(ids - required)


def _clear_relations(model: type[Record], ids: list[str]) -> None:
    """Empty the optional relations that point at rows about to be removed."""
    for other, each in pointing_at(model):
        if isinstance(each, Relations) or joined.has_text(other, each):
            _clear_in_rows(other, each, set(ids))
            continue
        for chunk in _chunks(ids):
            other.update({each: ""}).where(each << chunk).execute()  # type: ignore[operator]  # a field of ours is a column too


def _clear_in_rows(other: type[Record], each: RecordField, ids: set[str]) -> None:
    if not ids:
        return
    column: Any = each  # a field of ours is a column too
    for row in other.select().where(column != each.zero).objects():
        listed = each.record_ids(getattr(row, each.name))
        left = [record_id for record_id in listed if record_id not in ids]
        if len(left) < len(listed):
            changes = {each.name: each.holding(left)}
            joined.fill(other, changes, row.__data__)
            other.update(changes).where(other.seq == row.seq).execute()


def _abandoned(files: FileStore) -> Iterator[tuple[str, str]]:
    for collection, model in COLLECTIONS.items():
        for record_id in files.abandoned(collection):
            if not model.select().where(model.id == record_id).exists():
                yield collection, record_id


def _first_column(query: BaseQuery) -> set[Any]:
    return {row[0] for row in Statement(query).rows({})}


def _chunks(ids: list[str], size: int = 500) -> Iterator[list[str]]:
    return (ids[start : start + size] for start in range(0, len(ids), size))
