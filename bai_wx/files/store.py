"""Stored files: what may be uploaded, what it is called, where it lies.

A file lies under `<collection>/<record id>/<stored name>`, its thumbnails beside it, in a folder or a
bucket (`bai_wx/files/storage.py`). A stored name is random and never used twice, so that what it names never
changes.
"""

import dataclasses
import io
import logging
import re
import secrets
import string
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Self

from filetype.types.archive import Pdf
from filetype.types.base import Type
from filetype.types.image import Gif, Jpeg, Png, Webp
from filetype.types.video import Mp4

from bai_wx.errors import FieldProblem, ServiceUnavailable
from bai_wx.files import picture_parts, thumbnails, video_parts
from bai_wx.files.folder import Folder
from bai_wx.files.storage import Storage, Stored
from bai_wx.files.thumbnails import Outcome

log = logging.getLogger("bai_wx.files")

S3_SCHEME = "s3://"
MAX_BYTES = 10 * 1024 * 1024
MAX_NAME = 255  # characters of the client's file name that are kept
MAX_BASE = 100  # characters of it that go into the stored name
MIN_BASE = 3
SUFFIX_LENGTH = 10
SUFFIX_ALPHABET = string.digits + string.ascii_lowercase
MAX_AGE_S = 24 * 3600  # the content never changes, but its row may be deleted or become invalid
INSTEAD_OF_THUMBNAIL_AGE_S = 60  # an original where its thumbnail could not be made just now
MAX_WITHOUT_THUMBNAIL = 10_000  # pictures without a thumbnail; some 2 MB
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

