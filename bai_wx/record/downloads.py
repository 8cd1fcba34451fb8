"""Downloads: the stored file that a path names, if guests, or the user of a file token, may see its record."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import reduce
from operator import or_

from bai_wx.database.connection import request_connection
from bai_wx.errors import NotFound
from bai_wx.files.store import FileReply, FileStore
from bai_wx.record.base import Caller, Record
from bai_wx.record.collections import find
from bai_wx.record.go_values import truth_of


def find_file(
    files: FileStore,
    collection: str,
    record_id: str,
    filename: str,
    query: Mapping[str, str],
    user_of: Callable[[str], Caller | None],
) -> FileReply:
    """Find the file that a guest asks for, or who shows a file token.

    Stricter than PocketBase, which serves unprotected files of any record: the file of a deleted or
    invalid attachment is gone with it. Where guests may not see the record, the file is protected as in
    PocketBase: `user_of` reads the file token, and its user must see the record. Nobody may keep what
    is answered then.
    `query` may hold a file `token`, a `thumb` size, and `download` to have the browser save the file.
    Raises: `NotFound`.
    """
    model = find(collection)
    if model is None:
        raise NotFound("Missing or invalid collection context.")
    is_public = _is_shown(model, record_id, filename, None)
    if not is_public:
        user = user_of(query.get("token", ""))
        if user is None or not _is_shown(model, record_id, filename, user):
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
    return reply if is_public else replace(reply, max_age_s=0)


def _is_shown(model: type[Record], record_id: str, filename: str, caller: Caller | None) -> bool:
    holds = [
        getattr(model, each.name) == filename
        for each in model.record_fields().values()
        if each.is_file
    ]
    if not holds:
        return False
    row = model.visible_to(caller).where((model.id == record_id) & reduce(or_, holds))
    return bool(row.exists())
