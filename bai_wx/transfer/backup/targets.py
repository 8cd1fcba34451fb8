"""Where backups go: a file, a folder or a bucket, and which of them are kept.

An archive is made under another name and gets its own when it is whole. What a killed backup has left is
removed by the next one.
"""

import errno
import fcntl
import logging
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from bai_wx.errors import ServiceUnavailable
from bai_wx.transfer.backup.archive import LABEL, entries, read_small, refusing_damage
from bai_wx.transfer.backup.manifest import Label
from bai_wx.transfer.backup.refused import BackupRefused

if TYPE_CHECKING:  # boto3 is an extra
    from bai_wx.files.archive_bucket import ArchiveBucket

log = logging.getLogger("bai_wx.server")

S3_SCHEME: Final = "s3://"
UNFINISHED: Final = ".bai-wx-backup-"
NAMED: Final = re.compile(r"bai-wx-\d{8}T\d{6}\.\d{3}Z\.tar")
COMPRESSED: Final = (".tar.gz", ".tgz")
ARCHIVES: Final = (".tar", *COMPRESSED)
"""What names of archives end in; any other name is a folder's."""
NO_LINKS: Final = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)
"""What a file system says that has no hard links: that of a USB stick, say."""
UNFINISHED_FOR: Final = timedelta(days=1)
"""An upload that was begun longer ago is of a killed process: no backup takes so long."""
SOURCE: Final = "bai-wx-source"
"""The metadata that tells whose backup an object is."""


class Target(Protocol):
    """A place for archives."""

    address: str
    """As the operator names it; no part of it is secret."""
    is_compressed: bool
    """Whether its archives are compressed as a whole."""
    workshop: Path
    """The folder where an archive is made. It must hold the database twice."""

    def publish(self, archive: Path, label: Label) -> str:
        """Give a whole archive its name. Returns: that."""

    def prune(self, keep: int, label: Label) -> list[str]:
        """Remove this shop's archives but the `keep` newest, that of `label` included. Returns: the removed."""


def target_of(address: str, home: Path, endpoint: str) -> Target:
    """The target of an address: `s3://bucket/prefix`, a file that is not there yet, or a folder.

    Raises: `BackupRefused` where nothing can be put there.
    """
    if address.startswith(S3_SCHEME):
        return BucketTarget(address, home, endpoint)
    path = Path(address)
    return FileTarget(path) if path.name.endswith(ARCHIVES) else FolderTarget(path)