_HEIC_BRANDS = frozenset(b"heic heix heim heis hevc hevx mif1 msf1 avif avis".split())
_TYPE_OF_EXTENSION = {extension: mime for mime, (_, extension) in _ACCEPTED.items()}
_STORED_PART = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NOT_A_WORD = re.compile(r"[^A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class Upload:
    """The file part of a multipart form. `problem` says why it is refused, as far as that was examined."""

    field: str
    filename: str
    content_type: str
    data: bytes
    problem: FieldProblem | None = None
    stored: list[tuple[str, str, str]] = dataclasses.field(default_factory=list, compare=False)
    """Collection, record id and stored name of the file it was saved as."""


@dataclass(frozen=True, slots=True)
class FileReply:
    """A file to answer with: `size` bytes to read from what `open` opens.

    `etag` stands without its quotes. Each reading of a remote file is a request to its bucket.
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
    """How long its reader may keep it; 0 where nobody may keep it at all."""


class FileStore:
    """Stored files, by collection, record id and stored name."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._without_thumbnail = _BoundedSet()

    @classmethod
    def at(cls, address: str, endpoint: str = "") -> Self:
        """The files in a folder, or at `s3://bucket/prefix`, asked at an endpoint of its own if given."""
        if not address.startswith(S3_SCHEME):
            return cls(Folder(Path(address)))
        from bai_wx.files.bucket import Bucket  # boto3 takes its time and is an extra

        bucket, _, prefix = address.removeprefix(S3_SCHEME).partition("/")
        return cls(Bucket(bucket, prefix.strip("/"), endpoint))

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

    def put_file(self, collection: str, record_id: str, name: str, source: Path) -> None:
        """Copy a file of this machine under a stored name that is already given; see `can_hold`."""
        self._storage.put_file(collection, record_id, name, source, type_of(name))

    @staticmethod
    def can_hold(collection: str, record_id: str, name: str) -> bool:
        """Whether a file of this name would be found again."""
        return _are_stored_parts(collection, record_id, name)

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
        max_age_s = MAX_AGE_S
        if thumb in thumbnails.THUMB_SIZES and content_type.startswith("image/"):
            try:
                stored = self._thumbnail(collection, record_id, stored, thumb) or stored
            except ServiceUnavailable as exc:  # too many wait: the picture itself is there
                log.info("no thumbnail of %s now: %s", stored.name, exc)
                max_age_s = INSTEAD_OF_THUMBNAIL_AGE_S
        return FileReply(
            open=stored.open,
            size=stored.size,
            content_type=content_type,
            download_name=stored.name,
            inline=content_type != FALLBACK_TYPE and not download,
            etag=f"{stored.name}-{stored.size:x}",
            mtime=stored.mtime,
            is_remote=stored.is_remote,
            max_age_s=max_age_s,
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

    def all(self) -> Iterator[tuple[str, str, Stored]]:
        """Every stored file and thumbnail, with its collection and record id."""
        for collection, record_id, stored in self._storage.all():
            if _are_stored_parts(collection, record_id, stored.name):
                yield collection, record_id, stored

    def probe(self) -> str:
        """Test that files can be stored. Returns: what was found, in words."""
        return self._storage.probe()

    def _thumbnail(
        self, collection: str, record_id: str, picture: Stored, size: str
    ) -> Stored | None:
        """Find the thumbnail of a stored picture, made at the first call.

        None when there is none: the caller has the original. That is remembered, and who asks while
        it is made waits for it, so that no picture is decoded again and again.
        Raises: `ServiceUnavailable` when too many wait.
        """
        name = f"{size}_{picture.name}"
        place = (collection, record_id, picture.name)
        if self._has_none(place, size):
            return None
        found = self._storage.find(collection, record_id, name)
        if found is not None:
            return found
        with thumbnails.decoder.exclusive():
            if self._has_none(place, size):
                return None
            return self._storage.find(collection, record_id, name) or self._made(
                place, picture, size
            )

    def _has_none(self, place: tuple[str, ...], size: str) -> bool:
        return place in self._without_thumbnail or (*place, size) in self._without_thumbnail

    def _made(self, place: tuple[str, str, str], picture: Stored, size: str) -> Stored | None:
        """Make a thumbnail and store it. The caller has the decoder for itself."""
        with picture.open() as file:
            data = file.read()
        outcome, small = thumbnails.make(data, sniff(data), size)
        if outcome is not Outcome.DONE:
            log.info("no thumbnail of %s: %s", picture.name, outcome.name)
            is_of_size = outcome is Outcome.NOT_SMALLER
            self._without_thumbnail.add((*place, size) if is_of_size else place)
            return None
        collection, record_id, _ = place
        name = f"{size}_{picture.name}"
        try:
            self.put(collection, record_id, name, small)
        except (OSError, ServiceUnavailable) as exc:  # a full disk: it is shown all the same
            log.warning("a thumbnail is not kept: %s", exc)
            return Stored(name, len(small), picture.mtime, lambda: io.BytesIO(small))
        return self._storage.find(collection, record_id, name)


class _BoundedSet:
    """A set that forgets what was added first when it is full."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, ...], None] = OrderedDict()

    def __contains__(self, key: tuple[str, ...]) -> bool:
        return key in self._known

    def add(self, key: tuple[str, ...]) -> None:
        self._known[key] = None
        while len(self._known) > MAX_WITHOUT_THUMBNAIL:
            self._known.popitem(last=False)


UNREADABLE_NAME = FieldProblem(
    code="validation_invalid_filename",
    message="The file's name cannot be read: it is not UTF-8. 文件名不是 UTF-8 编码，请改名后再上传。",
)


def examined(upload: Upload) -> Upload:
    """An upload as it may be stored: without metadata, and a picture that can be decoded.

    Takes its time, so nobody may hold a transaction meanwhile.
    Raises: `ServiceUnavailable` when too many pictures wait.
    """
    problem = upload.problem or refusal(upload)
    mime = sniff(upload.data)
    if problem is None and mime == "video/mp4":
        return replace(upload, data=video_parts.without_metadata(upload.data))
    if problem is not None or not mime.startswith("image/"):
        return replace(upload, problem=problem)
    try:
        plain = picture_parts.without_metadata(upload.data, mime)
    except picture_parts.Damaged:
        return replace(upload, problem=_undecodable(upload))
    if thumbnails.check(plain) is Outcome.UNDECODABLE:
        return replace(upload, problem=_undecodable(upload))
    return replace(upload, data=plain.data)


def _undecodable(upload: Upload) -> FieldProblem:
    return FieldProblem(
        code="validation_invalid_picture",
        message=f'"{kept_name(upload.filename)}" is damaged or cut short and cannot be shown.'
        " 图片已损坏或不完整，请重新选择后上传。",
    )


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
    if _is_heic(upload.data):
        return FieldProblem(
            code="validation_invalid_mime_type",
            message=f'"{name}" is a HEIC picture, which many phones cannot show; send it as JPEG.'
            " HEIC 照片请先转换为 JPEG：选图时用压缩图，或在相机设置里选择“兼容性最佳”。",
        )
    if not sniff(upload.data):
        return FieldProblem(
            code="validation_invalid_mime_type",
            message=f'"{name}" mime type must be one of: {", ".join(MIME_TYPES)}.',
        )
    return None


def _is_heic(data: bytes) -> bool:
    """Whether this is a photo as iPhones take it (HEIC), or of its family (HEIF, AVIF)."""
    return data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS


def sniff(data: bytes) -> str:
    """Tell the accepted MIME type from the bytes alone, `""` when it is none of them."""
    return next((mime for mime, (kind, _) in _ACCEPTED.items() if kind.match(data)), "")


def type_of(stored: str) -> str:
    """Tell the MIME type of a stored file: its extension is ours, made from its bytes."""
    return _TYPE_OF_EXTENSION.get(PurePosixPath(stored).suffix, FALLBACK_TYPE)


def kept_name(filename: str) -> str:
    """Cut the client's file name to what is kept of it: no folders, no control characters.

    A backslash is part of a name, as in PocketBase on Linux.
    """
    return _CONTROL.sub("", filename).rpartition("/")[2][:MAX_NAME]


def stored_name(filename: str, mime: str) -> str:
    """Make a stored name such as `my_pic_1_6a6v25a28g.png` of `My Pic (1).PNG`, as PocketBase
    does.
    """
    base = PurePosixPath(kept_name(filename.replace("\\", "/"))).stem
    words = _NOT_A_WORD.split(_WORD_START.sub("_", base))
    snake = "_".join(word for word in words if word).lower()[:MAX_BASE]
    if len(snake) < MIN_BASE:
        snake += _random_suffix()
    extension = _ACCEPTED[mime][1] if mime in _ACCEPTED else ""
    return f"{snake}_{_random_suffix()}{extension}"


def _are_stored_parts(*parts: str) -> bool:
    return all(_STORED_PART.fullmatch(part) for part in parts)


def _random_suffix() -> str:
    return "".join(secrets.choice(SUFFIX_ALPHABET) for _ in range(SUFFIX_LENGTH))
