"""Downloads: the stored file that a path names, if guests may see its record."""

from collections.abc import Mapping
from functools import reduce
from operator import or_

from bai_wx.database.connection import request_connection
from bai_wx.errors import NotFound
from bai_wx.files.store import FileReply, FileStore
from bai_wx.record.base import Record
from bai_wx.record.collections import find
from bai_wx.record.go_values import truth_of


def find_file(
    files: FileStore, collection: str, record_id: str, filename: str, query: Mapping[str, str]
) -> FileReply:
    """Find the file that a guest asks for.

    Stricter than PocketBase, which serves unprotected files of any record: the record must be
    visible to guests, so the file of a deleted or invalid attachment is gone with it.
    `query` may name a `thumb` size, and `download` to have the browser save the file.
    Raises: `NotFound`.
    """
    model = find(collection)
    if model is None:
        raise NotFound("Missing or invalid collection context.")
    if not _is_shown(model, record_id, filename):
        raise NotFound
    request_connection.pause()  # the storage may be as far away as the database
    reply = files.reply(
        model.collection(),
        record_id,
        filename,
        thumb=query.get("thumb", ""),
        download=truth_of(query.get("download", "")) is True,
    )
    if reply is None:
        raise NotFound
    return reply


def _is_shown(model: type[Record], record_id: str, filename: str) -> bool:
    holds = [
        getattr(model, each.name) == filename
        for each in model.record_fields().values()
        if each.is_file
    ]
    if not holds:
        return False
    row = model.visible_to(None).where((model.id == record_id) & reduce(or_, holds))
    return bool(row.exists())
