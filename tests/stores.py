"""What tests look at in a store of files, whichever it is."""

from bai_wx.files.bucket import Bucket
from bai_wx.files.folder import Folder
from bai_wx.files.storage import Stored
from bai_wx.files.store import FileReply, FileStore


def content(found: FileReply | Stored | None) -> bytes:
    """The bytes of a file that must be there."""
    assert found is not None
    with found.open() as file:
        return file.read()


def holds(store: FileStore, collection: str = "tbl_attachments") -> list[str]:
    """The records of a collection that have files."""
    return [record_id for record_id, _ in store._storage.records(collection)]


def names(store: FileStore) -> list[str]:
    """The names of all files, whichever record's."""
    storage = store._storage
    if isinstance(storage, Folder):
        return sorted(path.name for path in storage._root.rglob("*") if path.is_file())
    assert isinstance(storage, Bucket)
    return sorted(found["Key"].rpartition("/")[2] for found in storage._list(storage._key("")))
