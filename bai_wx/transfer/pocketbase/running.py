"""Tells whether a PocketBase runs on a folder: its rows would change while they are read."""

import fcntl
import struct
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Final

DATABASES: Final = ("data.db", "auxiliary.db", "logs.db")

# What SQLite locks: of the database the bytes from PENDING_BYTE on, of the index of its WAL those from 120 on.
DATABASE_LOCKS: Final = (0x40000000, 512)
WAL_LOCKS: Final = (120, 9)

# `struct flock` of each system: its layout, and the order of its members.
_LAYOUTS: Final = {
    "linux": ("hhqqi4x", ("type", "whence", "start", "length", "pid")),
    "darwin": ("qqihh", ("start", "length", "pid", "type", "whence")),
}


def process_on(folder: Path) -> int | None:
    """The id of a process that has the databases of a folder open, or serves it; None without one.

    A PocketBase that nobody asks anything closes its databases after minutes, so its command line is looked
    at too. One in another container is known by its locks alone.
    """
    for name in DATABASES:
        for suffix, locks in (("", DATABASE_LOCKS), ("-shm", WAL_LOCKS)):
            path = folder / f"{name}{suffix}"
            holder = _lock_holder(path, *locks) if path.is_file() else None
            if holder is not None:
                return holder
    return next(_serving(folder.resolve()), None)


def _lock_holder(path: Path, start: int, length: int) -> int | None:
    """The process that has a lock on these bytes. The question itself locks nothing."""
    if sys.platform not in _LAYOUTS:
        return None
    layout, names = _LAYOUTS[sys.platform]
    asked = {"type": fcntl.F_WRLCK, "whence": 0, "start": start, "length": length, "pid": 0}
    with path.open("rb") as file:
        told = fcntl.fcntl(file, fcntl.F_GETLK, struct.pack(layout, *(asked[n] for n in names)))
    answer = dict(zip(names, struct.unpack(layout, told), strict=True))
    return None if answer["type"] == fcntl.F_UNLCK else int(answer["pid"])


def _serving(folder: Path) -> Iterator[int]:
    """The processes whose command line is that of a PocketBase that serves this folder."""
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
            if "serve" in words and folder in _folders(entry, words):
                yield int(entry.name)
        except OSError:
            continue  # it has ended, or is another user's


def _folders(process: Path, words: list[str]) -> Iterator[Path]:
    """The folders that a PocketBase of this command line may serve."""
    here = (process / "cwd").readlink()
    said = [after for word, after in pairwise(words) if word == "--dir"]
    said += [word.removeprefix("--dir=") for word in words if word.startswith("--dir=")]
    if said:
        yield (here / said[-1]).resolve()
    elif "pocketbase" in Path(words[0]).name:
        yield here / "pb_data"
        yield (process / "exe").readlink().parent / "pb_data"
