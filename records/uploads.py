"""How an uploaded file becomes an attachment."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, Final

from peewee import IntegrityError

from errors import RecordInvalid, ServiceUnavailable
from models import ids
from models.attachments import VALID, Attachment
from models.base import Caller
from models.database import FAILURES, database, pause
from models.files import FileStore, Upload, kept_name, refusal, sniff
from models.problems import NOT_UNIQUE, REQUIRED, Problems
from records import coerce, expand, fields, validate
from records.layout import Json
from records.reading import Query, view

FILE_FIELD: Final = "attachments_link"


def create(
    form: Mapping[str, Any],
    upload: Upload | None,
    query: Query,
    caller: Caller | None,
    files: FileStore,
) -> Json:
    """Keep a file and describe it in a row.

    The server alone notes owner, name, type, size and hash; of the form's other parts `id`,
    `attachments_remark` and `attachments_ocr` count. The file is written first: a crash may leave a
    file without its row, never a row without its file.
    Raises: `RecordInvalid`, without any field for a guest; `BadQuery` for `fields` or an `expand`
    that cannot be answered. Then nothing is stored.
    """
    if caller is None:
        raise RecordInvalid
    values = coerce.coerced(Attachment, form, {})
    record_id = values.get("id", "")
    given = {n: v for n, v in values.items() if n in Attachment.CREATABLE and n != FILE_FIELD}
    problems = _problems(record_id, given, upload, values.get(FILE_FIELD, ""))
    if problems or upload is None:
        raise RecordInvalid(problems)
    fields.read(query.get("fields", ""))
    expand.refuse_long(query.get("expand", ""))
    row = {**given, "id": record_id or ids.record_id(), **_described(upload, caller)}
    return _write(row, upload, files, lambda: view(Attachment, row["id"], query, caller))


@contextmanager
def taken_back(upload: Upload | None, files: FileStore) -> Iterator[None]:
    """Leave no file of an upload whose row was taken back: an Idempotency-Key's transaction ends late.

    A COMMIT whose answer was lost may have happened, so the database is asked; where it cannot be,
    the file stays for `bai-wx purge`.
    """
    try:
        yield
    except Exception:
        stored = upload.stored if upload is not None else []
        for place in tuple(stored):
            with suppress(*FAILURES, OSError, ServiceUnavailable):
                _forget_file(*place, files)
                stored.remove(place)
        raise


def _forget_file(record_id: str, name: str, files: FileStore) -> None:
    if not _is_stored(record_id, name):
        files.remove_one(Attachment.collection(), record_id, name)


def _problems(
    record_id: str, given: Mapping[str, Any], upload: Upload | None, named: str
) -> Problems:
    problems = validate.of_new(Attachment, given)
    if upload is not None and upload.field == FILE_FIELD:
        refused = upload.problem or refusal(upload)
    else:
        refused = validate.of_new_file(named) if named else REQUIRED
    if refused is not None:
        problems[FILE_FIELD] = refused
    if record_id and (problem := validate.of_id(record_id)) is not None:
        problems["id"] = problem
    return problems


def _described(upload: Upload, caller: Caller) -> dict[str, Any]:
    return {
        "attachments_owner": caller.openid,
        "attachments_filename": kept_name(upload.filename),
        "attachments_filetype": sniff(upload.data),
        "attachments_size": len(upload.data),
        "attachments_md5": hashlib.md5(upload.data, usedforsecurity=False).hexdigest(),
        "attachments_status": VALID,
    }


def _write(
    row: dict[str, Any], upload: Upload, files: FileStore, answer: Callable[[], Json]
) -> Json:
    """Store file and row, and read the answer before the row is there to stay."""
    record_id = row["id"]
    if _is_stored(record_id):
        raise RecordInvalid({"id": NOT_UNIQUE})
    pause()  # the storage may be as far away as the database
    row[FILE_FIELD] = files.save(Attachment.collection(), record_id, upload.filename, upload.data)
    upload.stored.append((record_id, row[FILE_FIELD]))
    with taken_back(upload, files):
        try:
            with database.atomic():
                Attachment.create(**row)
                return answer()
        except IntegrityError as exc:
            raise RecordInvalid({"id": NOT_UNIQUE}) from exc


def _is_stored(record_id: str, name: str = "") -> bool:
    mine = Attachment.id == record_id
    if name:
        mine &= Attachment.attachments_link == name
    return bool(Attachment.select().where(mine).exists())
