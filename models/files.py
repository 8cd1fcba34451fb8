"""Stored files: what may be uploaded, what it is called, where it lies.

A file lies under `<collection>/<record id>/<stored name>`, its thumbnails beside it, in whatever
`models/storage.py` keeps. A stored name is random and never used twice, so that what it names never
changes and may be cached for ever.
"""

import re
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO, Self

from filetype.types.archive import Pdf
from filetype.types.base import Type
from filetype.types.image import Gif, Jpeg, Png, Webp
from filetype.types.video import Mp4

from errors import FieldProblem
from models import ids, thumbnails
from models.storage import Storage, Stored, storage_at

MAX_BYTES = 10 * 1024 * 1024
KEPT_NAME = 255  # characters of the client's file name that are kept
STORED_BASE = 100  # characters of it that go into the stored name
SHORTEST_BASE = 3
SUFFIX_LENGTH = 10
MAX_AGE_S = 30 * 24 * 3600  # PocketBase's own; a stored name never changes its content
ABANDONED_S = 24 * 3600  # a file without a row this old belongs to an upload that never ended

_ACCEPTED: dict[str, tuple[Type, str]] = {
    "image/jpeg": (Jpeg(), ".jpg"),
    "image/png": (Png(), ".png"),
    "image/webp": (Webp(), ".webp"),
    "image/gif": (Gif(), ".gif"),
    "application/pdf": (Pdf(), ".pdf"),
    "video/mp4": (Mp4(), ".mp4"),
}
MIME_TYPES = tuple(_ACCEPTED)
FALLBACK_TYPE = "application/octet-stream"

