"""The files of taken-over rows: checked against the MD5 that PocketBase noted, and stored as ours.

A file comes after its row is committed, and is noted in the journal after it is stored; only then may it be
removed from the source. Thumbnails are left there: ours are made when they are asked for.
"""

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bai_wx.files.store import FileStore
from bai_wx.transfer.pocketbase.pb_data import PbData
from bai_wx.transfer.pocketbase.report import FileFate
from bai_wx.transfer.pocketbase.source_files import StoredFile


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file belongs: the old collection and its record's id, our collection and our row's id."""

    source: str
    source_id: str
    collection: str
    record_id: str
    name: str


class Copying:
    """Takes over files, one at a time."""

    def __init__(
        self, data: PbData, store: FileStore | None, scratch: Path, *, moves: bool = False
    ) -> None:
        """`store` is None for a dry run, which only looks; `moves` removes a file that is stored.

        `scratch` is where an archive's files are unpacked: each is removed again.
        """
        self._data, self._store = data, store
        self._scratch, self._moves = scratch.resolve(), moves

    def take(self, place: Place) -> FileFate:
        """Check and store a file. Returns: what became of it. Raises: `OSError`, `ServiceUnavailable`."""
        found = self._data.file(place.source, place.source_id, place.name)
        if found is None:
            return FileFate.MISSING
        try:
            return self._store_checked(place, found)
        finally:
            if found.path.resolve().is_relative_to(self._scratch):
                found.path.unlink()

    def _store_checked(self, place: Place, found: StoredFile) -> FileFate:
        if found.md5 is not None and _md5(found.path) != found.md5:
            return FileFate.DAMAGED
        own = (place.collection, place.record_id, place.name)
        if not FileStore.can_hold(*own):
            return FileFate.UNSTORABLE
        if self._store is not None:
            self._store.put_file(*own, found.path)
        return FileFate.STORED

    def release(self, place: Place) -> None:
        """Remove from the source a file that the journal has as stored, where files are moved."""
        if not self._moves or self._store is None:
            return
        found = self._data.file(place.source, place.source_id, place.name)
        stored = self._store.find(place.collection, place.record_id, place.name)
        if found is None or stored is None or stored.size != found.path.stat().st_size:
            return
        found.path.unlink()
        found.path.with_name(f"{found.path.name}.attrs").unlink(missing_ok=True)
        with suppress(OSError):  # a thumbnail is left in it
            found.path.parent.rmdir()


def _md5(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
