"""Attachments (`tbl_attachments`): uploaded files. Guests may see valid ones."""

from functools import partial
from typing import Any, ClassVar

from peewee import Expression

from models import ids
from models.base import Record, index_newest_first
from models.fields import File, Int, Select, Text

VALID, INVALID = "valid", "invalid"


class Attachment(Record):
    """One uploaded file. The server notes owner, name, type, size and hash itself."""

    attachments_id = Text(default=partial(ids.business_id, "A"), unique=True, server_made=True)
    attachments_link = File()
    attachments_filename = Text(255)
    attachments_filetype = Text(100)
    attachments_size = Int(0)
    attachments_md5 = Text(32, pattern="[0-9a-f]{32}")
    attachments_owner = Text(100)
    attachments_ocr = Text()
    attachments_status = Select(VALID, INVALID)
    attachments_remark = Text(1000)

    CREATABLE: ClassVar[frozenset[str]] = frozenset(
        {"attachments_link", "attachments_ocr", "attachments_remark"}
    )

    class Meta:
        table_name = "tbl_attachments"
        indexes = ((("attachments_status", "is_delete", "seq"), False),)

    @classmethod
    def shown(cls, rows: Any, now: Any) -> Expression:
        """Only valid ones."""
        return rows.attachments_status == VALID  # type: ignore[no-any-return]


def file_url(record_id: str | None, link: str | None) -> str:
    """The path an attachment's file is served at, `""` when there is none."""
    return f"/pb/api/files/tbl_attachments/{record_id}/{link}" if record_id and link else ""


index_newest_first(Attachment, "attachments_status", "is_delete")