_TYPE_OF_EXTENSION = {extension: mime for mime, (_, extension) in _ACCEPTED.items()}
_STORED_PART = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NOT_A_WORD = re.compile(r"[^A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class Upload:
    """The file part of a multipart form, as the client sent it."""

    field: str
    filename: str
    content_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class FileReply:
    """A file to answer with: `size` bytes to read from what `open` opens.

    `etag` stands without its quotes. Bytes of a remote file have a way to go on which they may be lost.
    """

    open: Callable[[], BinaryIO]
    size: int
    content_type: str
    download_name: str
    inline: bool
    etag: str
    mtime: int
    is_remote: bool
    max_age_s: int = MAX_AGE_S


class FileStore:
    """Stored files, by collection, record id and stored name."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    @classmethod
    def at(cls, address: str, endpoint: str = "") -> Self:
        """The files in a folder, or at `s3://bucket/prefix`, asked at an endpoint of its own if given."""
        return cls(storage_at(address, endpoint))

    def save(self, collection: str, record_id: str, filename: str, data: bytes) -> str:
        """Write a file that is wholly there or not at all. Returns: its stored name.

        `filename` is the client's and only lends the stored name its first part; the extension
        comes from the bytes, which `refusal` has let through.
        """
        name = stored_name(filename, sniff(data))
        self.put(collection, record_id, name, data)
        return name

    def put(self, collection: str, record_id: str, name: str, data: bytes) -> None:
        """Write a file under a stored name that is already given."""
        self._storage.put(collection, record_id, name, data, type_of(name))

    def find(self, collection: str, record_id: str, filename: str) -> Stored | None:
        """Find a stored file. None when there is none, whatever the three texts hold."""
        if not _are_stored_parts(collection, record_id, filename):
            return None
        return self._storage.find(collection, record_id, filename)

    def reply(
        self,
        collection: str,
        record_id: str,
        filename: str,
        *,
        thumb: str = "",
        download: bool = False,
    ) -> FileReply | None:
        """Describe the answer for a stored file, or for its thumbnail where `thumb` is a known
        size.
        """
        stored = self.find(collection, record_id, filename)
        if stored is None:
            return None
        content_type = type_of(stored.name)
        if thumb in thumbnails.THUMB_SIZES and content_type.startswith("image/"):
            stored = self._thumbnail(collection, record_id, stored, thumb) or stored
        return FileReply(
            open=stored.open,
            size=stored.size,
            content_type=content_type,
            download_name=stored.name,
            inline=content_type != FALLBACK_TYPE and not download,
            etag=f"{stored.name}-{stored.size:x}",
            mtime=stored.mtime,
            is_remote=stored.is_remote,
        )

    def remove(self, collection: str, record_id: str) -> bool:
        """Remove a record's files and their thumbnails. Returns: whether there were any."""
        if not _are_stored_parts(collection, record_id):
            return False
        return self._storage.remove_record(collection, record_id)

    def remove_one(self, collection: str, record_id: str, filename: str) -> None:
        """Remove one file that `save` has just written."""
        self._storage.remove(collection, record_id, filename)

    def abandoned(self, collection: str) -> Iterator[str]:
        """Record ids of stored files that are old enough to have got their row long ago."""
        before = time.time() - ABANDONED_S
        for record_id, changed in self._storage.records(collection):
            if changed < before:
                yield record_id

    def probe(self) -> str:
        """Try whether files can be kept. Returns: what was found, in words."""
        return self._storage.probe()

    def _thumbnail(
        self, collection: str, record_id: str, picture: Stored, size: str
    ) -> Stored | None:
        """Find the thumbnail of a stored picture, made at the first call.

        None when the picture cannot be opened: the caller has the original.
        """
        name = f"{size}_{picture.name}"
        found = self._storage.find(collection, record_id, name)
        if found is not None:
            return found
        with picture.open() as file:
            small = thumbnails.make(file.read(), size, picture.name)
        if small is None:
            return None
        self.put(collection, record_id, name, small)
        return self._storage.find(collection, record_id, name)


def refusal(upload: Upload) -> FieldProblem | None:
    """Say why a file may not be stored, in PocketBase's words; None when it may."""
    name = kept_name(upload.filename)
    if len(upload.data) > MAX_BYTES:
        return FieldProblem(
            code="validation_file_size_limit",
            message=f"Failed to upload {name} - "
            f"the maximum allowed file size is {MAX_BYTES} bytes.",
            params={"file": name, "maxSize": MAX_BYTES},
        )
    if not sniff(upload.data):
        return FieldProblem(
            code="validation_invalid_mime_type",
            message=f'"{name}" mime type must be one of: {", ".join(MIME_TYPES)}.',
        )
    return None


def sniff(data: bytes) -> str:
    """Tell the accepted MIME type from the bytes alone, `""` when it is none of them."""
    return next((mime for mime, (kind, _) in _ACCEPTED.items() if kind.match(data)), "")


def type_of(stored: str) -> str:
    """Tell the MIME type of a stored file: its extension is ours, made from its bytes."""
    return _TYPE_OF_EXTENSION.get(PurePosixPath(stored).suffix, FALLBACK_TYPE)


def kept_name(filename: str) -> str:
    """Cut the client's file name to what is kept of it: no folders, no control characters."""
    return _CONTROL.sub("", filename.replace("\\", "/")).rpartition("/")[2][:KEPT_NAME]


def stored_name(filename: str, mime: str) -> str:
    """Make a stored name such as `my_pic_1_6a6v25a28g.png` of `My Pic (1).PNG`, as PocketBase
    does.
    """
    base = PurePosixPath(kept_name(filename)).stem
    words = _NOT_A_WORD.split(_WORD_START.sub("_", base))
    snake = "_".join(word for word in words if word).lower()[:STORED_BASE]
    if len(snake) < SHORTEST_BASE:
        snake += _random_suffix()
    extension = _ACCEPTED[mime][1] if mime in _ACCEPTED else ""
    return f"{snake}_{_random_suffix()}{extension}"


def _are_stored_parts(*parts: str) -> bool:
    return all(_STORED_PART.fullmatch(part) for part in parts)


def _random_suffix() -> str:
    return "".join(secrets.choice(ids.RECORD_ID_ALPHABET) for _ in range(SUFFIX_LENGTH))
