"""Restores a backup into a home and a database that have nothing yet: all of it, or nothing.

It is unpacked and checked beside its place, and put there by renaming; the database comes last. A process that
is killed between the two leaves a mark, by which the next one clears away what that had put in place.
"""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bai_wx.database.connection import refresh_statistics
from bai_wx.files.store import FileStore
from bai_wx.transfer.backup import postgres_dump
from bai_wx.transfer.backup.archive import FILES
from bai_wx.transfer.backup.manifest import POSTGRESQL, SQLITE, Manifest
from bai_wx.transfer.backup.postgres_programs import Program
from bai_wx.transfer.backup.reading import check_database, naming, opened, read, restorer_of
from bai_wx.transfer.backup.refused import BackupRefused
from bai_wx.transfer.backup.targets import leftovers, workshop

RESTORING: Final = ".bai-wx-restore-"
PLACING: Final = "placing"
"""The mark of a restore that has begun to put things in place."""
UPLOADS: Final = "files"
MAY_BE_THERE: Final = (
    *("secret", "secret.old", "data-key", "data-key.old"),
    *("contract.valid", "backup.lock", "retention.lock", "lost+found"),
)
"""What a home may have before: keys that were kept apart, and what no shop is lost with."""


@dataclass(frozen=True)
class Place:
    """Where a backup is restored to. A PostgreSQL is connected."""

    home: Path
    address: str
    """Of the database."""
    database_file: Path | None
    """None for PostgreSQL."""
    bucket: FileStore | None
    """Where uploaded files go, None for the home."""
    programs: str
    known_migrations: Sequence[str]

    @property
    def kind(self) -> str:
        """The database's kind, in the manifest's words."""
        return POSTGRESQL if self.database_file is None else SQLITE


def restore(source: str, endpoint: str, place: Place) -> Manifest:
    """Restore the backup at a path or `s3://` address. Returns: what it says of itself.

    Raises: `BackupRefused`; nothing is in its place then.
    """
    place.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    _clear_killed(place)
    _refuse_to_overwrite(place)
    with ExitStack() as stack:
        folder = stack.enter_context(workshop(place.home, RESTORING))
        beside = folder
        if place.database_file is not None and place.database_file.parent != place.home:
            beside = stack.enter_context(workshop(place.database_file.parent, RESTORING))
        database = beside / "database"

        def unpacked(name: str) -> Path | None:
            return folder / name if name.startswith(FILES) else database

        with opened(source, endpoint) as (file, size):
            manifest = read(file, size, unpacked)
            _refuse_others(manifest, place)
        restorer = restorer_of(manifest, place.programs)
        with naming(source):
            check_database(database, manifest, restorer)
        os.sync()
        (folder / PLACING).touch()
        with _uploads_in_place(folder / UPLOADS, place):
            _place_database(database, place, restorer)
        os.sync()
    return manifest


def _refuse_to_overwrite(place: Place) -> None:
    there = sorted(each.name for each in place.home.iterdir() if each.name not in MAY_BE_THERE)
    if there:
        raise BackupRefused(f"{place.home} has {there[0]} already; restore into an empty home")
    if place.database_file is None:
        if not postgres_dump.is_empty():
            raise BackupRefused(
                "the database has tables already; restore into an empty one: createdb NAME"
            )
    elif os.path.lexists(place.database_file):
        raise BackupRefused(f"{place.database_file} is there already; restore into an empty home")


def _refuse_others(manifest: Manifest, place: Place) -> None:
    """Refuse a backup that this database or this version cannot take."""
    if manifest.database != place.kind:
        raise BackupRefused(
            f"is of {manifest.database}, and BAI_WX_DATABASE is {place.kind}; `bai-wx export` and"
            " `import` move a shop from one to the other"
        )
    if newer := sorted(set(manifest.migrations) - set(place.known_migrations)):
        raise BackupRefused(
            f"has the migration {newer[-1]}, which this version does not know: install bai-wx"
            f" {manifest.version}"
        )


@contextmanager
def _uploads_in_place(uploads: Path, place: Place) -> Iterator[None]:
    """Put the uploaded files in their place, and take them back where the context fails."""
    if place.bucket is not None:
        with _sent(uploads, place.bucket):
            yield
        return
    target = place.home / UPLOADS
    is_there = uploads.is_dir()
    if is_there:
        uploads.rename(target)
    try:
        yield
    except BaseException:
        if is_there:
            target.rename(uploads)
        raise


@contextmanager
def _sent(uploads: Path, bucket: FileStore) -> Iterator[None]:
    """Send the files that the bucket has not got. A stored name never means two files."""
    sent: list[tuple[str, str, str]] = []
    try:
        for path in sorted(uploads.glob("*/*/*")):
            collection, record_id, name = path.parts[-3:]
            if bucket.find(collection, record_id, name) is None:
                bucket.put_file(collection, record_id, name, path)
                sent.append((collection, record_id, name))
        yield
    except BaseException:
        for stored in sent:
            bucket.remove_one(*stored)
        raise


def _place_database(database: Path, place: Place, restorer: Program | None) -> None:
    if restorer is not None:
        postgres_dump.restore_postgres(place.address, database, restorer)
        refresh_statistics()
        return
    assert place.database_file is not None
    database.chmod(0o600)
    try:
        os.link(database, place.database_file)
    except FileExistsError as exc:
        raise BackupRefused(f"{place.database_file} is there already") from exc


def _clear_killed(place: Place) -> None:
    """Remove what restores have left that were killed; a whole one is kept."""
    for left in leftovers(place.home, RESTORING):
        if (left / PLACING).exists() and not _has_database(place):
            shutil.rmtree(place.home / UPLOADS, ignore_errors=True)
        shutil.rmtree(left, ignore_errors=True)


def _has_database(place: Place) -> bool:
    if place.database_file is None:
        return not postgres_dump.is_empty()
    return place.database_file.exists()
