"""The way back: a `pb_data` that PocketBase 0.40.6 starts, with our rows, files and token keys.

Rows are kept as they are, deleted ones too; personal numbers become plain, as PocketBase keeps them. A user's
tokens go on because both halves of their key are there.
"""

import base64
import errno
import hashlib
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import orjson

from bai_wx.contract.collections import CollectionSpec
from bai_wx.database.connection import snapshot
from bai_wx.database.statement import Param, Statement
from bai_wx.errors import NotFound
from bai_wx.files.storage import Stored
from bai_wx.files.store import FileStore, type_of
from bai_wx.record import encrypted
from bai_wx.record.base import Record
from bai_wx.record.collections import targets_first
from bai_wx.record.fields import Money
from bai_wx.record.money import yuan_of
from bai_wx.record.record_field import RecordField
from bai_wx.request.tokens import file_secret
from bai_wx.transfer.pocketbase.new_database import NewDatabase, unknown_password

CHUNK: Final = 1_000  # rows a query
DATABASE, STORAGE = "data.db", "storage"
UNFINISHED: Final = f"{DATABASE}.unfinished"
OURS: Final = frozenset({STORAGE, UNFINISHED, f"{UNFINISHED}-journal"})
"""What is in a folder before its database has its name."""

FILES_TOLD: Final = 100  # files between two tellings of progress
BLOCK: Final = 256 * 1024  # bytes of a file that are held at once
RENAMED: Final = {"token_key": "tokenKey"}
"""Columns that PocketBase calls otherwise."""

Progress = Callable[[str, int, int], None]


@dataclass
class Exported:
    """What was written: rows by collection, and files. `lost` names files that a row has and no storage."""

    rows: dict[str, int] = field(default_factory=dict)
    files: int = 0
    lost: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Server:
    """What of this server goes along beside its database: files, contract and the secret of its tokens."""

    files: FileStore
    specs: Mapping[str, CollectionSpec]
    secret: str


def export(folder: Path, server: Server, progress: Progress) -> Exported:
    """Fill `folder`, which must not be there or be empty; it may hold what a killed export has left.

    All rows are those of one moment, and nobody is kept from writing. The database gets its name when all is
    there, so that PocketBase finds a whole one or none. Token keys and secrets are in it: only its owner may
    read it. `progress` is called with what is being copied, how many of it were, and how many there are.
    Raises: `FileExistsError`, `sqlite3.IntegrityError` for rows that PocketBase's unique indexes refuse.
    """
    done = Exported()
    with _new_database(folder) as path, closing(sqlite3.connect(path)) as connection:
        with connection, snapshot():
            made = NewDatabase(connection, server.secret, file_secret(server.secret))
            made.make(server.specs)
            for model in targets_first():
                done.rows[model.collection()] = _write_rows(made, model, progress)
        # Files never change, so they need not be copied in that moment, which may be long ago by the end.
        _write_files(folder / STORAGE, connection, server.files, done, progress)
    return done


