"""Makes a backup while the shop serves: the database as of one moment, then the files that its rows name.

A file is stored before its row, so whatever the database names is there; a file that is removed meanwhile had
lost its row. The secret that signs tokens is never in it.
"""

import hashlib
import io
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any, Final

from bai_wx.database.connection import FAILURES
from bai_wx.errors import NotFound, ServiceUnavailable
from bai_wx.files.store import FileStore
from bai_wx.record import backups, clock
from bai_wx.transfer.backup import postgres_dump, postgres_programs, sqlite_copy
from bai_wx.transfer.backup.archive import (
    FILES,
    LABEL,
    MANIFEST,
    MANIFEST_SUM,
    ArchiveWriter,
)
from bai_wx.transfer.backup.manifest import (
    DATABASE_ENTRIES,
    POSTGRESQL,
    SQLITE,
    Label,
    Manifest,
)
from bai_wx.transfer.backup.refused import BackupRefused
from bai_wx.transfer.backup.sqlite_copy import Tell
from bai_wx.transfer.backup.targets import Target, workshop

AT_ONCE: Final = 4 << 20
"""Bytes that one request to a bucket asks for."""
DATABASE, ARCHIVE = "database", "archive"
"""Names in the workshop."""


@dataclass(frozen=True)
class Shop:
    """What is backed up. Its database is connected."""

    version: str
    address: str
    """Of the database."""
    database_file: Path | None
    """None for PostgreSQL."""
    files: FileStore | None
    """None leaves the uploaded files out."""
    data_key: str = ""
    """The fingerprint of the key that personal numbers are encrypted with."""
    programs: str = ""
    """The folder of PostgreSQL's programs, `""` for those that are found."""

    @property
    def kind(self) -> str:
        """The database's kind, in the manifest's words."""
        return POSTGRESQL if self.database_file is None else SQLITE

    @property
    def source(self) -> str:
        """A digest of where the database is, without the password."""
        if self.database_file is not None:
            where = str(self.database_file.absolute())
        else:
            where, _ = postgres_programs.connecting(self.address)
        return hashlib.sha256(where.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Made:
    """A backup that is in its place."""

    name: str
    moment: str
    bytes: int
    sha256: str
    manifest: Manifest
    removed: list[str]
    """Older backups, outlived."""


def make(shop: Shop, target: Target, *, keep: int | None, tell: Tell) -> Made:
    """Make a backup, put it into its place, and remove those it outlives where `keep` says how many stay.

    The outcome is noted in the database, where doctor, metrics and replicas see it.
    Raises: `BackupRefused`; nothing is under the backup's name then, and what was there is untouched.
    """
    began = clock.now()
    try:
        with _one_line(target):
            made = _made(shop, target, began, tell)
    except BackupRefused as exc:
        backups.note_failure(target.address, began, str(exc))
        raise
    backups.note_success(target.address, began, made.bytes)
    if keep is None:
        return made
    with _one_line(target):
        return replace(made, removed=target.prune(keep, _label(shop, began)))


def _made(shop: Shop, target: Target, moment: str, tell: Tell) -> Made:
    label = _label(shop, moment)
    with workshop(target.workshop) as folder:
        copy, archive = folder / DATABASE, folder / ARCHIVE
        rows, migrations, made_by = _copied(shop, copy, tell)
        known = Manifest(
            version=shop.version,
            moment=moment,
            database=shop.kind,
            made_by=made_by,
            migrations=migrations,
            rows=rows,
            data_key=shop.data_key,
            entries={},
        )
        with archive.open("xb") as file:
            os.fchmod(file.fileno(), 0o600)
            with ArchiveWriter(
                file, int(time.time()), is_compressed=target.is_compressed
            ) as writer:
                manifest = _write(writer, shop, label, copy, known, tell)
            file.flush()
            os.fsync(file.fileno())
        size, sha256 = archive.stat().st_size, _sha256(archive)
        name = target.publish(archive, label)
    return Made(name, moment, size, sha256, manifest, [])


def _write(
    writer: ArchiveWriter, shop: Shop, label: Label, copy: Path, known: Manifest, tell: Tell
) -> Manifest:
    """Write the entries in their order. Returns: the manifest, which now knows them."""
    writer.add_bytes(LABEL, label.to_bytes())
    _add_file(writer, DATABASE_ENTRIES[shop.kind], copy)
    copy.unlink()  # the disk has room for something else
    _add_uploads(writer, shop.files, tell)
    manifest = replace(known, entries=dict(writer.entries))
    said = manifest.to_bytes()
    writer.add_bytes(MANIFEST, said)
    writer.add_bytes(MANIFEST_SUM, hashlib.sha256(said).hexdigest().encode())
    return manifest


def _label(shop: Shop, moment: str) -> Label:
    return Label(shop.version, moment, shop.kind, shop.source)


def _copied(shop: Shop, copy: Path, tell: Tell) -> tuple[dict[str, int], list[str], str]:
    """Copy the database. Returns: rows by table, migrations, and what made the copy."""
    if shop.database_file is not None:
        sqlite_copy.copy_sqlite(shop.database_file, copy, tell)
        # A damaged database gives a damaged copy, which must not count as a backup.
        rows, migrations = sqlite_copy.check_sqlite(copy)
        return rows, migrations, f"SQLite {sqlite3.sqlite_version}"
    server = postgres_dump.server_version()
    because = f"as the server is {server}"
    program = postgres_programs.find("pg_dump", shop.programs, server, because)
    rows, migrations = postgres_dump.dump_postgres(shop.address, copy, program, tell)
    return rows, migrations, f"pg_dump {program.version}"


def _add_file(writer: ArchiveWriter, name: str, path: Path) -> None:
    with path.open("rb") as file:
        writer.add(name, path.stat().st_size, file)


def _add_uploads(writer: ArchiveWriter, files: FileStore | None, tell: Tell) -> None:
    if files is None:
        return
    count = 0
    for collection, record_id, stored in files.all():
        try:
            opened = _buffered(stored.open()) if stored.is_remote else stored.open()
        except NotFound:  # removed a moment ago
            continue
        with opened as file:
            writer.add(f"{FILES}{collection}/{record_id}/{stored.name}", stored.size, file)
        count += 1
        if count % 1_000 == 0:
            tell("files", count)
    tell("files", count)


def _buffered(remote: Any) -> IO[bytes]:
    """A file of a bucket: each reading of it is a request. Raises: `NotFound` where it is gone by now."""
    file = io.BufferedReader(remote, AT_ONCE)
    file.peek()  # opening it asks nobody, and an entry that is begun cannot be left out
    return file


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _one_line(target: Target) -> Iterator[None]:
    """Say why there is no backup, and of what."""
    try:
        yield
    except (OSError, sqlite3.Error, NotFound, ServiceUnavailable, *FAILURES) as exc:
        raise BackupRefused(f"no backup in {target.address}: {_reason(exc)}") from exc


def _reason(problem: Exception) -> str:
    if isinstance(problem, OSError) and problem.strerror:
        return problem.strerror
    if isinstance(problem, NotFound):  # its entry was begun
        return "an uploaded file was removed while it was read; try again"
    if isinstance(problem, ServiceUnavailable):
        return problem.detail
    return " ".join(str(problem).split())
