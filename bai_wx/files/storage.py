"""The interface of a storage, a folder or a bucket, and of a file in it.

`store` decides what is stored under which name. The three parts of a name have been checked there: none is
empty, begins with a dot or holds a slash.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Protocol


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

    def put_file(self, collection: str, record_id: str, name: str, source: Path, mime: str) -> None:
        """Copy a file of this machine, of any size; it is wholly there or not at all.

        Copied again after an attempt that was cut off, it leaves nothing of that one. One caller at a time.
        """

    def find(self, collection: str, record_id: str, name: str) -> Stored | None:
        """Find a file."""

    def remove(self, collection: str, record_id: str, name: str) -> None:
        """Remove a file, if it is there."""

    def remove_record(self, collection: str, record_id: str) -> bool:
        """Remove all files of a record. Returns: whether there were any."""

    def records(self, collection: str) -> Iterator[tuple[str, float]]:
        """Each record id with files, in order, and the Unix time when they last changed."""

    def all(self) -> Iterator[tuple[str, str, Stored]]:
        """Every file, with its collection and record id."""

    def probe(self) -> str:
        """Test that files can be stored. Returns: what was found, for people. Raises: `OSError` too."""
