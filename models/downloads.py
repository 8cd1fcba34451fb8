"""Which stored file a path names, and whether anybody may see it."""

from collections.abc import Mapping
from functools import reduce
from operator import or_

from errors import NotFound
from models.base import Record
from models.collections import COLLECTIONS
from models.database import pause
from models.files import FileReply, FileStore

TRUE = frozenset({"1", "t", "T", "true", "TRUE", "True"})
"""How PocketBase's queries say yes."""


def find_file(
    files: FileStore, collection: str, record_id: str, filename: str, query: Mapping[str, str]
) -> FileReply:
    """Find the file that a guest asks for.

    Stricter than PocketBase, which serves unprotected files of any record: the record must be
    visible to guests, so the file of a deleted or invalid attachment is gone with it.
    `query` may name a `thumb` size, and `download` to have the browser save the file.
    Raises: `NotFound`.
    """
    model = _collection_named(collection)
    if not _is_shown(model, record_id, filename):
        raise NotFound
    pause()  # the storage may be as far away as the database
    reply = files.reply(
        model.collection(),
        record_id,
        filename,
        thumb=query.get("thumb", ""),
        download=query.get("download", "") in TRUE,
    )
    if reply is None:
        raise NotFound
    return reply


def _collection_named(name: str) -> type[Record]:
    """Find a collection by its name, in any case as in PocketBase, or by its id."""
    for model in COLLECTIONS.values():
        if name.lower() == model.collection() or name == model.collection_id():
            return model
    raise NotFound("Missing or invalid collection context.")


def _is_shown(model: type[Record], record_id: str, filename: str) -> bool:
    holds = [
        getattr(model, each.name) == filename
        for each in model.record_fields().values()
        if each.kind == "file"
    ]
    if not holds:
        return False
    row = model.visible_to(None).where((model.id == record_id) & reduce(or_, holds))
    return bool(row.exists())
