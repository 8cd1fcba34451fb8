"""Reads the folder of a stopped PocketBase (`pb_data`) or a backup of one (`BACKUP.zip`)."""

import shutil
import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import quote

import orjson

from bai_wx.transfer.pocketbase.layout import (
    OLD_HINT,
    PbCollection,
    PbField,
    PocketBaseRefused,
    columns_of,
    read_collections,
    table_names,
    unknown_tables,
    version_hint,
)
from bai_wx.transfer.pocketbase.migrating import MigrationFailed, migrate
from bai_wx.transfer.pocketbase.settings import read_settings
from bai_wx.transfer.pocketbase.source_files import (
    DATABASE,
    Archive,
    Folder,
    SourceFiles,
    StoredFile,
)

PbRow = dict[str, Any]
"""A row by the names of PocketBase's fields, see `PbData.rows`."""

AS_IT_IS: Final = "as it is"


class Broken(str):
    """The text of a column of JSON, or of a list, that is none."""

    __slots__ = ()


class PbData:
    """A PocketBase's data, opened for reading by `open`. Nothing is written into the source.

    `version_hint` is `0.22` or `0.23+`, after a migration too, and `how_read` says whether there was one.
    `collections` has every collection by name, views and PocketBase's own (`is_system`) too;
    `unknown_tables` names the tables that belong to none. `settings` is None where they are encrypted and
    the key was not given.
    """

    def __init__(self, files: SourceFiles, connection: sqlite3.Connection, key: str | None) -> None:
        self._files, self._connection = files, connection
        self._read: dict[str, list[tuple[PbField, Decode]]] = {}
        with self._reading("its settings"):
            self.version_hint = version_hint(connection)
            self.settings: Mapping[str, Any] | None = read_settings(connection, key)
            self.collections: Mapping[str, PbCollection] = read_collections(
                connection, self.settings
            )
            self.tables = tuple(table_names(connection))
            self.unknown_tables = unknown_tables(self.tables, self.collections.values())
        self.how_read = AS_IT_IS

    @classmethod
    def open(
        cls,
        path: Path,
        scratch: Path,
        *,
        binary: Path | None = None,
        encryption_key: str | None = None,
    ) -> Self:
        """Open a `pb_data` folder or a backup.

        Args: `scratch` is an empty folder of ours for copies and unpacked files; the caller removes it.
            `binary` is a `pocketbase` of 0.23 or later that migrates a copy of an 0.22 folder; without one,
            or where it fails, that folder is read as it is. `encryption_key` is what PocketBase has in the
            variable that its `--encryptionEnv` names.
        Raises: `PocketBaseRefused` for a running PocketBase, for what is none, for a hostile archive.
        """
        files: SourceFiles = Folder(path) if path.is_dir() else Archive(path, scratch)
        database, is_copy = files.database(scratch)
        if is_copy:
            _checkpoint(database)
        data = cls(files, _connect(database), encryption_key)
        if data.version_hint != OLD_HINT or binary is None:
            return data
        return data._migrated(database, scratch, binary, encryption_key)

    def _migrated(self, database: Path, scratch: Path, binary: Path, key: str | None) -> Self:
        """The same data from a copy that the binary has migrated; this one where it cannot."""
        folder = scratch / "migrated"
        folder.mkdir()
        shutil.copyfile(database, folder / DATABASE)
        try:
            migrate(folder, binary, key)
            _checkpoint(folder / DATABASE)
            data = type(self)(self._files, _connect(folder / DATABASE), key)
        except (MigrationFailed, PocketBaseRefused) as exc:
            self.how_read = f"{AS_IT_IS}, as {binary} did not migrate a copy: {exc}"
            return self
        self._connection.close()
        data.how_read = f"from a copy that {binary} migrated"
        data.version_hint = OLD_HINT
        return data

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        exc: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the database and the archive."""
        self._connection.close()
        self._files.close()

    @property
    def hooks(self) -> int:
        """The number of JavaScript hooks beside the data."""
        return self._files.hooks()

    @property
    def keeps_files_on_s3(self) -> bool:
        """Whether PocketBase keeps its files in a bucket; they are not in the source then."""
        s3 = (self.settings or {}).get("s3")
        return isinstance(s3, dict) and bool(s3.get("enabled"))

    def count(self, table: str) -> int:
        """How many rows a collection or another table has."""
        return self._number(f"SELECT COUNT(*) FROM {_quoted(table)}", table)  # noqa: S608  # names are quoted

    def filled(self, collection: str, field: str) -> int:
        """How many rows of a collection have a value in a field."""
        column = _quoted(field)
        empty = "('', 0, 'null', '[]', '{}', '\"\"')"
        query = f"SELECT COUNT(*) FROM {_quoted(collection)} WHERE {column} NOT IN {empty}"  # noqa: S608  # names are quoted
        return self._number(query, collection)

    def _number(self, query: str, table: str) -> int:
        with self._reading(table):
            return int(self._connection.execute(query).fetchone()[0])

    def rows(
        self, collection: str, after: int = 0, only: Collection[str] | None = None
    ) -> Iterator[tuple[int, PbRow]]:
        """The rows of a collection in the order they were created, each with its number (SQLite's rowid).

        Args: rows up to the number `after` are left out, for a run that goes on; `only` names the fields that
            are wanted, None is all.
        Values: texts, dates and single choices are `str`; numbers `int` or `float`; `bool`; JSON is parsed;
        several choices, relations and files are lists of `str`. Password hashes are left out. What does not
        fit its kind is given as the column holds it (text in a number, bytes in a text), broken JSON as
        `Broken`; text that is no UTF-8 has surrogates in the place of the odd bytes.
        """
        with self._reading(collection):
            columns = self._columns(self.collections[collection])
            read = [each for each in columns if only is None or each[0].name in only]
            names = ", ".join(_quoted(each.name) for each, _ in read)
            query = (
                f"SELECT rowid, {names} FROM {_quoted(collection)} WHERE rowid > ? ORDER BY rowid"  # noqa: S608  # names are quoted
            )
            with closing(self._connection.execute(query, [after])) as cursor:
                for number, *values in cursor:
                    pairs = zip(read, values, strict=True)
                    yield number, {each.name: decode(value) for (each, decode), value in pairs}

    def row(self, collection: str, record_id: str) -> PbRow | None:
        """The row of this id; None where there is none. Values are as `rows` has them."""
        with self._reading(collection):
            query = f"SELECT rowid FROM {_quoted(collection)} WHERE id = ?"  # noqa: S608  # names are quoted
            found = self._connection.execute(query, [record_id]).fetchone()
        return (
            next((row for _, row in self.rows(collection, found[0] - 1)), None) if found else None
        )

    def _columns(self, collection: PbCollection) -> list[tuple[PbField, "Decode"]]:
        """The fields that the table has, each with what reads its column."""
        if collection.name not in self._read:
            self._read[collection.name] = self._columns_in(collection)
        return self._read[collection.name]

    def _columns_in(self, collection: PbCollection) -> list[tuple[PbField, "Decode"]]:
        present = set(columns_of(self._connection, collection.name))
        return [
            (each, _of_list if each.is_many else _DECODED.get(each.type, _of_text))
            for each in collection.fields
            if each.name in present and each.type != "password"
        ]

    def file(self, collection: str, record_id: str, name: str) -> StoredFile | None:
        """A file of a record; None where it is not there. One of an archive is unpacked into scratch."""
        return self._files.stored(self.collections[collection].id, record_id, name)

    @contextmanager
    def _reading(self, what: str) -> Iterator[None]:
        """Raises: `PocketBaseRefused` where the database is broken."""
        try:
            yield
        except sqlite3.Error as exc:
            raise PocketBaseRefused(f"data.db cannot be read at {what}: {exc}") from exc


Decode = Callable[[Any], Any]
"""What a column holds, as a value."""


def _of_text(held: Any) -> Any:
    return "" if held is None else held


def _of_number(held: Any) -> Any:
    return 0 if held is None else held


def _of_bool(held: Any) -> Any:
    return bool(held) if held in (0, 1, None) else held


def _of_json(held: Any) -> Any:
    if held is None or held == "":
        return None
    if not isinstance(held, (str, bytes)):
        return held
    try:
        return orjson.loads(held)
    except (orjson.JSONDecodeError, UnicodeEncodeError):
        return Broken(held) if isinstance(held, str) else held


def _of_list(held: Any) -> Any:
    """A list of texts. PocketBase reads a text that is no list as the one item of it."""
    if not isinstance(held, str):
        return [] if held is None else held
    if not held.startswith("["):
        return [held] if held else []
    found = _of_json(held)
    is_list = isinstance(found, list) and all(isinstance(each, str) for each in found)
    return found if is_list else Broken(held)


_DECODED: Final[Mapping[str, Decode]] = {
    "number": _of_number,
    "bool": _of_bool,
    "json": _of_json,
    "geoPoint": _of_json,
}


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _connect(path: Path) -> sqlite3.Connection:
    """Open a database that nobody writes: no lock, no WAL, nothing made beside it."""
    connection = sqlite3.connect(f"file:{quote(str(path.resolve()))}?immutable=1", uri=True)
    connection.text_factory = lambda held: held.decode("utf-8", "surrogateescape")
    return connection


def _checkpoint(path: Path) -> None:
    """Write what is in the WAL of a copy into the copy."""
    try:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error as exc:
        raise PocketBaseRefused(f"{path.name} of the source cannot be read: {exc}") from exc