@contextmanager
def _new_database(folder: Path) -> Iterator[Path]:
    """The path of a database that gets its name at the end; nothing is left where that is not reached."""
    is_new = not folder.exists()
    _clear(folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / UNFINISHED
    path.touch(mode=0o600)
    try:
        yield path
        path.replace(folder / DATABASE)
    except BaseException:
        _clear(folder)
        if is_new:
            folder.rmdir()
        raise


def _clear(folder: Path) -> None:
    """Remove what an export has left that was killed. Raises: `FileExistsError` for anything else."""
    there = {path.name for path in folder.iterdir()} if folder.exists() else set()
    if there and not (UNFINISHED in there and there <= OURS):
        raise FileExistsError(errno.EEXIST, "is not empty; name an empty folder or none", folder)
    shutil.rmtree(folder / STORAGE, ignore_errors=True)
    for name in (
        f"{UNFINISHED}-journal",
        UNFINISHED,
    ):  # this one last: it says whose the others are
        (folder / name).unlink(missing_ok=True)


def _write_rows(made: NewDatabase, model: type[Record], progress: Progress) -> int:
    """Copy a collection's rows in the order they came. Returns: how many there were."""
    fields = list(model.record_fields().values())
    is_auth = model.COLLECTION_TYPE == "auth"
    names = [RENAMED.get(each.name, each.name) for each in fields] + ["password"] * is_auth
    count, total = 0, model.select().count()
    for rows in _chunks(model, [each.name for each in fields]):
        held = [_held(model, fields, row) for row in rows]
        if is_auth:
            held = [[*row, unknown_password()] for row in held]
        made.insert(model.collection(), names, held)
        count += len(rows)
        progress(model.collection(), count, total)
    return count


def _chunks(model: type[Record], names: list[str]) -> Iterator[list[tuple[Any, ...]]]:
    """The rows of a collection, some at a time: PostgreSQL's driver would take all of them into memory."""
    columns = [getattr(model, name) for name in names]
    later = model.select(*columns, model.seq).where(model.seq > Param("seq"))
    chunk, seq = Statement(later.order_by(model.seq).limit(CHUNK)), -1
    while rows := chunk.rows({"seq": seq}):
        seq = rows[-1][-1]
        yield [row[:-1] for row in rows]


def _held(model: type[Record], fields: list[RecordField], row: tuple[Any, ...]) -> list[Any]:
    values = dict(zip([each.name for each in fields], row, strict=True))
    plain = encrypted.revealed(model, values, values["id"])
    return [_value(each, plain[each.name]) for each in fields]


def _value(each: RecordField, held: Any) -> Any:
    """What PocketBase's column holds for a value: amounts are yuan, an unset list is `[]`."""
    if isinstance(each, Money):
        return yuan_of(held)
    return each.zero if held == "" else held


def _write_files(
    storage: Path,
    connection: sqlite3.Connection,
    store: FileStore,
    done: Exported,
    progress: Progress,
) -> None:
    named = list(_named_files(connection))
    for number, (model, record_id, name) in enumerate(named, start=1):
        folder = storage / model.collection_id() / record_id
        _write_file(folder, model.collection(), record_id, name, store, done)
        if number % FILES_TOLD == 0 or number == len(named):
            progress("files", number, len(named))


def _named_files(connection: sqlite3.Connection) -> Iterator[tuple[type[Record], str, str]]:
    """Collection, record id and name of every file that a copied row has."""
    for model in targets_first():
        for each in model.record_fields().values():
            if each.is_file:
                sql = f"SELECT id, `{each.name}` FROM `{model.collection()}` WHERE `{each.name}` != ''"  # noqa: S608  # names of our models
                yield from ((model, *row) for row in connection.execute(sql))


def _write_file(
    folder: Path, collection: str, record_id: str, name: str, store: FileStore, done: Exported
) -> None:
    found = store.find(collection, record_id, name)
    try:
        if found is None:
            raise NotFound
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _copy(found, folder / name)
    except NotFound:  # also one that was purged since it was found
        done.lost.append(f"{collection}/{record_id}/{name}")
    else:
        done.files += 1


def _copy(found: Stored, path: Path) -> None:
    """Copy a file, and write what PocketBase knows of it beside its bytes."""
    digest = hashlib.md5(usedforsecurity=False)
    with found.open() as source, path.open("wb") as target:
        while block := source.read(BLOCK):
            digest.update(block)
            target.write(block)
    known = {
        "user.cache_control": "",
        "user.content_disposition": "",
        "user.content_encoding": "",
        "user.content_language": "",
        "user.content_type": type_of(path.name),
        "user.metadata": {"original-filename": path.name},
        "md5": base64.b64encode(digest.digest()).decode(),
    }
    path.with_name(f"{path.name}.attrs").write_bytes(orjson.dumps(known))
