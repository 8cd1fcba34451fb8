"""What a backup says of itself: its label, read first, and its manifest, which comes last."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Self

import orjson

from bai_wx.transfer.backup.refused import BackupRefused

FORMAT: Final = 1
KIND: Final = "bai-wx backup"
NO_BACKUP: Final = "is no backup of bai-wx"
SQLITE, POSTGRESQL = "sqlite", "postgresql"
DATABASE_ENTRIES: Final[Mapping[str, str]] = {
    SQLITE: "database.sqlite",
    POSTGRESQL: "database.dump",
}
"""What the database is called in the archive, by its kind."""


@dataclass(frozen=True)
class Label:
    """What tells a backup from anything else, in the archive's first bytes."""

    version: str
    """Of bai-wx, which made it."""
    moment: str
    """The backup is of this moment, as records hold it."""
    database: str
    """`sqlite` or `postgresql`."""
    source: str
    """Tells one shop's backups from another's: a digest of where its database is."""
    kind: str = KIND
    format: int = FORMAT

    def to_bytes(self) -> bytes:
        """As it stands in the archive."""
        return orjson.dumps(asdict(self), option=orjson.OPT_APPEND_NEWLINE)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read it. Raises: `BackupRefused`."""
        found: Self = _read(cls, data)
        if found.kind != KIND or found.database not in DATABASE_ENTRIES:
            raise BackupRefused(NO_BACKUP)
        if found.format != FORMAT:
            raise BackupRefused(f"is of bai-wx {found.version}, which is newer: install that")
        return found


@dataclass(frozen=True)
class Manifest:
    """What is in a backup."""

    version: str
    moment: str
    database: str
    made_by: str
    """SQLite's version, or the major version of `pg_dump`."""
    migrations: list[str]
    """Those that were applied, in their order."""
    rows: dict[str, int]
    """By table."""
    data_key: str
    """The fingerprint of the key that personal numbers are encrypted with, `""` for none."""
    entries: dict[str, dict[str, Any]] = field(repr=False)
    """Size and SHA-256 of each entry, by its name."""

    def to_bytes(self) -> bytes:
        """As it stands in the archive."""
        return orjson.dumps(asdict(self), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)

    @classmethod
    def from_bytes(cls, data: bytes, checksum: str) -> Self:
        """Read it. `checksum` is its SHA-256 as the archive says. Raises: `BackupRefused`."""
        if hashlib.sha256(data).hexdigest() != checksum.strip():
            raise BackupRefused("is damaged: its manifest is not the one that was written")
        found: Self = _read(cls, data)
        return found

    @property
    def files(self) -> int:
        """How many uploaded files it has."""
        return len(self.entries) - 2


def _read(kind: Any, data: bytes) -> Any:
    try:
        return kind(**orjson.loads(data))
    except (orjson.JSONDecodeError, TypeError) as exc:
        raise BackupRefused(NO_BACKUP) from exc
