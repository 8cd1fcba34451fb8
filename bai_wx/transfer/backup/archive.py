"""The archive of a backup: a tar file, plain or compressed by gzip, written and read from front to back.

    backup.json        the label: what this is, of which database, of which moment
    database.sqlite    or database.dump, which is PostgreSQL's custom format
    files/<collection>/<record id>/<name>
    manifest.json      what is in it, with the size and SHA-256 of each entry before
    manifest.sha256    and the SHA-256 of the manifest

The manifest comes last, so each file is read once, and an archive that was cut off has none.
"""

import gzip
import hashlib
import io
import tarfile
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any, Final, Self

from bai_wx.transfer.backup.refused import BackupRefused

LABEL: Final = "backup.json"
MANIFEST: Final = "manifest.json"
MANIFEST_SUM: Final = "manifest.sha256"
FILES: Final = "files/"
PIECE: Final = 1 << 18
"""Bytes that are copied at once."""
MAX_HEADER: Final = 1 << 16
"""Bytes of one header of an entry. Ours have some hundred."""
MAX_SMALL: Final = 1 << 16
"""Bytes of a label."""
MAX_RATIO: Final = 100
"""A compressed archive is so many times as large, at most. Databases of text come to some ten."""
FREE_BYTES: Final = 64 << 20
"""An archive of this size may have any ratio."""
GZIP_MAGIC: Final = b"\x1f\x8b"
CUT_OR_DAMAGED: Final = "is cut off or damaged"


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of an archive. `file` is read to its end before the next entry is asked for."""

    name: str
    size: int
    file: IO[bytes]


class ArchiveWriter:
    """Writes entries, and notes the size and the SHA-256 of each. The archive ends with the context."""

    def __init__(self, file: IO[bytes], unix_s: int, *, is_compressed: bool) -> None:
        """`unix_s` is the moment that the entries carry."""
        self._gzip = gzip.GzipFile("", "wb", fileobj=file, mtime=unix_s) if is_compressed else None
        self._tar: Any = tarfile.TarFile(
            fileobj=self._gzip or file,
            mode="w",
            format=tarfile.PAX_FORMAT,
            copybufsize=PIECE,
        )
        self._unix_s = unix_s
        self.entries: dict[str, dict[str, Any]] = {}
        """Size and SHA-256 by the entry's name."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._gzip is not None and kind is not None:
            self._gzip.fileobj = None  # type: ignore[assignment]  # closed: it writes no more
        if kind is None:
            self._tar.close()
            if self._gzip is not None:
                self._gzip.close()

    def add(self, name: str, size: int, source: IO[bytes]) -> None:
        """Add an entry of so many bytes. Raises: `OSError` where the source has fewer."""
        info = tarfile.TarInfo(name)
        info.size, info.mtime, info.mode = size, self._unix_s, 0o600
        hashing = Hashing(source)
        self._tar.addfile(info, hashing)
        self.entries[name] = {"bytes": size, "sha256": hashing.sha256}

    def add_bytes(self, name: str, data: bytes) -> None:
        """Add an entry."""
        self.add(name, len(data), io.BytesIO(data))


class Hashing(io.RawIOBase):
    """Reads a file and counts the SHA-256 of what was read."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source, self._digest = source, hashlib.sha256()

    @property
    def sha256(self) -> str:
        """The checksum of what was read so far, in hex."""
        return self._digest.hexdigest()

    def read(self, size: int = -1) -> bytes:
        """Read so many bytes, or fewer at the end."""
        data = self._source.read(size)
        self._digest.update(data)
        return data


class _Forward:
    """The bytes of an archive, which are read once, from front to back, and within bounds.

    Python's `tarfile` reads a header of any length that the archive claims, and follows offsets backwards.
    """

    def __init__(self, file: IO[bytes], most: int | None) -> None:
        self._file, self._most = file, most
        self._position = 0
        self.largest_read = MAX_HEADER

    def tell(self) -> int:
        return self._position

    def seek(self, position: int, whence: int = io.SEEK_SET) -> int:
        if whence != io.SEEK_SET or position < self._position:
            raise BackupRefused("has entries that lead back to others")
        while self._position < position:
            if not self._read(min(PIECE, position - self._position)):
                break
        return self._position

    def read(self, size: int) -> bytes:
        if not 0 <= size <= self.largest_read:
            raise BackupRefused(f"has a header of more than {MAX_HEADER:,} bytes")
        return self._read(size)

    def _read(self, size: int) -> bytes:
        data = self._file.read(size)
        self._position += len(data)
        if self._most is not None and self._position > self._most:
            raise BackupRefused(f"swells to more than {MAX_RATIO} times its size")
        return data


def entries(file: IO[bytes], size: int) -> Generator[Entry, None, None]:
    """The entries of an archive of so many bytes, in their order. Close it before the file.

    Raises: `BackupRefused` for what is no archive, is damaged, or holds anything but plain files.
    """
    with refusing_damage(), _opened(file, size) as forward:
        tar: Any = tarfile.open(fileobj=forward, mode="r:")  # type: ignore[call-overload]  # noqa: SIM115  # it holds nothing
        while (info := tar.next()) is not None:
            if info.type not in (tarfile.REGTYPE, tarfile.AREGTYPE) or info.sparse is not None:
                raise BackupRefused(f"holds {info.name!r}, which is no plain file")
            forward.largest_read = PIECE
            content = tar.extractfile(info)
            yield Entry(info.name, info.size, content)
            forward.largest_read = MAX_HEADER
            tar.members.clear()  # it would keep all of them


def read_small(entry: Entry, most: int = MAX_SMALL) -> bytes:
    """The bytes of a small entry. Raises: `BackupRefused` for one of more bytes."""
    if entry.size > most:
        raise BackupRefused(f"has a {entry.name} of more than {most:,} bytes")
    return b"".join(pieces(entry.file))


def pieces(file: IO[bytes]) -> Iterator[bytes]:
    """A file's bytes, piece by piece."""
    return iter(lambda: file.read(PIECE), b"")


@contextmanager
def _opened(file: IO[bytes], size: int) -> Iterator[_Forward]:
    buffered = io.BufferedReader(file, PIECE)  # type: ignore[type-var]  # whatever can be read
    try:
        if not buffered.peek(2).startswith(GZIP_MAGIC):
            yield _Forward(buffered, None)
            return
        with gzip.GzipFile(fileobj=buffered) as inside:
            yield _Forward(inside, FREE_BYTES + size * MAX_RATIO)  # type: ignore[arg-type]  # it reads bytes
    finally:
        buffered.detach()  # whoever opened the file closes it


@contextmanager
def refusing_damage() -> Iterator[None]:
    """Turn whatever is said of a damaged archive into one refusal, also while an entry of it is read."""
    try:
        yield
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile, ValueError) as exc:
        raise BackupRefused(CUT_OR_DAMAGED) from exc
