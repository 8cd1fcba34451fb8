"""Native writes. Each finds the row, asks the rule, then checks the fields, all in one transaction."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from peewee import IntegrityError

from bai_wx.database.statement import Statement
from bai_wx.dialect import fields, plans
from bai_wx.dialect.input import coerce, unique, validate
from bai_wx.dialect.layout import JsonObject
from bai_wx.dialect.reading import Query, answer
from bai_wx.errors import ApiError, NotFound, RecordInvalid
from bai_wx.record import ids, joined
from bai_wx.record.base import Caller, Record
from bai_wx.record.problems import PK_CHANGE, Problems
from bai_wx.record.refusals import refusal_of

Body = Mapping[str, Any]

CREATE_FAILED: Final = "Failed to create record."
UPDATE_FAILED: Final = "Failed to update record."
DELETE_FAILED: Final = "Failed to delete record."


def create(model: type[Record], body: Body, query: Query, caller: Caller | None) -> JsonObject:
    """Create a row of the body's values; fields that clients may not set are ignored.

    Raises: `RecordInvalid`, without any field when the caller may not create this; `BadQuery` for
    `fields` that cannot be read, before anything is written.
    """
    values = coerce.coerced(model, body, {})
    record_id = values.get("id", "")
    values = {name: value for name, value in values.items() if name in model.CREATABLE}
    with _refused(model, CREATE_FAILED), model.writing(caller):
        if caller is None or not model.may_create(values, caller):
            raise RecordInvalid({}, sentence=CREATE_FAILED)
        _use_id(record_id, values, problems := validate.of_new(model, values))
        model.prepare_create(values, caller, problems)
        _refuse(problems, CREATE_FAILED)
        picks = fields.parse(query.get("fields", ""))
        joined.fill(model, values, {})
        row = model(**values)
        Statement(model.insert(**row.__data__)).write_unseen({})
        return _stored(plans.by_own_id(model), row, query, picks, caller)


def update(
    model: type[Record], record_id: str, body: Body, query: Query, caller: Caller | None
) -> JsonObject:
    """Change a row the caller may change; `is_delete: 1` deletes it, and the answer still shows it.

    Raises: `NotFound` for a row that is missing or not the caller's to change, `RecordInvalid`,
    `BadQuery` as `create` does.
    """
    with _refused(model, UPDATE_FAILED), model.writing(caller):
        row = _to_change(model, record_id, caller)
        values = coerce.coerced(model, body, row.__data__)
        if caller is None or not row.may_update(caller, values):
            raise NotFound
        changes, problems = _changes(row, values)
        is_deletion = changes.get("is_delete") == 1
        if not is_deletion:
            row.prepare_update(changes, caller, problems)
        _refuse(problems, UPDATE_FAILED)
        picks = fields.parse(query.get("fields", ""))
        if is_deletion:
            row.mark_deleted()
        else:
            _write(row, changes)
        return _stored(plans.by_seq(model), row, query, picks, caller)


def delete(model: type[Record], record_id: str, caller: Caller | None) -> None:
    """Delete a row softly. Raises: `NotFound` for a row that is not the caller's to change."""
    with _refused(model, DELETE_FAILED), model.writing(caller):
        row = _to_change(model, record_id, caller)
        if caller is None or not row.may_update(caller, {}):
            raise NotFound
        row.mark_deleted()


def _to_change(model: type[Record], record_id: str, caller: Caller | None) -> Record:
    if not ids.is_queryable(record_id):
        raise NotFound
    return model.to_change(caller, "id", record_id)


def _use_id(record_id: str, values: dict[str, Any], problems: Problems) -> None:
    """Set the id that the client chose, if it chose one."""
    if not record_id:
        return
    problem = validate.of_id(record_id)
    if problem:
        problems["id"] = problem
    values["id"] = record_id


def _changes(row: Record, values: dict[str, Any]) -> tuple[dict[str, Any], Problems]:
    """The changes that a client makes to fields in UPDATABLE, and what is wrong with them."""
    changes = {name: value for name, value in values.items() if name in row.UPDATABLE}
    if changes.get("is_delete") == 1:
        return {"is_delete": 1}, {}
    # A value that stays may have become wrong since, as a relation whose row was deleted has.
    differing = {name: value for name, value in changes.items() if value != getattr(row, name)}
    problems = validate.of_changes(type(row), differing)
    if values.get("id", row.id) != row.id:
        problems["id"] = PK_CHANGE
    return changes, problems


def _write(row: Record, changes: dict[str, Any]) -> None:
    row.touch()
    model = type(row)
    joined.fill(model, changes, row.__data__)
    changed = model.update({**changes, "updated": row.updated})
    owned = plans.owned(model, model.seq == row.seq)
    Statement(changed.where(*owned)).write_unseen({"owner": plans.owner_of(row)})


def _refuse(problems: Problems, sentence: str) -> None:
    if problems:
        raise RecordInvalid(problems, sentence=sentence)


@contextmanager
def _refused(model: type[Record], sentence: str) -> Iterator[None]:
    """Turn the refusal of a unique index, or of the collection's rule, into problems of fields."""
    try:
        yield
    except ApiError as error:
        refusal = refusal_of(model.collection(), error)
        if refusal is None:
            raise
        problems = dict.fromkeys(refusal.fields, refusal.problem)
        raise RecordInvalid(problems, sentence=sentence, status=refusal.status) from error
    except IntegrityError as exc:
        problems = unique.problems_of(model, exc)
        if not problems:
            raise
        raise RecordInvalid(problems, sentence=sentence) from exc


def _stored(
    reading: Statement, row: Record, query: Query, picks: fields.Picks, caller: Caller | None
) -> JsonObject:
    """The answer of the stored row, even if its caller may no longer see it."""
    model = type(row)
    parameters = plans.viewer(caller) | {"seq": row.seq, "id": row.id, "owner": plans.owner_of(row)}
    stored = reading.row(parameters)
    if stored is None:
        raise NotFound
    return answer(model, stored, query, picks, parameters)
