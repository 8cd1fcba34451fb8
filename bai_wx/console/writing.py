"""The operator's writes. Each is one transaction with its entry of the audit log.

Values are checked by what checks native writes and imports; what a client may not do is not asked. The row is
locked before it is looked at, so of two operators on one row the second is told what the first has changed.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from peewee import IntegrityError

from bai_wx.console import audit
from bai_wx.console.acting import Acting
from bai_wx.console.audit import Action
from bai_wx.console.roles import Permission
from bai_wx.database.connection import database, locked
from bai_wx.dialect import uploads
from bai_wx.dialect.input import unique, validate
from bai_wx.errors import Forbidden, NotFound, RecordInvalid
from bai_wx.files.store import FileStore, Upload, examined
from bai_wx.record import row_values, upkeep
from bai_wx.record.base import FieldValues, Record
from bai_wx.record.problem_texts import Texts, of_problem
from bai_wx.record.problems import NOT_UNIQUE
from bai_wx.transfer import operator_rows
from bai_wx.transfer.operator_rows import NOT_CREATED, refuse
from bai_wx.transfer.operator_rows import Invalid as Invalid
from models.orders import Order
from models.users import DISABLED, User

RecordT = TypeVar("RecordT", bound=Record)

NOT_DELETED: Final[Texts] = ("不能在此删除", "Rows of this collection are not deleted here.")


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that was changed meanwhile: its values then and now, and what the operator asks for.

    All are the contract's values. `before` is None where nobody knows it: clients' changes are not logged.
    `is_untouched`: the operator asks for what was there before, and so for no change of this field.
    """

    field: str
    before: Any
    now: Any
    yours: Any
    is_untouched: bool


class Changed(Exception):
    """The row was changed since the form was made. Nothing is written.

    `by` is the operator who changed it last, `""` where it was no operator; `at` is when.
    """

    def __init__(self, differences: Sequence[Difference], by: str, at: str) -> None:
        super().__init__(f"changed at {at} by {by or 'somebody'}")
        self.differences, self.by, self.at = tuple(differences), by, at


def create(
    model: type[RecordT], values: Mapping[str, Any], acting: Acting, record_id: str = ""
) -> RecordT:
    """Create a row of the contract's values.

    `record_id` is the id that a form carries for its row: sent a second time, the form finds the row that
    it made. Raises: `Forbidden`, `Invalid`.
    """
    _require(acting, Permission.EDIT)
    if not operator_rows.are_created(model):
        raise Invalid({"": NOT_CREATED})
    with _refused(model), database.atomic():
        made = _made_by_form(model, record_id, acting) if record_id else None
        if made is not None:
            return made
        row = operator_rows.new(model, values, record_id)
        row.insert_row()
        audit.note(acting, Action.CREATE, model, row.id, {}, row_values.shown(row))
    return row


def change(
    model: type[RecordT],
    record_id: str,
    values: Mapping[str, Any],
    seen: str | None,
    acting: Acting,
) -> RecordT:
    """Change a row to the contract's values. Where nothing differs, nothing is written.

    `seen` is the row's `updated` that the operator saw; None for a change that depends on nothing seen.
    Raises: `Forbidden`, `NotFound`, `Invalid`, `Changed` for a row that was changed after `seen`.
    """
    _require(acting, Permission.EDIT)
    with _refused(model), database.atomic():
        row = _to_change(model, record_id)
        changes, unread = operator_rows.differing(row, values)
        if (changes or unread) and seen is not None and seen != row.updated:
            raise _changed_since(row, seen, values)
        operator_rows.check(row, changes, unread)
        if changes:
            _write(row, changes, acting)
    return row


def delete(model: type[Record], record_ids: Iterable[str], acting: Acting) -> int:
    """Delete rows softly, all or none. Rows that are deleted already are passed over.

    Returns: how many were deleted. Raises: `Forbidden`, `Invalid`, and the collection's own errors, such as
    `OrderInProgress`.
    """
    _require(acting, Permission.EDIT)
    if not model.OPERATOR_DELETES:
        raise Invalid({"": NOT_DELETED})
    with database.atomic():
        asked = model.select().where(model.id << list(record_ids), model.undeleted(model))
        rows = list(locked(asked.order_by(model.seq)))
        for row in rows:
            before = row_values.shown(row)
            row.mark_deleted()
            audit.note(acting, Action.DELETE, model, row.id, before, {"updated": row.updated})
    return len(rows)


def restore(model: type[Record], name: str, acting: Acting) -> Record:
    """Bring a deleted row back, named by its record id or its business id.

    Raises: `Forbidden`, `NotFound`, `CannotRestore`.
    """
    _require(acting, to_restore(model))
    with database.atomic():
        row = upkeep.undelete(model.collection(), name)
        after = {"is_delete": 0, "updated": row.updated}
        audit.note(acting, Action.RESTORE, model, row.id, {"is_delete": 1}, after)
    return row


def to_restore(model: type[Record]) -> Permission:
    """What restoring a row takes: a deleted user cannot log in, so its restoring is an enabling."""
    return Permission.ADMINISTER if model is User else Permission.EDIT


def move_order(order_id: str, status: str, reason: str, acting: Acting) -> Order:
    """Move an order, named by its record id or its `order_id`, as far as the operator may.

    `reason` is kept in the log. Raises: `Forbidden`, `NotFound`, `OrderStateInvalid`.
    """
    _require(acting, Permission.EDIT)
    with database.atomic():
        order = _named(Order, order_id, "order_id")
        before = row_values.shown(order)
        moved = Order.move(order.order_id, status)
        _note(acting, Action.MOVE, moved, before, reason)
    return moved


