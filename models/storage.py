"""Where stored files lie: in a folder, or in a bucket of an S3-compatible storage.

`models/files.py` decides what is stored under which name; here is only how bytes are kept. The three
parts of a name have been checked there: none is empty, begins with a dot or holds a slash.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Protocol

from errors import NotFound
from models.atomic_file import write_atomically

S3_SCHEME = "s3://"


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored file. `mtime` is Unix time in whole seconds.

    `open` reads it from its beginning and can seek. Raises: `NotFound` when it was removed meanwhile,
    and of a remote one, at any read, `ServiceUnavailable`.
    """

    name: str
    size: int
    mtime: int
    open: Callable[[], BinaryIO] = field(compare=False)
    is_remote: bool = False


class Storage(Protocol):
    """Keeps files by collection, record id and name. A remote one may raise `ServiceUnavailable`."""

    def put(self, collection: str, record_id: str, name: str, data: bytes, mime: str) -> None:
        """Write a file that is wholly there or not at all."""

    def find(self, collection: str, record_id: str, name: str) -> Stored | None:
        """Find a file."""

    def remove(self, collection: str, record_id: str, name: str) -> None:
        """Remove a file, if it is there."""

    def remove_record(self, collection: str, record_id: str) -> bool:
        """Remove all files of a record. Returns: whether there were any."""

    def records(self, collection: str) -> Iterator[tuple[str, float]]:
        """Each record id with files, in order, and the Unix time when they last changed."""

    def probe(self) -> str:
        """Try whether files can be kept. Returns: what was found, for people. Raises: `OSError` too."""


def storage_at(address: str, endpoint: str = "") -> Storage:
    """The storage at `s3://bucket/prefix`, asked at the endpoint if one is given, or a folder."""
    if not address.startswith(S3_SCHEME):
        return Folder(Path(address))
    from models.bucket import Bucket  # boto3 takes its time and is an extra

    bucket, _, prefix = address.removeprefix(S3_SCHEME).partition("/")
    return Bucket(bucket, prefix.strip("/"), endpoint)


class Folder:
    """Files below a folder: `<root>/<collection>/<record id>/<name>`."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, collection: str, record_id: str, name: str, data: bytes, mime: str) -> None:
        """Write it under another name, and rename it."""
        folder = self._root / collection / record_id
        folder.mkdir(parents=True, exist_ok=True)
        write_atomically(folder / name, [data])

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

    def probe(self) -> str:
        """Write a file that nobody sees."""
        if not self._root.is_dir():
            return f"{self._root}: none yet; the first upload makes it"
        with tempfile.TemporaryFile(dir=self._root):
            return f"{self._root} can be written"


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except FileNotFoundError as exc:
        raise NotFound from exc
