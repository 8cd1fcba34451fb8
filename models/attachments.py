"""Attachments (`tbl_attachments`): uploaded files. Everybody may see them but for invalid ones.

An attachment that its owner has named as an identity paper is shown to its owner alone from then on.
"""

import hashlib
from collections.abc import Callable, Collection, Mapping
from functools import cache, partial
from typing import ClassVar, Final, Self

from peewee import SQL, Case, Expression, ModelSelect, Node, NodeList, fn

from bai_wx.database.statement import Param, Statement
from bai_wx.errors import ValidationFailed
from bai_wx.files.store import Upload, kept_name, sniff
from bai_wx.record import clock, ids, quotas
from bai_wx.record.base import Caller, FieldValues, Record, Rows, index_newest_first
from bai_wx.record.fields import File, Int, Private, Text
from bai_wx.record.quotas import DAY_S, SizeQuota, check_sizes
from bai_wx.record.shape import Printf, Value

VALID, INVALID = "valid", "invalid"


class Attachment(Record):
    """One uploaded file. The server notes owner, name, type, size and hash itself."""

    attachments_id = Text(64, default=partial(ids.business_id, "A"), unique=True, server_made=True)
    attachments_link = File()
    attachments_filename = Text(255, server_made=True)
    attachments_filetype = Text(100, server_made=True)
    attachments_size = Int(0, server_made=True)
    attachments_md5 = Text(32, pattern="[0-9a-fA-F]{32}", server_made=True)
    attachments_owner = Private(100, server_made=True)
    attachments_ocr = Text()
    attachments_status = Text(50, default=VALID, server_made=True)
    attachments_remark = Text(1000)
    attachments_is_identity = Int(0, 1, server_made=True, hidden=True)
    """Whether its owner named it as an identity paper once, so that nobody else may see it any more."""

    CREATABLE: ClassVar[frozenset[str]] = frozenset(
        {"attachments_link", "attachments_ocr", "attachments_remark"}
    )

    class Meta:
        table_name = "tbl_attachments"

    @classmethod
    def shown(cls, rows: "Rows[Self]", openid: Node, now: Node) -> Expression:
        """All but invalid ones, and identity papers to their owner alone."""
        own = fn.COALESCE(rows.attachments_owner == openid, SQL("FALSE"))  # NULL to a guest
        return _not_invalid(rows.attachments_status) & (
            (rows.attachments_is_identity == SQL("0")) | own
        )

    @classmethod
    def set_by_operator(cls) -> frozenset[str]:
        """The state too, by which an attachment is hidden; not the file, which never changes."""
        return super().set_by_operator() - {"attachments_link"} | {"attachments_status"}

    @classmethod
    def described(cls, upload: Upload, caller: Caller | None) -> FieldValues:
        """Owner, name, type, size and hash, as the server determines them."""
        return {
            "attachments_owner": caller.openid if caller else "",
            "attachments_filename": kept_name(upload.filename),
            "attachments_filetype": sniff(upload.data),
            "attachments_size": len(upload.data),
            "attachments_md5": hashlib.md5(upload.data, usedforsecurity=False).hexdigest(),
            "attachments_status": VALID,
        }

    @classmethod
    def check_upload(cls, caller: Caller, size: int) -> None:
        """As the record's. Deleted files count too: their bytes are there until a purge."""
        for quota in UPLOADS:
            check_sizes(quota, _SIZES, caller.openid, size, "上传的文件太多，不能再上传")

    @classmethod
    def check_named(cls, caller: Caller, named: Mapping[str, str]) -> None:
        """Check that the caller may see the attachments that some fields name.

        `named` holds an `attachments_id` by the name of each field.
        Raises: `ValidationFailed` for the fields whose attachment is not there for this caller.
        """
        _refuse_missing(cls.visible_to(caller), named)

    @classmethod
    def check_own(cls, caller: Caller, named: Mapping[str, str]) -> "list[Attachment]":
        """Find the caller's own attachments that some fields name.

        Raises: `ValidationFailed` for the fields whose attachment is not there or is somebody else's.
        """
        own = cls.visible_to(caller).where(cls.attachments_owner == caller.openid)
        return _refuse_missing(own, named)

    @classmethod
    def mark_identity_papers(cls, caller: Caller, named: Mapping[str, str]) -> None:
        """Mark attachments as identity papers, in the caller's transaction. Nothing takes the mark away.

        `named` holds an `attachments_id` by the name of each field.
        Raises: as `check_own`.
        """
        rows = cls.check_own(caller, named)
        cls.update(attachments_is_identity=1).where(cls.seq << [row.seq for row in rows]).execute()