def set_user_status(user_id: str, status: str, acting: Acting, reason: str = "") -> User:
    """Disable or enable a user, named by its record id or its openid.

    Raises: `Forbidden` for operators who are no admin, `NotFound`.
    """
    _require(acting, Permission.ADMINISTER)
    with database.atomic():
        user = _named(User, user_id, "openid")
        before = row_values.shown(user)
        User.set_status(user.openid, status)
        user = _named(User, user.id, "id")
        action = Action.DISABLE if status == DISABLED else Action.ENABLE
        _note(acting, action, user, before, reason)
    return user


def upload(
    model: type[RecordT],
    filename: str,
    data: bytes,
    values: Mapping[str, Any],
    acting: Acting,
    files: FileStore,
) -> RecordT:
    """Store a file and create its row; the file is checked and cleaned as a client's is.

    Takes its time, so nobody may hold a transaction meanwhile. Raises: `Forbidden`, `Invalid`,
    `ServiceUnavailable` when too many pictures wait.
    """
    _require(acting, Permission.EDIT)
    given, unread = row_values.read(model, values)
    with _refused(model):
        file = examined(Upload(uploads.file_field(model), filename, "", data))
        checked, row = uploads.checked(model, {}, file)
        refuse(validate.of_changes(model, given), unread)
        row |= given | model.described(checked, None)

        def noted() -> RecordT:
            made = _to_change(model, row["id"])
            audit.note(acting, Action.UPLOAD, model, made.id, {}, row_values.shown(made))
            return made

        return uploads.write(model, row, checked, files, noted)


def _require(acting: Acting, permission: Permission) -> None:
    if not acting.may(permission):
        raise Forbidden(f"{acting.role} lacks {permission}")


def _made_by_form(model: type[RecordT], record_id: str, acting: Acting) -> RecordT | None:
    """The row that this operator's form made before. Raises: `Invalid` for an id of another row."""
    made: RecordT | None = model.select().where(model.id == record_id).first()
    if made is None:
        return None
    history = audit.history_of(model.collection(), record_id)
    if not history or (history[-1].operator_id, history[-1].action) != (
        acting.operator_id,
        Action.CREATE,
    ):
        raise Invalid({"id": of_problem(NOT_UNIQUE)})
    return made


def _to_change(model: type[RecordT], record_id: str) -> RecordT:
    return _named(model, record_id, "id")


def _named(model: type[RecordT], name: str, other: str) -> RecordT:
    """The undeleted row of this record id, or of this value in the column `other`, locked.

    Raises: `NotFound`.
    """
    is_named = (model.id == name) | (getattr(model, other) == name)
    row: RecordT | None = locked(model.select().where(is_named, model.undeleted(model))).first()
    if row is None:
        raise NotFound
    return row


def _write(row: Record, changes: FieldValues, acting: Acting) -> None:
    """Write the changes over a stored row, with what is derived of them."""
    before = row_values.shown(row)
    operator_rows.apply(row, changes)
    row.update_row(*changes, "updated")
    _note(acting, Action.CHANGE, row, before)


def _note(
    acting: Acting, action: Action, row: Record, before: Mapping[str, Any], reason: str = ""
) -> None:
    """Note the fields of a row that are no longer what they were."""
    now = row_values.shown(row)
    changed = [name for name in now if now[name] != before[name]]
    was = {name: before[name] for name in changed}
    audit.note(
        acting, action, type(row), row.id, was, {name: now[name] for name in changed}, reason
    )


def _changed_since(row: Record, seen: str, values: Mapping[str, Any]) -> Changed:
    """What has changed since a moment, as far as the log knows; else what differs from the form."""
    now, entries = row_values.shown(row), _entries_since(row, seen)
    last = entries[0] if entries and entries[0].after.get("updated") == row.updated else None
    if entries and entries[-1].before.get("updated") == seen:
        was: dict[str, Any] = {}
        for entry in entries:
            was |= entry.before
        names = [name for name in was if name != "updated"]
    else:
        was, names = {}, [name for name in values if name in now and now[name] != values[name]]
    found = [
        Difference(n, was.get(n), now[n], values.get(n), n in was and values.get(n) == was[n])
        for n in names
        if n in now
    ]
    return Changed(found, last.operator_name if last else "", row.updated)


def _entries_since(row: Record, seen: str) -> list[audit.Entry]:
    """The changes back to `seen`, the newest first; they end where the log does not know of one."""
    chain, expected = [], row.updated
    for entry in audit.history_of(row.collection(), row.id):
        if "updated" not in entry.after:
            continue
        if entry.after["updated"] != expected:
            break
        chain.append(entry)
        expected = entry.before.get("updated", "")
        if expected == seen:
            break
    return chain


@contextmanager
def _refused(model: type[Record]) -> Iterator[None]:
    """Turn what a unique index or the check of a file refuses into problems of fields."""
    try:
        yield
    except RecordInvalid as exc:
        raise Invalid({n: of_problem(p) for n, p in exc.problems.items()}) from exc
    except IntegrityError as exc:
        problems = unique.problems_of(model, exc)
        if not problems:
            raise
        raise Invalid({name: of_problem(problem) for name, problem in problems.items()}) from exc
