"""Creating a record from an uploaded file."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from peewee import IntegrityError

from bai_wx.database.connection import FAILURES, database, lock_name, request_connection
from bai_wx.dialect import expand, fields
from bai_wx.dialect.input import coerce, validate
from bai_wx.dialect.input.multipart import Part
from bai_wx.dialect.layout import JsonObject
from bai_wx.dialect.reading import Query, view
from bai_wx.errors import RecordInvalid, ServiceUnavailable, ValidationFailed
from bai_wx.files.store import UNREADABLE_NAME, FileStore, Upload, refusal
from bai_wx.record import ids, joined
from bai_wx.record.base import Caller, Record
from bai_wx.record.collections import COLLECTIONS
from bai_wx.record.problems import NOT_UNIQUE, REQUIRED, Problems, no_such_file

Result = TypeVar("Result")


def create(
    model: type[Record],
    form: Mapping[str, Any],
    upload: Upload | None,
    query: Query,
    caller: Caller | None,
    files: FileStore,
) -> JsonObject:
    """Store a file and create its row, in a collection that has a file field.

    `Record.described` gives the columns that describe the file; of the form's other parts, `id` and the
    fields in `CREATABLE` are used. The file is written first: a crash may leave a file without its row,
    never a row without its file.
    Raises: `RecordInvalid`, without any field for a guest; `BadQuery` for `fields` or an `expand`
    that cannot be answered. Then nothing is stored.
    """
    if caller is None:
        raise RecordInvalid
    upload, row = checked(model, form, upload)
    fields.parse(query.get("fields", ""))
    expand.refuse_long(query.get("expand", ""))
    row |= model.described(upload, caller)
    size = len(upload.data)
    model.check_upload(caller, size)  # before the storage is asked, and again behind the lock

    def check() -> None:
        lock_name(caller.openid)
        model.check_upload(caller, size)

    return write(model, row, upload, files, lambda: view(model, row["id"], query, caller), check)


def store_ahead(
    model: type[Record], form: Mapping[str, Any], upload: Upload, files: FileStore
) -> None:
    """Store the file of a row that `create` makes later, in a transaction that need not wait for it.

    What `create` is going to refuse is not stored. Raises: `OSError`, `ServiceUnavailable`.
    """
    with suppress(ValidationFailed):
        upload, row = checked(model, form, upload)
        if not _is_stored(model, row["id"]):
            _store(model, row["id"], upload, files)


def chosen(parts: Iterable[Part], field: str) -> Upload | None:
    """The file that a form holds for a field.

    Appended or prepended it takes the place of the one there is; of several the last one counts.
    """
    names = (field, f"{field}+", f"+{field}")
    found = sorted(
        (part for part in parts if part.is_file and part.name in names),
        key=lambda part: names.index(part.name),
    )
    if not found:
        return None
    file = found[-1]
    problem = UNREADABLE_NAME if file.filename is None else None
    return Upload(field, file.filename or "", file.content_type, file.content, problem)


def checked(
    model: type[Record], form: Mapping[str, Any], upload: Upload | None
) -> tuple[Upload, dict[str, Any]]:
    """The upload, and the row as far as the form says it, its id included. Raises: `RecordInvalid`."""
    field = file_field(model)
    values = coerce.coerced(model, form, {})
    record_id = values.get("id", "")
    given = {n: v for n, v in values.items() if n in model.CREATABLE and n != field}
    problems = _problems(model, record_id, given, upload, values.get(field, ""))
    if problems or upload is None:
        raise RecordInvalid(problems)
    [(_, stored_id, _)] = upload.stored or [("", ids.record_id(), "")]
    return upload, {**given, "id": record_id or stored_id}


def file_field(model: type[Record]) -> str:
    """The name of a collection's one file field."""
    return next(name for name, field in model.record_fields().items() if field.is_file)


@contextmanager
def files_without_rows_removed(uploads: Iterable[Upload], files: FileStore) -> Iterator[None]:
    """In the end remove the files whose rows were not created, or were taken back.

    The database is asked, as `file_removed_on_failure` does.
    """
    try:
        yield
    finally:
        for upload in uploads:
            _forget_stored(upload, files)


@contextmanager
def file_removed_on_failure(upload: Upload | None, files: FileStore) -> Iterator[None]:
    """Remove an upload's file when the transaction around fails, which takes its row back.

    The transaction of an Idempotency-Key ends late, so the file may have been stored long before. A COMMIT
    whose answer was lost may have happened: the database is asked whether the row is there. Where it cannot
    be asked, the file stays for `bai-wx purge`.
    """
    try:
        yield
    except Exception:
        if upload is not None:
            _forget_stored(upload, files)
        raise


def _forget_stored(upload: Upload, files: FileStore) -> None:
    for place in tuple(upload.stored):
        with suppress(*FAILURES, OSError, ServiceUnavailable):
            _forget_file(*place, files)
            upload.stored.remove(place)


def _forget_file(collection: str, record_id: str, name: str, files: FileStore) -> None:
    if not _is_stored(COLLECTIONS[collection], record_id, name):
        files.remove_one(collection, record_id, name)


def _problems(
    model: type[Record],
    record_id: str,
    given: Mapping[str, Any],
    upload: Upload | None,
    named: str,
) -> Problems:
    field = file_field(model)
    problems = validate.of_new(model, given)
    if upload is not None and upload.field == field:
        refused = upload.problem or refusal(upload)
    else:
        refused = no_such_file(named) if named else REQUIRED
    if refused is not None:
        problems[field] = refused
    if record_id and (problem := validate.of_id(record_id)) is not None:
        problems["id"] = problem
    return problems


def write(
    model: type[Record],
    row: dict[str, Any],
    upload: Upload,
    files: FileStore,
    answer: Callable[[], Result],
    check: Callable[[], None] = lambda: None,
) -> Result:
    """Store the file, unless it was stored ahead, and the row; make the answer in its transaction.

    `check` is called there first, and raises what refuses the row.
    Raises: `RecordInvalid` where the id is taken.
    """
    if _is_stored(model, row["id"]):
        raise RecordInvalid({"id": NOT_UNIQUE})
    if not upload.stored:
        _store(model, row["id"], upload, files)
    [(_, _, row[file_field(model)])] = upload.stored
    with file_removed_on_failure(upload, files):
        try:
            with database.atomic():
                check()
                joined.fill(model, row, {})
                model.create(**row)
                return answer()
        except IntegrityError as exc:
            raise RecordInvalid({"id": NOT_UNIQUE}) from exc


def _store(model: type[Record], record_id: str, upload: Upload, files: FileStore) -> None:
    request_connection.pause()  # the storage may be as far away as the database
    name = files.save(model.collection(), record_id, upload.filename, upload.data)
    upload.stored.append((model.collection(), record_id, name))


def _is_stored(model: type[Record], record_id: str, name: str = "") -> bool:
    mine = model.id == record_id
    if name:
        mine &= getattr(model, file_field(model)) == name
    return bool(model.select().where(mine).exists())
