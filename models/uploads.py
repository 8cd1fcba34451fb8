"""How an uploaded file becomes an attachment."""

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from peewee import IntegrityError

from errors import FieldProblem, RecordInvalid
from models import ids
from models.attachments import VALID, Attachment
from models.base import Caller
from models.database import database
from models.files import FileStore, Upload, kept_name, refusal, sniff
from models.problems import INVALID_FORMAT, NOT_UNIQUE, REQUIRED, Problems

FILE_FIELD = "attachments_link"
CLIENT_TEXTS = ("attachments_remark", "attachments_ocr")


def store(
    form: Mapping[str, Any], upload: Upload | None, caller: Caller | None, files: FileStore
) -> str:
    """Keep a file and describe it in a row; the server alone notes owner, name, type, size and
    hash.

    `form` are the other parts of the form: `id`, `attachments_remark` and `attachments_ocr` count.
    The file is written first: a crash may leave a file without its row, never a row without its
    file.
    Returns: the record id. Raises: `RecordInvalid`, with nothing said of fields for a guest.
    """
    if caller is None:
        raise RecordInvalid
    given = {name: _text(form.get(name)) for name in ("id", *CLIENT_TEXTS)}
    problems = _problems(given, upload)
    if problems or upload is None:
        raise RecordInvalid(problems)
    row = {**given, "id": given["id"] or ids.record_id(), **_described(upload, caller)}
    _write(row, upload, files)
    return str(row["id"])


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
    row[FILE_FIELD] = files.save(collection, record_id, upload.filename, upload.data)
    try:
        with database.atomic():
            Attachment.insert(row).execute()
    except IntegrityError as exc:
        # Somebody took the id a moment ago: only our own file goes, theirs lies in the same folder.
        files.remove_one(collection, record_id, row[FILE_FIELD])
        raise RecordInvalid({"id": NOT_UNIQUE}) from exc
    except BaseException:
        files.remove_one(collection, record_id, row[FILE_FIELD])
        raise


def _problems(given: Mapping[str, str], upload: Upload | None) -> Problems:
    problems: Problems = {}
    if upload is None or upload.field != FILE_FIELD:
        problems[FILE_FIELD] = REQUIRED
    elif (refused := refusal(upload)) is not None:
        problems[FILE_FIELD] = refused
    for name, text in given.items():
        problem = _id_problem(text) if name == "id" else _length_problem(name, text)
        if problem is not None:
            problems[name] = problem
    return problems


def _id_problem(text: str) -> FieldProblem | None:
    length = ids.RECORD_ID_LENGTH
    if not text or re.fullmatch(rf"[a-z0-9]{{{length}}}", text):
        return None
    if len(text) < length:
        return FieldProblem(
            code="validation_min_text_constraint",
            message=f"Must be at least {length} character(s).",
            params={"min": length},
        )
    return _too_long(length) if len(text) > length else INVALID_FORMAT


def _length_problem(name: str, text: str) -> FieldProblem | None:
    longest: int = getattr(Attachment, name).text_max
    return _too_long(longest) if len(text) > longest else None


def _too_long(longest: int) -> FieldProblem:
    return FieldProblem(
        code="validation_max_text_constraint",
        message=f"Must be no more than {longest} character(s).",
        params={"max": longest},
    )


def _text(value: Any) -> str:
    """A form's parts are texts; of another body only texts can mean something here."""
    return value if isinstance(value, str) else ""
