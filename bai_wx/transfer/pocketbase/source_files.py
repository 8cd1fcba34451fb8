"""The files of a PocketBase: in a folder (`pb_data`), or in a backup of one, which may be hostile."""

import base64
import binascii
import shutil
import stat
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final, Protocol

import orjson

from bai_wx.record.strict_values import Unfit, file_name
from bai_wx.transfer.pocketbase.layout import PocketBaseRefused
from bai_wx.transfer.pocketbase.running import process_on

DATABASE: Final = "data.db"
WAL: Final = "-wal"
HOOKS: Final = "pb_hooks"

MAX_ENTRIES: Final = 2_000_000
MAX_UNPACKED: Final = 1 << 40  # bytes; all files together
MAX_RATIO: Final = 250
RATIO_FROM: Final = 64 << 20  # bytes; a smaller file may be packed as tightly as it can be
MAX_ATTRS: Final = 1 << 20  # bytes
_CHUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of a record, with what its `.attrs` note: the MD5 as 32 small hex digits, and its first name.

    `md5` is None and `original_name` is `""` where nothing is noted.
    """

    path: Path
    md5: str | None
    original_name: str


class SourceFiles(Protocol):
    """Where a PocketBase's files come from."""

    def database(self, scratch: Path) -> tuple[Path, bool]:
        """The database, and whether it is a copy of ours in `scratch`."""
        ...

    def stored(self, collection_id: str, record_id: str, name: str) -> StoredFile | None:
        """A file of a record; None where it is not there."""
        ...

    def hooks(self) -> int:
        """The number of JavaScript hooks beside the data."""
        ...

    def close(self) -> None:
        """Close what is open."""
        ...


class Folder:
    """The folder of a stopped PocketBase. Nothing is written there."""

    def __init__(self, path: Path) -> None:
        """Raises: `PocketBaseRefused` where there is no database, or a PocketBase runs on it."""
        self._path = path
        if not (path / DATABASE).is_file():
            raise PocketBaseRefused(
                f"{path} is not the folder of a PocketBase: it has no {DATABASE}"
            )
        self.refuse_running()

    def refuse_running(self) -> None:
        """Raises: `PocketBaseRefused` while a PocketBase runs on the folder."""
        process = process_on(self._path)
        if process is not None:
            raise PocketBaseRefused(
                f"a PocketBase runs on {self._path} (process {process}); stop it, or take a backup"
            )

    def database(self, scratch: Path) -> tuple[Path, bool]:
        """The database itself, or a copy where a PocketBase that was killed has left a WAL beside it."""
        wal = self._path / f"{DATABASE}{WAL}"
        if not wal.is_file() or not wal.stat().st_size:
            return self._path / DATABASE, False
        copy = scratch / DATABASE
        shutil.copyfile(self._path / DATABASE, copy)
        shutil.copyfile(wal, scratch / wal.name)
        self.refuse_running()
        return copy, True

    def stored(self, collection_id: str, record_id: str, name: str) -> StoredFile | None:
        """A file under `storage/<collectionId>/<recordId>/`."""
        if not _are_plain(collection_id, record_id, name):
            return None
        path = self._path / "storage" / collection_id / record_id / name
        if not path.is_file():
            return None
        attrs = path.with_name(f"{name}.attrs")
        return _with_attrs(path, attrs.read_bytes() if attrs.is_file() else b"")

    def hooks(self) -> int:
        """The files of `pb_hooks`, which lies beside the folder."""
        return len(list((self._path.resolve().parent / HOOKS).glob("*.pb.js")))

    def close(self) -> None:
        """Nothing is open."""


