"""How an uploaded file becomes an attachment."""

import hashlib
from collections.abc import Mapping
from typing import Any, Final

from peewee import IntegrityError

from errors import RecordInvalid
from models import ids
from models.attachments import VALID, Attachment
from models.base import Caller
from models.database import database, pause
from models.files import FileStore, Upload, kept_name, refusal, sniff
from models.problems import NOT_UNIQUE, REQUIRED, Problems
from records import coerce, fields, validate
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
    Raises: `RecordInvalid`, without any field for a guest; `BadQuery` for `fields` that cannot be
    read, before anything is written.
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
    row = {**given, "id": record_id or ids.record_id(), **_described(upload, caller)}
    _write(row, upload, files)
    return view(Attachment, row["id"], query, caller)


def _problems(
    record_id: str, given: Mapping[str, Any], upload: Upload | None, named: str
) -> Problems:
    problems = validate.of_new(Attachment, given)
    if upload is not None and upload.field == FILE_FIELD:
        refused = refusal(upload)
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


def _write(row: dict[str, Any], upload: Upload, files: FileStore) -> None:
    collection, record_id = Attachment.collection(), row["id"]
    if Attachment.select().where(Attachment.id == record_id).exists():
        raise RecordInvalid({"id": NOT_UNIQUE})
    pause()  # the storage may be as far away as the database
    row[FILE_FIELD] = files.save(collection, record_id, upload.filename, upload.data)
    try:
        with database.atomic():
            Attachment.create(**row)
    except BaseException as exc:
        # Our own file alone: whoever took the id a moment ago has theirs in the same folder.
        files.remove_one(collection, record_id, row[FILE_FIELD])
        if isinstance(exc, IntegrityError):
            raise RecordInvalid({"id": NOT_UNIQUE}) from exc
        raise
