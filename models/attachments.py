"""Attachments (`tbl_attachments`): uploaded files. Everybody may see valid ones."""

import hashlib
from functools import partial
from typing import ClassVar, Self

from peewee import SQL, Case, Expression, Node, NodeList, fn

from bai_wx.files.store import Upload, kept_name, sniff
from bai_wx.record import ids
from bai_wx.record.base import Caller, FieldValues, Record, Rows, index_newest_first
from bai_wx.record.fields import File, Int, Private, Select, Text
from bai_wx.record.shape import Printf, Value

VALID, INVALID = "valid", "invalid"


class Attachment(Record):
    """One uploaded file. The server notes owner, name, type, size and hash itself."""

    attachments_id = Text(default=partial(ids.business_id, "A"), unique=True, server_made=True)
    attachments_link = File()
    attachments_filename = Text(255)
    attachments_filetype = Text(100)
    attachments_size = Int(0)
    attachments_md5 = Text(32, pattern="[0-9a-f]{32}")
    attachments_owner = Private(100)
    attachments_ocr = Text()
    attachments_status = Select(VALID, INVALID, first=VALID)
    attachments_remark = Text(1000)

    CREATABLE: ClassVar[frozenset[str]] = frozenset(
        {"attachments_link", "attachments_ocr", "attachments_remark"}
    )

    class Meta:
        table_name = "tbl_attachments"
        indexes = ((("attachments_status", "is_delete", "seq"), False),)

    @classmethod
    def shown(cls, rows: "Rows[Self]", openid: Node, now: Node) -> Expression:
        """Only valid attachments."""
        return rows.attachments_status == VALID

    @classmethod
    def described(cls, upload: Upload, caller: Caller) -> FieldValues:
        """Owner, name, type, size and hash, as the server determines them."""
        return {
            "attachments_owner": caller.openid,
            "attachments_filename": kept_name(upload.filename),
            "attachments_filetype": sniff(upload.data),
            "attachments_size": len(upload.data),
            "attachments_md5": hashlib.md5(upload.data, usedforsecurity=False).hexdigest(),
            "attachments_status": cls.attachments_status.first,
        }


FILES = "/pb/api/files/tbl_attachments/"
"""The beginning of the path of every attachment's file."""


def file_url(record_id: str | None, link: str | None) -> str:
    """The path an attachment's file is served at, `""` when there is none."""
    return f"{FILES}{record_id}/{link}" if record_id and link else ""


def _file_url() -> Node:
    """The same path as JSON in SQL. A row that was not joined has no link."""
    parts = (SQL(f"'{FILES}' ||"), Attachment.id, SQL("|| '/' ||"), Attachment.attachments_link)
    has_link = Attachment.attachments_link != SQL("''")
    return Case(None, ((has_link, fn.json_quote(NodeList(parts))),), SQL("'\"\"'"))


FILE_URL = Value(
    (Attachment.id, Attachment.attachments_link),
    "file_url({}, {})",
    Printf("%s", (_file_url(),)),
    {"file_url": file_url},
)
"""The same path as a value of a record's JSON."""

index_newest_first(Attachment, "attachments_status", "is_delete")