class FileTarget:
    """One archive, in a file of this name. It is never overwritten."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.workshop = path.absolute().parent
        self.address = str(self.workshop)
        self.is_compressed = path.name.endswith(COMPRESSED)
        if not self.workshop.is_dir():
            raise BackupRefused(f"{path}: there is no folder {self.workshop}")
        if os.path.lexists(path):
            raise BackupRefused(f"{path} is there already; name another file, or a folder")

    def publish(self, archive: Path, label: Label) -> str:
        """Link it into place, which fails where a file has appeared."""
        _link(archive, self._path)
        return str(self._path)

    def prune(self, keep: int, label: Label) -> list[str]:
        """A file stands for itself."""
        return []


class FolderTarget:
    """Archives in a folder, each named by its moment."""

    is_compressed = False

    def __init__(self, folder: Path) -> None:
        if folder.is_file():
            raise BackupRefused(f"{folder} is a file; name a folder, or a file that ends in .tar")
        self._folder = self.workshop = folder.absolute()
        self.address = str(self._folder)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def publish(self, archive: Path, label: Label) -> str:
        """Link it into place."""
        path = self._folder / name_of(label)
        _link(archive, path)
        return str(path)

    def prune(self, keep: int, label: Label) -> list[str]:
        """By their names, and by their labels, which are read."""
        ours = sorted(
            path.name
            for path in self._folder.iterdir()
            if NAMED.fullmatch(path.name) and _source_of(path) == label.source
        )
        outlived = _outlived(ours, keep, name_of(label))
        for name in outlived:
            (self._folder / name).unlink(missing_ok=True)
        return outlived


class BucketTarget:
    """Archives in a bucket, each named by its moment. They are made in the home before they are sent."""

    is_compressed = False

    def __init__(self, address: str, home: Path, endpoint: str) -> None:
        self.address, self.workshop = address.rstrip("/"), home
        self._bucket, self._prefix = bucket_at(self.address, endpoint)

    def publish(self, archive: Path, label: Label) -> str:
        """Send it."""
        self._bucket.put(self._key(name_of(label)), archive, {SOURCE: label.source})
        self._abort_unfinished(datetime.now(UTC) - UNFINISHED_FOR)
        return f"{self.address}/{name_of(label)}"

    def _abort_unfinished(self, before: datetime) -> None:
        """Remove the parts that killed backups have sent."""
        start = self._key("")
        # A key that may not do this has its line in the log, and its backup.
        with suppress(ServiceUnavailable):
            ended = self._bucket.abort_unfinished(
                start, before, lambda key: bool(NAMED.fullmatch(key.removeprefix(start)))
            )
            if ended:
                log.info("removed what %d killed backups had sent to %s", ended, self.address)

    def prune(self, keep: int, label: Label) -> list[str]:
        """By their names, and by what they were sent with."""
        start = self._key("")
        names = [found.key.removeprefix(start) for found in self._bucket.list(start)]
        ours = [
            name
            for name in names
            if NAMED.fullmatch(name)
            and self._bucket.metadata(start + name).get(SOURCE) == label.source
        ]
        outlived = _outlived(ours, keep, name_of(label))
        for name in outlived:
            self._bucket.remove(start + name)
        return outlived

    def _key(self, name: str) -> str:
        return f"{self._prefix}/{name}" if self._prefix else name


def bucket_at(address: str, endpoint: str) -> "tuple[ArchiveBucket, str]":
    """The bucket of an `s3://` address, and the rest of it."""
    from bai_wx.files.archive_bucket import ArchiveBucket  # boto3 takes its time and is an extra

    bucket, _, key = address.removeprefix(S3_SCHEME).partition("/")
    return ArchiveBucket(bucket, endpoint), key


def name_of(label: Label) -> str:
    """An archive's name in a folder: its moment, so that names are in the order of time."""
    return f"bai-wx-{label.moment.translate(str.maketrans(' ', 'T', '-:'))}.tar"


@contextmanager
def workshop(folder: Path, prefix: str = UNFINISHED) -> Iterator[Path]:
    """A new folder in this one to work in, gone afterwards. What killed processes have left goes too."""
    made = folder / f"{prefix}{secrets.token_hex(8)}"
    with ExitStack() as stack:
        # One at a time: a new folder looks left behind until it is locked.
        with _locked(folder, fcntl.LOCK_EX):
            for left in leftovers(folder, prefix):
                shutil.rmtree(left, ignore_errors=True)
            made.mkdir(mode=0o700)
            stack.callback(shutil.rmtree, made, ignore_errors=True)
            stack.enter_context(_locked(made))
        yield made


def leftovers(folder: Path, prefix: str) -> Iterator[Path]:
    """Working folders whose process is gone. Each is locked while it is looked at."""
    for left in sorted(folder.glob(f"{prefix}*")):
        with suppress(OSError), _locked(left):
            yield left


@contextmanager
def _locked(folder: Path, how: int = fcntl.LOCK_EX | fcntl.LOCK_NB) -> Iterator[None]:
    """Hold a folder's lock, which ends with the process. Raises: `BlockingIOError` where another holds it."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, how)
        yield
    finally:
        os.close(descriptor)


def _outlived(names: list[str], keep: int, newest: str) -> list[str]:
    """Which of these go. The one just made stays, also where the clock was set back."""
    others = [name for name in sorted(names) if name != newest]
    return others[: max(0, len(others) - (keep - 1))]


def _source_of(path: Path) -> str:
    """Whose backup a file is, `""` where it is none."""
    try:
        with (
            path.open("rb", buffering=0) as file,
            closing(entries(file, path.stat().st_size)) as found,
            refusing_damage(),
        ):
            first = next(found)
            return Label.from_bytes(read_small(first)).source if first.name == LABEL else ""
    except (OSError, BackupRefused, StopIteration):
        return ""


def _link(archive: Path, path: Path) -> None:
    """Give a file another name that nobody has yet, and see that it is on the disk."""
    try:
        os.link(archive, path)
    except FileExistsError as exc:
        raise BackupRefused(f"{path} is there already; name another file, or a folder") from exc
    except OSError as exc:
        if exc.errno not in NO_LINKS:
            raise
        archive.rename(path)  # it would replace a file that has appeared since we looked
    descriptor = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