def _not_invalid(status: Node) -> Expression:
    # A constant of the SQL text, as in the partial indexes (see `UNDELETED`).
    return status != SQL(f"'{INVALID}'")


def _refuse_missing(rows: "ModelSelect[Attachment]", named: Mapping[str, str]) -> list[Attachment]:
    """The rows that the fields name. Raises: `ValidationFailed` for fields without one among `rows`."""
    found = list(rows.where(Attachment.attachments_id << list(named.values())))
    known = {row.attachments_id for row in found}
    missing = {name: "不存在" for name, business_id in named.items() if business_id not in known}
    if missing:
        raise ValidationFailed(missing)
    return found


FILES = "/pb/api/files/tbl_attachments/"
"""The beginning of the path of every attachment's file."""


def file_url(record_id: str | None, link: str | None) -> str:
    """The path an attachment's file is served at, `""` when there is none."""
    return f"{FILES}{record_id}/{link}" if record_id and link else ""


def owner_urls(
    openid: str, attachments_ids: Collection[str], token: Callable[[], str]
) -> dict[str, str]:
    """The links by which a user opens attachments, by `attachments_id`; those it may not see are left out.

    `token` makes this user's file token. It is called for identity papers alone, which open by nothing else.
    """
    if not attachments_ids:
        return {}
    values = {f"id{place}": name for place, name in enumerate(attachments_ids)}
    rows = _linked(len(values)).rows(values | {"openid": openid, "now": clock.now()})
    return {
        name: file_url(record_id, link) + (f"?token={token()}" if is_identity and link else "")
        for name, record_id, link, is_identity in rows
    }


@cache
def _linked(number: int) -> Statement:
    """Reads what links are made of, of the visible attachments `id0`, `id1` …, `number` of them."""
    columns = ("attachments_id", "id", "attachments_link", "attachments_is_identity")
    ids = [Param(f"id{place}") for place in range(number)]
    named = Attachment.select(*(getattr(Attachment, name) for name in columns)).where(
        Attachment.attachments_id << ids,
        Attachment.visible(Attachment, Param("openid"), Param("now")),
    )
    return Statement(named)


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

UPLOADS: Final = (
    SizeQuota(quotas.UPLOADS, quotas.UPLOAD_MIB, None),
    SizeQuota("uploads-a-day", "upload-mib-a-day", DAY_S),
)
quotas.OWNED[quotas.UPLOADS] = Attachment.attachments_owner, fn.COUNT(SQL("*")), None
quotas.OWNED[quotas.UPLOAD_MIB] = (
    Attachment.attachments_owner,
    fn.SUM(Attachment.attachments_size),
    None,
)
_SIZES: Final = Statement(
    Attachment.select(
        fn.COUNT(SQL("*")), fn.COALESCE(fn.SUM(SQL("size")), 0), fn.MIN(SQL("made"))
    ).from_(
        Attachment.select(
            Attachment.attachments_size.alias("size"), Attachment.created.alias("made")
        )
        .where(Attachment.attachments_owner == Param("openid"), Attachment.created > Param("since"))
        .limit(Param("most"))
        .alias("counted")
    )
)
Attachment.add_index(
    Attachment.index(
        Attachment.attachments_owner,
        Attachment.created,
        Attachment.attachments_size,
        name="tbl_attachments_owner_created_size",
    )
)
Attachment.add_index(
    Attachment.index(
        Attachment.is_delete,
        Attachment.seq,
        # With these COUNT(*) need not read the rows.
        Attachment.attachments_is_identity,
        Attachment.attachments_owner,
        Attachment.attachments_status,
        where=_not_invalid(Attachment.attachments_status),
        name="tbl_attachments_is_delete_seq_shown",
    )
)
index_newest_first(Attachment, "is_delete", where=_not_invalid(Attachment.attachments_status))
