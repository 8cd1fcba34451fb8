"""What is stored about a person as files: `person.json`, and its uploads, in a folder or a zip."""

import errno
import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import orjson

from bai_wx.console import persons
from bai_wx.database.connection import snapshot
from bai_wx.errors import NotFound
from bai_wx.files.atomic_file import written_atomically
from bai_wx.files.store import FileStore

Add = Callable[[str, IO[bytes]], None]
"""Adds a file, by its path in what is written."""


@dataclass
class Written:
    """Numbers of rows by collection and of files, and the files that rows name and no storage has."""

    rows: dict[str, int] = field(default_factory=dict)
    files: int = 0
    lost: list[str] = field(default_factory=list)


def write(openid: str, target: Path, store: FileStore) -> Written:
    """Write everything about a person, readable for its owner alone. Nothing is left where that fails.

    Raises: `NotFound`, `FileExistsError` for a target that is there.
    """
    if target.exists():
        raise FileExistsError(errno.EEXIST, "is there already; name another", str(target))
    with snapshot():  # one moment for all rows
        found, files = persons.stored(openid), list(persons.files(openid))
    done = Written({name: len(rows) for name, rows in found.items()})
    with _zip(target) if target.suffix == ".zip" else _folder(target) as (add_bytes, add):
        for collection, record_id, name in files:
            path = f"files/{collection}/{record_id}/{name}"
            held = store.find(collection, record_id, name)
            try:
                if held is None:
                    raise NotFound
                with held.open() as source:
                    add(path, source)
            except NotFound:  # also one that was removed since it was found
                done.lost.append(path)
            else:
                done.files += 1
        add_bytes("person.json", orjson.dumps(found, option=orjson.OPT_INDENT_2))
    return done


@contextmanager
def _zip(target: Path) -> Iterator[tuple[Callable[[str, bytes], Any], Add]]:
    with written_atomically(target, mode=0o600) as file, zipfile.ZipFile(file, "w") as archive:

        def add(path: str, source: IO[bytes]) -> None:
            with archive.open(path, "w") as made:
                shutil.copyfileobj(source, made)

        yield archive.writestr, add


@contextmanager
def _folder(target: Path) -> Iterator[tuple[Callable[[str, bytes], Any], Add]]:
    target.mkdir(mode=0o700)

    def opened(path: str) -> IO[bytes]:
        place = target / path
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        place.touch(mode=0o600)
        return place.open("wb")

    def add(path: str, source: IO[bytes]) -> None:
        with opened(path) as made:
            shutil.copyfileobj(source, made)

    def add_bytes(path: str, data: bytes) -> None:
        with opened(path) as made:
            made.write(data)

    try:
        yield add_bytes, add
    except BaseException:
        shutil.rmtree(target)
        raise