class Archive:
    """A backup as PocketBase makes it: the content of the folder, or the folder itself, as a zip.

    Of its entries only those are unpacked that are asked for, so no entry chooses where it is written.
    """

    def __init__(self, path: Path, scratch: Path) -> None:
        """Raises: `PocketBaseRefused` for what is no backup, or is hostile."""
        self._path, self._scratch = path, scratch
        try:
            self._zip = zipfile.ZipFile(path)
        except (OSError, zipfile.BadZipFile, NotImplementedError) as exc:
            raise PocketBaseRefused(f"{path} is not a zip: {exc}") from exc
        entries = self._zip.infolist()
        if len(entries) > MAX_ENTRIES:
            raise self._refusal(f"has more than {MAX_ENTRIES:,} entries")
        if sum(each.file_size for each in entries) > MAX_UNPACKED:
            raise self._refusal(f"unpacks to more than {MAX_UNPACKED >> 30:,} GiB")
        self._entries: dict[str, zipfile.ZipInfo] = {}
        for each in entries:
            self._check(each)
            self._entries[each.filename] = each
        self._root = self._find_root()

    def _check(self, entry: zipfile.ZipInfo) -> None:
        path, name = PurePosixPath(entry.filename), entry.filename
        if path.is_absolute() or ".." in path.parts or "\\" in name or "\0" in entry.orig_filename:
            raise self._refusal(f"has an entry that leads out of it: {name!r}")
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise self._refusal(f"has a link in it: {name!r}")
        if entry.flag_bits & 0x1:
            raise self._refusal("is encrypted")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise self._refusal(f"packs {name!r} in a way that PocketBase does not")
        is_large = entry.file_size > RATIO_FROM
        if is_large and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
            raise self._refusal(f"unpacks {name!r} to more than {MAX_RATIO} times its size")
        if name in self._entries and not entry.is_dir():
            raise self._refusal(f"has two entries {name!r}")

    def _find_root(self) -> str:
        """What the names of entries begin with: `""`, or the name of the folder that was packed."""
        depths = sorted((name.count("/"), name) for name in self._entries if _is_database(name))
        if not depths or depths[0][0] > 1:
            raise self._refusal(f"has no {DATABASE}; a backup of PocketBase has one")
        return depths[0][1].removesuffix(DATABASE)

    def _refusal(self, problem: str) -> PocketBaseRefused:
        return PocketBaseRefused(f"{self._path} {problem}")

    def database(self, scratch: Path) -> tuple[Path, bool]:
        """The database, unpacked, with the WAL that may be beside it."""
        self._unpack(self._entries[self._root + DATABASE], scratch / DATABASE)
        wal = self._entries.get(f"{self._root}{DATABASE}{WAL}")
        if wal is not None and wal.file_size:
            self._unpack(wal, scratch / f"{DATABASE}{WAL}")
        return scratch / DATABASE, True

    def stored(self, collection_id: str, record_id: str, name: str) -> StoredFile | None:
        """A file of a record, unpacked into the scratch folder."""
        if not _are_plain(collection_id, record_id, name):
            return None
        place = f"storage/{collection_id}/{record_id}/{name}"
        entry = self._entries.get(self._root + place)
        if entry is None:
            return None
        path = self._scratch / place
        path.parent.mkdir(parents=True, exist_ok=True)
        self._unpack(entry, path)
        attrs = self._entries.get(f"{self._root}{place}.attrs")
        if attrs is None or attrs.file_size > MAX_ATTRS:
            return _with_attrs(path, b"")
        beside = path.with_name(f"{name}.attrs")
        self._unpack(attrs, beside)
        noted = beside.read_bytes()
        beside.unlink()
        return _with_attrs(path, noted)

    def _unpack(self, entry: zipfile.ZipInfo, path: Path) -> None:
        """Write an entry. No more bytes are read than the entry says it has."""
        free = shutil.disk_usage(path.parent).free
        if entry.file_size > free:
            raise self._refusal(
                f"needs {entry.file_size:,} bytes for {entry.filename!r}; {path.parent} has {free:,}"
            )
        try:
            with self._zip.open(entry) as packed, path.open("wb") as file:
                shutil.copyfileobj(packed, file, _CHUNK)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as exc:
            raise self._refusal(f"is broken at {entry.filename!r}: {exc}") from exc

    def hooks(self) -> int:
        """Hooks that were packed with it: PocketBase itself packs none."""
        return sum(1 for name in self._entries if f"{HOOKS}/" in name and name.endswith(".pb.js"))

    def close(self) -> None:
        """Close the archive."""
        self._zip.close()


def _is_database(name: str) -> bool:
    return PurePosixPath(name).name == DATABASE


def _are_plain(*names: str) -> bool:
    """Whether each is the name of a folder or file, and no path."""
    try:
        return all(file_name(name) for name in names)
    except Unfit:
        return False


def _with_attrs(path: Path, attrs: bytes) -> StoredFile:
    try:
        said = orjson.loads(attrs or b"{}")
    except orjson.JSONDecodeError:
        said = None
    noted: dict[str, Any] = said if isinstance(said, dict) else {}
    beside = noted.get("user.metadata")
    first = beside.get("original-filename") if isinstance(beside, dict) else None
    return StoredFile(path, _hex(noted.get("md5")), first if isinstance(first, str) else "")


def _hex(md5: object) -> str | None:
    """The hex digits of an MD5 in base64."""
    try:
        digest = base64.b64decode(md5 if isinstance(md5, str) else "", validate=True)
    except binascii.Error:
        return None
    return digest.hex() if len(digest) == 16 else None
