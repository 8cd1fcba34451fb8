"""The files of attachments as an operator gets and gives them. Works in a thread, without a web framework.

Unlike the public path this one knows invalid and deleted attachments; an identity paper is shown to who may
reveal it, and the audit log keeps that it was seen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import quote

from peewee import Expression

from bai_wx.console import audit, rows
from bai_wx.console.acting import Acting
from bai_wx.console.audit import Action
from bai_wx.console.roles import Permission
from bai_wx.database.connection import database, request_connection
from bai_wx.errors import Forbidden, NotFound
from bai_wx.files.store import FileReply, FileStore
from bai_wx.files.thumbnails import THUMB_SIZES
from bai_wx.request.conditional import Content, Headers, Part, is_known, wanted_part
from models.attachments import INVALID, VALID, Attachment, file_url

FILES: Final = "/console/attachments"
SMALL: Final = "200x200"
"""The size of a thumbnail in lists and pickers."""
KINDS: Final[Mapping[str, str]] = {"picture": "image/", "video": "video/", "file": ""}
"""What a picker offers: the beginning of the MIME type, by kind."""

assert SMALL in THUMB_SIZES


@dataclass(frozen=True, slots=True)
class Piece:
    """A file, or a part of it, read. `part` is None for the whole, `data` for what the browser has already."""

    reply: FileReply
    part: Part | None
    data: bytes | None
    name: str
    """The name that its uploader gave it."""


def read(files: FileStore, record_id: str, thumb: str, headers: Headers, acting: Acting) -> Piece:
    """Read the file of an attachment, or its thumbnail of a known size, as far as the headers ask for it.

    Raises: `NotFound`, `Forbidden` for an identity paper, `RangeNotSatisfiable`, `ServiceUnavailable`.
    """
    row = Attachment.select().where(Attachment.id == record_id).first()
    if row is None:
        raise NotFound
    if row.attachments_is_identity:
        _note_revealed(row, acting)
    request_connection.pause()  # the storage may be as far away as the database
    reply = files.reply(Attachment.collection(), row.id, row.attachments_link, thumb=thumb)
    if reply is None:
        raise NotFound
    if row.attachments_is_identity or row.is_delete or row.attachments_status == INVALID:
        reply = replace(reply, max_age_s=0)
    return _piece(reply, headers, row.attachments_filename or reply.download_name)


def _note_revealed(row: Attachment, acting: Acting) -> None:
    if not acting.may(Permission.REVEAL):
        raise Forbidden(f"{acting.role} lacks {Permission.REVEAL}")
    seen = {"attachments_id": row.attachments_id, "attachments_filename": row.attachments_filename}
    with database.atomic():
        audit.note(acting, Action.REVEAL, Attachment, row.id, {}, seen)


def _piece(reply: FileReply, headers: Headers, name: str) -> Piece:
    content = Content(f'"{reply.etag}"'.encode(), reply.size, reply.mtime)
    if is_known(headers, content):
        return Piece(reply, None, None, name)
    part = wanted_part(headers, content)
    with reply.open() as file:
        if part is not None:
            file.seek(part.offset)
        data = file.read(part.length if part is not None else reply.size)
    return Piece(reply, part, data, name)


def disposition(piece: Piece, *, download: bool) -> str:
    """`Content-Disposition`: pictures and videos are shown, everything else is saved.

    The name is told twice, as RFC 6266, 4.3 recommends: in ASCII and in full.
    """
    is_shown = piece.reply.content_type.startswith(("image/", "video/")) and not download
    plain, full = piece.reply.download_name, quote(piece.name, safe="")
    return f"{'inline' if is_shown else 'attachment'}; filename={plain}; filename*=UTF-8''{full}"


def offered(kind: str, keyword: str, start: int, number: int) -> tuple[list[dict[str, Any]], bool]:
    """Attachments to choose from, the newest first, and whether more follow. None is an identity paper."""
    begins = KINDS.get(kind, "")
    condition: Expression = (Attachment.attachments_is_identity == 0) & (
        Attachment.attachments_status != INVALID
    )
    if begins:
        condition &= Attachment.attachments_filetype.startswith(begins)
    if keyword:
        names = ["attachments_filename", "attachments_id", "attachments_remark"]
        condition &= rows.holding(Attachment, names, keyword)
    found = rows.page(Attachment, condition, (), start, number + 1)
    return [described(row) for row in found[:number]], len(found) > number


def named(record_ids: Sequence[str]) -> list[dict[str, Any]]:
    """The attachments of these record ids that are there, invalid ones too."""
    return [described(row) for row in rows.by_ids(Attachment, record_ids)]


def described(row: Any) -> dict[str, Any]:
    """An attachment for the console's scripts. `public` is the path that the shop's clients know."""
    return {
        "id": row.id,
        "name": row.attachments_filename or row.attachments_id,
        "url": url(row),
        "thumb": thumb_url(row),
        "type": row.attachments_filetype,
        "public": file_url(row.id, row.attachments_link),
    }


def url(row: Attachment) -> str:
    """Where an operator gets the file."""
    return f"{FILES}/{row.id}/file"


def thumb_url(row: Attachment) -> str:
    """Where an operator gets its thumbnail; `""` for what is no picture, and for identity papers.

    Looking at one of those is noted, so no page shows it unasked.
    """
    is_picture = row.attachments_filetype.startswith("image/")
    return f"{url(row)}?thumb={SMALL}" if is_picture and not row.attachments_is_identity else ""


def state(row: Attachment) -> str:
    """`valid` or `invalid`; an import may have left other words, which count as valid."""
    return INVALID if row.attachments_status == INVALID else VALID
