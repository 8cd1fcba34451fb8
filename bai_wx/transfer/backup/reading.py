"""Reads a backup, and checks all that it says of itself. It may come from anywhere: nothing in it is believed.

Restoring trusts the rows: SQL of a hostile dump would run as the database's user, as with `pg_restore` itself.
"""

import hashlib
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Any, Final

from bai_wx.errors import ServiceUnavailable
from bai_wx.files.store import FileStore
from bai_wx.transfer.backup import postgres_dump, postgres_programs, sqlite_copy
from bai_wx.transfer.backup.archive import (
    CUT_OR_DAMAGED,
    FILES,
    LABEL,
    MANIFEST,
    MANIFEST_SUM,
    Entry,
    entries,
    pieces,
    read_small,
    refusing_damage,
)
from bai_wx.transfer.backup.manifest import DATABASE_ENTRIES, NO_BACKUP, POSTGRESQL, Label, Manifest
from bai_wx.transfer.backup.postgres_programs import Program
from bai_wx.transfer.backup.refused import BackupRefused
from bai_wx.transfer.backup.targets import S3_SCHEME, bucket_at

MAX_MANIFEST: Final = 256 << 20
"""Bytes: that of a million files."""
DEPTH: Final = 4
"""Parts of an uploaded file's name in the archive."""

Seen = dict[str, dict[str, Any]]
"""Size and checksum of what was read, by its name."""

Place = Callable[[str], Path | None]
"""Where an entry is written, or None where it is only read."""


@contextmanager
def naming(address: str) -> Iterator[None]:
    """Begin whatever is said of an archive in here with its name. Raises: `BackupRefused`."""
    try:
        yield
    except BackupRefused as exc:
        raise BackupRefused(f"{address} {exc}") from exc
    except ServiceUnavailable as exc:
        raise BackupRefused(f"{address} cannot be read: {exc.detail}") from exc
    except OSError as exc:
        raise BackupRefused(f"{address}: {exc.strerror or exc}") from exc


@contextmanager
def opened(address: str, endpoint: str) -> Iterator[tuple[IO[bytes], int]]:
    """Open an archive by its path or `s3://` address. Yields: its bytes, and their number.

    Raises: `BackupRefused` where there is none, and for whatever is said of it in the context.
    """
    with naming(address):
        if address.startswith(S3_SCHEME):
            bucket, key = bucket_at(address, endpoint)
            body, size = bucket.open(key)
            with closing(body):
                yield body, size
        else:
            with Path(address).open("rb", buffering=0) as file:
                yield file, Path(address).stat().st_size


def read(file: IO[bytes], size: int, place: Place) -> Manifest:
    """Read an archive of so many bytes to its end, and put its entries where `place` says.

    Raises: `BackupRefused` for what is cut off, damaged, not ours, or hostile.
    """
    said = b""
    with closing(entries(file, size)) as found, refusing_damage():
        label, seen = _label(found)
        for entry in found:
            if entry.name in seen:
                raise BackupRefused(f"holds {entry.name[:100]!r} twice")
            if entry.name == MANIFEST_SUM:
                manifest = Manifest.from_bytes(said, read_small(entry).decode("ascii", "replace"))
                return _compared(label, manifest, seen)
            if entry.name == MANIFEST:
                said = read_small(entry, MAX_MANIFEST)
            else:
                _refuse_names(entry.name, label)
                seen[entry.name] = _written(entry, pieces(entry.file), place(entry.name))
    raise BackupRefused(CUT_OR_DAMAGED)


def _label(found: Iterator[Entry]) -> tuple[Label, Seen]:
    """The label that an archive begins with."""
    try:
        with refusing_damage():
            first = next(found, None)
            data = read_small(first) if first is not None and first.name == LABEL else b""
    except BackupRefused as exc:
        raise BackupRefused(NO_BACKUP) from exc
    if first is None or not data:
        raise BackupRefused(NO_BACKUP)
    return Label.from_bytes(data), {LABEL: _written(first, [data], None)}


def check_database(path: Path, manifest: Manifest, restorer: Program | None) -> None:
    """Read the whole database of a backup, and count its rows.

    Raises: `BackupRefused` for a damaged one.
    """
    if restorer is not None:
        found = postgres_dump.count_rows(path, restorer)
        rows = {name: found.get(name, 0) for name in manifest.rows}  # other schemas are not counted
    else:
        rows, _ = sqlite_copy.check_sqlite(path)
    for table in sorted(rows.keys() | manifest.rows.keys()):
        if rows.get(table) != manifest.rows.get(table):
            had, there = manifest.rows.get(table), rows.get(table)
            raise BackupRefused(f"is damaged: {table} had {had} rows, and {there} are there")


def restorer_of(manifest: Manifest, programs: str) -> Program | None:
    """The `pg_restore` that reads what this backup's `pg_dump` wrote; None for SQLite.

    Raises: `BackupRefused` where there is none.
    """
    if manifest.database != POSTGRESQL:
        return None
    version = int(manifest.made_by.rpartition(" ")[2])
    return postgres_programs.find("pg_restore", programs, version, "as pg_dump was of that version")


def verify(address: str, endpoint: str, programs: str) -> Manifest:
    """Check a backup without restoring it: checksums, the database's integrity, its rows.

    Raises: `BackupRefused`.
    """
    with tempfile.TemporaryDirectory(prefix="bai-wx-verify-") as folder:
        database = Path(folder) / "database"

        def place(name: str) -> Path | None:
            return None if name.startswith(FILES) else database

        with opened(address, endpoint) as (file, size):
            manifest = read(file, size, place)
        restorer = restorer_of(manifest, programs)
        with naming(address):
            check_database(database, manifest, restorer)
    return manifest


def _refuse_names(name: str, label: Label) -> None:
    """Refuse an entry that no backup has: nothing is ever written by a name that leads elsewhere."""
    parts = name.split("/")
    is_file = len(parts) == DEPTH and name.startswith(FILES) and FileStore.can_hold(*parts[1:])
    is_database = name == DATABASE_ENTRIES[label.database]
    if not (is_file or is_database):
        raise BackupRefused(f"holds {name[:100]!r}, which no backup does")


def _written(entry: Entry, data: Any, path: Path | None) -> dict[str, Any]:
    """Write an entry where it goes. Returns: its size and checksum."""
    digest = hashlib.sha256()
    if path is None:
        for piece in data:
            digest.update(piece)
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            for piece in data:
                digest.update(piece)
                file.write(piece)
    return {"bytes": entry.size, "sha256": digest.hexdigest()}


def _compared(label: Label, manifest: Manifest, seen: dict[str, dict[str, Any]]) -> Manifest:
    """The manifest of what was seen. Raises: `BackupRefused` where it tells of something else."""
    for name in sorted(seen.keys() | manifest.entries.keys()):
        if name not in seen:
            raise BackupRefused(f"is damaged: {name} is missing")
        if seen[name] != manifest.entries.get(name):
            raise BackupRefused(f"is damaged: {name} is not what was written")
    if (label.moment, label.database) != (manifest.moment, manifest.database):
        raise BackupRefused("is damaged: its label and its manifest tell of two backups")
    if DATABASE_ENTRIES[manifest.database] not in seen:
        raise BackupRefused("is damaged: it has no database")
    return manifest
