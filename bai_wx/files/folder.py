"""Stored files in a folder of this machine."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from bai_wx.errors import NotFound
from bai_wx.files.atomic_file import write_atomically
from bai_wx.files.storage import Stored

UNFINISHED_COPY: Final = ".copy.part"
COPIED_AT_ONCE: Final = 1 << 20  # bytes


class Folder:
    """Files below a folder: `<root>/<collection>/<record id>/<name>`."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, collection: str, record_id: str, name: str, data: bytes, mime: str) -> None:
        """Write it under another name, and rename it."""
        folder = self._root / collection / record_id
        folder.mkdir(parents=True, exist_ok=True)
        write_atomically(folder / name, [data])

    def put_file(self, collection: str, record_id: str, name: str, source: Path, mime: str) -> None:
        """Copy it under a name that is always the same, and rename it."""
        folder = self._root / collection / record_id
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = folder / UNFINISHED_COPY
        unfinished.unlink(missing_ok=True)
        with source.open("rb") as file:
            chunks = iter(lambda: file.read(COPIED_AT_ONCE), b"")
            write_atomically(folder / name, chunks, unfinished=unfinished)

    def find(self, collection: str, record_id: str, name: str) -> Stored | None:
        """Look at the file system."""
        path = self._root / collection / record_id / name
        if not path.is_file():
            return None
        status = path.stat()
        return Stored(name, status.st_size, int(status.st_mtime), lambda: _opened(path))

    def remove(self, collection: str, record_id: str, name: str) -> None:
        """Unlink it."""
        (self._root / collection / record_id / name).unlink(missing_ok=True)

    def remove_record(self, collection: str, record_id: str) -> bool:
        """Remove its folder."""
        folder = self._root / collection / record_id
        if not folder.is_dir():
            return False
        shutil.rmtree(folder, ignore_errors=True)
        return True

    def records(self, collection: str) -> Iterator[tuple[str, float]]:
        """By their folders."""
        folder = self._root / collection
        for entry in sorted(folder.iterdir()) if folder.is_dir() else ():
            if entry.is_dir():
                yield entry.name, entry.stat().st_mtime

    def all(self) -> Iterator[tuple[str, str, Stored]]:
        """By their folders."""
        for folder in sorted(self._root.iterdir()) if self._root.is_dir() else ():
            for record_id, _ in self.records(folder.name):
                for name in _names(folder / record_id):
                    found = self.find(folder.name, record_id, name)
                    if found is not None:
                        yield folder.name, record_id, found

    def probe(self) -> str:
        """Write a file that nobody sees."""
        if not self._root.is_dir():
            return f"{self._root}: none yet; the first upload makes it"
        with tempfile.TemporaryFile(dir=self._root):
            return f"{self._root} can be written"


def _names(folder: Path) -> list[str]:
    try:
        return sorted(os.listdir(folder))  # noqa: PTH208  # names are enough
    except FileNotFoundError:  # its record was deleted a moment ago
        return []


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except FileNotFoundError as exc:
        raise NotFound from exc
